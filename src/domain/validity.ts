import {
  addMonths,
  beijingDateOf,
  beijingMonthOf,
  earlierMonth,
  lastDayOf,
  laterMonth,
  monthsFrom,
} from "./calendar.js";
import type { Policy } from "./policy.js";

/** A certification that passed and still stands. */
export interface Pass {
  readonly id: string;
  /** V6: the instant that decides the month. */
  readonly decidingInstant: Temporal.Instant;
}

/** All that validity follows from: nothing else is ever consulted. */
export interface ValidityFacts {
  /** Approval months of all the person's benefits, at least one. */
  readonly approvedMonths: readonly Temporal.PlainYearMonth[];
  /** The last certification that the benefit register knew of before this service took over. */
  readonly registerCertifiedOn: Temporal.PlainDate | null;
  /** Passed and not revoked. */
  readonly passes: readonly Pass[];
}

export interface Validity {
  readonly anchorMonth: Temporal.PlainYearMonth;
  /** V2: the last valid day. */
  readonly validThrough: Temporal.PlainDate;
  /** The Beijing day of the latest pass, null for someone who has never certified. */
  readonly lastCertifiedOn: Temporal.PlainDate | null;
}

export type CertificationState = "VALID" | "DUE_SOON" | "OVERDUE";

/** V1, V3, V7: the latest passed month, never before the first approval; later benefits do not move it. */
export function anchorMonthOf(facts: ValidityFacts): Temporal.PlainYearMonth {
  const [first, ...rest] = facts.approvedMonths;
  if (!first) throw new RangeError("a pensioner without a benefit has no anchor month");
  const approval = rest.reduce(earlierMonth, first);
  const registered = facts.registerCertifiedOn?.toPlainYearMonth();
  const passed = facts.passes.map((pass) => beijingMonthOf(pass.decidingInstant));
  return [...passed, ...(registered ? [registered] : [])].reduce(laterMonth, approval);
}

/** V2: the last day of anchor month + 12. */
export function validThroughFrom(anchorMonth: Temporal.PlainYearMonth, policy: Policy): Temporal.PlainDate {
  return lastDayOf(deadlineMonthFrom(anchorMonth, policy));
}

/** V1, V2: the anchor month that a last valid day follows from. */
export function anchorMonthBehind(validThrough: Temporal.PlainDate, policy: Policy): Temporal.PlainYearMonth {
  return validThrough.toPlainYearMonth().subtract({ months: policy.validityMonths });
}

/** V2: the month in which a certification is due at the latest. */
export function deadlineMonthFrom(
  anchorMonth: Temporal.PlainYearMonth,
  policy: Policy,
): Temporal.PlainYearMonth {
  return addMonths(anchorMonth, policy.validityMonths);
}

/** V1, V2, V3, V7: validity from the records alone; the stored row must always equal this. */
export function deriveValidity(facts: ValidityFacts, policy: Policy): Validity {
  const anchorMonth = anchorMonthOf(facts);
  return {
    anchorMonth,
    validThrough: validThroughFrom(anchorMonth, policy),
    lastCertifiedOn: lastCertifiedOn(facts),
  };
}

function lastCertifiedOn(facts: ValidityFacts): Temporal.PlainDate | null {
  const days = facts.passes.map((pass) => beijingDateOf(pass.decidingInstant));
  if (facts.registerCertifiedOn) days.push(facts.registerCertifiedOn);
  return days.sort(Temporal.PlainDate.compare).at(-1) ?? null;
}

/** V1, V3: what one more pass gives. It re-anchors to its own month and never shortens what was there. */
export function validityAfterPass(
  before: Validity,
  decidingInstant: Temporal.Instant,
  policy: Policy,
): Validity {
  const day = beijingDateOf(decidingInstant);
  const anchorMonth = laterMonth(before.anchorMonth, day.toPlainYearMonth());
  return {
    anchorMonth,
    validThrough: validThroughFrom(anchorMonth, policy),
    lastCertifiedOn:
      before.lastCertifiedOn && Temporal.PlainDate.compare(before.lastCertifiedOn, day) > 0
        ? before.lastCertifiedOn
        : day,
  };
}

/** V5: VALID, DUE_SOON in the deadline month and the two before it, OVERDUE after it. */
export function stateOn(
  validity: Pick<Validity, "validThrough">,
  today: Temporal.PlainDate,
  policy: Policy,
): CertificationState {
  const monthsLeft = monthsFrom(today, validity.validThrough);
  if (monthsLeft < 0) return "OVERDUE";
  return monthsLeft > policy.dueMonthsBeforeDeadline ? "VALID" : "DUE_SOON";
}

/** V4: a pensioner who is still valid must be asked before certifying again. */
export function needsConfirmation(
  validity: Pick<Validity, "validThrough">,
  today: Temporal.PlainDate,
): boolean {
  return Temporal.PlainDate.compare(today, validity.validThrough) <= 0;
}
