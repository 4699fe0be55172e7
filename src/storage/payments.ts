import { and, eq, gt, inArray, sql } from "drizzle-orm";
import type { HoldReason, Resumption } from "../domain/payment.js";
import { type BulkArrays, keyArrays } from "./bulk-arrays.js";
import type { Tx } from "./database.js";
import { newId, type PensionerKey } from "./ids.js";
import { backPayMonth, paymentHold } from "./tables.js";

/** P2, P4: writes the suspension that a pass ended and the months it released; a month released before stays as it was. */
export async function recordResumption(
  tx: Tx,
  key: PensionerKey,
  resumption: Resumption,
  cause: { readonly certificationId: string; readonly at: Date },
): Promise<void> {
  const { bucket, pensionerId } = key;
  const { certificationId, at } = cause;
  const resumesMonth = resumption.resumesMonth.toString();
  await tx.insert(paymentHold).values({
    bucket,
    pensionerId,
    id: newId(),
    reason: "NOT_CERTIFIED",
    fromMonth: resumption.firstUnpaidMonth.toString(),
    resumesMonth,
    openedAt: at,
    closedAt: at,
    certificationId,
  });
  if (resumption.backPayMonths.length === 0) return;
  const months = resumption.backPayMonths.map((month) => ({
    bucket,
    pensionerId,
    month: month.toString(),
    paidWithMonth: resumption.paidWithMonth.toString(),
    certificationId,
  }));
  await tx.insert(backPayMonth).values(months).onConflictDoNothing();
}

/** E9: takes back months released for back-pay whose payment is still to come. */
export async function withdrawBackPay(
  tx: Tx,
  key: PensionerKey,
  months: readonly string[],
  thisMonth: string,
): Promise<void> {
  if (months.length === 0) return;
  await tx
    .delete(backPayMonth)
    .where(
      and(
        eq(backPayMonth.bucket, key.bucket),
        eq(backPayMonth.pensionerId, key.pensionerId),
        inArray(backPayMonth.month, [...months]),
        gt(backPayMonth.paidWithMonth, thisMonth),
      ),
    );
}

export interface NewHolds {
  readonly reason: HoldReason;
  readonly fromMonth: Temporal.PlainYearMonth;
  readonly at: Date;
  /** P3: the batch that opens them, named by its month. */
  readonly batchMonth: Temporal.PlainYearMonth;
}

/** P5: the same hold for many persons, all locked, in one statement. */
export async function insertHolds(
  tx: Tx,
  arrays: BulkArrays,
  persons: readonly PensionerKey[],
  hold: NewHolds,
): Promise<void> {
  if (persons.length === 0) return;
  const { reason, fromMonth, at, batchMonth } = hold;
  await tx.execute(sql`
    insert into ${paymentHold} (bucket, pensioner_id, id, reason, from_month, opened_at, batch_month)
    select g.bucket, g.pensioner_id, g.id, ${reason}, ${fromMonth.toString()}, ${at.toISOString()}::timestamptz,
      ${batchMonth.toString()}
    from unnest(${keyArrays(arrays, persons)}, ${arrays.uuids(persons.map(() => newId()))}) as g(bucket, pensioner_id, id)`);
}
