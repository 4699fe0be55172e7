import { and, asc, eq, type SQL, sql } from "drizzle-orm";
import type { BenefitType } from "../domain/benefits.js";
import { beijingDateOf, firstDayOf } from "../domain/calendar.js";
import type {
  BenefitInDistrict,
  SuspensionCandidateState,
  SuspensionDecision,
} from "../domain/suspension.js";
import { type BulkArrays, isAmong, keyArrays } from "./bulk-arrays.js";
import type { Executor, Tx } from "./database.js";
import type { PensionerKey } from "./ids.js";
import { isCandidateFor } from "./suspension-batches.js";
import { benefit, certification, paymentHold, pensioner, suspensionCandidate } from "./tables.js";

/** How far the freezing has come: the last person looked at, in the order of the index by last valid day. */
export interface FreezeCursor {
  readonly validThrough: string;
  readonly bucket: number;
  readonly pensionerId: string;
}

export interface FrozenChunk {
  readonly added: number;
  /** Null when nobody is left. */
  readonly cursor: FreezeCursor | null;
}

/** P1: writes down the next candidates of a month, in one statement; writing them again changes nothing. */
export async function freezeCandidates(
  tx: Tx,
  month: Temporal.PlainYearMonth,
  after: FreezeCursor | null,
  limit: number,
): Promise<FrozenChunk> {
  const behind =
    after === null
      ? sql`true`
      : sql`(valid_through, bucket, id) > (${after.validThrough}::date, ${after.bucket}::smallint, ${after.pensionerId}::uuid)`;
  const { rows } = (await tx.execute(sql`
    with looked_at as (
      select valid_through, bucket, id from ${pensioner}
      where valid_through < ${firstDayOf(month).toString()}::date and ${behind}
      order by valid_through, bucket, id limit ${limit}),
    added as (
      insert into ${suspensionCandidate} (bucket, pensioner_id, month, valid_through, state)
      select p.bucket, p.id, ${month.toString()}, p.valid_through, 'PROPOSED' from looked_at p
      where ${isCandidateFor(month, sql`p`)} order by p.bucket, p.id
      on conflict do nothing returning 1)
    select valid_through::text as valid_through, bucket, id, (select count(*)::int from added) as added
    from looked_at order by valid_through desc, bucket desc, id desc limit 1`)) as unknown as {
    readonly rows: readonly { valid_through: string; bucket: number; id: string; added: number }[];
  };
  const [last] = rows;
  if (!last) return { added: 0, cursor: null };
  const { valid_through: validThrough, bucket, id: pensionerId, added } = last;
  return { added, cursor: { validThrough, bucket, pensionerId } };
}

/** The next candidates of a batch that have not been decided, in the order in which persons are locked. */
export async function nextCandidates(
  tx: Tx,
  month: Temporal.PlainYearMonth,
  after: PensionerKey | null,
  limit: number,
): Promise<PensionerKey[]> {
  const { bucket, pensionerId } = suspensionCandidate;
  return tx
    .select({ bucket, pensionerId })
    .from(suspensionCandidate)
    .where(
      and(
        eq(suspensionCandidate.month, month.toString()),
        eq(suspensionCandidate.state, "PROPOSED"),
        after === null
          ? undefined
          : sql`(${bucket}, ${pensionerId}) > (${after.bucket}::smallint, ${after.pensionerId}::uuid)`,
      ),
    )
    .orderBy(asc(bucket), asc(pensionerId))
    .limit(limit);
}

/** What the decision about a person follows from. */
export interface LockedCandidate extends PensionerKey {
  readonly hasPhone: boolean;
  readonly validThrough: Temporal.PlainDate;
  readonly heldAlready: boolean;
  /** P5: whether payment stands still for whatever reason. */
  readonly heldOtherwise: boolean;
  readonly submittedOn: Temporal.PlainDate | null;
}

/**
 * P3: locks the candidates, then reads in a second statement what was committed before the locks were granted: who
 * certified a moment ago is seen. Leaner than what other writes lock, for there are hundreds of thousands.
 */
export async function lockCandidates(
  tx: Tx,
  arrays: BulkArrays,
  keys: readonly PensionerKey[],
): Promise<LockedCandidate[]> {
  if (keys.length === 0) return [];
  const among = isAmong(pensioner.bucket, pensioner.id, arrays, keys);
  await tx
    .select({ id: pensioner.id })
    .from(pensioner)
    .where(among)
    .orderBy(pensioner.bucket, pensioner.id)
    .for("update");
  const { rows } = (await tx.execute(sql`
    select p.bucket, p.id, p.phone_sealed is not null as has_phone, p.valid_through::text as valid_through,
      coalesce(h.certification_or_death, false) as held, h.certification_or_death is not null as held_otherwise, c.submitted_ms
    from unnest(${keyArrays(arrays, keys)}) as k(bucket, id)
    join ${pensioner} p on p.bucket = k.bucket and p.id = k.id
    left join lateral (
      select bool_or(reason in ('NOT_CERTIFIED', 'DEATH_REPORTED')) as certification_or_death from ${paymentHold}
      where bucket = p.bucket and pensioner_id = p.id and resumes_month is null) h on true
    left join lateral (
      select extract(epoch from min(received_at))::float8 * 1000 as submitted_ms from ${certification}
      where bucket = p.bucket and pensioner_id = p.id and state = 'PENDING') c on true`)) as unknown as {
    readonly rows: readonly FactsRow[];
  };
  if (rows.length !== keys.length) throw new Error("a candidate vanished");
  return rows.map((row) => ({
    bucket: row.bucket,
    pensionerId: row.id,
    hasPhone: row.has_phone,
    validThrough: Temporal.PlainDate.from(row.valid_through),
    heldAlready: row.held,
    heldOtherwise: row.held_otherwise,
    submittedOn:
      row.submitted_ms === null
        ? null
        : beijingDateOf(Temporal.Instant.fromEpochMilliseconds(Math.round(row.submitted_ms))),
  }));
}

interface FactsRow {
  readonly bucket: number;
  readonly id: string;
  readonly has_phone: boolean;
  readonly valid_through: string;
  readonly held: boolean;
  readonly held_otherwise: boolean;
  readonly submitted_ms: number | null;
}

/** What moratoria are compared with; by pensioner id. */
export async function readBenefitsInDistricts(
  db: Executor,
  arrays: BulkArrays,
  keys: readonly PensionerKey[],
): Promise<Map<string, BenefitInDistrict[]>> {
  const found = new Map<string, BenefitInDistrict[]>();
  if (keys.length === 0) return found;
  const rows = await db
    .select({
      pensionerId: benefit.pensionerId,
      type: benefit.type,
      districtCode: benefit.districtCode,
    })
    .from(benefit)
    .where(isAmong(benefit.bucket, benefit.pensionerId, arrays, keys));
  for (const { pensionerId, type, districtCode } of rows) {
    const known = found.get(pensionerId) ?? [];
    known.push({ type: type as BenefitType, districtCode });
    found.set(pensionerId, known);
  }
  return found;
}

export interface DecidedCandidate extends PensionerKey {
  readonly decision: SuspensionDecision;
}

/** What became of candidates, in one statement; the record of whoever was suspended becomes a newer version. */
export async function settleCandidates(
  tx: Tx,
  arrays: BulkArrays,
  month: Temporal.PlainYearMonth,
  decided: readonly DecidedCandidate[],
  at: Date,
): Promise<void> {
  if (decided.length === 0) return;
  const instant = at.toISOString();
  await tx.execute(sql`
    with decided as (
      select * from unnest(${keyArrays(arrays, decided)}, ${arrays.texts(decided.map(({ decision }) => decision))})
        as d(bucket, pensioner_id, state)),
    renewed as (
      update ${pensioner} p set version = p.version + 1, updated_at = ${instant}::timestamptz
      from decided d where d.state = 'SUSPENDED' and p.bucket = d.bucket and p.id = d.pensioner_id)
    update ${suspensionCandidate} c set state = d.state, decided_at = ${instant}::timestamptz
    from decided d where c.bucket = d.bucket and c.pensioner_id = d.pensioner_id and c.month = ${month.toString()}`);
}

export interface CandidateRow extends PensionerKey {
  readonly validThrough: string;
  readonly state: SuspensionCandidateState;
  readonly decidedAt: Date | null;
}

interface Page {
  readonly limit: number;
  /** The last one seen. */
  readonly after: readonly string[] | null;
}

/** P3: those written down, by bucket and id; `after` continues behind such a pair. */
export async function listFrozenCandidates(
  db: Executor,
  month: Temporal.PlainYearMonth,
  page: Page,
): Promise<CandidateRow[]> {
  const [afterBucket, afterId] = page.after ?? [];
  const { bucket, pensionerId, validThrough, state, decidedAt } = suspensionCandidate;
  return db
    .select({ bucket, pensionerId, validThrough, state, decidedAt })
    .from(suspensionCandidate)
    .where(
      and(
        eq(suspensionCandidate.month, month.toString()),
        afterBucket === undefined
          ? undefined
          : sql`(${bucket}, ${pensionerId}) > (${afterBucket}::smallint, ${afterId}::uuid)`,
      ),
    )
    .orderBy(asc(bucket), asc(pensionerId))
    .limit(page.limit);
}

/** P1: those who would be written down now, by last valid day, bucket and id; `after` continues behind such a triple. */
export async function listLiveCandidates(
  db: Executor,
  month: Temporal.PlainYearMonth,
  page: Page,
): Promise<CandidateRow[]> {
  const [validThrough, bucket, id] = page.after ?? [];
  const behind: SQL | undefined =
    validThrough === undefined
      ? undefined
      : sql`(${pensioner.validThrough}, ${pensioner.bucket}, ${pensioner.id}) > (${validThrough}::date, ${bucket}::smallint, ${id}::uuid)`;
  const rows = await db
    .select({ bucket: pensioner.bucket, pensionerId: pensioner.id, validThrough: pensioner.validThrough })
    .from(pensioner)
    .where(and(isCandidateFor(month, sql`${pensioner}`), behind))
    .orderBy(asc(pensioner.validThrough), asc(pensioner.bucket), asc(pensioner.id))
    .limit(page.limit);
  return rows.map((row) => ({ ...row, state: "PROPOSED", decidedAt: null }));
}
