import { isBeforeMonth, monthsBetween } from "./calendar.js";
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
  readonly resumesMonth: Temporal.PlainYearMonth | null;
  readonly backPayMonths: readonly Temporal.PlainYearMonth[];
}

/** P1: not certified by the end of the deadline month, the next month's benefit is not paid. */
export function firstUnpaidMonth(validThrough: Temporal.PlainDate): Temporal.PlainYearMonth {
  return validThrough.toPlainYearMonth().add({ months: 1 });
}

/** P1: the months not paid so far to someone who has not certified; empty before the first unpaid month. */
export function unpaidMonths(
  validThrough: Temporal.PlainDate,
  today: Temporal.PlainDate,
): Temporal.PlainYearMonth[] {
  return monthsBetween(firstUnpaidMonth(validThrough), today.toPlainYearMonth());
}

/** P2: the first month paid again after a pass on a day. */
export function resumesMonth(passedOn: Temporal.PlainDate, policy: Policy): Temporal.PlainYearMonth {
  const month = passedOn.toPlainYearMonth();
  const inTime = policy.resumeRule === "SAME_MONTH_BEFORE_CUTOFF" && passedOn.day <= policy.payrollCutoffDay;
  return inTime ? month : month.add({ months: 1 });
}

/** P4: first unpaid month to the month before payment resumes, minus months lost for other reasons. */
export function backPayMonths(
  firstUnpaid: Temporal.PlainYearMonth,
  resumes: Temporal.PlainYearMonth,
  otherHolds: readonly PaymentHold[],
): Temporal.PlainYearMonth[] {
  return monthsBetween(firstUnpaid, resumes.subtract({ months: 1 })).filter(
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
  if (isBeforeMonth(passedOn.toPlainYearMonth(), unpaid)) return null;
  const resumes = resumesMonth(passedOn, policy);
  const heldOtherwise = before.otherHolds.some((hold) => hold.resumesMonth === null);
  return {
    firstUnpaidMonth: unpaid,
    resumesMonth: resumes,
    backPayMonths: heldOtherwise ? [] : backPayMonths(unpaid, resumes, before.otherHolds),
  };
}

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
  const month = today.toPlainYearMonth();
  const open = facts.holds.filter((hold) => hold.resumesMonth === null && !isBeforeMonth(month, hold.fromMonth));
  const lapsed = unpaidMonths(facts.validThrough, today);
  const reasons = new Set<HoldReason>(open.map((hold) => hold.reason));
  if (lapsed.length > 0) reasons.add("NOT_CERTIFIED");
  if (reasons.size > 0) {
    const begins = [...open.map((hold) => hold.fromMonth), ...lapsed.slice(0, 1)].sort(
      Temporal.PlainYearMonth.compare,
    );
    const first = begins[0] ?? null;
    return {
      state: "SUSPENDED",
      reasons: [...reasons].sort(),
      firstUnpaidMonth: first,
      unpaidMonths: first ? monthsBetween(first, month) : [],
      resumesMonth: null,
      backPayMonths: [],
    };
  }
  const released = facts.holds.filter((hold) => hold.resumesMonth !== null);
  const resumes = released.map((hold) => hold.resumesMonth as Temporal.PlainYearMonth)
    .sort(Temporal.PlainYearMonth.compare).at(-1) ?? null;
  // Back-pay goes out with the resumed month's payment; until then the months are still unpaid.
  const awaiting = resumes && isBeforeMonth(month, resumes) ? facts.backPayMonths : [];
  return {
    state: "PAYING",
    reasons: [],
    firstUnpaidMonth: awaiting[0] ?? null,
    unpaidMonths: awaiting,
    resumesMonth: resumes,
    backPayMonths: facts.backPayMonths,
  };
}
