import type { Database } from "../storage/database.js";
import { isConnectionFault, sqlStateOf } from "../storage/faults.js";
import {
  finishJobRun,
  type JobCounts,
  type JobProgress,
  type JobRun,
  JobRunLost,
  JobRunTaken,
  takeJobRun,
} from "../storage/job-runs.js";
import type { Job } from "./job.js";

/** A run that has told nothing for so long is taken over: no chunk lasts as long. */
export const SILENT_MS = 60_000;

export interface RunOutcome {
  readonly job: string;
  readonly period: string;
  /**
   * DONE now, or DONE_BEFORE; TAKEN: under way elsewhere; LOST: taken over by another while it ran; STOPPED between two
   * chunks because the process was asked to end; FAILED: the next attempt goes on where it was.
   */
  readonly result: "DONE" | "DONE_BEFORE" | "TAKEN" | "LOST" | "STOPPED" | "FAILED";
  readonly counts: JobCounts;
  readonly workedMs: number;
  /** Coded; only of what failed. */
  readonly failure?: string;
  readonly error?: unknown;
}

export interface Running {
  readonly database: Database;
  readonly now: Temporal.Instant;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: JobProgress) => void;
  readonly silentMs?: number;
}

/** Runs one period of a job unless it is done or under way elsewhere. What goes wrong is an outcome, not an exception. */
export async function runJob(running: Running, job: Job, period: string): Promise<RunOutcome> {
  const { database, now, signal, onProgress, silentMs = SILENT_MS } = running;
  const startedMs = performance.now();
  let latest: JobCounts = {};
  const ended = (result: RunOutcome["result"], rest: Partial<RunOutcome> = {}): RunOutcome => ({
    job: job.name,
    period,
    result,
    counts: latest,
    workedMs: Math.round(performance.now() - startedMs),
    ...rest,
  });
  let run: JobRun | null = null;
  try {
    run = await takeJobRun(database, {
      job: job.name,
      period,
      now,
      signal,
      silentMs,
      onProgress: (progress) => {
        latest = progress.counts;
        onProgress?.(progress);
      },
    });
    if (!run) return ended("DONE_BEFORE");
    latest = run.resumed.counts;
    const counts = await job.work(run);
    latest = counts;
    // Whoever is asked to stop may return early: only a run that nobody stopped is known to be complete.
    if (signal.aborted) return await release(running, run, ended);
    const workedMs = performance.now() - startedMs;
    return ended((await finishJobRun(database, run, { state: "DONE", counts, workedMs })) ? "DONE" : "LOST");
  } catch (error) {
    if (error instanceof JobRunTaken) return ended("TAKEN");
    if (error instanceof JobRunLost) return ended("LOST");
    if (signal.aborted && run) return release(running, run, ended);
    const failure = failureCodeOf(error);
    if (run) await endUndone(database, run, failure, performance.now() - startedMs);
    return ended("FAILED", { failure, error });
  }
}

async function release(
  { database }: Running,
  run: JobRun,
  ended: (result: "STOPPED") => RunOutcome,
): Promise<RunOutcome> {
  const outcome = ended("STOPPED");
  await endUndone(database, run, "STOPPED", outcome.workedMs);
  return outcome;
}

/** Lets the next worker begin at once. When that cannot be written it has to wait until this one is silent for long. */
async function endUndone(database: Database, run: JobRun, failure: string, workedMs: number): Promise<void> {
  await finishJobRun(database, run, { state: "FAILED", failure, workedMs }).catch(() => undefined);
}

/** What went wrong without a driver's message, which may quote a person's values. */
function failureCodeOf(error: unknown): string {
  if (isConnectionFault(error)) return "DATABASE_UNREACHABLE";
  const state = sqlStateOf(error);
  if (state) return `SQLSTATE_${state}`;
  return error instanceof Error ? error.name : "UNKNOWN";
}
