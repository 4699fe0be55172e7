import { and, asc, eq, sql } from "drizzle-orm";
import type { Tx } from "./database.js";
import type { PensionerKey } from "./ids.js";
import { owner } from "./payment-facts.js";
import { certification, employerContact, paymentHold, pensioner } from "./tables.js";

/** What reminding someone needs to know. */
export interface ReminderRow extends PensionerKey {
  readonly hasPhone: boolean;
  readonly employerCode: string | null;
  readonly employerHasPhone: boolean;
  readonly deathReported: boolean;
  /** Of the earliest submission under review. */
  readonly submittedAt: string | null;
}

const deathReported = sql<boolean>`exists (select 1 from ${paymentHold}
  where bucket = ${owner} and reason = 'DEATH_REPORTED' and resumes_month is null)`;
const submittedAt = sql<string | null>`(
  select to_json(min(received_at)) #>> '{}' from ${certification} where bucket = ${owner} and state = 'PENDING')`;

/** Locks the next people of one deadline, in the order in which all locks are taken, and reads what reminding them needs. */
export async function lockPeopleToRemind(
  tx: Tx,
  validThrough: string,
  after: PensionerKey | null,
  limit: number,
): Promise<ReminderRow[]> {
  const { bucket, id } = pensioner;
  return tx
    .select({
      bucket,
      pensionerId: id,
      hasPhone: sql<boolean>`${pensioner.phoneSealed} is not null`,
      employerCode: pensioner.employerCode,
      employerHasPhone: sql<boolean>`${employerContact.employerCode} is not null`,
      deathReported,
      submittedAt,
    })
    .from(pensioner)
    .leftJoin(employerContact, eq(employerContact.employerCode, pensioner.employerCode))
    .where(
      and(
        eq(pensioner.validThrough, validThrough),
        after === null
          ? undefined
          : sql`(${bucket}, ${id}) > (${after.bucket}::smallint, ${after.pensionerId}::uuid)`,
      ),
    )
    .orderBy(asc(bucket), asc(id))
    .limit(limit)
    .for("no key update", { of: pensioner });
}
