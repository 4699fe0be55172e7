import { between, type SQL, sql } from "drizzle-orm";
import type { Executor, Tx } from "./database.js";
import { expiryTally } from "./tables.js";

export interface Tally {
  readonly deadlines: number;
  readonly certified: number;
  readonly suspended: number;
}

/**
 * By last valid day: everybody's deadlines, the certifications that replaced one, and who is not paid in a month for want of
 * a certification.
 */
export async function readTally(
  db: Executor,
  days: { readonly first: string; readonly last: string },
  month: string,
): Promise<Map<string, Tally>> {
  const { kind, change, fromMonth, lastDay } = expiryTally;
  const sumOf = (condition: SQL) => sql<number>`coalesce(sum(${change}) filter (where ${condition}), 0)::int`;
  const rows = await db
    .select({
      lastDay,
      deadlines: sumOf(sql`${kind} = 'DEADLINE'`),
      certified: sumOf(sql`${kind} = 'CERTIFIED'`),
      suspended: sumOf(sql`${kind} = 'SUSPENDED' and ${fromMonth} <= ${month}`),
    })
    .from(expiryTally)
    .where(between(lastDay, days.first, days.last))
    .groupBy(lastDay);
  return new Map(rows.map(({ lastDay: day, ...tally }) => [day, tally]));
}

/** Makes one row of all that count the same; whoever reads meanwhile sees either. */
export async function foldTally(tx: Tx): Promise<void> {
  await tx.execute(sql`
    with folded as (delete from ${expiryTally} returning kind, last_day, from_month, change)
    insert into ${expiryTally} (kind, last_day, from_month, change)
    select kind, last_day, from_month, sum(change) from folded
    group by kind, last_day, from_month having sum(change) <> 0`);
}
