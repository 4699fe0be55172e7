import { createHash } from "node:crypto";
import { type PayrollKind, payrollKinds, payrollLineText } from "../domain/payroll.js";
import { appendSystemAudit } from "../storage/audit.js";
import type { Database } from "../storage/database.js";
import { BUCKETS, pensionerOpaqueId } from "../storage/ids.js";
import type { JobCounts, JobProgress, JobRun } from "../storage/job-runs.js";
import {
  bucketBehindRows,
  type PayrollEntry,
  readCutPayroll,
  writePayrollLines,
} from "../storage/payroll-lines.js";
import {
  completePayrollList,
  insertPayrollList,
  type PayrollTotals,
  readPayrollList,
} from "../storage/payroll-lists.js";
import { lockForCut } from "../storage/payroll-months.js";
import { toDate } from "./operation.js";

/** One of the embedded database's chunks keeps everyone waiting, so a chunk is small: about a person in a hundred is listed. */
const BUCKETS_PER_CHUNK = 8;
/** A chunk goes on through more buckets than that while it meets no more holds than this, as in a small register. */
const CHUNK_ROWS = 500;
const LINES_PER_READ = 2_000;

export interface CuttingWork {
  readonly database: Database;
  /** Smaller in tests. */
  readonly chunkRows?: number;
}

interface CutCursor {
  readonly nextBucket: number;
}

/**
 * P8: cuts the month that the run's period names. From the first transaction on, changes of holds act on later months
 * only, so the lines can be written after it, chunk by chunk, and are the same whenever that is. Safe to kill and to run
 * twice; stopped between chunks it throws the signal's reason.
 */
export async function cutPayroll(work: CuttingWork, run: JobRun): Promise<JobCounts> {
  const { database } = work;
  const month = run.period;
  await cut(database, run, month);
  if (!(await readPayrollList(database.db, month, "HOLD")).written) {
    const progress = await writeLines(work, run, month);
    await complete(database, run, month, progress);
  }
  const [holds, releases] = await Promise.all(
    payrollKinds.map((kind) => readPayrollList(database.db, month, kind)),
  );
  return { holds: holds?.total ?? 0, releases: releases?.total ?? 0 };
}

async function cut(database: Database, run: JobRun, month: string): Promise<void> {
  await database.transact(async (tx) => {
    await run.fence(tx);
    await lockForCut(tx);
    if (!(await insertPayrollList(tx, month, toDate(run.now)))) return;
    await appendSystemAudit(tx, {
      clientId: "job",
      operation: "payrollCut",
      requestId: `${run.job}-${month}-${run.epoch}`,
      at: run.now.toString(),
      subjectId: month,
      outcome: "CUT",
    });
  });
}

async function writeLines(
  { database, chunkRows = CHUNK_ROWS }: CuttingWork,
  run: JobRun,
  month: string,
): Promise<JobProgress> {
  let progress: JobProgress = { ...run.resumed, total: BUCKETS };
  let nextBucket = (run.resumed.cursor as CutCursor | null)?.nextBucket ?? 0;
  while (nextBucket < BUCKETS) {
    run.signal.throwIfAborted();
    const before = progress;
    const from = nextBucket;
    const written = await database.transact(async (tx) => {
      await run.fence(tx);
      const behind = (await bucketBehindRows(tx, from, chunkRows)) ?? BUCKETS;
      const beforeBucket = Math.max(behind, from + BUCKETS_PER_CHUNK);
      const slice = { fromBucket: from, beforeBucket };
      const holds = await writePayrollLines(tx, month, "HOLD", slice);
      const releases = await writePayrollLines(tx, month, "RELEASE", slice);
      const { counts } = before;
      const after: JobProgress = {
        done: beforeBucket,
        total: BUCKETS,
        cursor: { nextBucket: beforeBucket } satisfies CutCursor,
        counts: {
          holds: (counts["holds"] ?? 0) + holds,
          releases: (counts["releases"] ?? 0) + releases,
        },
      };
      await run.advance(tx, after);
      return { after, beforeBucket };
    });
    progress = written.after;
    nextBucket = written.beforeBucket;
  }
  return progress;
}

async function complete(
  database: Database,
  run: JobRun,
  month: string,
  progress: JobProgress,
): Promise<void> {
  const totals = {
    HOLD: await totalsOf(database, run, month, "HOLD", progress),
    RELEASE: await totalsOf(database, run, month, "RELEASE", progress),
  };
  await database.transact(async (tx) => {
    await run.fence(tx);
    await completePayrollList(tx, month, toDate(run.now), totals);
    await run.advance(tx, progress);
  });
}

/** Reads the written lines once more, a page at a time: what is counted is what will be read. */
async function totalsOf(
  database: Database,
  run: JobRun,
  month: string,
  kind: PayrollKind,
  progress: JobProgress,
): Promise<PayrollTotals> {
  const hash = createHash("sha256");
  let total = 0;
  for (let after: PayrollEntry | null = null; ; ) {
    run.signal.throwIfAborted();
    const behind: PayrollEntry | null = after;
    const lines: PayrollEntry[] = await database.transact(async (tx) => {
      await run.fence(tx);
      const page = await readCutPayroll(tx, month, kind, { after: behind, limit: LINES_PER_READ });
      // Tells that it goes on.
      await run.advance(tx, progress);
      return page;
    });
    for (const entry of lines) hash.update(payrollLineText(pensionerOpaqueId(entry), entry.line));
    total += lines.length;
    after = lines.at(-1) ?? null;
    if (lines.length < LINES_PER_READ) return { total, checksum: hash.digest("hex") };
  }
}
