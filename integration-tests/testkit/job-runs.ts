import { randomUUID } from "node:crypto";
import type { Database } from "../../src/storage/database.js";
import {
  finishJobRun,
  type JobCounts,
  type JobProgress,
  type JobRun,
  takeJobRun,
} from "../../src/storage/job-runs.js";

export interface RunOptions {
  readonly job?: string;
  /** One of its own unless given. */
  readonly period?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: JobProgress) => void;
}

/** Takes a run as the runner of jobs does; whatever held it before is taken for dead. */
export async function takeRun(
  database: Database,
  now: Temporal.Instant,
  options: RunOptions = {},
): Promise<JobRun> {
  const { job = "test", period = randomUUID(), signal = new AbortController().signal, onProgress } = options;
  const run = await takeJobRun(database, {
    job,
    period,
    now,
    signal,
    silentMs: -1,
    ...(onProgress ? { onProgress } : {}),
  });
  if (!run) throw new Error(`${job} ${period} is done`);
  return run;
}

/** A whole run, from taking it to its end. */
export async function runJob(
  database: Database,
  now: Temporal.Instant,
  work: (run: JobRun) => Promise<JobCounts>,
  options: RunOptions = {},
): Promise<JobCounts> {
  const run = await takeRun(database, now, options);
  const counts = await work(run);
  await finishJobRun(database, run, { state: "DONE", counts, workedMs: 0 });
  return counts;
}
