import { pgTable, primaryKey, uuid } from "drizzle-orm/pg-core";
import type { HoldReason } from "../../domain/payment.js";
import { bucket, code, instant, pensionerId } from "../columns.js";

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
