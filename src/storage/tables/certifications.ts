import { sql } from "drizzle-orm";
import {
  check,
  date,
  index,
  integer,
  pgTable,
  primaryKey,
  smallint,
  text,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import type { ActorKind, CertificationOutcome, HelperRelation } from "../../domain/certification.js";
import type { StoredSessionState } from "../../domain/certification-session.js";
import type { CertificationMethod, ChannelCode } from "../../domain/channels.js";
import type { DocumentType } from "../../domain/document-number.js";
import type { DataSource, EvidenceKind } from "../../domain/evidence-kinds.js";
import type { RejectionCode } from "../../domain/face-assertion.js";
import { bucket, bytea, code, instant, pensionerId } from "../columns.js";

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
    /** E8: where the person was sent after a rejection, best first. */
    nextChannels: text("next_channels").array().$type<ChannelCode[]>().notNull().default([]),
    failedFaces: integer("failed_faces").notNull().default(0),
    validThrough: date("valid_through", { mode: "string" }),
    /** The last valid day that this pass replaced: what the expiry calendar counts it against. */
    replacedValidThrough: date("replaced_valid_through", { mode: "string" }),
    policyVersion: code("policy_version").notNull(),
    /** The counter's operator or the machine, as the channel names it. */
    operatorSealed: bytea("operator_sealed"),
    /** The employer that handed it in. */
    employerCode: code("employer_code"),
    /** E6: the Beijing day by which staff decide; only of what was submitted for review. */
    reviewDueOn: date("review_due_on", { mode: "string" }),
    decidedBy: code("decided_by"),
    /** E9: when and by whom a pass was given that is revoked by now; of all others the decision above is the only one. */
    passedAt: instant("passed_at"),
    passedBy: code("passed_by"),
    decisionReasonSealed: bytea("decision_reason_sealed"),
    /** E9: months paid only because of a pass that was revoked later. */
    overpaidMonths: text("overpaid_months").array(),
    /** E7: the source of a data match and, keyed, its own reference. */
    dataSource: code("data_source").$type<DataSource>(),
    sourceReferenceIndex: bytea("source_reference_index"),
    helperNameSealed: bytea("helper_name_sealed"),
    helperDocumentType: code("helper_document_type").$type<DocumentType>(),
    helperNumberSealed: bytea("helper_number_sealed"),
    helperRelation: code("helper_relation").$type<HelperRelation>(),
  },
  (t) => [
    primaryKey({ name: "certification_pk", columns: [t.bucket, t.pensionerId, t.id] }),
    unique("certification_source_reference_once").on(
      t.bucket,
      t.pensionerId,
      t.dataSource,
      t.sourceReferenceIndex,
    ),
    index("certification_review_idx")
      .on(t.reviewDueOn, t.bucket, t.pensionerId, t.id)
      .where(sql`${t.state} = 'PENDING'`),
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
    kind: code("kind").$type<EvidenceKind>().notNull(),
    /** Face assertions: who signed, what was found, when. */
    issuer: code("issuer"),
    outcome: code("outcome"),
    liveness: code("liveness"),
    issuedAt: instant("issued_at"),
    /** SHA-256 of the signed assertion, or of the file handed in. */
    digest: bytea("digest"),
    /** What was read off it, sealed JSON: expiry, camera, visitor, what a photo shows. */
    factsSealed: bytea("facts_sealed"),
  },
  (t) => [
    primaryKey({ name: "evidence_pk", columns: [t.bucket, t.pensionerId, t.certificationId, t.position] }),
  ],
);

/** A file handed in as evidence; the bytes lie sealed in the evidence store under their own hash. */
export const evidenceFile = pgTable(
  "evidence_file",
  {
    clientId: code("client_id").notNull(),
    sha256: bytea("sha256").notNull(),
    mediaType: code("media_type").notNull(),
    bytes: integer("bytes").notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (t) => [primaryKey({ name: "evidence_file_pk", columns: [t.clientId, t.sha256] })],
);

/** E2: each assertion counts once, whatever session it names. */
export const usedFaceAssertion = pgTable(
  "used_face_assertion",
  {
    assertion: bytea("assertion").notNull(),
    expiresAt: instant("expires_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "used_face_assertion_pk", columns: [t.assertion] }),
    index("used_face_assertion_expired_idx").using("brin", t.expiresAt),
  ],
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
    /** When it was completed or cancelled. */
    closedAt: instant("closed_at"),
    failedFaces: integer("failed_faces").notNull().default(0),
    actor: code("actor").$type<ActorKind>().notNull(),
    contactPhoneSealed: bytea("contact_phone_sealed"),
    helperNameSealed: bytea("helper_name_sealed"),
    helperDocumentType: code("helper_document_type").$type<DocumentType>(),
    helperNumberSealed: bytea("helper_number_sealed"),
    helperIndex: bytea("helper_index"),
    helperRelation: code("helper_relation").$type<HelperRelation>(),
    /** C1: where the helper is told of the outcome. */
    helperPhoneSealed: bytea("helper_phone_sealed"),
  },
  (t) => [
    primaryKey({ name: "certification_session_pk", columns: [t.bucket, t.pensionerId, t.id] }),
    // Small: what has been captured is taken out again.
    index("certification_session_captured_idx")
      .on(t.expiresAt)
      .where(sql`${t.contactPhoneSealed} is not null or ${t.helperIndex} is not null`),
  ],
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
