import { trippedBreakers } from "../domain/suspension.js";
import { appendSystemAudit } from "../storage/audit.js";
import type { Database } from "../storage/database.js";
import { commitUnawaited, type JobCounts, type JobRun } from "../storage/job-runs.js";
import { insertBatch, lockBatch, readBatch, readBreakerFacts } from "../storage/suspension-batches.js";
import { type FreezeCursor, freezeCandidates } from "../storage/suspension-candidates.js";
import { allowLongStatement, appliedBefore, applyBatch, type SuspensionWork } from "./apply-suspensions.js";
import { type Today, toDate, todayOf } from "./operation.js";

/** Persons looked at in a transaction. */
const CHUNK = 5_000;
/** Who a sandbox's batches are approved by: it waits for nobody. */
export const SANDBOX_APPROVER = "sandbox";

export interface ClosingWork extends SuspensionWork {
  readonly database: Database;
  /** In a sandbox a batch approves itself, also when breakers have tripped, and is applied at once. */
  readonly autoApprove: boolean;
  /** Smaller in tests. */
  readonly freezeChunk?: number;
}

/**
 * P1, P3: writes down whom the end of a deadline month leaves without a valid certification, and proposes their
 * suspension. The run's period is the first unpaid month. Nobody is suspended by it; killed, it goes on where it was, and
 * a month is proposed once.
 */
export async function closeExpiries(work: ClosingWork, run: JobRun): Promise<JobCounts> {
  const { database, autoApprove } = work;
  const month = Temporal.PlainYearMonth.from(run.period);
  const time = todayOf(run.now);
  if (!(await readBatch(database.db, month)) && !(await propose(work, run, month, time))) {
    return run.resumed.counts;
  }
  // Also when an earlier attempt was killed after the proposal.
  if (autoApprove) await applyBatch(work, run, month, appliedBefore(run));
  const batch = await readBatch(database.db, month);
  return {
    candidates: batch?.candidates ?? 0,
    suspended: batch?.suspended ?? 0,
    spared: batch?.spared ?? 0,
    breakers: batch?.breakers.length ?? 0,
  };
}

/** False when the process is asked to stop before everyone has been looked at. */
async function propose(
  { database, autoApprove, freezeChunk = CHUNK }: ClosingWork,
  run: JobRun,
  month: Temporal.PlainYearMonth,
  time: Today,
): Promise<boolean> {
  let cursor = run.resumed.cursor as FreezeCursor | null;
  let candidates = run.resumed.done;
  for (let more = true; more; ) {
    if (run.signal.aborted) return false;
    const chunk = await database.transact(async (tx) => {
      await run.fence(tx);
      await commitUnawaited(tx);
      const frozen = await freezeCandidates(tx, month, cursor, freezeChunk);
      const done = candidates + frozen.added;
      const at = frozen.cursor ?? cursor;
      await run.advance(tx, { done, total: null, cursor: at, counts: { candidates: done } });
      return frozen;
    });
    cursor = chunk.cursor ?? cursor;
    candidates += chunk.added;
    more = chunk.cursor !== null;
  }
  await database.transact(async (tx) => {
    await run.fence(tx);
    if (await lockBatch(tx, month)) return;
    await allowLongStatement(tx);
    const facts = await readBreakerFacts(tx, month, "FROZEN", time.today);
    const breakers = trippedBreakers(facts, time.policy);
    const at = toDate(run.now);
    await insertBatch(tx, {
      month: month.toString(),
      state: autoApprove ? "APPROVED" : "PREVIEW",
      proposedAt: at,
      candidates: facts.candidates,
      breakers,
      ...(autoApprove ? { approvedBy: SANDBOX_APPROVER, approvedAt: at } : {}),
      policyVersion: time.policy.version,
    });
    await appendSystemAudit(tx, {
      clientId: `job:${run.job}`,
      operation: "suspensionBatchPropose",
      requestId: `${run.job}:${run.period}`,
      at: run.now.toString(),
      subjectId: `suspension-${month}`,
      outcome: [`${autoApprove ? "APPROVED" : "PREVIEW"} candidates=${facts.candidates}`, ...breakers].join(
        " ",
      ),
    });
  });
  return true;
}
