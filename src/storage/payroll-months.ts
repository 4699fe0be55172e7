import { desc, sql } from "drizzle-orm";
import type { Tx } from "./database.js";
import { payrollList } from "./tables.js";

/** Of transaction-level advisory locks; any number that nothing else uses. */
const CUT_LOCK = 7_301_202_605;

/**
 * P8: for whoever opens or closes a hold: until the transaction ends no month is cut. Gives the last month that payroll has
 * cut, null when there is none; what is decided now acts from the month after it.
 */
export async function lockUncut(tx: Tx): Promise<Temporal.PlainYearMonth | null> {
  await tx.execute(sql`select pg_advisory_xact_lock_shared(${CUT_LOCK})`);
  const [last] = await tx
    .select({ month: payrollList.month })
    .from(payrollList)
    .orderBy(desc(payrollList.month))
    .limit(1);
  return last ? Temporal.PlainYearMonth.from(last.month) : null;
}

/** P8: for the cut: waits for all who are about to change a hold, and keeps others waiting until the month is cut. */
export async function lockForCut(tx: Tx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${CUT_LOCK})`);
}
