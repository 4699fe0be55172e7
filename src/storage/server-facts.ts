import { sql } from "drizzle-orm";
import type { Database, Executor } from "./database.js";
import { readRows } from "./read-rows.js";

/** What an operator asks of a server before trusting it with data. */
export interface ServerFacts {
  /** As PostgreSQL numbers itself: 180004 is 18.4. */
  readonly version: number;
  /** A standby takes no writes. */
  readonly standby: boolean;
  /** Settings that are off although acknowledged writes may then be lost, by name. */
  readonly unsafeSettings: readonly string[];
}

/** The database's clock against this machine's. */
export interface ClockDifference {
  /** Positive: this machine is ahead. */
  readonly aheadMs: number;
  /** What the way there and back leaves open, on either side. */
  readonly uncertainMs: number;
}

export async function readServerFacts(db: Executor): Promise<ServerFacts> {
  const [row] = await readRows<{ version: number; standby: boolean; off: readonly string[] | null }>(
    db,
    sql`select current_setting('server_version_num')::int as version, pg_is_in_recovery() as standby,
      (select array_agg(name order by name) from pg_settings
        where name in ('fsync', 'full_page_writes', 'synchronous_commit') and setting = 'off') as off`,
  );
  if (!row) throw new Error("the server told nothing of itself");
  return { version: row.version, standby: row.standby, unsafeSettings: row.off ?? [] };
}

const MEASUREMENTS = 3;

/** The quickest of some measurements: the less the way takes, the less it leaves open. */
export async function measureClockDifference(
  db: Database["db"],
  wall: () => number,
): Promise<ClockDifference> {
  let best: ClockDifference | undefined;
  for (let count = 0; count < MEASUREMENTS; count += 1) {
    const before = wall();
    const [row] = await readRows<{ ms: number }>(
      db,
      sql`select extract(epoch from clock_timestamp())::float8 * 1000 as ms`,
    );
    const after = wall();
    const measured = {
      aheadMs: (before + after) / 2 - Number(row?.ms),
      uncertainMs: (after - before) / 2,
    };
    if (!best || measured.uncertainMs < best.uncertainMs) best = measured;
  }
  if (!best) throw new Error("nothing was measured");
  return best;
}
