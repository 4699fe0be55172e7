import { desc, sql } from "drizzle-orm";
import { addMonths, laterMonth } from "../domain/calendar.js";
import type { Tx } from "./database.js";
import { payrollList } from "./tables.js";

/** One key for all: months are cut one after the other, and a cut takes a moment. */
const CUT_LOCK = 0x70_63_75_74;

/**
 * P8: until the transaction ends no month is cut; the latest month that has been, null before the first. Whoever opens or
 * closes holds asks, so that a list and the holds that it was made from agree. Comes after the persons' locks.
 */
export async function lockUncut(tx: Tx): Promise<string | null> {
  await tx.execute(sql`select pg_advisory_xact_lock_shared(${CUT_LOCK})`);
  // A second statement: it sees what was committed before the lock was granted.
  const [latest] = await tx
    .select({ month: payrollList.month })
    .from(payrollList)
    .orderBy(desc(payrollList.month))
    .limit(1);
  return latest?.month ?? null;
}

/** P8: waits for those that open or close holds and keeps them waiting until the transaction that cuts a month ends. */
export async function lockForCut(tx: Tx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${CUT_LOCK})`);
}

/** P8: the first month, not before the one given, that payroll has not cut; stays so until the transaction ends. */
export async function firstUncutMonth(
  tx: Tx,
  month: Temporal.PlainYearMonth,
): Promise<Temporal.PlainYearMonth> {
  const cut = await lockUncut(tx);
  return cut === null ? month : laterMonth(month, addMonths(Temporal.PlainYearMonth.from(cut), 1));
}
