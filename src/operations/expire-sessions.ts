import { forgetCapturedData } from "../storage/captured-data.js";
import type { Database } from "../storage/database.js";
import type { JobCounts, JobRun } from "../storage/job-runs.js";

const AT_ONCE = 500;

/**
 * That a session has expired follows from the clock and is not stored. What it captured for a certification that never
 * came, the phone and the helper, has no use from then on and is removed here.
 */
export async function expireSessions(
  { database }: { readonly database: Database },
  run: JobRun,
): Promise<JobCounts> {
  let done = run.resumed.done;
  for (let forgotten = AT_ONCE; forgotten === AT_ONCE; ) {
    run.signal.throwIfAborted();
    forgotten = await database.transact(async (tx) => {
      await run.fence(tx);
      const more = await forgetCapturedData(tx, {
        expiredBefore: run.now,
        unfinished: true,
        limit: AT_ONCE,
      });
      if (more > 0)
        await run.advance(tx, {
          done: done + more,
          total: null,
          cursor: null,
          counts: { sessions: done + more },
        });
      return more;
    });
    done += forgotten;
  }
  return { sessions: done };
}
