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
  /** P4: whether the months it stopped are paid later; false for months lost. */
  readonly restores?: boolean;
  /** P6: by late evidence it should never have been. */
  readonly voided?: boolean;
  /** P3: the month of the batch that opened it; null for one taken over from the register. */
  readonly batchMonth?: Temporal.PlainYearMonth | null;
  /** C5: the report that opened it. */
  readonly lifeEventId?: string | null;
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
  return withoutLost(monthsBetween(firstUnpaid, addMonths(resumes, -1)), otherHolds);
}

function withoutLost(
  months: readonly Temporal.PlainYearMonth[],
  otherHolds: readonly PaymentHold[],
): Temporal.PlainYearMonth[] {
  return months.filter((month) => !otherHolds.some((hold) => holdCovers(hold, month)));
}

/** P5: whether a month is among those that a hold stops. */
export function holdCovers(hold: PaymentHold, month: Temporal.PlainYearMonth): boolean {
  const begun = !isBeforeMonth(month, hold.fromMonth);
  const ended = hold.resumesMonth !== null && !isBeforeMonth(month, hold.resumesMonth);
  return begun && !ended;
}

/** P3: a submission that came on or before the last valid day holds suspension for as long as it waits. */
export function holdsSuspension(
  submittedOn: Temporal.PlainDate | null,
  validThrough: Temporal.PlainDate,
): boolean {
  return submittedOn !== null && Temporal.PlainDate.compare(submittedOn, validThrough) <= 0;
}

/**
 * P4, E9: the months of a lapse that were paid all the same: released for back-pay, or paid month by month on a pass that
 * was revoked since. What a revoked pass had released and was not paid out lies under its hold and is not among them.
 */
export function paidMonths(facts: {
  readonly holds: readonly PaymentHold[];
  /** All that were ever released for back-pay. */
  readonly backPayMonths: readonly Temporal.PlainYearMonth[];
  /** Of all passes revoked. */
  readonly overpaidMonths: readonly Temporal.PlainYearMonth[];
}): Temporal.PlainYearMonth[] {
  const lapses = facts.holds.filter((hold) => hold.reason === "NOT_CERTIFIED");
  const monthByMonth = facts.overpaidMonths.filter(
    (month) => !lapses.some((hold) => holdCovers(hold, month)),
  );
  return [...facts.backPayMonths, ...monthByMonth];
}

export interface BeforePass {
  readonly validThrough: Temporal.PlainDate;
  readonly otherHolds: readonly PaymentHold[];
  /** As `paidMonths` gives them. */
  readonly paidMonths: readonly Temporal.PlainYearMonth[];
  /** The Beijing day of the earliest submission under review. */
  readonly submittedOn: Temporal.PlainDate | null;
}

export interface Resumption {
  readonly firstUnpaidMonth: Temporal.PlainYearMonth;
  /** The first month paid again, or the first that this pass does not cover any more. */
  readonly resumesMonth: Temporal.PlainYearMonth;
  readonly backPayMonths: readonly Temporal.PlainYearMonth[];
  /** The payment that the back-pay goes out with. */
  readonly paidWithMonth: Temporal.PlainYearMonth;
}

/**
 * P1, P2, P3, P4, P5, P6: what a pass does to payment. Null when nothing was unpaid; no back-pay is released while
 * another reason for not paying is open. Evidence that comes late gives all months that it covers; if its own validity
 * has ended, the months after that stay unpaid.
 */
export function resumptionAfterPass(
  before: BeforePass,
  pass: {
    readonly validThrough: Temporal.PlainDate;
    /** The day from which payroll can act on it. */
    readonly passedOn: Temporal.PlainDate;
  },
  policy: Policy,
): Resumption | null {
  const owedFrom = firstUnpaidMonth(before.validThrough);
  const coveredUntil = firstUnpaidMonth(pass.validThrough);
  if (isBeforeMonth(pass.passedOn, owedFrom) || !isBeforeMonth(owedFrom, coveredUntil)) return null;
  if (holdsSuspension(before.submittedOn, before.validThrough)) return null;
  const paidWithMonth = resumesMonth(pass.passedOn, policy);
  // By late evidence a submission may turn out to have come in time; then it is what payment goes on with.
  const isHeldNow = holdsSuspension(before.submittedOn, pass.validThrough);
  const resumes = isHeldNow ? paidWithMonth : earlierMonth(paidWithMonth, coveredUntil);
  const paid = new Set(before.paidMonths.map(String));
  const owed = monthsBetween(owedFrom, addMonths(resumes, -1));
  const unpaid = owed.filter((month) => !paid.has(month.toString()));
  if (owed.length > 0 && unpaid.length === 0) return null;
  const lastPaid = owed.findLastIndex((month) => paid.has(month.toString()));
  const heldOtherwise = before.otherHolds.some((hold) => hold.resumesMonth === null);
  return {
    // A hold never lies over a month that was paid: that is how such a month is known.
    firstUnpaidMonth: owed[lastPaid + 1] ?? unpaid[0] ?? owedFrom,
    resumesMonth: resumes,
    backPayMonths: heldOtherwise ? [] : withoutLost(unpaid, before.otherHolds),
    paidWithMonth,
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

export interface PaymentFacts {
  readonly validThrough: Temporal.PlainDate;
  readonly holds: readonly PaymentHold[];
  /** Months released for back-pay together with the latest resumption, in order. */
  readonly backPayMonths: readonly Temporal.PlainYearMonth[];
  /** As `paidMonths` gives them. */
  readonly paidMonths: readonly Temporal.PlainYearMonth[];
  /** The Beijing day of the earliest submission under review. */
  readonly submittedOn: Temporal.PlainDate | null;
}

/** P1, P2, P3, P4, P5: what is paid, what is not and why, as of a day. */
export function paymentStatusOn(facts: PaymentFacts, today: Temporal.PlainDate): PaymentStatus {
  if (facts.holds.length === 0 && !isBeforeMonth(facts.validThrough, today)) return alwaysPaid;
  const month = addMonths(today, 0);
  const open = facts.holds.filter((hold) => hold.resumesMonth === null && holdCovers(hold, month));
  const isHeld = holdsSuspension(facts.submittedOn, facts.validThrough);
  const lapsed = isHeld ? [] : unpaidMonths(facts.validThrough, today);
  const reasons = new Set<HoldReason>(open.map((hold) => hold.reason));
  if (lapsed.length > 0) reasons.add("NOT_CERTIFIED");
  const stopped = [...open.map((hold) => hold.fromMonth), ...lapsed.slice(0, 1)].reduce<
    Temporal.PlainYearMonth | undefined
  >((first, month) => (first ? earlierMonth(first, month) : month), undefined);
  if (!stopped) return payingStatus(facts.holds, facts.backPayMonths, month);
  const paid = new Set(facts.paidMonths.map(String));
  const months = monthsBetween(beginOfSpell(stopped, facts.holds), month);
  const unpaid = paid.size === 0 ? months : months.filter((each) => !paid.has(each.toString()));
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
