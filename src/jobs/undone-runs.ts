import type { JobRunRecord } from "../storage/job-run-list.js";
import { type Due, dueRuns, lastDue } from "./due-runs.js";
import { collapses, type Job } from "./job.js";

/** A period that is due and not done. */
export interface UndoneRun extends Due {
  /** Coded; of what was tried and failed. */
  readonly failure: string | null;
  /** Somebody works on it. */
  readonly underWay: boolean;
}

/** Where a job of the calendar stands. */
export interface JobStanding {
  readonly job: string;
  readonly every: "month" | "day";
  /** The last period that was due since the service began; null before the first. */
  readonly lastDue: string | null;
  /** What is due and not done, the earliest first; of days the last one, which does for all. */
  readonly undone: readonly UndoneRun[];
}

/** A run as it is stored, and whether its worker was heard of lately. */
export type KnownRun = Pick<JobRunRecord, "job" | "period" | "state" | "failure"> & {
  readonly heardLately: boolean;
};

type Planned = Pick<Job, "name" | "schedule">;

/** How the jobs of months and of days stand; those of every few minutes are known by whether any is at work. */
export function standingOf(
  jobs: readonly Planned[],
  since: Temporal.Instant,
  now: Temporal.Instant,
  known: readonly KnownRun[],
): JobStanding[] {
  const runs = new Map(known.map((run) => [`${run.job} ${run.period}`, run]));
  return jobs.flatMap(({ name, schedule }) => {
    if (schedule.every === "minutes") return [];
    const due: readonly Due[] = collapses(schedule)
      ? [lastDue(schedule, now)].filter(({ dueAt }) => Temporal.Instant.compare(dueAt, since) > 0)
      : dueRuns([{ name, schedule }], since, now);
    const undone = due.flatMap(({ period, dueAt }) => {
      const run = runs.get(`${name} ${period}`);
      if (run?.state === "DONE") return [];
      const underWay = run?.state === "RUNNING" && run.heardLately;
      return [{ period, dueAt, failure: run?.failure ?? null, underWay }];
    });
    return [{ job: name, every: schedule.every, lastDue: due.at(-1)?.period ?? null, undone }];
  });
}
