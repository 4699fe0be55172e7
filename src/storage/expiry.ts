import { and, between, eq, exists, gt, gte, lt, ne, type SQL, sql } from "drizzle-orm";
import type { BenefitType } from "../domain/benefits.js";
import { firstDayOf, lastDayOf } from "../domain/calendar.js";
import type { Policy } from "../domain/policy.js";
import type { CertificationState } from "../domain/validity.js";
import type { Executor } from "./database.js";
import { owner } from "./payment-facts.js";
import { listPensioners, type PensionerRecord } from "./pensioners.js";
import { benefit, certification, paymentHold, pensioner } from "./tables.js";

/** Deadline months, and whom to count; null means any. */
export interface ExpiryScope {
  readonly from: string;
  readonly through: string;
  readonly state: CertificationState | null;
  readonly districtCode: string | null;
  readonly agencyCode: string | null;
  readonly employerCode: string | null;
  readonly benefitType: BenefitType | null;
}

export interface AsOf {
  readonly today: Temporal.PlainDate;
  readonly policy: Policy;
}

export interface ExpiryCounts {
  readonly certified: number;
  readonly outstanding: number;
  readonly suspended: number;
}

/** Persons whose deadline lies in the scope, by deadline, bucket and id; `after` continues behind such a triple. */
export async function listExpiring(
  db: Executor,
  scope: ExpiryScope,
  asOf: AsOf,
  page: { readonly limit: number; readonly after: readonly string[] | null },
): Promise<PensionerRecord[]> {
  const [validThrough, bucket, id] = page.after ?? [];
  const keyset =
    validThrough === undefined
      ? undefined
      : sql`(${pensioner.validThrough}, ${pensioner.bucket}, ${pensioner.id}) > (${validThrough}::date, ${bucket}::smallint, ${id}::uuid)`;
  return listPensioners(db, {
    where: and(deadlineWithin(db, scope, asOf), keyset),
    orderBy: [pensioner.validThrough, pensioner.bucket, pensioner.id],
    limit: page.limit,
  });
}

/** P1: held in a month for want of a certification, and not certified since; payment follows from holds alone. */
function isSuspendedIn(month: string): SQL {
  return sql`exists (
    select 1 from ${paymentHold} where bucket = ${owner} and reason = 'NOT_CERTIFIED'
      and from_month <= ${month} and resumes_month is null)`;
}

/** Counts by deadline month; months without anyone are absent. */
export async function countExpiries(
  db: Executor,
  scope: ExpiryScope,
  asOf: AsOf,
): Promise<Map<string, ExpiryCounts>> {
  const monthOf = (column: SQL | typeof pensioner.validThrough) => sql<string>`to_char(${column}, 'YYYY-MM')`;
  const isSuspended = isSuspendedIn(asOf.today.toPlainYearMonth().toString());
  const due = await db
    .select({
      month: monthOf(pensioner.validThrough),
      deadlines: sql<number>`count(*)::int`,
      suspended: sql<number>`(count(*) filter (where ${isSuspended}))::int`,
    })
    .from(pensioner)
    .where(deadlineWithin(db, scope, asOf))
    .groupBy(sql`1`);
  const certified = await db
    .select({
      month: monthOf(sql`${certification.replacedValidThrough}`),
      certified: sql<number>`count(*)::int`,
    })
    .from(certification)
    .innerJoin(
      pensioner,
      and(eq(pensioner.bucket, certification.bucket), eq(pensioner.id, certification.pensionerId)),
    )
    .where(
      and(
        eq(certification.state, "PASSED"),
        between(certification.replacedValidThrough, firstDay(scope.from), lastDay(scope.through)),
        // A second pass in one month replaces nothing.
        ne(certification.replacedValidThrough, certification.validThrough),
        ...personMatches(db, scope, asOf),
      ),
    )
    .groupBy(sql`1`);
  const counts = new Map<string, ExpiryCounts>();
  for (const { month, deadlines, suspended } of due)
    counts.set(month, { certified: 0, outstanding: deadlines - suspended, suspended });
  for (const row of certified) {
    const known = counts.get(row.month) ?? { outstanding: 0, suspended: 0 };
    counts.set(row.month, { ...known, certified: row.certified });
  }
  return counts;
}

function deadlineWithin(db: Executor, scope: ExpiryScope, asOf: AsOf): SQL | undefined {
  const deadline = between(pensioner.validThrough, firstDay(scope.from), lastDay(scope.through));
  return and(deadline, ...personMatches(db, scope, asOf));
}

function personMatches(db: Executor, scope: ExpiryScope, asOf: AsOf): (SQL | undefined)[] {
  const { districtCode, agencyCode, benefitType } = scope;
  const anyBenefit = districtCode === null && agencyCode === null && benefitType === null;
  const matchingBenefit = () =>
    exists(
      db
        .select({ one: sql`1` })
        .from(benefit)
        .where(
          and(
            eq(benefit.bucket, pensioner.bucket),
            eq(benefit.pensionerId, pensioner.id),
            districtCode === null ? undefined : eq(benefit.districtCode, districtCode),
            agencyCode === null ? undefined : eq(benefit.agencyCode, agencyCode),
            benefitType === null ? undefined : eq(benefit.type, benefitType),
          ),
        ),
    );
  return [
    scope.employerCode === null ? undefined : eq(pensioner.employerCode, scope.employerCode),
    anyBenefit ? undefined : matchingBenefit(),
    inState(scope.state, asOf),
  ];
}

/** V5 as a range of last valid days, so that the index serves it. */
function inState(state: CertificationState | null, { today, policy }: AsOf): SQL | undefined {
  const month = today.toPlainYearMonth();
  const dueFrom = firstDayOf(month).toString();
  const dueThrough = lastDayOf(month.add({ months: policy.dueMonthsBeforeDeadline })).toString();
  switch (state) {
    case null:
      return undefined;
    case "OVERDUE":
      return lt(pensioner.validThrough, dueFrom);
    case "DUE_SOON":
      return and(gte(pensioner.validThrough, dueFrom), sql`${pensioner.validThrough} <= ${dueThrough}`);
    case "VALID":
      return gt(pensioner.validThrough, dueThrough);
  }
}

function firstDay(month: string): string {
  return firstDayOf(Temporal.PlainYearMonth.from(month)).toString();
}

function lastDay(month: string): string {
  return lastDayOf(Temporal.PlainYearMonth.from(month)).toString();
}
