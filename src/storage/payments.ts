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
    paidWithMonth: resumesMonth,
    certificationId,
  }));
  await tx.insert(backPayMonth).values(months).onConflictDoNothing();
}
