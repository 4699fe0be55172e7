import { and, between, eq, exists, gt, gte, lt, ne, type SQL, sql } from "drizzle-orm";
import type { BenefitType } from "../domain/benefits.js";
import { firstDayOf, lastDayOf } from "../domain/calendar.js";
import type { Policy } from "../domain/policy.js";
import type { CertificationState } from "../domain/validity.js";
import type { Executor } from "./database.js";
import { readTally, type Tally } from "./expiry-tally.js";
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

/** Counts by deadline month; months without anyone are absent. */
export async function countExpiries(
  db: Executor,
  scope: ExpiryScope,
  asOf: AsOf,
): Promise<Map<string, ExpiryCounts>> {
  const month = asOf.today.toPlainYearMonth().toString();
  const days = isEverybody(scope)
    ? await readTally(db, { first: firstDay(scope.from), last: lastDay(scope.through) }, month)
    : await countTally(db, scope, asOf, month);
  const counts = new Map<string, ExpiryCounts>();
  for (const [day, { deadlines, certified, suspended }] of days) {
    if (deadlines + certified === 0) continue;
    const deadline = day.slice(0, "YYYY-MM".length);
    const known = counts.get(deadline) ?? { certified: 0, outstanding: 0, suspended: 0 };
    counts.set(deadline, {
      certified: known.certified + certified,
      outstanding: known.outstanding + deadlines - suspended,
      suspended: known.suspended + suspended,
    });
  }
  return counts;
}

/** Then the counts are at hand; a part of the people is counted when it is asked for. */
function isEverybody({ state, districtCode, agencyCode, employerCode, benefitType }: ExpiryScope): boolean {
  return [state, districtCode, agencyCode, employerCode, benefitType].every((filter) => filter === null);
}

async function countTally(
  db: Executor,
  scope: ExpiryScope,
  asOf: AsOf,
  month: string,
): Promise<Map<string, Tally>> {
  const due = await db
    .select({ day: pensioner.validThrough, deadlines: sql<number>`count(*)::int` })
    .from(pensioner)
    .where(deadlineWithin(db, scope, asOf))
    .groupBy(pensioner.validThrough);
  const passed = await db
    .select({
      day: sql<string>`${certification.replacedValidThrough}::text`,
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
    .groupBy(certification.replacedValidThrough);
  const suspended = await countSuspended(db, scope, asOf, month);
  const days = new Map<string, Tally>(
    due.map(({ day, deadlines }) => [day, { deadlines, certified: 0, suspended: suspended.get(day) ?? 0 }]),
  );
  for (const { day, certified } of passed)
    days.set(day, { deadlines: 0, suspended: 0, ...days.get(day), certified });
  return days;
}

/** P1: not paid in a month for want of a certification, by last valid day; payment follows from holds alone. */
async function countSuspended(
  db: Executor,
  scope: ExpiryScope,
  asOf: AsOf,
  month: string,
): Promise<Map<string, number>> {
  const isSuspended = sql`(${pensioner.bucket}, ${pensioner.id}) in (
    select bucket, pensioner_id from ${paymentHold}
    where reason = 'NOT_CERTIFIED' and from_month <= ${month} and resumes_month is null)`;
  const rows = await db
    .select({ day: pensioner.validThrough, suspended: sql<number>`count(*)::int` })
    .from(pensioner)
    .where(and(deadlineWithin(db, scope, asOf), isSuspended))
    .groupBy(pensioner.validThrough);
  return new Map(rows.map(({ day, suspended }) => [day, suspended]));
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
