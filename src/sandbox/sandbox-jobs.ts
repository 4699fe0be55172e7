import { setTimeout as sleep } from "node:timers/promises";
import { type DueRun, dueRuns } from "../jobs/due-runs.js";
import { collapses } from "../jobs/job.js";
import { type JobHost, readJobsSince } from "../jobs/run-due.js";
import { type RunOutcome, runJob } from "../jobs/run-job.js";
import type { Database } from "../storage/database.js";
import { exclusively } from "../storage/exclusive.js";
import { readSetting, writeSetting } from "../storage/settings.js";
import type { SandboxClock } from "./sandbox-clock.js";

/** Up to when everything that was due has run. */
const THROUGH = "jobs_through";
const TICK_MS = 1_000;
const AFTER_FAILURE_MS = 60_000;
const LOOK_AGAIN_MS = 500;

/**
 * Runs a sandbox's jobs by the sandbox's clock. pg-boss cannot: its alarms ring by the real time, while this clock is set
 * forward by months and everything that was due in between has to have run, in order, before anyone sees the new time.
 */
export class SandboxJobs {
  constructor(
    private readonly host: Omit<JobHost, "now">,
    private readonly clock: SandboxClock,
  ) {}

  /** Once, at the start: what lies before a sandbox's first start is not due. */
  async begin(): Promise<void> {
    await readJobsSince(this.host.database, this.clock.now());
  }

  /**
   * Runs what is due up to `to`, in order, one caller at a time. The clock goes from one due instant to the next as they
   * come up, so that what a run writes is dated by the time that everybody else reads. Whoever was killed in between
   * repeats the call: what is done is done once. Returns how many runs there were.
   */
  runThrough(to: Temporal.Instant, signal = this.host.signal): Promise<number> {
    const { database } = this.host;
    return exclusively(database, "changqing sandbox jobs", async () => {
      const runs = dueRuns(this.host.jobs, await this.#readThrough(database), to);
      let count = 0;
      for (const [index, run] of runs.entries()) {
        signal.throwIfAborted();
        await this.#moveClock(run.dueAt);
        if ((await this.#runOne(run, signal)).result === "DONE") count += 1;
        const next = runs[index + 1];
        // Not in between: the runs that follow on a month's are found by starting before it.
        if (next && !collapses(next.job.schedule)) await this.#writeThrough(run, next);
      }
      if (runs.length > 0) await database.transact((tx) => writeSetting(tx, THROUGH, to.toString()));
      return count;
    });
  }

  /** Runs what becomes due as the clock goes on, until the host's signal. */
  async tick(): Promise<void> {
    const { signal } = this.host;
    while (!signal.aborted) {
      const failed = await this.runThrough(this.clock.now()).then(
        () => false,
        () => true,
      );
      await sleep(failed ? AFTER_FAILURE_MS : TICK_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #readThrough(database: Database): Promise<Temporal.Instant> {
    const through = await readSetting<string>(database.db, THROUGH);
    return through === undefined ? readJobsSince(database, this.clock.now()) : Temporal.Instant.from(through);
  }

  async #writeThrough(run: DueRun, next: DueRun): Promise<void> {
    if (Temporal.Instant.compare(run.dueAt, next.dueAt) === 0) return;
    await this.host.database.transact((tx) => writeSetting(tx, THROUGH, run.dueAt.toString()));
  }

  async #moveClock(to: Temporal.Instant): Promise<void> {
    if (Temporal.Instant.compare(to, this.clock.now()) <= 0) return;
    await this.host.database.transact((tx) => this.clock.advance(tx, to));
    this.clock.follow(to);
  }

  /** A month that cannot be run stops the clock before it; what a day or a minute has left is taken up by the next one. */
  async #runOne({ job, period, dueAt }: DueRun, signal: AbortSignal): Promise<RunOutcome> {
    const { database, onOutcome } = this.host;
    for (;;) {
      const outcome = await runJob({ database, signal, now: dueAt }, job, period);
      onOutcome(outcome);
      const { result, error } = outcome;
      if (result === "STOPPED") signal.throwIfAborted();
      if (result === "FAILED" && !collapses(job.schedule))
        throw new Error(`the job ${job.name} failed for ${period}`, { cause: error });
      const isElsewhere = result === "TAKEN" || result === "LOST";
      if (!isElsewhere || collapses(job.schedule)) return outcome;
      await sleep(LOOK_AGAIN_MS, undefined, { signal });
    }
  }
}
