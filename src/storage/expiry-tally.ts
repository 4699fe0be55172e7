import { between, sql } from "drizzle-orm";
import type { Executor, Tx } from "./database.js";
import { expiryTally } from "./tables.js";

export interface Tally {
  readonly deadlines: number;
  readonly certified: number;
}

/** Everybody's deadlines and the certifications that replaced one, by last valid day. */
export async function readTally(db: Executor, first: string, last: string): Promise<Map<string, Tally>> {
  const sumOf = (kind: string) =>
    sql<number>`coalesce(sum(${expiryTally.change}) filter (where ${expiryTally.kind} = ${kind}), 0)::int`;
  const rows = await db
    .select({
      lastDay: expiryTally.lastDay,
      deadlines: sumOf("DEADLINE"),
      certified: sumOf("CERTIFIED"),
    })
    .from(expiryTally)
    .where(between(expiryTally.lastDay, first, last))
    .groupBy(expiryTally.lastDay);
  return new Map(rows.map(({ lastDay, ...tally }) => [lastDay, tally]));
}

/** Makes one row of all that count the same; whoever reads meanwhile sees either. */
export async function foldTally(tx: Tx): Promise<void> {
  await tx.execute(sql`
    with folded as (delete from ${expiryTally} returning kind, last_day, change)
    insert into ${expiryTally} (kind, last_day, change)
    select kind, last_day, sum(change) from folded group by kind, last_day having sum(change) <> 0`);
}
