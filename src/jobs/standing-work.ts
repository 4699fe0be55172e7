import { setTimeout as sleep } from "node:timers/promises";
import type { JobProgress, JobRun } from "../storage/job-runs.js";
import { lastDue, nextDue } from "./due-runs.js";
import type { Job } from "./job.js";
import type { JobHost } from "./run-due.js";
import { runJob } from "./run-job.js";

const PAUSE_MS = 1_000;
/** After a failure, and while another process does it. */
const LONG_PAUSE_MS = 5_000;

/**
 * Does a standing job for as long as the process lives: the run of a period works again and again until the period is over,
 * so that what comes up waits a second and not until the next minute, and one process at a time does it.
 */
export async function keepWorking(host: JobHost, job: Job, pauseMs = PAUSE_MS): Promise<void> {
  const { database, signal } = host;
  while (!signal.aborted) {
    const { period } = lastDue(job.schedule, host.now());
    const whole = { ...job, work: (run: JobRun) => workThroughPeriod(host, job, run, pauseMs) };
    const outcome = await runJob({ database, signal, now: host.now() }, whole, period);
    if (outcome.result !== "DONE_BEFORE") host.onOutcome(outcome);
    if (outcome.result !== "DONE")
      await pause(outcome.result === "DONE_BEFORE" ? pauseMs : LONG_PAUSE_MS, signal);
  }
}

async function workThroughPeriod(
  host: JobHost,
  job: Job,
  run: JobRun,
  pauseMs: number,
): Promise<JobProgress["counts"]> {
  const end = nextDue(job.schedule, host.now()).dueAt;
  let sofar = run.resumed;
  do {
    const counts = await job.work({
      ...run,
      now: host.now(),
      resumed: sofar,
      advance: async (tx, progress) => {
        await run.advance(tx, progress);
        sofar = progress;
      },
    });
    // The next time begins anew, wherever this one ended; only what was done adds up.
    sofar = { ...sofar, cursor: null, counts };
    await pause(pauseMs, host.signal);
  } while (!host.signal.aborted && Temporal.Instant.compare(host.now(), end) < 0);
  return sofar.counts;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
