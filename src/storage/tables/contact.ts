import { sql } from "drizzle-orm";
import { boolean, index, pgTable, primaryKey, smallint, unique, uuid } from "drizzle-orm/pg-core";
import type { ContactTaskReason } from "../../domain/contact.js";
import type { MessageKind, MessageRecipient, MessageState } from "../../domain/messages.js";
import { bucket, bytea, code, instant, pensionerId } from "../columns.js";

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
    state: code("state").$type<MessageState>().notNull(),
    phoneSealed: bytea("phone_sealed"),
    /**
     * Phone and words of what the service sends of itself are null until its turn comes: they are those of that hour. Null
     * again once their time is over; that there was a message stays.
     */
    bodySealed: bytea("body_sealed"),
    /** R1: the deadline that a reminder speaks of: who has certified since is not reminded (R3). */
    aboutValidThrough: code("about_valid_through"),
    attempts: smallint("attempts").notNull().default(0),
    /** Not before then; also until when a claimed message belongs to whoever sends it. */
    dueAt: instant("due_at").notNull().defaultNow(),
    gateway: code("gateway"),
    /** The gateway's own id, by which delivery receipts are matched. */
    gatewayMessageId: code("gateway_message_id"),
    failure: code("failure"),
    /** Sent again after an unknown outcome: it may have arrived twice. */
    maybeTwice: boolean("maybe_twice").notNull().default(false),
    createdAt: instant("created_at").notNull(),
    sentAt: instant("sent_at"),
    settledAt: instant("settled_at"),
  },
  (t) => [
    primaryKey({ name: "message_pk", columns: [t.bucket, t.pensionerId, t.id] }),
    unique("message_once").on(t.bucket, t.pensionerId, t.kind, t.month, t.recipient),
    index("message_due_idx")
      .on(t.kind, t.dueAt, t.id)
      .where(sql`${t.state} in ('QUEUED', 'SENDING', 'UNKNOWN')`),
    index("message_gateway_idx")
      .on(t.gateway, t.gatewayMessageId)
      .where(sql`${t.gatewayMessageId} is not null`),
    index("message_recent_idx").on(t.id),
    // What is forgotten leaves it, so that it holds what is still to be forgotten, by age.
    index("message_kept_idx")
      .on(sql`coalesce(${t.settledAt}, ${t.sentAt}, ${t.createdAt})`)
      .where(sql`${t.bodySealed} is not null and ${t.state} not in ('QUEUED', 'SENDING', 'UNKNOWN')`),
  ],
);

/** R1: where an employer is reminded of its people. */
export const employerContact = pgTable(
  "employer_contact",
  {
    employerCode: code("employer_code").notNull(),
    phoneSealed: bytea("phone_sealed").notNull(),
    updatedAt: instant("updated_at").notNull(),
  },
  (t) => [primaryKey({ name: "employer_contact_pk", columns: [t.employerCode] })],
);

/** R6: a person who cannot be reached, to be found by the employer, then by the street centre. */
export const contactTask = pgTable(
  "contact_task",
  {
    bucket: bucket(),
    pensionerId: pensionerId(),
    id: uuid("id").notNull(),
    reason: code("reason").$type<ContactTaskReason>().notNull(),
    /** The phone that does not reach the person: one task a person and phone. */
    phoneIndex: bytea("phone_index").notNull(),
    employerCode: code("employer_code"),
    openedAt: instant("opened_at").notNull(),
    closedAt: instant("closed_at"),
  },
  (t) => [
    primaryKey({ name: "contact_task_pk", columns: [t.bucket, t.pensionerId, t.id] }),
    unique("contact_task_once").on(t.bucket, t.pensionerId, t.phoneIndex),
    index("contact_task_open_idx").on(t.closedAt, t.id),
  ],
);
