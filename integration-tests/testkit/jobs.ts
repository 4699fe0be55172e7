import type { Job, JobSchedule } from "../../src/jobs/job.js";
import type { JobHost } from "../../src/jobs/run-due.js";
import type { RunOutcome } from "../../src/jobs/run-job.js";
import type { Database } from "../../src/storage/database.js";
import type { JobRun } from "../../src/storage/job-runs.js";

export const monthly = (day: number, time = "00:30"): JobSchedule => ({
  every: "month",
  day: () => day,
  time,
});
export const everyMinute: JobSchedule = { every: "minutes", minutes: 1 };

export function buildJob(
  name: string,
  schedule: JobSchedule,
  work: Job["work"] = async () => ({}),
  rest: Partial<Job> = {},
): Job {
  return { name, summary: name, schedule, work, ...rest };
}

/** Works through so many chunks, each a transaction; told of each before it is written. */
export function chunked(
  database: Database,
  chunks: number,
  onChunk: (chunk: number, run: JobRun) => Promise<void> | void = () => undefined,
): Job["work"] {
  return async (run) => {
    let { done } = run.resumed;
    while (done < chunks) {
      run.signal.throwIfAborted();
      const chunk = done + 1;
      await onChunk(chunk, run);
      await database.transact(async (tx) => {
        await run.fence(tx);
        await run.advance(tx, { done: chunk, total: chunks, cursor: chunk, counts: { chunks: chunk } });
      });
      done = chunk;
    }
    return { chunks: done };
  };
}

/** A host with a clock of its own, which remembers what it was told. */
export function buildHost(
  database: Database,
  jobs: readonly Job[],
  at: () => string,
): JobHost & { readonly outcomes: RunOutcome[]; stop(): void } {
  const stopping = new AbortController();
  const outcomes: RunOutcome[] = [];
  return {
    database,
    jobs,
    outcomes,
    now: () => Temporal.Instant.from(at()),
    signal: stopping.signal,
    onOutcome: (outcome) => outcomes.push(outcome),
    stop: () => stopping.abort(),
  };
}
