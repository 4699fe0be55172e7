import type { HoldReason } from "../../src/domain/payment.js";
import { cutPayroll } from "../../src/operations/cut-payroll.js";
import type { Database } from "../../src/storage/database.js";
import { newId, newPensionerKey, type PensionerKey } from "../../src/storage/ids.js";
import { finishJobRun, type JobCounts, type JobProgress, takeJobRun } from "../../src/storage/job-runs.js";
import { backPayMonth, paymentHold, pensioner } from "../../src/storage/tables.js";

const AT = new Date("2026-01-01T00:00:00Z");
export const CUT_AT = Temporal.Instant.from("2026-05-28T02:00:00Z");

export interface TestHold {
  readonly reason?: HoldReason;
  readonly from: string;
  /** The first month paid again; open when absent. */
  readonly resumes?: string;
  readonly restores?: boolean;
  readonly voided?: boolean;
}

/** A hold as it stands in the database. */
export async function insertHold(database: Database, key: PensionerKey, hold: TestHold): Promise<string> {
  const id = newId();
  const { reason = "NOT_CERTIFIED", from, resumes = null, restores = true, voided = false } = hold;
  await database.db.insert(paymentHold).values({
    ...key,
    id,
    reason,
    fromMonth: from,
    resumesMonth: resumes,
    restores,
    voided,
    openedAt: AT,
    closedAt: resumes === null ? null : AT,
  });
  return id;
}

export async function insertBackPay(
  database: Database,
  key: PensionerKey,
  paidWithMonth: string,
  months: readonly string[],
): Promise<void> {
  await database.db.insert(backPayMonth).values(months.map((month) => ({ ...key, month, paidWithMonth })));
}

/** Cuts the month as the job does; null when it was done before. `onProgress` is told within each chunk. */
export async function cutMonth(
  database: Database,
  month: string,
  options: {
    readonly signal?: AbortSignal;
    readonly onProgress?: (progress: JobProgress) => void;
    readonly silentMs?: number;
  } = {},
): Promise<JobCounts | null> {
  const { signal = new AbortController().signal, onProgress, silentMs = 60_000 } = options;
  const run = await takeJobRun(database, {
    job: "payroll-cut",
    period: month,
    now: CUT_AT,
    signal,
    silentMs,
    ...(onProgress ? { onProgress } : {}),
  });
  if (!run) return null;
  const counts = await cutPayroll({ database, chunkRows: 0 }, run);
  await finishJobRun(database, run, { state: "DONE", counts, workedMs: 0 });
  return counts;
}

/** Keys of persons that have payment's rows and no others. */
export function keysWithoutPerson(count: number): PensionerKey[] {
  return Array.from({ length: count }, newPensionerKey);
}

/** Keys of all persons there are, by bucket and id. */
export async function readKeys(database: Database): Promise<PensionerKey[]> {
  return database.db
    .select({ bucket: pensioner.bucket, pensionerId: pensioner.id })
    .from(pensioner)
    .orderBy(pensioner.bucket, pensioner.id);
}
