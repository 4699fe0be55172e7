import { addMonths, earlierMonth, isBeforeMonth, laterMonth, monthsBetween } from "./calendar.js";
import type { Policy } from "./policy.js";

export type HoldReason = "NOT_CERTIFIED" | "DEATH_REPORTED" | "IN_PRISON" | "ELIGIBILITY_DOUBT" | "OTHER";
export type PaymentState = "PAYING" | "SUSPENDED" | "TERMINATED";

/** P5: one reason for not paying; payment resumes when the last one is closed. */
export interface PaymentHold {
  readonly reason: HoldReason;
  readonly fromMonth: Temporal.PlainYearMonth;
  /** The first month paid again; null while the hold is open. */
  readonly resumesMonth: Temporal.PlainYearMonth | null;
}

export interface PaymentStatus {
  readonly state: PaymentState;
  readonly reasons: readonly HoldReason[];
  /** The first month that has not been paid, null when every month has. */
  readonly firstUnpaidMonth: Temporal.PlainYearMonth | null;
  readonly unpaidMonths: readonly Temporal.PlainYearMonth[];
  /** The first month paid again after the latest hold, null when there was none or one is open. */
  readonly resumesMonth: Temporal.PlainYearMonth | null;
  /** The months paid later together with `resumesMonth`; those of earlier holds are not repeated. */
  readonly backPayMonths: readonly Temporal.PlainYearMonth[];
}

/** P1: not certified by the end of the deadline month, the next month's benefit is not paid. */
export function firstUnpaidMonth(validThrough: Temporal.PlainDate): Temporal.PlainYearMonth {
  return addMonths(validThrough, 1);
}

/** P1: the months not paid so far to someone who has not certified; empty before the first unpaid month. */
export function unpaidMonths(
  validThrough: Temporal.PlainDate,
  today: Temporal.PlainDate,
): Temporal.PlainYearMonth[] {
  return monthsBetween(firstUnpaidMonth(validThrough), today);
}

/** P2: the first month paid again after a pass on a day. */
export function resumesMonth(passedOn: Temporal.PlainDate, policy: Policy): Temporal.PlainYearMonth {
  const inTime = policy.resumeRule === "SAME_MONTH_BEFORE_CUTOFF" && passedOn.day <= policy.payrollCutoffDay;
  return addMonths(passedOn, inTime ? 0 : 1);
}

/** P4: first unpaid month to the month before payment resumes, minus months lost for other reasons. */
export function backPayMonths(
  firstUnpaid: Temporal.PlainYearMonth,
  resumes: Temporal.PlainYearMonth,
  otherHolds: readonly PaymentHold[],
): Temporal.PlainYearMonth[] {
  return monthsBetween(firstUnpaid, addMonths(resumes, -1)).filter(
    (month) => !otherHolds.some((hold) => holdCovers(hold, month)),
  );
}

function holdCovers(hold: PaymentHold, month: Temporal.PlainYearMonth): boolean {
  const begun = !isBeforeMonth(month, hold.fromMonth);
  const ended = hold.resumesMonth !== null && !isBeforeMonth(month, hold.resumesMonth);
  return begun && !ended;
}

export interface Resumption {
  readonly firstUnpaidMonth: Temporal.PlainYearMonth;
  readonly resumesMonth: Temporal.PlainYearMonth;
  readonly backPayMonths: readonly Temporal.PlainYearMonth[];
}

/**
 * P1, P2, P4, P5: what a pass does to payment. Null when nothing was unpaid; no back-pay is released while another
 * reason for not paying is open.
 */
export function resumptionAfterPass(
  before: { readonly validThrough: Temporal.PlainDate; readonly otherHolds: readonly PaymentHold[] },
  passedOn: Temporal.PlainDate,
  policy: Policy,
): Resumption | null {
  const unpaid = firstUnpaidMonth(before.validThrough);
  if (isBeforeMonth(passedOn, unpaid)) return null;
  const resumes = resumesMonth(passedOn, policy);
  const heldOtherwise = before.otherHolds.some((hold) => hold.resumesMonth === null);
  return {
    firstUnpaidMonth: unpaid,
    resumesMonth: resumes,
    backPayMonths: heldOtherwise ? [] : backPayMonths(unpaid, resumes, before.otherHolds),
  };
}

const alwaysPaid: PaymentStatus = {
  state: "PAYING",
  reasons: [],
  firstUnpaidMonth: null,
  unpaidMonths: [],
  resumesMonth: null,
  backPayMonths: [],
};

/** P1, P2, P4, P5: what is paid, what is not and why, as of a day. */
export function paymentStatusOn(
  facts: {
    readonly validThrough: Temporal.PlainDate;
    readonly holds: readonly PaymentHold[];
    /** Months already released for back-pay, in order. */
    readonly backPayMonths: readonly Temporal.PlainYearMonth[];
  },
  today: Temporal.PlainDate,
): PaymentStatus {
  if (facts.holds.length === 0 && !isBeforeMonth(facts.validThrough, today)) return alwaysPaid;
  const month = addMonths(today, 0);
  const open = facts.holds.filter((hold) => hold.resumesMonth === null && holdCovers(hold, month));
  const lapsed = unpaidMonths(facts.validThrough, today);
  const reasons = new Set<HoldReason>(open.map((hold) => hold.reason));
  if (lapsed.length > 0) reasons.add("NOT_CERTIFIED");
  const stopped = [...open.map((hold) => hold.fromMonth), ...lapsed.slice(0, 1)].reduce<
    Temporal.PlainYearMonth | undefined
  >((first, month) => (first ? earlierMonth(first, month) : month), undefined);
  if (!stopped) return payingStatus(facts.holds, facts.backPayMonths, month);
  const released = new Set(facts.backPayMonths.map(String));
  const months = monthsBetween(beginOfSpell(stopped, facts.holds), month);
  const unpaid = released.size === 0 ? months : months.filter((each) => !released.has(each.toString()));
  return {
    state: "SUSPENDED",
    reasons: [...reasons].sort(),
    firstUnpaidMonth: unpaid[0] ?? null,
    unpaidMonths: unpaid,
    resumesMonth: null,
    backPayMonths: [],
  };
}

function payingStatus(
  holds: readonly PaymentHold[],
  releasedMonths: readonly Temporal.PlainYearMonth[],
  month: Temporal.PlainYearMonth,
): PaymentStatus {
  const resumes = holds
    .flatMap((hold) => hold.resumesMonth ?? [])
    .reduce<Temporal.PlainYearMonth | null>(
      (latest, each) => (latest ? laterMonth(latest, each) : each),
      null,
    );
  const begins = resumes && beginOfSpell(resumes, holds);
  const backPaid = begins ? releasedMonths.filter((each) => !isBeforeMonth(each, begins)) : [];
  // Back-pay goes out with the resumed month's payment; until then the months are still unpaid.
  const awaiting = resumes && isBeforeMonth(month, resumes) ? backPaid : [];
  return {
    state: "PAYING",
    reasons: [],
    firstUnpaidMonth: awaiting[0] ?? null,
    unpaidMonths: awaiting,
    resumesMonth: resumes,
    backPayMonths: backPaid,
  };
}

/** The first month of the unbroken run of unpaid months that leads up to `month`. */
function beginOfSpell(
  month: Temporal.PlainYearMonth,
  holds: readonly PaymentHold[],
): Temporal.PlainYearMonth {
  const before = addMonths(month, -1);
  const leadingUp = holds.find((hold) => holdCovers(hold, before));
  return leadingUp ? beginOfSpell(leadingUp.fromMonth, holds) : month;
}
