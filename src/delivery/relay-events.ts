import type { Database } from "../storage/database.js";
import { hasUnplacedEvents, lockPlacing, placeChunk } from "../storage/event-feed.js";
import type { JobCounts, JobRun } from "../storage/job-runs.js";

const CHUNK = 500;
/** A reader places what lies there, but does not work a month's batch off before its answer. */
const CHUNKS_AT_ONCE = 10;

/** Gives committed events their places in the feed; costs one look when there is nothing to place. Returns how many. */
export async function placeEvents(database: Database, now: Temporal.Instant): Promise<number> {
  let placed = 0;
  for (let chunk = 0; chunk < CHUNKS_AT_ONCE && (await hasUnplacedEvents(database.db)); chunk += 1) {
    placed += await database.transact(async (tx) => {
      await lockPlacing(tx);
      // Another statement than the lock's: it sees what the placer before has done.
      return placeChunk(tx, CHUNK, now);
    });
  }
  return placed;
}

/** The same as a job, until nothing is left. */
export async function relayEvents(
  { database }: { readonly database: Database },
  run: JobRun,
): Promise<JobCounts> {
  let placed = run.resumed.done;
  while (!run.signal.aborted && (await hasUnplacedEvents(database.db))) {
    placed = await database.transact(async (tx) => {
      await run.fence(tx);
      await lockPlacing(tx);
      const done = placed + (await placeChunk(tx, CHUNK, run.now));
      await run.advance(tx, { done, total: null, cursor: null, counts: { placed: done } });
      return done;
    });
  }
  return { placed };
}
