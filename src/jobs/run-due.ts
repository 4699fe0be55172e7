import type { Database, Executor } from "../storage/database.js";
import { readDoneRuns } from "../storage/job-run-list.js";
import { claimSetting, readSetting } from "../storage/settings.js";
import { type DueRun, dueRuns, lastDue } from "./due-runs.js";
import { collapses, type Job } from "./job.js";
import { type RunOutcome, runJob } from "./run-job.js";

/** What a process that runs jobs works with. */
export interface JobHost {
  readonly database: Database;
  readonly jobs: readonly Job[];
  readonly now: () => Temporal.Instant;
  /** Set when the process is to end: the chunk under way is finished, no new one begins. */
  readonly signal: AbortSignal;
  /** Told of each run that was tried. */
  readonly onOutcome: (outcome: RunOutcome) => void;
}

const JOBS_SINCE = "jobs_since";

/** Since when jobs are due: the service's first start. What lies before it is not made up for. */
export async function readJobsSince(database: Database, now: Temporal.Instant): Promise<Temporal.Instant> {
  return Temporal.Instant.from(await database.transact((tx) => claimSetting(tx, JOBS_SINCE, now.toString())));
}

/** The same, for whoever only looks; null before the first start. */
export async function findJobsSince(db: Executor): Promise<Temporal.Instant | null> {
  const since = await readSetting<string>(db, JOBS_SINCE);
  return since === undefined ? null : Temporal.Instant.from(since);
}

/**
 * Runs what is due of these jobs and not done, the earliest first: all months since the service began, and the last day or
 * minute of the others. A job that fails keeps its own later months waiting, and no other job.
 */
export async function runDue(host: JobHost, jobs: readonly Job[] = host.jobs): Promise<RunOutcome[]> {
  const outcomes: RunOutcome[] = [];
  const waiting = new Set<string>();
  for (const { job, period } of await undoneRuns(host, jobs)) {
    if (host.signal.aborted) break;
    if (waiting.has(job.name)) continue;
    const { database, signal } = host;
    const outcome = await runJob({ database, signal, now: host.now() }, job, period);
    host.onOutcome(outcome);
    outcomes.push(outcome);
    if (outcome.result !== "DONE" && outcome.result !== "DONE_BEFORE") waiting.add(job.name);
  }
  return outcomes;
}

async function undoneRuns({ database, now }: JobHost, jobs: readonly Job[]): Promise<DueRun[]> {
  const present = now();
  const since = await readJobsSince(database, present);
  const due = [
    ...dueRuns(
      jobs.filter(({ schedule }) => !collapses(schedule)),
      since,
      present,
    ),
    ...jobs
      .filter(({ schedule }) => collapses(schedule))
      .map((job) => ({ job, ...lastDue(job.schedule, present) }))
      .filter(({ dueAt }) => Temporal.Instant.compare(dueAt, since) > 0),
  ];
  // Done runs of minutes are many and soon removed; taking one again says that it is done.
  const listed = jobs.filter(({ schedule }) => schedule.every !== "minutes").map(({ name }) => name);
  const done = await readDoneRuns(database.db, listed);
  return due
    .filter(({ job, period }) => !done.has(`${job.name} ${period}`))
    .sort((a, b) => Temporal.Instant.compare(a.dueAt, b.dueAt));
}
