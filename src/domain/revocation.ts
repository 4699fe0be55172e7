import { isBeforeMonth, monthsBetween } from "./calendar.js";
import { firstUnpaidMonth, holdCovers, holdsSuspension, type PaymentHold } from "./payment.js";
import type { Policy } from "./policy.js";
import { validThroughFrom } from "./validity.js";

/** What was true of a person's payment until a pass was revoked. */
export interface BeforeRevocation {
  readonly validThrough: Temporal.PlainDate;
  readonly holds: readonly PaymentHold[];
  /** All that were ever released for back-pay. */
  readonly backPayMonths: readonly Temporal.PlainYearMonth[];
  /** Of passes revoked earlier. */
  readonly overpaidMonths: readonly Temporal.PlainYearMonth[];
  /** The Beijing day of the earliest submission under review. */
  readonly submittedOn: Temporal.PlainDate | null;
}

/**
 * E9: the months that were paid, or released for back-pay, only because of a pass that is revoked: from the first month
 * unpaid without it through the present one, minus those that were unpaid anyway or are listed with an earlier revocation.
 */
export function overpaidMonths(
  before: BeforeRevocation,
  /** What is left without the pass. */
  validThrough: Temporal.PlainDate,
  today: Temporal.PlainDate,
): Temporal.PlainYearMonth[] {
  if (holdsSuspension(before.submittedOn, validThrough)) return [];
  const released = new Set(before.backPayMonths.map(String));
  const listed = new Set(before.overpaidMonths.map(String));
  const lapsedFrom = holdsSuspension(before.submittedOn, before.validThrough)
    ? null
    : firstUnpaidMonth(before.validThrough);
  return monthsBetween(firstUnpaidMonth(validThrough), today).filter((month) => {
    const lapsed = lapsedFrom !== null && !isBeforeMonth(month, lapsedFrom);
    const stopped = before.holds.some((hold) => holdCovers(hold, month));
    return !lapsed && (!stopped || released.has(month.toString())) && !listed.has(month.toString());
  });
}

/** A pass by its place in the chain: which last valid day it found and which it left. */
export interface ChainedPass {
  readonly id: string;
  readonly month: Temporal.PlainYearMonth;
  readonly replaced: Temporal.PlainDate;
  readonly validThrough: Temporal.PlainDate;
}

/**
 * E9: the passes that came after a revoked one, in their order, as they are without it: the first of them replaces what
 * the revoked one had replaced. Only those that change; behind a change by the register the chain is left as it is.
 */
export function chainWithout(
  revoked: Pick<ChainedPass, "replaced" | "validThrough">,
  later: readonly ChainedPass[],
  policy: Policy,
): ChainedPass[] {
  const changed: ChainedPass[] = [];
  let found = revoked.validThrough;
  let instead = revoked.replaced;
  for (const pass of later) {
    if (found.equals(instead) || !pass.replaced.equals(found)) break;
    const own = validThroughFrom(pass.month, policy);
    const validThrough = Temporal.PlainDate.compare(own, instead) > 0 ? own : instead;
    changed.push({ ...pass, replaced: instead, validThrough });
    found = pass.validThrough;
    instead = validThrough;
  }
  return changed;
}
