import { sql } from "drizzle-orm";
import {
  boolean,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import type { BenefitType } from "../../domain/benefits.js";
import type { HoldReason } from "../../domain/payment.js";
import type { PayrollKind } from "../../domain/payroll.js";
import type { ReviewCaseDecision, ReviewCaseKind } from "../../domain/review-case.js";
import type {
  SuspensionBatchState,
  SuspensionBreaker,
  SuspensionCandidateState,
} from "../../domain/suspension.js";
import { bucket, bytea, code, instant, pensionerId } from "../columns.js";

/** P5: one reason for not paying, from a month on. Payment follows from these rows and from nothing else. */
export const paymentHold = pgTable(
  "payment_hold",
  {
    bucket: bucket(),
    pensionerId: pensionerId(),
    id: uuid("id").notNull(),
    reason: code("reason").$type<HoldReason>().notNull(),
    fromMonth: code("from_month").notNull(),
    /** The first month paid again; null while the hold is open. */
    resumesMonth: code("resumes_month"),
    /** P4: whether the months it stopped are paid later; false for months lost, as in prison. */
    restores: boolean("restores").notNull().default(true),
    /** P6: by late evidence it should never have been. */
    voided: boolean("voided").notNull().default(false),
    /** C5: staff have seen the proof of death: payment has ended. */
    final: boolean("final").notNull().default(false),
    openedAt: instant("opened_at").notNull(),
    closedAt: instant("closed_at"),
    /** The pass that closed it. */
    certificationId: uuid("certification_id"),
    /** P3: the batch it was opened by, named by its month; null for a suspension taken over from the register. */
    batchMonth: code("batch_month"),
    lifeEventId: uuid("life_event_id"),
  },
  (t) => [
    primaryKey({ name: "payment_hold_pk", columns: [t.bucket, t.pensionerId, t.id] }),
    index("payment_hold_open_idx").on(t.bucket, t.pensionerId).where(sql`${t.resumesMonth} is null`),
  ],
);

/** P4: a month is back-paid once, ever. */
export const backPayMonth = pgTable(
  "back_pay_month",
  {
    bucket: bucket(),
    pensionerId: pensionerId(),
    month: code("month").notNull(),
    paidWithMonth: code("paid_with_month").notNull(),
    /** The pass that released it; null when something else than a pass did. */
    certificationId: uuid("certification_id"),
  },
  (t) => [
    primaryKey({ name: "back_pay_month_pk", columns: [t.bucket, t.pensionerId, t.month] }),
    index("back_pay_month_paid_idx").on(t.paidWithMonth, t.bucket, t.pensionerId),
  ],
);

/** P3: the suspensions of a month, proposed, approved by name, applied. */
export const suspensionBatch = pgTable(
  "suspension_batch",
  {
    /** The first unpaid month. */
    month: code("month").notNull(),
    state: code("state").$type<SuspensionBatchState>().notNull(),
    proposedAt: instant("proposed_at").notNull(),
    /** Frozen when proposed. */
    candidates: integer("candidates").notNull().default(0),
    suspended: integer("suspended").notNull().default(0),
    spared: integer("spared").notNull().default(0),
    breakers: jsonb("breakers").$type<readonly SuspensionBreaker[]>().notNull().default([]),
    approvedBy: code("approved_by"),
    approvedAt: instant("approved_at"),
    appliedAt: instant("applied_at"),
    policyVersion: code("policy_version").notNull(),
  },
  (t) => [primaryKey({ name: "suspension_batch_pk", columns: [t.month] })],
);

export const suspensionCandidate = pgTable(
  "suspension_candidate",
  {
    bucket: bucket(),
    pensionerId: pensionerId(),
    month: code("month").notNull(),
    validThrough: date("valid_through", { mode: "string" }).notNull(),
    state: code("state").$type<SuspensionCandidateState>().notNull(),
    decidedAt: instant("decided_at"),
  },
  (t) => [
    primaryKey({ name: "suspension_candidate_pk", columns: [t.bucket, t.pensionerId, t.month] }),
    index("suspension_candidate_batch_idx").on(t.month, t.bucket, t.pensionerId),
  ],
);

/** MORATORIUM: nobody of a region or benefit is suspended in these months. */
export const moratorium = pgTable(
  "moratorium",
  {
    id: uuid("id").notNull(),
    /** Division code; null for the whole city. */
    districtCode: code("district_code"),
    /** Null for every benefit. */
    benefitType: code("benefit_type").$type<BenefitType>(),
    fromMonth: code("from_month").notNull(),
    throughMonth: code("through_month").notNull(),
    reason: code("reason").notNull(),
    createdBy: code("created_by").notNull(),
    createdAt: instant("created_at").notNull(),
    endedAt: instant("ended_at"),
  },
  (t) => [primaryKey({ name: "moratorium_pk", columns: [t.id] })],
);

/** P8: what payroll was given for a month, frozen at its cut-off. */
export const payrollList = pgTable(
  "payroll_list",
  {
    month: code("month").notNull(),
    cutAt: instant("cut_at").notNull(),
    /** Null until every line is written. */
    completedAt: instant("completed_at"),
    holds: integer("holds").notNull().default(0),
    releases: integer("releases").notNull().default(0),
    /** SHA-256 over the lines' texts, in hex, by kind; null until every line is written. */
    holdsChecksum: code("holds_checksum"),
    releasesChecksum: code("releases_checksum"),
  },
  (t) => [primaryKey({ name: "payroll_list_pk", columns: [t.month] })],
);

export const payrollLine = pgTable(
  "payroll_line",
  {
    bucket: bucket(),
    pensionerId: pensionerId(),
    month: code("month").notNull(),
    kind: code("kind").$type<PayrollKind>().notNull(),
    /** HOLD: why it is not paid. */
    reasons: text("reasons").array().$type<HoldReason[]>().notNull().default([]),
    /** HOLD: the first month of the unbroken run of unpaid months. RELEASE: the month itself when payment goes on with it. */
    fromMonth: code("from_month"),
    /** RELEASE: the months paid with this one. */
    backPayMonths: text("back_pay_months").array().notNull().default([]),
  },
  (t) => [
    primaryKey({ name: "payroll_line_pk", columns: [t.bucket, t.pensionerId, t.month, t.kind] }),
    index("payroll_line_list_idx").on(t.month, t.kind, t.bucket, t.pensionerId),
  ],
);

/** C5, P7: what a person must look at before payment goes on. */
export const reviewCase = pgTable(
  "review_case",
  {
    bucket: bucket(),
    pensionerId: pensionerId(),
    id: uuid("id").notNull(),
    kind: code("kind").$type<ReviewCaseKind>().notNull(),
    /** The pass that it is about. */
    certificationId: uuid("certification_id").notNull(),
    openedAt: instant("opened_at").notNull(),
    closedAt: instant("closed_at"),
    decision: code("decision").$type<ReviewCaseDecision>(),
    decidedBy: code("decided_by"),
    reasonSealed: bytea("reason_sealed"),
  },
  (t) => [
    primaryKey({ name: "review_case_pk", columns: [t.bucket, t.pensionerId, t.id] }),
    unique("review_case_once").on(t.bucket, t.pensionerId, t.kind, t.certificationId),
    index("review_case_open_idx")
      .on(t.openedAt, t.bucket, t.pensionerId, t.id)
      .where(sql`${t.closedAt} is null`),
  ],
);
