import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import type { RegisterLine } from "../domain/register-row.js";
import { bulkArraysFor } from "../storage/bulk-arrays.js";
import type { Database } from "../storage/database.js";
import { isConnectionFault, UnknownCommit } from "../storage/faults.js";
import { newId } from "../storage/ids.js";
import { isBenefitSeen, type RegisterRun } from "../storage/register.js";
import type { Sealing } from "../storage/sealing.js";
import { writeSetting } from "../storage/settings.js";
import { REGISTER_IMPORTED_AT } from "../storage/suspension-batches.js";
import { applyRegisterBatch, type BatchContext } from "./apply-register-batch.js";
import { todayOf } from "./operation.js";
import { type LineProblem, RegisterBatch } from "./register-batch.js";
import type { BatchOutcome } from "./register-writes.js";

export interface ImportRegisterContext {
  readonly database: Database;
  readonly sealing: Sealing;
  readonly now: Temporal.Instant;
  /** Once aborted, no further batch begins. */
  readonly signal?: AbortSignal;
  /** Lines to a transaction. */
  readonly batchLines?: number;
  /** Called after each commit, with the problems of that batch in the order of their lines. */
  readonly onBatch?: (progress: ImportProgress, problems: readonly LineProblem[]) => Promise<void> | void;
}

export interface ImportCounts {
  readonly lines: number;
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly benefitsAdded: number;
  readonly benefitsChanged: number;
  readonly duplicates: number;
  readonly failed: number;
}

export interface ImportProgress extends ImportCounts {
  /** The number of the last line that is done. */
  readonly lastLine: number;
  readonly readBytes: number;
}

const BATCH_LINES = { postgresql: 1_000, embedded: 500 } as const;
const MAX_ATTEMPTS = 6;
const FIRST_PAUSE_MS = 250;

const nothing: ImportProgress = {
  lines: 0,
  added: 0,
  updated: 0,
  unchanged: 0,
  benefitsAdded: 0,
  benefitsChanged: 0,
  duplicates: 0,
  failed: 0,
  lastLine: 0,
  readBytes: 0,
};

/**
 * Brings pensioners, documents and benefits to what a benefit register says, batch by batch. A batch stands or falls
 * as a whole, and importing a line again changes nothing: whatever ends an import, running it again finishes it.
 */
export async function importRegister(
  context: ImportRegisterContext,
  lines: AsyncIterable<readonly RegisterLine[]>,
): Promise<ImportProgress> {
  const { database, sealing } = context;
  const run: RegisterRun = { id: newId(), at: context.now.round("millisecond") };
  const batchContext: BatchContext = {
    sealing,
    run,
    arrays: bulkArraysFor(database.kind),
    policy: todayOf(context.now).policy,
  };
  const limit = context.batchLines ?? BATCH_LINES[database.kind];
  const source = batchesOf(lines, sealing, limit);
  let progress = nothing;
  let mostAreNew = false;
  // The next batch is read and sealed while the database works on this one.
  let next = source.next(mostAreNew);
  try {
    for (let read = await next; !read.done && !context.signal?.aborted; read = await next) {
      const batch = read.value;
      next = source.next(mostAreNew);
      // A failure of reading is looked at when this batch is done.
      next.catch(() => undefined);
      const outcome = await applySurely(database, batchContext, batch);
      mostAreNew = outcome.counts.added * 2 > batch.documents;
      progress = advance(progress, batch, outcome);
      const problems = [...batch.problems, ...outcome.problems].sort((a, b) => a.line - b.line);
      await context.onBatch?.(progress, problems);
    }
    // P3: a month is not closed unseen when its register has not come.
    if (!context.signal?.aborted)
      await database.transact((tx) => writeSetting(tx, REGISTER_IMPORTED_AT, run.at.toString()));
    return progress;
  } finally {
    await next.catch(() => undefined);
    await source.return();
  }
}

/** Gathers lines into batches; each asking tells whether to seal the next one's persons ahead, as if new. */
async function* batchesOf(
  lines: AsyncIterable<readonly RegisterLine[]>,
  sealing: Sealing,
  limit: number,
): AsyncGenerator<RegisterBatch, void, boolean> {
  let batch = new RegisterBatch(sealing, false);
  for await (const group of lines) {
    for (const line of group) {
      batch.add(line);
      if (batch.lines === limit) batch = new RegisterBatch(sealing, yield batch);
    }
    // Sealing would otherwise keep the transaction under way from sending its next statement.
    await turn();
  }
  if (batch.lines > 0) yield batch;
}

/** Runs a batch until it is known to be in the database, also across a lost connection. */
async function applySurely(
  database: Database,
  context: BatchContext,
  batch: RegisterBatch,
): Promise<BatchOutcome> {
  let inDoubt: BatchOutcome | undefined;
  for (let attempt = 1; ; attempt += 1) {
    const made: BatchOutcome[] = [];
    try {
      if (inDoubt && (await isStanding(database, context.run, inDoubt))) return inDoubt;
      inDoubt = undefined;
      return await database.transact(async (tx) => {
        made[0] = await applyRegisterBatch(tx, context, batch);
        return made[0];
      });
    } catch (error) {
      if (!isConnectionFault(error) || attempt >= MAX_ATTEMPTS) throw error;
      if (error instanceof UnknownCommit) inDoubt = made[0];
      await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  }
}

/** Whether a transaction whose commit was in doubt went through after all. */
async function isStanding(database: Database, run: RegisterRun, { mark }: BatchOutcome): Promise<boolean> {
  return mark !== null && (await isBenefitSeen(database.db, mark, run));
}

function advance(
  before: ImportProgress,
  batch: RegisterBatch,
  { counts, problems }: BatchOutcome,
): ImportProgress {
  return {
    lines: before.lines + batch.lines,
    added: before.added + counts.added,
    updated: before.updated + counts.updated,
    unchanged: before.unchanged + counts.unchanged,
    benefitsAdded: before.benefitsAdded + counts.benefitsAdded,
    benefitsChanged: before.benefitsChanged + counts.benefitsChanged,
    duplicates: before.duplicates + counts.duplicates,
    failed: before.failed + batch.problems.length + problems.length,
    lastLine: batch.lastLine,
    readBytes: batch.readBytes,
  };
}
