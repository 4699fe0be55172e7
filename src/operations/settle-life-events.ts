import { addMonths, earlierMonth, isBeforeMonth } from "../domain/calendar.js";
import { actsOnPayment, endsForGood, type PersonsLifeEvent } from "../domain/life-event.js";
import { type HoldStep, type LifeEventHold, settleHolds } from "../domain/life-event-holds.js";
import { resumesMonth } from "../domain/payment.js";
import type { Tx } from "../storage/database.js";
import { recordEvent } from "../storage/events.js";
import { lifeEventOpaqueId } from "../storage/ids.js";
import { type LifeEventRecord, readLifeEventsOf, updateLifeEvent } from "../storage/life-events.js";
import type { LockedPensioner } from "../storage/locked-pensioner.js";
import { readPaymentFacts } from "../storage/payment-facts.js";
import { partHold } from "../storage/payments.js";
import { lockUncut } from "../storage/payroll-months.js";
import { readApprovedMonths } from "../storage/validity-facts.js";
import { type Today, toDate } from "./operation.js";
import { closeHold, makeHoldsFinal, openHold } from "./payment-holds.js";

/**
 * C5, P5: brings outcomes and holds in line with all that is reported about a person who is locked; every change of a
 * report ends with it.
 */
export async function settleLifeEvents(
  tx: Tx,
  person: LockedPensioner,
  time: Today,
  corrected: string | null = null,
): Promise<void> {
  const records = await readLifeEventsOf(tx, person);
  const events = records.map(toPersonsLifeEvent);
  await settleOutcomes(tx, person, time, records, events);
  const approvedMonths = await readApprovedMonths(tx, person);
  const { holds, backPay } = await readPaymentFacts(tx, person);
  const steps = settleHolds({
    events,
    holds,
    backPay,
    approvedMonth: approvedMonths.reduce(earlierMonth, addMonths(time.today, 0)),
    cutMonth: await lockUncut(tx),
    today: time.today,
    corrected,
  });
  for (const step of steps) await take(tx, person, time, records, step);
  const at = toDate(time.now);
  for (const { id, kind, state } of records)
    if (state === "CONFIRMED" && endsForGood(kind)) await makeHoldsFinal(tx, person, { lifeEventId: id, at });
}

function toPersonsLifeEvent(record: LifeEventRecord): PersonsLifeEvent {
  const { id, kind, state, basis, source, clientId, byStaff, occurredOn } = record;
  const day = Temporal.PlainDate.from(occurredOn);
  return { id, kind, state, basis, source, clientId, byStaff, occurredOn: day };
}

/** A second source makes the first one's report count too; one that is taken back leaves the other to be looked at again. */
async function settleOutcomes(
  tx: Tx,
  person: LockedPensioner,
  time: Today,
  records: readonly LifeEventRecord[],
  events: readonly PersonsLifeEvent[],
): Promise<void> {
  const at = toDate(time.now);
  const { bucket, pensionerId } = person;
  for (const [position, event] of events.entries()) {
    const record = records[position];
    if (!record || record.state === "VOIDED") continue;
    const outcome = actsOnPayment(event, events) ? "MATCHED" : "PENDING_REVIEW";
    if (record.outcome === outcome) continue;
    await updateLifeEvent(tx, record, { outcome, updatedAt: at });
    const subjectId = lifeEventOpaqueId(record);
    const type = outcome === "MATCHED" ? "life_event.reported" : "life_event.voided";
    await recordEvent(tx, { bucket, pensionerId, type, subjectId, at });
  }
}

async function take(
  tx: Tx,
  person: LockedPensioner,
  time: Today,
  records: readonly LifeEventRecord[],
  step: HoldStep,
): Promise<void> {
  const at = toDate(time.now);
  switch (step.step) {
    case "VOID":
      return closeHold(tx, person, { holdId: step.holdId, restores: true, voided: true, at, time });
    case "END": {
      const isOpenOfEvent = (hold: LifeEventHold) =>
        hold.lifeEventId === step.lifeEventId && hold.resumesMonth === null;
      // Read anew: earlier steps have opened and closed some.
      const { holds } = await readPaymentFacts(tx, person);
      for (const hold of holds.filter(isOpenOfEvent)) await endHold(tx, person, time, hold, step.until);
      return;
    }
    case "OPEN":
    case "OVERPAID": {
      const { lifeEventId } = step;
      if (step.step === "OPEN") {
        const { reason, fromMonth } = step;
        await openHold(tx, person, { reason, fromMonth, at, lifeEventId });
      }
      const record = records.find(({ id }) => id === lifeEventId);
      if (!record) throw new Error("a step for a report that is not there");
      const overpaidMonths = step.overpaidMonths.map(String);
      return updateLifeEvent(tx, record, { overpaidMonths, updatedAt: at });
    }
  }
}

/** P4: ends a hold whose months are lost. What it stopped after the end, because the end was told of late, is paid. */
async function endHold(
  tx: Tx,
  person: LockedPensioner,
  time: Today,
  hold: LifeEventHold,
  until: Temporal.PlainYearMonth,
): Promise<void> {
  const { bucket, pensionerId } = person;
  const at = toDate(time.now);
  const toldLate = isBeforeMonth(until, resumesMonth(time.today, time.policy));
  const lostSome = isBeforeMonth(hold.fromMonth, until);
  const holdId =
    toldLate && lostSome ? await partHold(tx, { bucket, pensionerId, id: hold.id }, until, at) : hold.id;
  await closeHold(tx, person, { holdId, restores: toldLate || !lostSome, voided: false, at, time });
}
