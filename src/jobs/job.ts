import type { Policy } from "../domain/policy.js";
import type { JobCounts, JobRun } from "../storage/job-runs.js";

/**
 * How often a job is due, in Beijing time. A period names one run: `2026-06` of a monthly job, `2026-06-01` of a daily one,
 * `2026-06-01T08:05` of one that runs every few minutes.
 */
export type JobSchedule =
  | { readonly every: "month"; readonly day: (policy: Policy) => number; readonly time: string }
  | { readonly every: "day"; readonly time: string }
  | { readonly every: "minutes"; readonly minutes: number };

/** What a job is given to work with is bound when the table of jobs is made; a run is all that differs. */
export interface Job {
  readonly name: string;
  /** What it does, in a line, for the table and for `run-job --list`. */
  readonly summary: string;
  readonly schedule: JobSchedule;
  /** Somebody waits for it: a process that runs jobs does it all the time, and a run lasts as long as its period. */
  readonly standing?: true;
  /** Works in chunks, each in a transaction that begins with `run.fence`; counts are what it did in all. */
  readonly work: (run: JobRun) => Promise<JobCounts>;
}

/**
 * Whether the latest of several missed runs does for all. A month's run is about its month and is never left out; the
 * other jobs work through whatever waits for them.
 */
export function collapses(schedule: JobSchedule): boolean {
  return schedule.every !== "month";
}
