import { sql } from "drizzle-orm";
import {
  bigint,
  index,
  integer,
  pgTable,
  primaryKey,
  smallint,
  text,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import type { EventType } from "../../domain/events.js";
import { bucket, bytea, code, instant, pensionerId } from "../columns.js";

/** What happened to a person, written with it in one transaction. Thin: ids, no personal data. */
export const event = pgTable(
  "event",
  {
    bucket: bucket(),
    pensionerId: pensionerId(),
    /** Counts up per person, without gaps. */
    sequence: integer("sequence").notNull(),
    id: uuid("id").notNull(),
    type: code("type").$type<EventType>().notNull(),
    /** Opaque id of what it is about: a certification, a life event; the pensioner's when nothing narrower. */
    subjectId: code("subject_id").notNull(),
    at: instant("at").notNull(),
    /** Its place in the feed, given after commit in one order for all; null until then. */
    position: bigint("position", { mode: "number" }),
  },
  (t) => [
    primaryKey({ name: "event_pk", columns: [t.bucket, t.pensionerId, t.sequence] }),
    index("event_unplaced_idx").on(t.id).where(sql`${t.position} is null`),
    index("event_feed_idx").on(t.position),
  ],
);

/** Which client may see an event: the channels that had served the person by then. */
export const eventAudience = pgTable(
  "event_audience",
  {
    clientId: code("client_id").notNull(),
    position: bigint("position", { mode: "number" }).notNull(),
  },
  (t) => [primaryKey({ name: "event_audience_pk", columns: [t.clientId, t.position] })],
);

/** A client has served a person once it began a certification for them. */
export const servedPerson = pgTable(
  "served_person",
  {
    bucket: bucket(),
    pensionerId: pensionerId(),
    clientId: code("client_id").notNull(),
    since: instant("since").notNull(),
  },
  (t) => [primaryKey({ name: "served_person_pk", columns: [t.bucket, t.pensionerId, t.clientId] })],
);

export const webhookEndpoint = pgTable(
  "webhook_endpoint",
  {
    id: uuid("id").notNull(),
    clientId: code("client_id").notNull(),
    /** Whose events it is sent: those of persons that its client has served, or all, to staff. */
    audience: code("audience").$type<"SERVED" | "ALL">().notNull(),
    url: code("url").notNull(),
    /** Empty for all. */
    types: text("types").array().$type<EventType[]>().notNull().default([]),
    /** HMAC secret and ed25519 private key, sealed. */
    secretSealed: bytea("secret_sealed").notNull(),
    signingKeySealed: bytea("signing_key_sealed").notNull(),
    /** By which the ed25519 signature is verified, as receivers are given it. */
    publicKey: code("public_key").notNull(),
    /** Those before the last rotation: both sign until then. */
    previousSecretSealed: bytea("previous_secret_sealed"),
    previousSigningKeySealed: bytea("previous_signing_key_sealed"),
    previousUntil: instant("previous_until"),
    /** Events after this position are sent; of one that is disabled, those after it are what it has missed. */
    afterPosition: bigint("after_position", { mode: "number" }).notNull(),
    createdAt: instant("created_at").notNull(),
    /** Since when nothing has got through; null while the last sending did. */
    failingSince: instant("failing_since"),
    disabledAt: instant("disabled_at"),
    disabledReason: code("disabled_reason").$type<"GONE" | "DELETED" | "FAILING">(),
  },
  (t) => [
    primaryKey({ name: "webhook_endpoint_pk", columns: [t.id] }),
    index("webhook_endpoint_client_idx").on(t.clientId),
  ],
);

export const webhookDelivery = pgTable(
  "webhook_delivery",
  {
    id: uuid("id").notNull(),
    endpointId: uuid("endpoint_id").notNull(),
    position: bigint("position", { mode: "number" }).notNull(),
    /** 0 for the first delivery, then one more for each replay. */
    replay: smallint("replay").notNull().default(0),
    bucket: bucket(),
    pensionerId: pensionerId(),
    sequence: integer("sequence").notNull(),
    state: code("state").$type<"PENDING" | "DELIVERED" | "FAILED">().notNull(),
    attempts: smallint("attempts").notNull().default(0),
    /** Not before then; also until when a claimed delivery belongs to whoever sends it. */
    dueAt: instant("due_at").notNull(),
    createdAt: instant("created_at").notNull(),
    settledAt: instant("settled_at"),
  },
  (t) => [
    primaryKey({ name: "webhook_delivery_pk", columns: [t.id] }),
    unique("webhook_delivery_once").on(t.endpointId, t.position, t.replay),
    index("webhook_delivery_due_idx").on(t.endpointId, t.dueAt, t.id).where(sql`${t.state} = 'PENDING'`),
    index("webhook_delivery_settled_idx").on(t.settledAt).where(sql`${t.settledAt} is not null`),
    index("webhook_delivery_order_idx")
      .on(t.endpointId, t.pensionerId, t.sequence)
      .where(sql`${t.state} = 'PENDING'`),
  ],
);

export const webhookAttempt = pgTable(
  "webhook_attempt",
  {
    deliveryId: uuid("delivery_id").notNull(),
    attempt: smallint("attempt").notNull(),
    at: instant("at").notNull(),
    /** HTTP status; null when there was no answer. */
    status: smallint("status"),
    /** A coded reason when there was no answer; UNKNOWN from the moment it is tried until its end is known. */
    failure: code("failure"),
    ms: integer("ms").notNull(),
  },
  (t) => [primaryKey({ name: "webhook_attempt_pk", columns: [t.deliveryId, t.attempt] })],
);
