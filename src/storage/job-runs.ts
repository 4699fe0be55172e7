import { and, eq, sql } from "drizzle-orm";
import type { Database, Tx } from "./database.js";
import { jobRun } from "./tables.js";

export type JobCounts = Readonly<Record<string, number>>;

/** Another worker has taken the run over; what this one was about to write is not written. */
export class JobRunLost extends Error {
  override readonly name = "JobRunLost";
}

/** A run that is under way somewhere and was heard of lately. */
export class JobRunTaken extends Error {
  override readonly name = "JobRunTaken";
}

/** Where a run stands; stored with each chunk, so that a killed run goes on where it was. */
export interface JobProgress {
  readonly done: number;
  readonly total: number | null;
  /** What the job needs to go on. */
  readonly cursor: unknown;
  readonly counts: JobCounts;
}

/** A run that this process holds. */
export interface JobRun {
  readonly job: string;
  readonly period: string;
  readonly epoch: number;
  /** The service's time at which it runs; one for the whole run. */
  readonly now: Temporal.Instant;
  /** Set when the process is asked to stop: no new chunk begins. */
  readonly signal: AbortSignal;
  /** As an earlier attempt left it. */
  readonly resumed: JobProgress;
  /** First in each chunk's transaction: locks the run and throws JobRunLost when another holds it now. */
  fence(tx: Tx): Promise<void>;
  /** Stores progress in the chunk's transaction. */
  advance(tx: Tx, progress: JobProgress): Promise<void>;
}

interface Taking {
  readonly job: string;
  readonly period: string;
  readonly now: Temporal.Instant;
  readonly signal: AbortSignal;
  /** A run not heard of for so long is taken over. */
  readonly silentMs: number;
  /** Told after each chunk is stored. */
  readonly onProgress?: (progress: JobProgress) => void;
}

const nothingDone: JobProgress = { done: 0, total: null, cursor: null, counts: {} };

/**
 * Takes the run of a job and period, raising its epoch; null when it is done already. Silence is measured by the database's
 * wall clock, not by the service's: a sandbox's clock jumps.
 */
export async function takeJobRun(database: Database, taking: Taking): Promise<JobRun | null> {
  const { job, period, now, signal, silentMs, onProgress } = taking;
  const isRun = and(eq(jobRun.job, job), eq(jobRun.period, period));
  const taken = await database.transact(async (tx) => {
    const [begun] = await tx
      .insert(jobRun)
      .values({
        job,
        period,
        state: "RUNNING",
        epoch: 1,
        startedAt: new Date(now.epochMilliseconds),
        heardAt: sql`now()`,
      })
      .onConflictDoNothing()
      .returning({ epoch: jobRun.epoch });
    if (begun) return { epoch: begun.epoch, resumed: nothingDone };
    const [known] = await tx
      .select({
        state: jobRun.state,
        epoch: jobRun.epoch,
        done: jobRun.done,
        total: jobRun.total,
        cursor: jobRun.cursor,
        counts: jobRun.counts,
        silent: sql<boolean>`${jobRun.heardAt} < now() - ${silentMs} * interval '1 millisecond'`,
      })
      .from(jobRun)
      .where(isRun)
      .for("update");
    if (!known || known.state === "DONE") return null;
    if (known.state === "RUNNING" && !known.silent) throw new JobRunTaken(`${job} ${period} is under way`);
    const epoch = known.epoch + 1;
    await tx.update(jobRun).set({ state: "RUNNING", epoch, failure: null, heardAt: sql`now()` }).where(isRun);
    return {
      epoch,
      resumed: { done: known.done, total: known.total, cursor: known.cursor, counts: known.counts },
    };
  });
  if (!taken) return null;
  const { epoch, resumed } = taken;
  return {
    job,
    period,
    epoch,
    now,
    signal,
    resumed,
    fence: async (tx) => {
      const [held] = await tx
        .select({ epoch: jobRun.epoch, state: jobRun.state })
        .from(jobRun)
        .where(isRun)
        .for("update");
      if (held?.epoch !== epoch || held.state !== "RUNNING") throw new JobRunLost(`${job} ${period}`);
    },
    advance: async (tx, progress) => {
      await tx
        .update(jobRun)
        .set({ ...progress, heardAt: sql`now()` })
        .where(isRun);
      onProgress?.(progress);
    },
  };
}

/**
 * For a chunk that nobody outside is told of: its commit does not wait for the disk. What a power cut takes of it, it takes
 * with the progress that counts it, and it is written again; whatever is committed later and waits, waits for it too.
 */
export async function commitUnawaited(tx: Tx): Promise<void> {
  await tx.execute(sql`select set_config('synchronous_commit', 'off', true)`);
}

/** Ends a run that this process still holds; a lost one is left to its new holder. */
export async function finishJobRun(
  database: Database,
  run: Pick<JobRun, "job" | "period" | "epoch" | "now">,
  end: {
    readonly state: "DONE" | "FAILED";
    readonly counts?: JobCounts;
    readonly failure?: string;
    readonly workedMs: number;
  },
): Promise<boolean> {
  const { state, counts, failure = null, workedMs } = end;
  return database.transact(async (tx) => {
    const ended = await tx
      .update(jobRun)
      .set({
        state,
        failure,
        ...(counts === undefined ? {} : { counts }),
        workedMs: sql`${jobRun.workedMs} + ${Math.round(workedMs)}::int`,
        heardAt: sql`now()`,
        // The service's time, as the beginning is: a sandbox's clock is not the database's.
        finishedAt: new Date(run.now.epochMilliseconds + Math.round(workedMs)),
      })
      .where(
        and(
          eq(jobRun.job, run.job),
          eq(jobRun.period, run.period),
          eq(jobRun.epoch, run.epoch),
          eq(jobRun.state, "RUNNING"),
        ),
      )
      .returning({ epoch: jobRun.epoch });
    return ended.length > 0;
  });
}
