import { addMonths, earlierMonth, isBeforeMonth, laterMonth, monthsBetween } from "./calendar.js";
import { actsOnPayment, endsForGood, type LifeEventKind, type PersonsLifeEvent } from "./life-event.js";
import { type BackPay, type HoldReason, holdCovers, type PaymentHold } from "./payment.js";

/** C5: why payment stops; null for what ends a stop. */
export const holdReasonOf: Readonly<Record<LifeEventKind, HoldReason | null>> = {
  DEATH: "DEATH_REPORTED",
  IMPRISONMENT: "IN_PRISON",
  LEFT_SCOPE: "ELIGIBILITY_DOUBT",
  RELEASE_FROM_PRISON: null,
};

/** A hold as it is stored. */
export interface LifeEventHold extends PaymentHold {
  readonly id: string;
  readonly lifeEventId: string | null;
  readonly voided: boolean;
}

/** What is to be done to the holds of a person, in this order: what is opened keeps what is closed from paying anything out. */
export type HoldStep =
  | {
      readonly step: "OPEN";
      readonly lifeEventId: string;
      readonly reason: HoldReason;
      /** The benefit of the event's own month is still due; the next one stops, or the first that has not gone out. */
      readonly fromMonth: Temporal.PlainYearMonth;
      /** Paid although the event had come before. */
      readonly overpaidMonths: readonly Temporal.PlainYearMonth[];
    }
  /** It is over before it was known of: nothing to stop, and this was paid. */
  | {
      readonly step: "OVERPAID";
      readonly lifeEventId: string;
      readonly overpaidMonths: readonly Temporal.PlainYearMonth[];
    }
  /** P4: what the event holds is over: months before `until` are lost, later ones are paid. */
  | { readonly step: "END"; readonly lifeEventId: string; readonly until: Temporal.PlainYearMonth }
  | { readonly step: "VOID"; readonly holdId: string };

export interface SettledFrom {
  /** All reports about the person, those that act and those that do not. */
  readonly events: readonly PersonsLifeEvent[];
  /** All holds of the person. */
  readonly holds: readonly LifeEventHold[];
  /** Released for back-pay ever. */
  readonly backPay: readonly BackPay[];
  /** The latest month that payroll has been given its list of. */
  readonly cutMonth: Temporal.PlainYearMonth | null;
  /** Nothing was paid before it. */
  readonly approvedMonth: Temporal.PlainYearMonth;
  readonly today: Temporal.PlainDate;
  /** The report whose kind or day was changed, if one was. */
  readonly corrected: string | null;
}

/**
 * C5, P5: what the reports about a person make of the person's holds. Derived from all of them together, so that it does
 * not matter in which order they were made, corrected and taken back.
 */
export function settleHolds(from: SettledFrom): HoldStep[] {
  const steps = from.events.flatMap((event) => stepsFor(event, from));
  const order = { OPEN: 0, OVERPAID: 0, END: 1, VOID: 2 };
  return steps.toSorted((a, b) => order[a.step] - order[b.step]);
}

function stepsFor(event: PersonsLifeEvent, from: SettledFrom): HoldStep[] {
  const standing = from.holds.filter(({ lifeEventId, voided }) => lifeEventId === event.id && !voided);
  const voidAll = standing.map(({ id }): HoldStep => ({ step: "VOID", holdId: id }));
  const reason = holdReasonOf[event.kind];
  if (reason === null || !actsOnPayment(event, from.events)) return voidAll;
  const release = releaseAfter(event, from.events);
  if (from.corrected === event.id) return [...beginning(event, reason, release, standing, from), ...voidAll];
  const open = standing.filter(({ resumesMonth }) => resumesMonth === null);
  if (!release) return open.length > 0 ? [] : beginning(event, reason, release, open, from);
  if (open.length > 0) return [ending(event, release)];
  return standing.length > 0 ? [] : beginning(event, reason, release, standing, from);
}

/** What an event stops, and what was paid before it was known of. */
function beginning(
  event: PersonsLifeEvent,
  reason: HoldReason,
  release: PersonsLifeEvent | null,
  replaced: readonly LifeEventHold[],
  from: SettledFrom,
): HoldStep[] {
  const lifeEventId = event.id;
  const due = addMonths(event.occurredOn, 1);
  // What was paid again after a hold had ended is nothing that the new one can stop, unless that one ends too.
  const stopping = release ? replaced : replaced.filter(({ resumesMonth }) => resumesMonth === null);
  const fromMonth = laterMonth(due, firstMonthNotPaid(stopping, from));
  const wasOver = release !== null && !isBeforeMonth(fromMonth, addMonths(release.occurredOn, 1));
  const through = wasOver ? addMonths(release.occurredOn, 0) : addMonths(fromMonth, -1);
  const overpaidMonths = monthsBetween(laterMonth(due, from.approvedMonth), through).filter((month) =>
    wasPaid(month, event, from),
  );
  if (wasOver) return [{ step: "OVERPAID", lifeEventId, overpaidMonths }];
  const open: HoldStep = { step: "OPEN", lifeEventId, reason, fromMonth, overpaidMonths };
  return release ? [open, ending(event, release)] : [open];
}

function ending({ id }: PersonsLifeEvent, release: PersonsLifeEvent): HoldStep {
  return { step: "END", lifeEventId: id, until: addMonths(release.occurredOn, 1) };
}

/** The first month that has not gone out: the one payroll is given next, or what the holds that are replaced have stopped. */
function firstMonthNotPaid(
  replaced: readonly LifeEventHold[],
  { cutMonth, today }: SettledFrom,
): Temporal.PlainYearMonth {
  const uncut = firstUncutMonth(cutMonth, today);
  return replaced.reduce((first, { fromMonth }) => earlierMonth(first, fromMonth), uncut);
}

/** P8: the first month whose list is still to come. Before there was any list, earlier months were paid without one. */
export function firstUncutMonth(
  cutMonth: Temporal.PlainYearMonth | null,
  today: Temporal.PlainDate,
): Temporal.PlainYearMonth {
  return cutMonth ? addMonths(cutMonth, 1) : addMonths(today, 0);
}

/**
 * Whether a month's benefit has gone out: with its own list, or later as back-pay. What is released and has not gone out
 * is paid when the stop has ended; after a death it never is.
 */
function wasPaid(month: Temporal.PlainYearMonth, event: PersonsLifeEvent, from: SettledFrom): boolean {
  const uncut = firstUncutMonth(from.cutMonth, from.today);
  const released = from.backPay.find((each) => each.month.equals(month));
  if (released && (isBeforeMonth(released.paidWithMonth, uncut) || !endsForGood(event.kind))) return true;
  const hasGone = isBeforeMonth(month, uncut);
  return hasGone && !from.holds.some((hold) => holdCovers(hold, month));
}

/** The release that ended an imprisonment: the first that acts, on its day or later. */
function releaseAfter(event: PersonsLifeEvent, events: readonly PersonsLifeEvent[]): PersonsLifeEvent | null {
  if (event.kind !== "IMPRISONMENT") return null;
  const [first] = events
    .filter(
      (other) =>
        other.kind === "RELEASE_FROM_PRISON" &&
        Temporal.PlainDate.compare(other.occurredOn, event.occurredOn) >= 0 &&
        actsOnPayment(other, events),
    )
    .toSorted((a, b) => Temporal.PlainDate.compare(a.occurredOn, b.occurredOn));
  return first ?? null;
}
