import { and, eq, type SQL } from "drizzle-orm";
import { beijingDateOf, beijingMonthOf } from "../domain/calendar.js";
import type { ChainedPass } from "../domain/revocation.js";
import type { Tx } from "./database.js";
import type { OwnedKey, PensionerKey } from "./ids.js";
import { benefit, certification } from "./tables.js";

/** V1, V7: the approval months of all of a person's benefits. */
export async function readApprovedMonths(tx: Tx, key: PensionerKey): Promise<Temporal.PlainYearMonth[]> {
  const rows = await tx
    .select({ month: benefit.approvedMonth })
    .from(benefit)
    .where(and(eq(benefit.bucket, key.bucket), eq(benefit.pensionerId, key.pensionerId)));
  return rows.map(({ month }) => Temporal.PlainYearMonth.from(month));
}

export interface StandingPass extends ChainedPass {
  readonly decidingInstant: Temporal.Instant;
  /** The Beijing day from which payroll could act on it. */
  readonly decidedOn: Temporal.PlainDate;
}

/** Passed and not revoked, in the order in which they took effect. */
export async function readStandingPasses(tx: Tx, key: PensionerKey): Promise<StandingPass[]> {
  const rows = await tx
    .select()
    .from(certification)
    .where(
      and(
        eq(certification.bucket, key.bucket),
        eq(certification.pensionerId, key.pensionerId),
        eq(certification.state, "PASSED"),
      ),
    )
    .orderBy(certification.decidedAt, certification.id);
  return rows.map((row) => {
    const decidingInstant = Temporal.Instant.fromEpochMilliseconds(row.occurredAt.getTime());
    const validThrough = Temporal.PlainDate.from(row.validThrough ?? "");
    return {
      id: row.id,
      decidingInstant,
      decidedOn: beijingDateOf((row.decidedAt ?? row.receivedAt).toTemporalInstant()),
      month: beijingMonthOf(decidingInstant),
      validThrough,
      replaced: row.replacedValidThrough ? Temporal.PlainDate.from(row.replacedValidThrough) : validThrough,
    };
  });
}

export function certificationIs(key: OwnedKey): SQL | undefined {
  return and(
    eq(certification.bucket, key.bucket),
    eq(certification.pensionerId, key.pensionerId),
    eq(certification.id, key.id),
  );
}
