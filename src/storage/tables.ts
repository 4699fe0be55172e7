/**
 * Every pensioner-owned table begins its key with `bucket` (0–1023), so that a look-up by id and a certification stay
 * on one shard. Months are `YYYY-MM`, days are `date`, instants are `timestamptz(3)`; sealed columns hold ciphertext.
 */
import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  date,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import type { BenefitType } from "../domain/benefits.js";
import type { StoredSessionState } from "../domain/certification-session.js";
import type { CertificationMethod, ChannelCode } from "../domain/channels.js";
import type { DocumentType } from "../domain/document-number.js";
import type { RejectionCode } from "../domain/face-assertion.js";
import type { HoldReason } from "../domain/payment.js";
import { bytea, code } from "./columns.js";

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });
const bucket = () => smallint("bucket").notNull();
const pensionerId = () => uuid("pensioner_id").notNull();

export type CertificationOutcome = "PENDING" | "PASSED" | "REJECTED" | "REVOKED";
export type ActorKind = "SELF" | "ON_BEHALF" | "OPERATOR" | "MACHINE" | "EMPLOYER" | "AGENCY";
export type HelperRelation = "SPOUSE" | "CHILD" | "PARENT" | "OTHER_RELATIVE" | "CAREGIVER" | "OTHER";
export type PhoneSource = "REGISTER" | "CERTIFICATION";
export type MessageKind = "CERTIFICATION_SUCCEEDED";
export type MessageRecipient = "PENSIONER";
export type ClientKind = "CHANNEL" | "STAFF";

export const pensioner = pgTable(
  "pensioner",
  {
    bucket: bucket(),
    id: uuid("id").notNull(),
    nameSealed: bytea("name_sealed").notNull(),
    nameIndex: bytea("name_index").notNull(),
    phoneSealed: bytea("phone_sealed"),
    phoneSource: code("phone_source").$type<PhoneSource>(),
    employerCode: code("employer_code"),
    registerCertifiedOn: date("register_certified_on", { mode: "string" }),
    anchorMonth: code("anchor_month").notNull(),
    validThrough: date("valid_through", { mode: "string" }).notNull(),
    lastCertifiedOn: date("last_certified_on", { mode: "string" }),
    version: integer("version").notNull(),
    importRun: uuid("import_run"),
    createdAt: instant("created_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "pensioner_pk", columns: [t.bucket, t.id] }),
    index("pensioner_valid_through_idx").on(t.validThrough, t.bucket, t.id),
    check("pensioner_bucket_range", sql`${t.bucket} between 0 and 1023`),
    check("pensioner_anchor_month_form", sql`${t.anchorMonth} ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'`),
  ],
);

export const identityDocument = pgTable(
  "identity_document",
  {
    blindIndex: bytea("blind_index").notNull(),
    bucket: bucket(),
    pensionerId: pensionerId(),
    type: code("type").$type<DocumentType>().notNull(),
    numberSealed: bytea("number_sealed").notNull(),
  },
  (t) => [
    primaryKey({ name: "identity_document_pk", columns: [t.blindIndex] }),
    index("identity_document_pensioner_idx").on(t.bucket, t.pensionerId),
  ],
);

export const benefit = pgTable(
  "benefit",
  {
    bucket: bucket(),
    pensionerId: pensionerId(),
    type: code("type").$type<BenefitType>().notNull(),
    approvedMonth: code("approved_month").notNull(),
    agencyCode: code("agency_code").notNull(),
    districtCode: code("district_code").notNull(),
    importRun: uuid("import_run"),
  },
  (t) => [
    primaryKey({ name: "benefit_pk", columns: [t.bucket, t.pensionerId, t.type] }),
    index("benefit_district_idx").on(t.districtCode, t.bucket, t.pensionerId),
    check("benefit_approved_month_form", sql`${t.approvedMonth} ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'`),
  ],
);

export const agency = pgTable(
  "agency",
  {
    code: code("code").notNull(),
    name: code("name").notNull(),
    districtCode: code("district_code").notNull(),
  },
  (t) => [primaryKey({ name: "agency_pk", columns: [t.code] })],
);

export const certification = pgTable(
  "certification",
  {
    bucket: bucket(),
    pensionerId: pensionerId(),
    id: uuid("id").notNull(),
    clientId: code("client_id").notNull(),
    channel: code("channel").$type<ChannelCode>().notNull(),
    method: code("method").$type<CertificationMethod>().notNull(),
    actor: code("actor").$type<ActorKind>().notNull(),
    state: code("state").$type<CertificationOutcome>().notNull(),
    sessionId: uuid("session_id"),
    /** V6: the instant that decides the month. */
    occurredAt: instant("occurred_at").notNull(),
    receivedAt: instant("received_at").notNull(),
    decidedAt: instant("decided_at"),
    rejectionCode: code("rejection_code").$type<RejectionCode>(),
    failedFaces: integer("failed_faces").notNull().default(0),
    validThrough: date("valid_through", { mode: "string" }),
    /** The last valid day that this pass replaced: what the expiry calendar counts it against. */
    replacedValidThrough: date("replaced_valid_through", { mode: "string" }),
    policyVersion: code("policy_version").notNull(),
    helperNameSealed: bytea("helper_name_sealed"),
    helperDocumentType: code("helper_document_type").$type<DocumentType>(),
    helperNumberSealed: bytea("helper_number_sealed"),
    helperRelation: code("helper_relation").$type<HelperRelation>(),
  },
  (t) => [
    primaryKey({ name: "certification_pk", columns: [t.bucket, t.pensionerId, t.id] }),
    index("certification_replaced_idx").on(t.replacedValidThrough, t.bucket, t.pensionerId),
    check("certification_passed_is_dated", sql`${t.state} <> 'PASSED' or ${t.validThrough} is not null`),
  ],
);

export const evidence = pgTable(
  "evidence",
  {
    bucket: bucket(),
    pensionerId: pensionerId(),
    certificationId: uuid("certification_id").notNull(),
    position: smallint("position").notNull(),
    kind: code("kind").$type<"FACE_ASSERTION">().notNull(),
    issuer: code("issuer").notNull(),
    outcome: code("outcome").notNull(),
    liveness: code("liveness").notNull(),
    issuedAt: instant("issued_at").notNull(),
    /** SHA-256 of the signed assertion as it arrived. */
    digest: bytea("digest").notNull(),
  },
  (t) => [
    primaryKey({ name: "evidence_pk", columns: [t.bucket, t.pensionerId, t.certificationId, t.position] }),
  ],
);

/** E2: each assertion counts once, whatever session it names. */
export const usedFaceAssertion = pgTable(
  "used_face_assertion",
  {
    assertion: bytea("assertion").notNull(),
    expiresAt: instant("expires_at").notNull(),
  },
  (t) => [primaryKey({ name: "used_face_assertion_pk", columns: [t.assertion] })],
);

export const certificationSession = pgTable(
  "certification_session",
  {
    bucket: bucket(),
    pensionerId: pensionerId(),
    id: uuid("id").notNull(),
    clientId: code("client_id").notNull(),
    channel: code("channel").$type<ChannelCode>().notNull(),
    state: code("state").$type<StoredSessionState>().notNull(),
    challenge: code("challenge").notNull(),
    startedAt: instant("started_at").notNull(),
    expiresAt: instant("expires_at").notNull(),
    failedFaces: integer("failed_faces").notNull().default(0),
    actor: code("actor").$type<ActorKind>().notNull(),
    contactPhoneSealed: bytea("contact_phone_sealed"),
    helperNameSealed: bytea("helper_name_sealed"),
    helperDocumentType: code("helper_document_type").$type<DocumentType>(),
    helperNumberSealed: bytea("helper_number_sealed"),
    helperIndex: bytea("helper_index"),
    helperRelation: code("helper_relation").$type<HelperRelation>(),
  },
  (t) => [primaryKey({ name: "certification_session_pk", columns: [t.bucket, t.pensionerId, t.id] })],
);

/** C1: whom a helper certified in a month. */
export const helperPensioner = pgTable(
  "helper_pensioner",
  {
    helperIndex: bytea("helper_index").notNull(),
    month: code("month").notNull(),
    pensionerId: pensionerId(),
  },
  (t) => [primaryKey({ name: "helper_pensioner_pk", columns: [t.helperIndex, t.month, t.pensionerId] })],
);

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
    openedAt: instant("opened_at").notNull(),
    closedAt: instant("closed_at"),
    certificationId: uuid("certification_id"),
  },
  (t) => [primaryKey({ name: "payment_hold_pk", columns: [t.bucket, t.pensionerId, t.id] })],
);

/** P4: a month is back-paid once, ever. */
export const backPayMonth = pgTable(
  "back_pay_month",
  {
    bucket: bucket(),
    pensionerId: pensionerId(),
    month: code("month").notNull(),
    paidWithMonth: code("paid_with_month").notNull(),
    certificationId: uuid("certification_id").notNull(),
  },
  (t) => [primaryKey({ name: "back_pay_month_pk", columns: [t.bucket, t.pensionerId, t.month] })],
);

/** R7: one message per person, kind, month and recipient. */
export const message = pgTable(
  "message",
  {
    bucket: bucket(),
    pensionerId: pensionerId(),
    id: uuid("id").notNull(),
    kind: code("kind").$type<MessageKind>().notNull(),
    month: code("month").notNull(),
    recipient: code("recipient").$type<MessageRecipient>().notNull(),
    state: code("state").$type<"QUEUED" | "NO_PHONE">().notNull(),
    phoneSealed: bytea("phone_sealed"),
    bodySealed: bytea("body_sealed").notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "message_pk", columns: [t.bucket, t.pensionerId, t.id] }),
    unique("message_once").on(t.bucket, t.pensionerId, t.kind, t.month, t.recipient),
  ],
);

export const idempotencyKey = pgTable(
  "idempotency_key",
  {
    clientId: code("client_id").notNull(),
    operation: code("operation").notNull(),
    keyIndex: bytea("key_index").notNull(),
    inputIndex: bytea("input_index").notNull(),
    result: jsonb("result"),
    replays: integer("replays").notNull().default(0),
    createdAt: instant("created_at").notNull(),
  },
  (t) => [primaryKey({ name: "idempotency_key_pk", columns: [t.clientId, t.operation, t.keyIndex] })],
);

export const channelClient = pgTable(
  "channel_client",
  {
    id: code("id").notNull(),
    name: code("name").notNull(),
    kind: code("kind").$type<ClientKind>().notNull(),
    channel: code("channel").$type<ChannelCode>(),
    scopes: text("scopes").array().notNull(),
    secretIndex: bytea("secret_index"),
    jwks: jsonb("jwks"),
    sandbox: boolean("sandbox").notNull(),
    disabledAt: instant("disabled_at"),
    createdAt: instant("created_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "channel_client_pk", columns: [t.id] }),
    check("channel_client_channel_named", sql`(${t.kind} = 'CHANNEL') = (${t.channel} is not null)`),
  ],
);

/** A private_key_jwt assertion is good for one token. */
export const usedClientAssertion = pgTable(
  "used_client_assertion",
  {
    assertion: bytea("assertion").notNull(),
    expiresAt: instant("expires_at").notNull(),
  },
  (t) => [primaryKey({ name: "used_client_assertion_pk", columns: [t.assertion] })],
);

export const accessLog = pgTable(
  "access_log",
  {
    bucket: bucket(),
    pensionerId: pensionerId(),
    id: uuid("id").notNull(),
    clientId: code("client_id").notNull(),
    operation: code("operation").notNull(),
    requestId: code("request_id").notNull(),
    at: instant("at").notNull(),
  },
  (t) => [primaryKey({ name: "access_log_pk", columns: [t.bucket, t.pensionerId, t.id] })],
);

/** The head of one of 16 hash chains; locked while an entry is added. */
export const auditChain = pgTable(
  "audit_chain",
  {
    chain: smallint("chain").notNull(),
    seq: bigint("seq", { mode: "number" }).notNull(),
    hash: bytea("hash").notNull(),
  },
  (t) => [primaryKey({ name: "audit_chain_pk", columns: [t.chain] })],
);

export const auditEntry = pgTable(
  "audit_entry",
  {
    chain: smallint("chain").notNull(),
    seq: bigint("seq", { mode: "number" }).notNull(),
    hash: bytea("hash").notNull(),
    /** Canonical JSON, exactly the bytes that were hashed. */
    entry: code("entry").notNull(),
  },
  (t) => [primaryKey({ name: "audit_entry_pk", columns: [t.chain, t.seq] })],
);

/** What a client may still ask for; refilled as time passes, shared by all processes. */
export const rateBudget = pgTable(
  "rate_budget",
  {
    clientId: code("client_id").notNull(),
    kind: code("kind").$type<"COST" | "MISSES">().notNull(),
    points: doublePrecision("points").notNull(),
    filledAt: timestamp("filled_at", { withTimezone: true }).notNull(),
  },
  (t) => [primaryKey({ name: "rate_budget_pk", columns: [t.clientId, t.kind] })],
);

/** Facts about this installation: key fingerprint, sandbox clock, fixtures present. */
export const setting = pgTable(
  "setting",
  {
    name: code("name").notNull(),
    value: jsonb("value").notNull(),
  },
  (t) => [primaryKey({ name: "setting_pk", columns: [t.name] })],
);
