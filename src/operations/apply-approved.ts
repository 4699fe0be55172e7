import { finishJobRun, JobRunTaken, takeJobRun } from "../storage/job-runs.js";
import { applySuspensions, type SuspensionWork } from "./apply-suspensions.js";

/** The job by which approved batches are applied. */
export const SUSPENSION_APPLY = "suspension-apply";
/** A run that has been silent for so long is taken over. */
const SILENT_MS = 60_000;

/** P3: applies what is approved now, as a run of the job; in a sandbox nobody waits for the job's next turn. */
export async function applyApproved(work: SuspensionWork, now: Temporal.Instant): Promise<void> {
  const { database } = work;
  const startedMs = performance.now();
  const workedMs = () => Math.round(performance.now() - startedMs);
  const run = await takeJobRun(database, {
    job: SUSPENSION_APPLY,
    period: now.toString({ fractionalSecondDigits: 3 }),
    now,
    signal: new AbortController().signal,
    silentMs: SILENT_MS,
  }).catch((error: unknown) => {
    if (error instanceof JobRunTaken) return null;
    throw error;
  });
  if (!run) return;
  try {
    const counts = await applySuspensions(work, run);
    await finishJobRun(database, run, { state: "DONE", counts, workedMs: workedMs() });
  } catch (error) {
    await finishJobRun(database, run, { state: "FAILED", failure: "ERROR", workedMs: workedMs() });
    throw error;
  }
}
