import { and, eq, ne, sql } from "drizzle-orm";
import { addMonths, monthsBetween } from "../domain/calendar.js";
import { type HoldReason, resumesMonth } from "../domain/payment.js";
import type { Tx } from "../storage/database.js";
import { recordEvent } from "../storage/events.js";
import { holdIs } from "../storage/holds.js";
import { newId, pensionerOpaqueId } from "../storage/ids.js";
import type { LockedPensioner } from "../storage/locked-pensioner.js";
import { backPayMonth, paymentHold, pensioner } from "../storage/tables.js";
import type { Today } from "./operation.js";

/** P5: one reason more for not paying. */
export async function openHold(
  tx: Tx,
  person: LockedPensioner,
  hold: {
    readonly reason: HoldReason;
    readonly fromMonth: Temporal.PlainYearMonth;
    readonly at: Date;
    readonly batchMonth?: string;
    readonly lifeEventId?: string;
  },
): Promise<string> {
  const { bucket, pensionerId } = person;
  const { reason, fromMonth, at, batchMonth = null, lifeEventId = null } = hold;
  const id = newId();
  await tx.insert(paymentHold).values({
    bucket,
    pensionerId,
    id,
    reason,
    fromMonth: fromMonth.toString(),
    openedAt: at,
    batchMonth,
    lifeEventId,
  });
  await tell(tx, person, "payment.suspended", at);
  await touch(tx, person, at);
  return id;
}

/**
 * P4, P5: one reason less. When it was the last, months that only closed and restoring holds cover are paid with the next
 * payment, each once. A hold that is closed already is only marked anew.
 */
export async function closeHold(
  tx: Tx,
  person: LockedPensioner,
  closing: {
    readonly holdId: string;
    readonly restores: boolean;
    readonly voided: boolean;
    readonly at: Date;
    readonly certificationId?: string;
    readonly time: Today;
  },
): Promise<void> {
  const { holdId, restores, voided, at, certificationId = null, time } = closing;
  const { bucket, pensionerId } = person;
  const resumes = resumesMonth(time.today, time.policy).toString();
  await tx
    .update(paymentHold)
    .set({
      restores,
      voided,
      certificationId,
      resumesMonth: sql`coalesce(${paymentHold.resumesMonth}, ${resumes})`,
      closedAt: sql`coalesce(${paymentHold.closedAt}, ${at.toISOString()}::timestamptz)`,
    })
    .where(holdIs({ bucket, pensionerId, id: holdId }));
  await touch(tx, person, at);
  const holds = await tx
    .select()
    .from(paymentHold)
    .where(and(eq(paymentHold.bucket, bucket), eq(paymentHold.pensionerId, pensionerId)));
  if (holds.some((hold) => hold.resumesMonth === null)) return;
  const monthsOf = (hold: (typeof holds)[number]) =>
    monthsBetween(
      Temporal.PlainYearMonth.from(hold.fromMonth),
      addMonths(Temporal.PlainYearMonth.from(hold.resumesMonth ?? resumes), -1),
    ).map(String);
  const lost = new Set(holds.filter((hold) => !hold.restores).flatMap(monthsOf));
  const owed = new Set(holds.filter((hold) => hold.restores).flatMap(monthsOf));
  const months = [...owed].filter((month) => !lost.has(month)).sort();
  if (months.length > 0) {
    await tx
      .insert(backPayMonth)
      .values(
        months.map((month) => ({ bucket, pensionerId, month, paidWithMonth: resumes, certificationId })),
      )
      .onConflictDoNothing();
  }
  await tell(tx, person, "payment.resumed", at);
}

/** C5: staff have seen the proof: what stopped payment has ended it. */
export async function makeHoldsFinal(
  tx: Tx,
  person: LockedPensioner,
  { lifeEventId, at }: { readonly lifeEventId: string; readonly at: Date },
): Promise<void> {
  const { bucket, pensionerId } = person;
  const ended = await tx
    .update(paymentHold)
    .set({ final: true })
    .where(
      and(
        eq(paymentHold.bucket, bucket),
        eq(paymentHold.pensionerId, pensionerId),
        eq(paymentHold.lifeEventId, lifeEventId),
        sql`${paymentHold.resumesMonth} is null`,
        ne(paymentHold.final, true),
      ),
    )
    .returning({ id: paymentHold.id });
  if (ended.length > 0) await tell(tx, person, "payment.terminated", at);
}

async function tell(
  tx: Tx,
  person: LockedPensioner,
  type: "payment.suspended" | "payment.resumed" | "payment.terminated",
  at: Date,
): Promise<void> {
  const { bucket, pensionerId } = person;
  await recordEvent(tx, { bucket, pensionerId, type, subjectId: pensionerOpaqueId(person), at });
}

/** Whoever read the person before must read again. */
async function touch(tx: Tx, { bucket, pensionerId }: LockedPensioner, at: Date): Promise<void> {
  await tx
    .update(pensioner)
    .set({ version: sql`${pensioner.version} + 1`, updatedAt: at })
    .where(and(eq(pensioner.bucket, bucket), eq(pensioner.id, pensionerId)));
}
