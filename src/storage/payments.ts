import { and, eq, inArray, isNull, type SQL, sql } from "drizzle-orm";
import type { HoldReason } from "../domain/payment.js";
import { type BulkArrays, isAmong, keyArrays } from "./bulk-arrays.js";
import type { Tx } from "./database.js";
import { newId, type OwnedKey, type PensionerKey } from "./ids.js";
import { belongsTo } from "./owned-rows.js";
import { backPayMonth, paymentHold } from "./tables.js";

type HoldColumns = typeof paymentHold.$inferInsert;

/** Opens a hold; months as text. Returns its id. */
export async function insertHold(
  tx: Tx,
  key: PensionerKey,
  hold: Pick<HoldColumns, "reason" | "fromMonth" | "openedAt"> & Partial<HoldColumns>,
): Promise<string> {
  const { bucket, pensionerId } = key;
  const id = newId();
  await tx.insert(paymentHold).values({ ...hold, bucket, pensionerId, id });
  return id;
}

export interface HoldRow extends PensionerKey {
  readonly reason: HoldReason;
  readonly fromMonth: string;
  readonly batchMonth: string | null;
}

/** Opens many holds in one statement. */
export async function insertHolds(
  tx: Tx,
  arrays: BulkArrays,
  holds: readonly HoldRow[],
  openedAt: Date,
): Promise<void> {
  if (holds.length === 0) return;
  await tx.execute(sql`
    insert into ${paymentHold} (bucket, pensioner_id, id, reason, from_month, batch_month, opened_at)
    select given.*, ${openedAt.toISOString()}::timestamptz from unnest(${keyArrays(arrays, holds)},
      ${arrays.uuids(holds.map(() => newId()))},
      ${arrays.texts(holds.map(({ reason }) => reason))},
      ${arrays.texts(holds.map(({ fromMonth }) => fromMonth))},
      ${arrays.texts(holds.map(({ batchMonth }) => batchMonth))}) as given`);
}

/** Which of these persons are suspended for want of a certification. */
export async function readSuspendedAmong(
  tx: Tx,
  arrays: BulkArrays,
  keys: readonly PensionerKey[],
): Promise<(OwnedKey & { readonly openedAt: Date })[]> {
  return tx
    .select({
      bucket: paymentHold.bucket,
      pensionerId: paymentHold.pensionerId,
      id: paymentHold.id,
      openedAt: paymentHold.openedAt,
    })
    .from(paymentHold)
    .where(
      and(
        isAmong(paymentHold.bucket, paymentHold.pensionerId, arrays, keys),
        eq(paymentHold.reason, "NOT_CERTIFIED"),
        isNull(paymentHold.resumesMonth),
      ),
    );
}

export async function deleteHold(tx: Tx, key: OwnedKey): Promise<void> {
  await tx.delete(paymentHold).where(holdIs(key));
}

export async function updateHold(tx: Tx, key: OwnedKey, changes: Partial<HoldColumns>): Promise<void> {
  await tx.update(paymentHold).set(changes).where(holdIs(key));
}

function holdIs(key: OwnedKey): SQL | undefined {
  return and(belongsTo(paymentHold, key), eq(paymentHold.id, key.id));
}

/** P4: parts an open hold at a month: the months before are lost, and from it on a hold like it stays open. Gives that one's id. */
export async function partHold(
  tx: Tx,
  key: OwnedKey,
  until: Temporal.PlainYearMonth,
  at: Date,
): Promise<string> {
  const [lost] = await tx
    .update(paymentHold)
    .set({ resumesMonth: until.toString(), restores: false, closedAt: at })
    .where(holdIs(key))
    .returning();
  if (!lost) throw new Error("a hold vanished");
  const id = newId();
  await tx.insert(paymentHold).values({
    ...lost,
    id,
    fromMonth: until.toString(),
    resumesMonth: null,
    restores: true,
    closedAt: null,
  });
  return id;
}

/** P4: releases months; one released before stays as it was. */
export async function insertBackPay(
  tx: Tx,
  key: PensionerKey,
  months: readonly Temporal.PlainYearMonth[],
  released: { readonly paidWithMonth: Temporal.PlainYearMonth; readonly certificationId: string | null },
): Promise<void> {
  if (months.length === 0) return;
  const { bucket, pensionerId } = key;
  const rows = months.map((month) => ({
    bucket,
    pensionerId,
    month: month.toString(),
    paidWithMonth: released.paidWithMonth.toString(),
    certificationId: released.certificationId,
  }));
  await tx.insert(backPayMonth).values(rows).onConflictDoNothing();
}

/** E9: takes back months released for back-pay whose payment is still to come. */
export async function deleteBackPay(
  tx: Tx,
  key: PensionerKey,
  months: readonly Temporal.PlainYearMonth[],
): Promise<void> {
  if (months.length === 0) return;
  await tx
    .delete(backPayMonth)
    .where(and(belongsTo(backPayMonth, key), inArray(backPayMonth.month, months.map(String))));
}
