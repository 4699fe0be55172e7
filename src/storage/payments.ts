import { and, eq, gt, inArray } from "drizzle-orm";
import type { Resumption } from "../domain/payment.js";
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
