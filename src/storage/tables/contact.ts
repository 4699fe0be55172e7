import { index, pgTable, primaryKey, unique, uuid } from "drizzle-orm/pg-core";
import type { ContactTaskReason } from "../../domain/contact.js";
import { bucket, bytea, code, instant, pensionerId } from "../columns.js";

export type MessageKind = "CERTIFICATION_SUCCEEDED" | "CERTIFIED_ON_BEHALF";
export type MessageRecipient = "PENSIONER";

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
