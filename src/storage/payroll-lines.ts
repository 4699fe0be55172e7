import { and, eq, type SQL, sql } from "drizzle-orm";
import type { HoldReason } from "../domain/payment.js";
import type { PayrollKind, PayrollLine } from "../domain/payroll.js";
import type { Executor, Tx } from "./database.js";
import type { PensionerKey } from "./ids.js";
import { readRows } from "./read-rows.js";
import { backPayMonth, paymentHold, payrollLine } from "./tables.js";

/** Which persons: all of some buckets, or those behind one in the order of bucket and id, or everyone. */
export type PayrollSlice =
  | { readonly fromBucket: number; readonly beforeBucket: number }
  | { readonly after: PensionerKey | null; readonly limit?: number };

export interface PayrollEntry extends PensionerKey {
  readonly line: PayrollLine;
}

export interface PayrollPage {
  readonly after: PensionerKey | null;
  readonly limit: number;
}

interface Row {
  readonly bucket: number;
  readonly pensioner_id: string;
  readonly reasons: readonly HoldReason[];
  readonly from_month: string | null;
  readonly back_pay_months: readonly string[];
}

/** P8: a page of a list as it follows from the holds and the back-pay of now. */
export async function readLivePayroll(
  db: Executor,
  month: string,
  kind: PayrollKind,
  page: PayrollPage,
): Promise<PayrollEntry[]> {
  const rows = await readRows<Row>(db, sql`${linesOf(kind, month, page)} order by 1, 2`);
  return rows.map((row) => toEntry(row, kind, month));
}

export async function countLivePayroll(db: Executor, month: string, kind: PayrollKind): Promise<number> {
  const persons = personsOf(kind, month, { after: null });
  const [row] = await readRows<{ total: number }>(
    db,
    sql`select count(*)::int as total from (${persons}) as p`,
  );
  return row?.total ?? 0;
}

/** P8: writes the lines of a cut month for some buckets; one that is there stays as it is. Returns how many are new. */
export async function writePayrollLines(
  tx: Tx,
  month: string,
  kind: PayrollKind,
  slice: PayrollSlice,
): Promise<number> {
  const [row] = await readRows<{ total: number }>(
    tx,
    sql`with written as (
      insert into ${payrollLine} (bucket, pensioner_id, month, kind, reasons, from_month, back_pay_months)
      select l.bucket, l.pensioner_id, ${month}::text, ${kind}::text, l.reasons, l.from_month, l.back_pay_months
      from (${linesOf(kind, month, slice)}) as l
      on conflict do nothing returning 1)
    select count(*)::int as total from written`,
  );
  return row?.total ?? 0;
}

/** The bucket before which, counted from one on, lie no more than so many holds and so much back-pay; null for the end. */
export async function bucketBehindRows(tx: Tx, from: number, rows: number): Promise<number | null> {
  const behind = (table: typeof paymentHold | typeof backPayMonth) =>
    sql`(select bucket from ${table} where bucket >= ${from}::smallint order by bucket limit 1 offset ${rows}::int)`;
  const [row] = await readRows<{ bucket: number | null }>(
    tx,
    sql`select least(${behind(paymentHold)}, ${behind(backPayMonth)}) as bucket`,
  );
  return row?.bucket ?? null;
}

/** P8: a page of a list that was cut. */
export async function readCutPayroll(
  db: Executor,
  month: string,
  kind: PayrollKind,
  { after, limit }: PayrollPage,
): Promise<PayrollEntry[]> {
  const behind = after && isBehind(sql`${payrollLine.bucket}, ${payrollLine.pensionerId}`, after);
  const rows = await db
    .select()
    .from(payrollLine)
    .where(and(eq(payrollLine.month, month), eq(payrollLine.kind, kind), behind ?? undefined))
    .orderBy(payrollLine.bucket, payrollLine.pensionerId)
    .limit(limit);
  return rows.map(({ pensionerId, fromMonth, backPayMonths, ...row }) =>
    toEntry(
      { ...row, pensioner_id: pensionerId, from_month: fromMonth, back_pay_months: backPayMonths },
      kind,
      month,
    ),
  );
}

function toEntry(row: Row, kind: PayrollKind, month: string): PayrollEntry {
  const { bucket, pensioner_id: pensionerId, reasons, from_month, back_pay_months: backPayMonths } = row;
  const line: PayrollLine =
    kind === "HOLD"
      ? { kind, month, reasons, fromMonth: from_month ?? month }
      : { kind, month, resumesMonth: from_month, backPayMonths };
  return { bucket, pensionerId, line };
}

function linesOf(kind: PayrollKind, month: string, slice: PayrollSlice): SQL {
  return kind === "HOLD" ? holdLines(month, slice) : releaseLines(month, slice);
}

function personsOf(kind: PayrollKind, month: string, slice: PayrollSlice): SQL {
  return kind === "HOLD" ? heldPersons(month, slice) : releasedPersons(month, slice);
}

function isBehind(columns: SQL, { bucket, pensionerId }: PensionerKey): SQL {
  return sql`(${columns}) > (${bucket}::smallint, ${pensionerId}::uuid)`;
}

/** The slice as a condition on the rows of a table's alias, and its limit. */
function sliced(alias: string, slice: PayrollSlice): { readonly within: SQL; readonly limit: SQL } {
  const [bucket, pensionerId] = [sql.raw(`${alias}.bucket`), sql.raw(`${alias}.pensioner_id`)];
  if ("fromBucket" in slice) {
    const { fromBucket, beforeBucket } = slice;
    return {
      within: sql`${bucket} >= ${fromBucket}::smallint and ${bucket} < ${beforeBucket}::smallint`,
      limit: sql`all`,
    };
  }
  return {
    within: slice.after ? isBehind(sql`${bucket}, ${pensionerId}`, slice.after) : sql`true`,
    limit: slice.limit === undefined ? sql`all` : sql`${slice.limit}::int`,
  };
}

/** As `holdCovers` says it. */
function covers(alias: string, month: string): SQL {
  const hold = sql.raw(alias);
  return sql`(${hold}.from_month <= ${month}::text
    and (${hold}.resumes_month is null or ${hold}.resumes_month > ${month}::text))`;
}

function heldPersons(month: string, slice: PayrollSlice): SQL {
  const { within, limit } = sliced("h", slice);
  return sql`
    select distinct h.bucket, h.pensioner_id from ${paymentHold} h
    where ${covers("h", month)} and ${within}
    order by 1, 2 limit ${limit}`;
}

/**
 * P5: the reasons are those of every hold over the month. The run of unpaid months is that of the holds that overlap or
 * touch, cut short by a month in it that was paid later already: a run begins with each hold that reaches beyond all
 * before it, and the last one to begin is the month's.
 */
function holdLines(month: string, slice: PayrollSlice): SQL {
  return sql`
    with person as (${heldPersons(month, slice)}),
    hold as (
      select h.bucket, h.pensioner_id, h.reason, h.from_month, ${covers("h", month)} as covers,
        max(coalesce(h.resumes_month, '9999-99')) over (
          partition by h.bucket, h.pensioner_id order by h.from_month, h.id
          rows between unbounded preceding and 1 preceding) as paid_from
      from person join ${paymentHold} h on h.bucket = person.bucket and h.pensioner_id = person.pensioner_id
      where h.from_month <= ${month}::text and (h.resumes_month is null or h.resumes_month > h.from_month)),
    held as (
      select bucket, pensioner_id, array_agg(distinct reason order by reason) filter (where covers) as reasons,
        max(from_month) filter (where paid_from is null or from_month > paid_from) as begun
      from hold group by bucket, pensioner_id)
    select held.bucket, held.pensioner_id, held.reasons,
      greatest(held.begun, (
        select to_char(to_date(max(b.month) || '-01', 'YYYY-MM-DD') + interval '1 month', 'YYYY-MM')
        from ${backPayMonth} b
        where b.bucket = held.bucket and b.pensioner_id = held.pensioner_id
          and b.month < ${month}::text and b.paid_with_month <= ${month}::text) collate "C") as from_month,
      '{}'::text[] as back_pay_months
    from held`;
}

/** Whether payment goes on with the month for the person of `alias`: a hold ends there and no other goes on. */
function resumes(alias: string, month: string): SQL {
  const person = sql.raw(alias);
  return sql`(
    exists (select 1 from ${paymentHold} e where e.bucket = ${person}.bucket
      and e.pensioner_id = ${person}.pensioner_id and e.resumes_month = ${month}::text and e.from_month < ${month}::text)
    and not exists (select 1 from ${paymentHold} o where o.bucket = ${person}.bucket
      and o.pensioner_id = ${person}.pensioner_id and ${covers("o", month)}))`;
}

function releasedPersons(month: string, slice: PayrollSlice): SQL {
  const ended = sliced("h", slice);
  const paid = sliced("b", slice);
  return sql`
    select * from (
      (select distinct b.bucket, b.pensioner_id from ${backPayMonth} b
        where b.paid_with_month = ${month}::text and ${paid.within}
        order by 1, 2 limit ${paid.limit})
      union
      (select distinct h.bucket, h.pensioner_id from ${paymentHold} h
        where h.resumes_month = ${month}::text and ${resumes("h", month)} and ${ended.within}
        order by 1, 2 limit ${ended.limit})) as released
    order by 1, 2 limit ${paid.limit}`;
}

/** P2, P4: who is paid again with the month, and the earlier months that are paid with it. */
function releaseLines(month: string, slice: PayrollSlice): SQL {
  return sql`
    select p.bucket, p.pensioner_id, '{}'::text[] as reasons,
      case when ${resumes("p", month)} then ${month}::text end as from_month,
      coalesce((select array_agg(b.month order by b.month) from ${backPayMonth} b
        where b.bucket = p.bucket and b.pensioner_id = p.pensioner_id and b.paid_with_month = ${month}::text),
        '{}'::text[]) as back_pay_months
    from (${releasedPersons(month, slice)}) as p`;
}
