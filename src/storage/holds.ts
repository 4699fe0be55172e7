import { and, asc, eq, type SQL } from "drizzle-orm";
import type { LifeEventHold } from "../domain/life-event-holds.js";
import type { Tx } from "./database.js";
import { newId, type OwnedKey, type PensionerKey } from "./ids.js";
import { backPayMonth, paymentHold } from "./tables.js";

export function holdIs({ bucket, pensionerId, id }: OwnedKey): SQL | undefined {
  return and(
    eq(paymentHold.bucket, bucket),
    eq(paymentHold.pensionerId, pensionerId),
    eq(paymentHold.id, id),
  );
}

/** A person's holds by their ids; the person is locked. */
export async function readHolds(tx: Tx, { bucket, pensionerId }: PensionerKey): Promise<LifeEventHold[]> {
  const rows = await tx
    .select()
    .from(paymentHold)
    .where(and(eq(paymentHold.bucket, bucket), eq(paymentHold.pensionerId, pensionerId)))
    .orderBy(asc(paymentHold.id));
  return rows.map(({ id, reason, fromMonth, resumesMonth, restores, lifeEventId, voided }) => ({
    id,
    reason,
    fromMonth: Temporal.PlainYearMonth.from(fromMonth),
    resumesMonth: resumesMonth === null ? null : Temporal.PlainYearMonth.from(resumesMonth),
    restores,
    lifeEventId,
    voided,
  }));
}

/** The months ever released for back-pay to a person. */
export async function readBackPaidMonths(
  tx: Tx,
  { bucket, pensionerId }: PensionerKey,
): Promise<Temporal.PlainYearMonth[]> {
  const rows = await tx
    .select({ month: backPayMonth.month })
    .from(backPayMonth)
    .where(and(eq(backPayMonth.bucket, bucket), eq(backPayMonth.pensionerId, pensionerId)));
  return rows.map(({ month }) => Temporal.PlainYearMonth.from(month));
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
