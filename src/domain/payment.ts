import { addMonths, earlierMonth, isBeforeMonth, laterMonth, monthsBetween } from "./calendar.js";
import type { Policy } from "./policy.js";

export type HoldReason = "NOT_CERTIFIED" | "DEATH_REPORTED" | "IN_PRISON" | "ELIGIBILITY_DOUBT" | "OTHER";
export type PaymentState = "PAYING" | "SUSPENDED" | "TERMINATED";

/** P5: one reason for not paying, over the months in which it really stopped payment. */
export interface PaymentHold {
  readonly reason: HoldReason;
  readonly fromMonth: Temporal.PlainYearMonth;
  /** The first month paid again; null while the hold is open. */
  readonly resumesMonth: Temporal.PlainYearMonth | null;
  /** P4: whether the months are paid later; false for months lost, as in prison. */
  readonly restores: boolean;
  /** C5: staff have seen the proof: payment has ended. */
  readonly final?: boolean;
  /** P6: by late evidence it should never have been. */
  readonly voided?: boolean;
  /** P3: the batch by which it was opened, null when it was taken over from the register. */
  readonly batchMonth?: Temporal.PlainYearMonth | null;
}

/** P4: a month released, and the payment that it goes out with. */
export interface BackPay {
  readonly month: Temporal.PlainYearMonth;
  readonly paidWithMonth: Temporal.PlainYearMonth;
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

/** P2: the first month paid again after a pass on a day. */
export function resumesMonth(passedOn: Temporal.PlainDate, policy: Policy): Temporal.PlainYearMonth {
  const inTime = policy.resumeRule === "SAME_MONTH_BEFORE_CUTOFF" && passedOn.day <= policy.payrollCutoffDay;
  return addMonths(passedOn, inTime ? 0 : 1);
}

/** P5: whether a month is among those that a hold stops. */
export function holdCovers(hold: PaymentHold, month: Temporal.PlainYearMonth): boolean {
  const begun = !isBeforeMonth(month, hold.fromMonth);
  const ended = hold.resumesMonth !== null && !isBeforeMonth(month, hold.resumesMonth);
  return begun && !ended;
}

export function isOpen(hold: PaymentHold): boolean {
  return hold.resumesMonth === null;
}

/** P1: the first month that is not paid for want of a certification, while that lasts; null when it does not. */
export function suspendedFrom(holds: readonly PaymentHold[]): Temporal.PlainYearMonth | null {
  const open = holds.filter((hold) => hold.reason === "NOT_CERTIFIED" && isOpen(hold));
  return open.map(({ fromMonth }) => fromMonth).sort(Temporal.PlainYearMonth.compare)[0] ?? null;
}

/** P3: a submission that came on or before the last valid day holds suspension for as long as it waits. */
export function holdsSuspension(
  submittedOn: Temporal.PlainDate | null,
  validThrough: Temporal.PlainDate,
): boolean {
  return submittedOn !== null && Temporal.PlainDate.compare(submittedOn, validThrough) <= 0;
}

/** P8: what is decided now acts from this month on: months that payroll has cut are what they are. */
export function actsFrom(
  month: Temporal.PlainYearMonth,
  lastCutMonth: Temporal.PlainYearMonth | null,
): Temporal.PlainYearMonth {
  return lastCutMonth ? laterMonth(month, addMonths(lastCutMonth, 1)) : month;
}

/** A pass as payment sees it. */
export interface LiftingPass {
  /** What it gave. */
  readonly validThrough: Temporal.PlainDate;
  /** V6: the day whose month counts. */
  readonly decidedBy: Temporal.PlainDate;
  /** The day from which payroll can act on it. */
  readonly passedOn: Temporal.PlainDate;
}

export interface Lift {
  /** The first month paid again, or the first that this pass does not cover any more. */
  readonly resumesMonth: Temporal.PlainYearMonth;
  /** P6: the evidence is of a day before the suspension: it should never have been. */
  readonly voided: boolean;
  /** From when on the person is unpaid still, because what the pass gave has ended; null when paid again. */
  readonly continuesFrom: Temporal.PlainYearMonth | null;
}

/**
 * P2, P6: what a pass does to a suspension; null when it covers none of its months. Evidence that comes late gives all
 * months that it covers; if its own validity has ended, the months after that stay unpaid.
 */
export function liftOf(
  hold: PaymentHold,
  pass: LiftingPass,
  policy: Policy,
  lastCutMonth: Temporal.PlainYearMonth | null,
): Lift | null {
  const coveredUntil = firstUnpaidMonth(pass.validThrough);
  if (!isBeforeMonth(hold.fromMonth, coveredUntil)) return null;
  const payable = actsFrom(resumesMonth(pass.passedOn, policy), lastCutMonth);
  const resumes = earlierMonth(payable, coveredUntil);
  return {
    resumesMonth: resumes,
    voided: isBeforeMonth(pass.decidedBy, hold.fromMonth),
    continuesFrom: isBeforeMonth(resumes, payable) ? resumes : null,
  };
}

/**
 * P4, P5: the months to be paid back now: those that were stopped only by reasons that have ended and restore what they
 * stopped, minus those released before. Nothing is paid back while another reason than a missing certification is open:
 * the person may be dead.
 */
export function owedMonths(
  holds: readonly PaymentHold[],
  released: readonly Temporal.PlainYearMonth[],
): Temporal.PlainYearMonth[] {
  if (holds.some((hold) => isOpen(hold) && hold.reason !== "NOT_CERTIFIED")) return [];
  const known = new Set(released.map(String));
  const owed = new Map<string, Temporal.PlainYearMonth>();
  for (const hold of holds) {
    if (!hold.restores || hold.resumesMonth === null) continue;
    for (const month of monthsBetween(hold.fromMonth, addMonths(hold.resumesMonth, -1))) {
      const lost = holds.some((each) => holdCovers(each, month) && (isOpen(each) || !each.restores));
      if (!lost && !known.has(month.toString())) owed.set(month.toString(), month);
    }
  }
  return [...owed.values()].sort(Temporal.PlainYearMonth.compare);
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
  readonly holds: readonly PaymentHold[];
  /** Everything ever released. */
  readonly backPay: readonly BackPay[];
}

/** P2, P3, P4, P5: what is paid, what is not and why, as of a day. It follows from the holds alone. */
export function paymentStatusOn(facts: PaymentFacts, today: Temporal.PlainDate): PaymentStatus {
  if (facts.holds.length === 0) return alwaysPaid;
  const month = addMonths(today, 0);
  const open = facts.holds.filter((hold) => isOpen(hold) && holdCovers(hold, month));
  if (open.length === 0) return payingStatus(facts, month);
  const since = open.map((hold) => hold.fromMonth).reduce(earlierMonth);
  const paid = new Set(facts.backPay.map((each) => each.month.toString()));
  const unpaid = monthsBetween(beginOfSpell(since, facts.holds), month).filter(
    (each) => !paid.has(each.toString()),
  );
  return {
    state: open.some((hold) => hold.final) ? "TERMINATED" : "SUSPENDED",
    reasons: [...new Set(open.map((hold) => hold.reason))].sort(),
    firstUnpaidMonth: unpaid[0] ?? null,
    unpaidMonths: unpaid,
    resumesMonth: null,
    backPayMonths: [],
  };
}

function payingStatus({ holds, backPay }: PaymentFacts, month: Temporal.PlainYearMonth): PaymentStatus {
  const resumed = holds.flatMap((hold) => hold.resumesMonth ?? []);
  const resumes = resumed.length === 0 ? null : resumed.reduce(laterMonth);
  const latest = backPay.length === 0 ? null : backPay.map((each) => each.paidWithMonth).reduce(laterMonth);
  const begins = resumes && beginOfSpell(resumes, holds);
  const backPaid = backPay
    .filter((each) => latest?.equals(each.paidWithMonth) && begins && !isBeforeMonth(each.month, begins))
    .map((each) => each.month);
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
export function beginOfSpell(
  month: Temporal.PlainYearMonth,
  holds: readonly PaymentHold[],
): Temporal.PlainYearMonth {
  const before = addMonths(month, -1);
  const leadingUp = holds.find((hold) => holdCovers(hold, before));
  return leadingUp ? beginOfSpell(leadingUp.fromMonth, holds) : month;
}
