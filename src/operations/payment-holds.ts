import { beijingDateOf, isBeforeMonth, laterMonth } from "../domain/calendar.js";
import {
  actsFrom,
  type HoldReason,
  holdCovers,
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

/**
 * P5: opens one more reason for not paying; the person is locked. Back-pay that has not gone out waits until that reason
 * has ended too, unless it is the want of a certification, which says nothing of earlier months. Returns the hold's id.
 */
export async function openHold(tx: Tx, person: LockedPensioner, hold: NewHold): Promise<string> {
  const { reason, at, lifeEventId = null } = hold;
  const lastCut = await lockUncut(tx);
  const fromMonth = actsFrom(hold.fromMonth, lastCut).toString();
  const { holds, backPay } = await readPaymentFacts(tx, person);
  const uncut = firstUnpaid(beijingDateOf(at.toTemporalInstant()), lastCut);
  const waiting = backPay.filter(({ paidWithMonth }) => !isBeforeMonth(paidWithMonth, uncut));
  if (reason !== "NOT_CERTIFIED")
    await deleteBackPay(
      tx,
      person,
      waiting.map(({ month }) => month),
    );
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
      closedOn: null,
    };
    holds.push({ id, reason: "NOT_CERTIFIED", fromMonth: continuesFrom, batchMonth, ...open });
  }
  const paidWithMonth = actsFrom(resumesMonth(pass.passedOn, time.policy), lastCut);
  await release(tx, { ...person, holds }, { paidWithMonth, certificationId, time });
}

/**
 * E9: undoes what a revoked pass did to payment as far as it has not been paid: the suspension that it lifted stands again,
 * as it was approved, and no month of it that is still to be paid is paid. What has been paid stays paid. Null when the
 * pass had lifted nothing; else the person as they are now, for another pass may lift it as well.
 */
export async function undoLift(
  tx: Tx,
  person: LockedPensioner,
  { certificationId, time }: { readonly certificationId: string; readonly time: Today },
): Promise<LockedPensioner | null> {
  if (!person.holds.some((hold) => hold.certificationId === certificationId)) return null;
  const uncut = firstUnpaid(time.today, await lockUncut(tx));
  const isUndone = ({ certificationId: by, resumesMonth: resumes, closedOn }: StoredHold) =>
    by === certificationId &&
    resumes !== null &&
    // Late evidence ends a suspension in the past; what it gives goes out with the payment after it came.
    !isBeforeMonth(closedOn ? laterMonth(resumes, resumesMonth(closedOn, time.policy)) : resumes, uncut);
  const undone = { resumesMonth: null, certificationId: null, voided: false };
  const { bucket, pensionerId } = person;
  for (const { id } of person.holds.filter(isUndone)) {
    await updateHold(tx, { bucket, pensionerId, id }, { ...undone, closedAt: null });
  }
  const holds = person.holds.map((hold) => (isUndone(hold) ? { ...hold, ...undone, closedOn: null } : hold));
  // Whatever released it: a stay in prison that ended in between may have put it off.
  const isWithdrawn = (each: StoredBackPay) =>
    !isBeforeMonth(each.paidWithMonth, uncut) &&
    (each.certificationId === certificationId ||
      holds.some((hold) => isOpen(hold) && holdCovers(hold, each.month)));
  const withdrawn = person.backPay.filter(isWithdrawn).map(({ month }) => month);
  await deleteBackPay(tx, person, withdrawn);
  return { ...person, holds, backPay: person.backPay.filter((each) => !isWithdrawn(each)) };
}

/** E9: tells that payment stands still again, if it does. */
export async function tellResuspended(tx: Tx, person: LockedPensioner, at: Date): Promise<void> {
  if (person.holds.some(isOpen)) await recordPaymentEvent(tx, person, "payment.suspended", at);
}

/** The first month that has not gone out: without a payroll that tells what it has cut, every earlier month counts as paid. */
function firstUnpaid(
  today: Temporal.PlainDate,
  lastCut: Temporal.PlainYearMonth | null,
): Temporal.PlainYearMonth {
  return actsFrom(today.toPlainYearMonth(), lastCut);
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
