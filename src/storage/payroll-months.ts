import { max, sql } from "drizzle-orm";
import type { Tx } from "./database.js";
import { payrollList } from "./tables.js";

const LOCK_NAME = "payroll-months";

/**
 * P8: for whoever opens or closes a hold, releases back-pay or withdraws it, after the persons' rows are locked: payroll
 * cuts no month until the transaction ends. Returns the latest month cut, null when none is; the change may act on later
 * months only, so that the list of a cut month never changes.
 */
export async function lockUncut(tx: Tx): Promise<Temporal.PlainYearMonth | null> {
  await tx.execute(sql`select pg_advisory_xact_lock_shared(hashtextextended(${LOCK_NAME}::text, 0))`);
  // A second statement: it sees what was cut before the lock was granted.
  const [row] = await tx.select({ latest: max(payrollList.month) }).from(payrollList);
  return row?.latest ? Temporal.PlainYearMonth.from(row.latest) : null;
}

/** P8: waits for every change of holds under way to end, and keeps later ones waiting until the transaction ends. */
export async function lockForCut(tx: Tx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${LOCK_NAME}::text, 0))`);
}
