import type { Database } from "../storage/database.js";
import { foldTally } from "../storage/expiry-tally.js";
import type { JobCounts, JobRun } from "../storage/job-runs.js";
import { retained } from "../storage/retention.js";
import { todayOf } from "./operation.js";

const AT_ONCE = 1_000;

/**
 * Removes what has served its purpose, a thousand rows a transaction; what is left is found by its age, so a cursor is not
 * needed. What was counted row by row is folded together.
 */
export async function applyRetention(
  { database }: { readonly database: Database },
  run: JobRun,
): Promise<JobCounts> {
  const { policy } = todayOf(run.now);
  let counts = run.resumed.counts;
  for (const { name, remove } of retained) {
    const before = run.now.subtract({ hours: 24 * policy.retention[name] });
    for (let removed = AT_ONCE; removed >= AT_ONCE; ) {
      run.signal.throwIfAborted();
      [removed, counts] = await database.transact(async (tx) => {
        await run.fence(tx);
        const more = await remove(tx, before, AT_ONCE);
        const sofar = more === 0 ? counts : { ...counts, [name]: (counts[name] ?? 0) + more };
        if (more > 0) await run.advance(tx, { done: total(sofar), total: null, cursor: null, counts: sofar });
        return [more, sofar] as const;
      });
    }
  }
  await database.transact(async (tx) => {
    await run.fence(tx);
    await foldTally(tx);
  });
  return counts;
}

function total(counts: JobCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
