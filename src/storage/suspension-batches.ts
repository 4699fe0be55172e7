import { and, asc, desc, eq, lt, type SQL, sql } from "drizzle-orm";
import { addMonths, beijingMonthOf, firstDayOf } from "../domain/calendar.js";
import type { BreakerFacts } from "../domain/suspension.js";
import type { Executor, Tx } from "./database.js";
import { readSetting } from "./settings.js";
import {
  benefit,
  certification,
  paymentHold,
  pensioner,
  suspensionBatch,
  suspensionCandidate,
} from "./tables.js";

export type SuspensionBatchRecord = typeof suspensionBatch.$inferSelect;

/** When the last import of a register ended, as an instant. */
export const REGISTER_IMPORTED_AT = "register_imported_at";

export async function readBatch(
  db: Executor,
  month: Temporal.PlainYearMonth,
): Promise<SuspensionBatchRecord | null> {
  const [row] = await db.select().from(suspensionBatch).where(eq(suspensionBatch.month, month.toString()));
  return row ?? null;
}

/** Before any person: whoever approves or applies waits for the other. */
export async function lockBatch(
  tx: Tx,
  month: Temporal.PlainYearMonth,
): Promise<SuspensionBatchRecord | null> {
  const [row] = await tx
    .select()
    .from(suspensionBatch)
    .where(eq(suspensionBatch.month, month.toString()))
    .for("update");
  return row ?? null;
}

/** Months whose batch is approved and not applied in full, the earliest first. */
export async function listApprovedMonths(db: Executor): Promise<Temporal.PlainYearMonth[]> {
  const rows = await db
    .select({ month: suspensionBatch.month })
    .from(suspensionBatch)
    .where(eq(suspensionBatch.state, "APPROVED"))
    .orderBy(asc(suspensionBatch.month));
  return rows.map(({ month }) => Temporal.PlainYearMonth.from(month));
}

/** The latest month whose suspensions have been applied; null before the first. */
export async function readLatestAppliedMonth(db: Executor): Promise<Temporal.PlainYearMonth | null> {
  const [latest] = await db
    .select({ month: suspensionBatch.month })
    .from(suspensionBatch)
    .where(eq(suspensionBatch.state, "APPLIED"))
    .orderBy(desc(suspensionBatch.month))
    .limit(1);
  return latest ? Temporal.PlainYearMonth.from(latest.month) : null;
}

/** P3: the candidates are written; from now on they can be approved. Nothing is changed of a batch that is there. */
export async function insertBatch(tx: Tx, batch: typeof suspensionBatch.$inferInsert): Promise<void> {
  await tx.insert(suspensionBatch).values(batch).onConflictDoNothing();
}

export async function approveBatch(
  tx: Tx,
  month: Temporal.PlainYearMonth,
  by: { readonly approvedBy: string; readonly approvedAt: Date },
): Promise<void> {
  await tx
    .update(suspensionBatch)
    .set({ state: "APPROVED", ...by })
    .where(eq(suspensionBatch.month, month.toString()));
}

/** Adds a chunk's outcome to the batch, which is locked. */
export async function countApplied(
  tx: Tx,
  month: Temporal.PlainYearMonth,
  chunk: { readonly suspended: number; readonly spared: number },
): Promise<void> {
  await tx
    .update(suspensionBatch)
    .set({
      suspended: sql`${suspensionBatch.suspended} + ${chunk.suspended}`,
      spared: sql`${suspensionBatch.spared} + ${chunk.spared}`,
    })
    .where(eq(suspensionBatch.month, month.toString()));
}

export async function markApplied(tx: Tx, month: Temporal.PlainYearMonth, at: Date): Promise<void> {
  await tx
    .update(suspensionBatch)
    .set({ state: "APPLIED", appliedAt: at })
    .where(eq(suspensionBatch.month, month.toString()));
}

/** P1, P5: not certified in time for the month, and payment does not stand still already. Of the table under the name given. */
export function isCandidateFor(month: Temporal.PlainYearMonth, person: SQL): SQL {
  return sql`${person}.valid_through < ${firstDayOf(month).toString()}::date and ${isNotHeld(person)}`;
}

/** P5: no open hold for want of a certification or by a reported death. */
function isNotHeld(person: SQL): SQL {
  return sql`not exists (
    select 1 from ${paymentHold} h where h.bucket = ${person}.bucket and h.pensioner_id = ${person}.id
      and h.resumes_month is null and h.reason in ('NOT_CERTIFIED', 'DEATH_REPORTED'))`;
}

/** Whom a batch is about: those written down, or while nothing is, those who would be. */
export type CandidateSource = "FROZEN" | "LIVE";

export async function countCandidates(
  db: Executor,
  month: Temporal.PlainYearMonth,
  source: CandidateSource,
): Promise<number> {
  const { rows } = (await db.execute(
    sql`select count(*)::int as total from (${candidateKeys(month, source)}) c`,
  )) as unknown as { readonly rows: readonly { readonly total: number }[] };
  return rows[0]?.total ?? 0;
}

function candidateKeys(month: Temporal.PlainYearMonth, source: CandidateSource): SQL {
  return source === "FROZEN"
    ? sql`select bucket, pensioner_id from ${suspensionCandidate} where month = ${month.toString()}`
    : sql`select p.bucket, p.id as pensioner_id from ${pensioner} p where ${isCandidateFor(month, sql`p`)}`;
}

/** P3: what the breakers look at. A person with benefits in two districts counts in both. */
export async function readBreakerFacts(
  db: Executor,
  month: Temporal.PlainYearMonth,
  source: CandidateSource,
  today: Temporal.PlainDate,
): Promise<BreakerFacts> {
  const before = await readBatch(db, addMonths(month, -1));
  const { rows } = (await db.execute(sql`
    select everyone.pensioners, coalesce(proposed.candidates, 0)::int as candidates
    from (select district_code, count(*)::int as pensioners
          from (select distinct district_code, bucket, pensioner_id from ${benefit}) each_once
          group by district_code) everyone
    left join (select b.district_code, count(*) as candidates
          from (select distinct district_code, bucket, pensioner_id from ${benefit}
                where (bucket, pensioner_id) in (${candidateKeys(month, source)})) b
          group by b.district_code) proposed using (district_code)`)) as unknown as {
    readonly rows: readonly { readonly pensioners: number; readonly candidates: number }[];
  };
  const overdue = await db
    .selectDistinct({ channel: certification.channel })
    .from(certification)
    .where(and(eq(certification.state, "PENDING"), lt(certification.reviewDueOn, today.toString())));
  const importedAt = await readSetting<string>(db, REGISTER_IMPORTED_AT);
  return {
    candidates: await countCandidates(db, month, source),
    suspendedLastMonth: before?.state === "APPLIED" ? before.suspended : null,
    districts: rows,
    channelsWithOverdueReviews: overdue.length,
    importedMonth: importedAt === undefined ? null : beijingMonthOf(Temporal.Instant.from(importedAt)),
    deadlineMonth: addMonths(month, -1),
  };
}
