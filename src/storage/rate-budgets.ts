import { and, eq, sql } from "drizzle-orm";
import type { Executor } from "./database.js";
import { rateBudget } from "./tables.js";

export interface BudgetKey {
  readonly clientId: string;
  readonly kind: "COST" | "MISSES";
}

export interface BudgetRule {
  /** Points a full budget holds. */
  readonly capacity: number;
  /** Points that come back every second. */
  readonly restoredPerSecond: number;
}

export interface Taking {
  readonly taken: number;
  readonly left: number;
}

/**
 * Takes up to `wanted` points from a budget that all processes share, or gives points back when it is negative: refilled
 * by the time that has passed, then taken from, in one statement. The database's clock counts, because the processes' clocks differ.
 */
export async function takePoints(
  db: Executor,
  key: BudgetKey,
  rule: BudgetRule,
  wanted: number,
): Promise<Taking> {
  const { capacity, restoredPerSecond } = rule;
  const same = and(eq(rateBudget.clientId, key.clientId), eq(rateBudget.kind, key.kind));
  const take = () =>
    db.execute(sql`
      update rate_budget as b set points = least(${capacity}::float8, f.available - f.taken), filled_at = f.at
      from (
        select available, least(${wanted}::float8, floor(available)) as taken, at
        from (
          select clock_timestamp() as at, least(${capacity}::float8, points + ${restoredPerSecond}::float8
            * greatest(0, extract(epoch from clock_timestamp() - filled_at)::float8)) as available
          from ${rateBudget} where ${same} for update) as filled) as f
      where b.client_id = ${key.clientId} and b.kind = ${key.kind}
      returning f.taken as taken, b.points as left`) as unknown as Promise<{ rows: Taking[] }>;
  let [row] = (await take()).rows;
  if (!row) {
    const full = {
      clientId: key.clientId,
      kind: key.kind,
      points: capacity,
      filledAt: sql`clock_timestamp()`,
    };
    await db.insert(rateBudget).values(full).onConflictDoNothing();
    [row] = (await take()).rows;
  }
  if (!row) throw new Error("a rate budget vanished");
  return { taken: Number(row.taken), left: Number(row.left) };
}
