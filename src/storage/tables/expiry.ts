import { bigint, date, integer, pgTable, primaryKey } from "drizzle-orm/pg-core";
import { code } from "../columns.js";

/**
 * How many deadlines, certifications that replaced one, and suspensions fall on a last valid day: the sum of its rows.
 * Triggers add a row with whatever changes one of these, by whichever way; nobody waits for anybody, as they would for one
 * row a month. A job folds the rows together.
 */
export const expiryTally = pgTable(
  "expiry_tally",
  {
    id: bigint("id", { mode: "number" }).notNull().generatedAlwaysAsIdentity(),
    kind: code("kind").$type<"DEADLINE" | "CERTIFIED" | "SUSPENDED">().notNull(),
    lastDay: date("last_day", { mode: "string" }).notNull(),
    /** SUSPENDED: the first month that is not paid. */
    fromMonth: code("from_month"),
    change: integer("change").notNull(),
  },
  (t) => [primaryKey({ name: "expiry_tally_pk", columns: [t.id] })],
);
