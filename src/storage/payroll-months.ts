import { max, sql } from "drizzle-orm";
import type { Tx } from "./database.js";
import { payrollList } from "./tables.js";

/** Whoever cuts a month's list takes the same lock alone. */
const PAYROLL_CUT_LOCK = 5_203_001;

/** P8: the latest month whose list has been cut; until the transaction ends no other month is cut. */
export async function lockUncut(tx: Tx): Promise<string | null> {
  await tx.execute(sql`select pg_advisory_xact_lock_shared(${PAYROLL_CUT_LOCK}::bigint)`);
  const [row] = await tx.select({ month: max(payrollList.month) }).from(payrollList);
  return row?.month ?? null;
}
