import { isBeforeMonth } from "../domain/calendar.js";
import {
  actsFrom,
  type HoldReason,
  isOpen,
  type LiftingPass,
  liftOf,
  owedMonths,
  resumesMonth,
} from "../domain/payment.js";
import type { Tx } from "../storage/database.js";
import { recordEvent } from "../storage/events.js";
import { pensionerOpaqueId } from "../storage/ids.js";
import type { LockedPensioner } from "../storage/locked-pensioner.js";
import { readPaymentFacts, type StoredBackPay, type StoredHold } from "../storage/payment-facts.js";
import { deleteBackPay, insertBackPay, insertHold, updateHold } from "../storage/payments.js";
import { lockUncut } from "../storage/payroll-months.js";
import { touchPensioner } from "../storage/pensioner-version.js";
import { type Today, toDate } from "./operation.js";

export interface NewHold {
  readonly reason: HoldReason;
  /** Moved to the first month that payroll has not cut, when that is later (P8). */
  readonly fromMonth: Temporal.PlainYearMonth;
  readonly at: Date;
  readonly lifeEventId?: string;
}

/** P5: opens one more reason for not paying; the person is locked. Returns the hold's id. */
export async function openHold(tx: Tx, person: LockedPensioner, hold: NewHold): Promise<string> {
  const { reason, at, lifeEventId = null } = hold;
  const fromMonth = actsFrom(hold.fromMonth, await lockUncut(tx)).toString();
  const { holds } = await readPaymentFacts(tx, person);
  const id = await insertHold(tx, person, { reason, fromMonth, openedAt: at, lifeEventId });
  if (!holds.some(isOpen)) await recordPaymentEvent(tx, person, "payment.suspended", at);
  await touchPensioner(tx, person, at);
  return id;
}

export interface HoldEnd {
  readonly holdId: string;
  /** P4: false for months that are lost, as in prison. */
  readonly restores: boolean;
  /** P6: it should never have been. */
  readonly voided: boolean;
  readonly at: Date;
  readonly time: Today;
  readonly certificationId?: string;
}

/**
 * P4, P5: ends one reason for not paying; with the last one, what is owed is released. One that has ended already is only
 * marked anew: months lost by it may turn out to be owed. The person is locked.
 */
export async function closeHold(tx: Tx, person: LockedPensioner, end: HoldEnd): Promise<void> {
  const { restores, voided, time, at } = end;
  const facts = await readPaymentFacts(tx, person);
  const hold = facts.holds.find(({ id }) => id === end.holdId);
  if (!hold) throw new Error("no such hold");
  const paidWithMonth = actsFrom(resumesMonth(time.today, time.policy), await lockUncut(tx));
  const resumes = hold.resumesMonth ?? paidWithMonth;
  const certificationId = end.certificationId ?? null;
  await endHold(tx, person, hold, { resumes, restores, voided, certificationId, time });
  const holds = facts.holds.map((each) =>
    each === hold ? { ...each, resumesMonth: resumes, restores, voided } : each,
  );
  await release(tx, { ...person, ...facts, holds }, { paidWithMonth, certificationId, time });
  await touchPensioner(tx, person, at);
}

/** C5: staff have seen the proof: what stopped payment has ended it. */
export async function makeHoldsFinal(
  tx: Tx,
  person: LockedPensioner,
  { lifeEventId, at }: { readonly lifeEventId: string; readonly at: Date },
): Promise<void> {
  const { holds } = await readPaymentFacts(tx, person);
  const ended = holds.filter((hold) => hold.lifeEventId === lifeEventId && isOpen(hold) && !hold.final);
  const { bucket, pensionerId } = person;
  for (const { id } of ended) await updateHold(tx, { bucket, pensionerId, id }, { final: true });
  if (ended.length > 0) await recordPaymentEvent(tx, person, "payment.terminated", at);
}

/** P2, P4, P6: what a pass does to the suspensions of a locked person. */
export async function liftSuspensions(
  tx: Tx,
  person: LockedPensioner,
  pass: LiftingPass & { readonly certificationId: string | null; readonly time: Today },
): Promise<void> {
  const suspended = person.holds.filter((hold) => hold.reason === "NOT_CERTIFIED" && isOpen(hold));
  if (suspended.length === 0) return;
  const { time, certificationId } = pass;
  const lastCut = await lockUncut(tx);
  const holds: StoredHold[] = [...person.holds];
  for (const hold of suspended) {
    const lift = liftOf(hold, pass, time.policy, lastCut);
    if (!lift) continue;
    const { resumesMonth: resumes, voided, continuesFrom } = lift;
    await endHold(tx, person, hold, { resumes, restores: true, voided, certificationId, time });
    holds[holds.indexOf(hold)] = { ...hold, resumesMonth: resumes, voided };
    if (!continuesFrom) continue;
    const { batchMonth = null } = hold;
    const id = await insertHold(tx, person, {
      reason: "NOT_CERTIFIED",
      fromMonth: continuesFrom.toString(),
      openedAt: toDate(time.now),
      batchMonth: batchMonth?.toString() ?? null,
    });
    const open = {
      resumesMonth: null,
      restores: true,
      voided: false,
      certificationId: null,
      lifeEventId: null,
    };
    holds.push({ id, reason: "NOT_CERTIFIED", fromMonth: continuesFrom, batchMonth, ...open });
  }
  const paidWithMonth = actsFrom(resumesMonth(pass.passedOn, time.policy), lastCut);
  await release(tx, { ...person, holds }, { paidWithMonth, certificationId, time });
}

interface Undoing {
  /** The pass that is revoked. */
  readonly certificationId: string;
  readonly time: Today;
  /** What is left to certify the person: the latest pass that stands. */
  readonly remaining: (LiftingPass & { readonly certificationId: string }) | undefined;
}

/**
 * E9: undoes what a revoked pass did to payment as far as it has not been paid: its release is withdrawn and the
 * suspension that it lifted stands again, as it was approved, unless another pass lifts it as well. What has been paid
 * stays paid.
 */
export async function undoLift(tx: Tx, person: LockedPensioner, undoing: Undoing): Promise<void> {
  const { certificationId, time, remaining } = undoing;
  if (!person.holds.some((hold) => hold.certificationId === certificationId)) return;
  // Without a payroll that tells what it has cut, every month before the present one counts as paid.
  const uncut = actsFrom(time.today.toPlainYearMonth(), await lockUncut(tx));
  const isUndone = (hold: StoredHold) =>
    hold.certificationId === certificationId &&
    hold.resumesMonth !== null &&
    !isBeforeMonth(hold.resumesMonth, uncut);
  const isWithdrawn = (each: StoredBackPay) =>
    each.certificationId === certificationId && !isBeforeMonth(each.paidWithMonth, uncut);
  const undone = { resumesMonth: null, certificationId: null, voided: false };
  const { bucket, pensionerId } = person;
  for (const { id } of person.holds.filter(isUndone)) {
    await updateHold(tx, { bucket, pensionerId, id }, { ...undone, closedAt: null });
  }
  const withdrawn = person.backPay.filter(isWithdrawn).map(({ month }) => month);
  await deleteBackPay(tx, person, withdrawn);
  const before = {
    ...person,
    holds: person.holds.map((hold) => (isUndone(hold) ? { ...hold, ...undone } : hold)),
    backPay: person.backPay.filter((each) => !isWithdrawn(each)),
  };
  if (remaining) await liftSuspensions(tx, before, { ...remaining, time });
  else if (before.holds.some(isOpen))
    await recordPaymentEvent(tx, person, "payment.suspended", toDate(time.now));
}

interface Ending {
  readonly resumes: Temporal.PlainYearMonth;
  readonly restores: boolean;
  readonly voided: boolean;
  readonly certificationId: string | null;
  readonly time: Today;
}

async function endHold(tx: Tx, { bucket, pensionerId }: LockedPensioner, { id }: StoredHold, end: Ending) {
  const { resumes, restores, voided, certificationId, time } = end;
  await updateHold(
    tx,
    { bucket, pensionerId, id },
    { resumesMonth: resumes.toString(), restores, voided, certificationId, closedAt: toDate(time.now) },
  );
}

/** P4: releases what is owed as the holds stand now, once; tells when payment goes on. */
async function release(
  tx: Tx,
  person: LockedPensioner,
  released: {
    readonly paidWithMonth: Temporal.PlainYearMonth;
    readonly certificationId: string | null;
    readonly time: Today;
  },
): Promise<void> {
  const known = person.backPay.map(({ month }) => month);
  await insertBackPay(tx, person, owedMonths(person.holds, known), released);
  if (person.holds.some(isOpen)) return;
  await recordPaymentEvent(tx, person, "payment.resumed", toDate(released.time.now));
}

async function recordPaymentEvent(
  tx: Tx,
  person: LockedPensioner,
  type: "payment.suspended" | "payment.resumed" | "payment.terminated",
  at: Date,
): Promise<void> {
  const { bucket, pensionerId } = person;
  await recordEvent(tx, { bucket, pensionerId, type, subjectId: pensionerOpaqueId(person), at });
}
