import { sql } from "drizzle-orm";
import { type Plan, type PlannedMessage, planMessages } from "../delivery/outbox.js";
import { sendableFrom } from "../domain/messages.js";
import { actsFrom } from "../domain/payment.js";
import type { Policy } from "../domain/policy.js";
import { decideCandidate, type MoratoriumTerms } from "../domain/suspension.js";
import { appendAudits } from "../storage/audit.js";
import { bulkArraysFor } from "../storage/bulk-arrays.js";
import type { Database, Tx } from "../storage/database.js";
import { recordEvents } from "../storage/events.js";
import { type PensionerKey, pensionerOpaqueId } from "../storage/ids.js";
import { commitUnawaited, type JobCounts, type JobRun } from "../storage/job-runs.js";
import { readMoratoriaOf } from "../storage/moratoria.js";
import { insertHolds } from "../storage/payments.js";
import { lockUncut } from "../storage/payroll-months.js";
import {
  countApplied,
  listApprovedMonths,
  lockBatch,
  markApplied,
  type SuspensionBatchRecord,
} from "../storage/suspension-batches.js";
import {
  type DecidedCandidate,
  type LockedCandidate,
  lockCandidates,
  nextCandidates,
  readBenefitsInDistricts,
  settleCandidates,
} from "../storage/suspension-candidates.js";
import { toDate, todayOf } from "./operation.js";

export interface SuspensionWork {
  readonly database: Database;
  /** What the decision is taken by; a test leaves the looking again out of it. */
  readonly decide?: typeof decideCandidate;
  /** Persons in a transaction; smaller in tests. */
  readonly applyChunk?: number;
}

const CHUNK = { postgresql: 500, embedded: 100 } as const;

/**
 * P3: suspends the candidates of every approved batch, each looked at once more under lock. Gives what the run has done in
 * all, also before it was killed.
 */
export async function applySuspensions(work: SuspensionWork, run: JobRun): Promise<JobCounts> {
  let applied = appliedBefore(run);
  for (const month of await listApprovedMonths(work.database.db)) {
    applied = await applyBatch(work, run, month, applied);
  }
  return { ...applied };
}

interface Applied {
  readonly suspended: number;
  readonly spared: number;
}

/** What earlier attempts at a run have done: each chunk stores it with what it did. */
export function appliedBefore({ resumed: { counts } }: JobRun): Applied {
  return { suspended: counts["suspended"] ?? 0, spared: counts["spared"] ?? 0 };
}

function sumOf(a: Applied, b: Applied): Applied {
  return { suspended: a.suspended + b.suspended, spared: a.spared + b.spared };
}

/** One batch, chunk by chunk, until none is left undecided; what the run has done with that, after what it did `before`. */
export async function applyBatch(
  work: SuspensionWork,
  run: JobRun,
  month: Temporal.PlainYearMonth,
  before: Applied,
): Promise<Applied> {
  const { database } = work;
  let applied = before;
  let after: PensionerKey | null = null;
  while (!run.signal.aborted) {
    const chunk: ChunkOutcome = await database.transact((tx) =>
      applyChunk(work, run, tx, month, after, applied),
    );
    applied = sumOf(applied, chunk);
    if (chunk.ended) break;
    after = chunk.last;
  }
  return applied;
}

interface ChunkOutcome extends Applied {
  /** Where the next chunk begins; null for the beginning. */
  readonly last: PensionerKey | null;
  readonly ended: boolean;
}

/** A person's hold, notice, event, trace and state as a candidate are written in one transaction with all of the chunk. */
async function applyChunk(
  work: SuspensionWork,
  run: JobRun,
  tx: Tx,
  month: Temporal.PlainYearMonth,
  after: PensionerKey | null,
  before: Applied,
): Promise<ChunkOutcome> {
  const { kind } = work.database;
  const arrays = bulkArraysFor(kind);
  await run.fence(tx);
  await commitUnawaited(tx);
  // Two that apply one batch take turns; each finds what the other has left.
  const batch = await lockBatch(tx, month);
  const nothing = { suspended: 0, spared: 0, last: null };
  if (batch?.state !== "APPROVED") return { ...nothing, ended: true };
  const keys = await nextCandidates(tx, month, after, work.applyChunk ?? CHUNK[kind]);
  if (keys.length === 0) {
    // Behind the last one nothing is left; what another run may have left lies before it.
    if (after === null) await markApplied(tx, month, toDate(run.now));
    return { ...nothing, ended: after === null };
  }
  const persons = await lockCandidates(tx, arrays, keys);
  const fromMonth = actsFrom(month, await lockUncut(tx));
  const decided = await decide(work, tx, month, persons, todayOf(run.now).policy);
  const suspended = decided.filter(({ decision }) => decision === "SUSPENDED");
  const at = toDate(run.now);
  await insertHolds(tx, arrays, holdsOf(suspended, month, fromMonth), at);
  await settleCandidates(tx, arrays, month, decided, at);
  await planMessages(tx, arrays, noticeOf(month, run.now), suspended.map(toNotice));
  await recordEvents(
    tx,
    arrays,
    // P5: whose payment stands still for another reason already is not told again that it does.
    suspended
      .filter(({ heldOtherwise }) => !heldOtherwise)
      .map(({ bucket, pensionerId }) => ({
        bucket,
        pensionerId,
        type: "payment.suspended",
        subjectId: pensionerOpaqueId({ bucket, pensionerId }),
        at,
      })),
  );
  const outcome = { suspended: suspended.length, spared: decided.length - suspended.length };
  await countApplied(tx, month, outcome);
  await run.advance(tx, {
    // Of this batch, whoever has decided them.
    done: batch.suspended + batch.spared + decided.length,
    total: batch.candidates,
    cursor: run.resumed.cursor,
    counts: { ...sumOf(before, outcome) },
  });
  await appendAudits(tx, arrays, tracesOf(run, batch, suspended, fromMonth));
  return { ...outcome, last: keys.at(-1) ?? null, ended: false };
}

function holdsOf(
  suspended: readonly PensionerKey[],
  month: Temporal.PlainYearMonth,
  fromMonth: Temporal.PlainYearMonth,
) {
  return suspended.map(({ bucket, pensionerId }) => ({
    bucket,
    pensionerId,
    reason: "NOT_CERTIFIED" as const,
    fromMonth: fromMonth.toString(),
    batchMonth: month.toString(),
  }));
}

type DecidedPerson = DecidedCandidate & LockedCandidate;

async function decide(
  work: SuspensionWork,
  tx: Tx,
  month: Temporal.PlainYearMonth,
  persons: readonly LockedCandidate[],
  policy: Policy,
): Promise<DecidedPerson[]> {
  const moratoria = await readMoratoriaOf(tx, month);
  const benefits = await benefitsUnder(moratoria, work, tx, persons);
  const decideEach = work.decide ?? decideCandidate;
  return persons.map((person) => ({
    ...person,
    decision: decideEach(
      { ...person, benefits: benefits.get(person.pensionerId) ?? [], moratoria },
      month,
      policy,
    ),
  }));
}

/** Read only where a moratorium asks for them: there is hardly ever one. */
function benefitsUnder(
  moratoria: readonly MoratoriumTerms[],
  { database }: SuspensionWork,
  tx: Tx,
  persons: readonly LockedCandidate[],
): ReturnType<typeof readBenefitsInDistricts> {
  return readBenefitsInDistricts(tx, bulkArraysFor(database.kind), moratoria.length === 0 ? [] : persons);
}

/** R5: what all notices of a batch have in common. */
function noticeOf(month: Temporal.PlainYearMonth, now: Temporal.Instant): Plan {
  const dueAt = toDate(sendableFrom("PAYMENT_SUSPENDED", now, todayOf(now).policy));
  return { kind: "PAYMENT_SUSPENDED", month: month.toString(), createdAt: toDate(now), dueAt };
}

function toNotice({ bucket, pensionerId, hasPhone }: LockedCandidate): PlannedMessage {
  return { bucket, pensionerId, recipient: "PENSIONER", hasPhone };
}

/** The approver stands in every trace: a job acts for whoever approved. */
function tracesOf(
  run: JobRun,
  batch: SuspensionBatchRecord,
  suspended: readonly PensionerKey[],
  fromMonth: Temporal.PlainYearMonth,
) {
  return suspended.map(({ bucket, pensionerId }) => ({
    bucket,
    pensionerId,
    clientId: "job:suspension-apply",
    operation: "suspensionApply",
    requestId: `${run.job}:${run.period}`,
    at: run.now.toString(),
    subjectId: `suspension-${batch.month}`,
    outcome: `SUSPENDED from=${fromMonth} approvedBy=${batch.approvedBy}`,
  }));
}

/** A count over everybody takes longer than a request may; until the transaction ends. */
export async function allowLongStatement(tx: Tx): Promise<void> {
  await tx.execute(sql`select set_config('statement_timeout', '300s', true)`);
}
