import { monthsBetween } from "./calendar.js";
import type { HoldReason, PaymentHold } from "./payment.js";
import type { Policy } from "./policy.js";

/** P7: a pass after a long suspension; C5: a pass after a reported death. */
export type ReviewCaseKind = "LONG_SUSPENSION" | "PASS_AFTER_DEATH";

/** RELEASE lifts the hold and pays what is owed; KEEP leaves the hold as it is. */
export type ReviewCaseDecision = "RELEASE" | "KEEP";

/** P7: whether a pass in a month ends a suspension so long that someone must look at it first; the pass's own month counts. */
export function isLongSuspension(
  hold: Pick<PaymentHold, "reason" | "fromMonth" | "resumesMonth">,
  passMonth: Temporal.PlainYearMonth,
  policy: Policy,
): boolean {
  if (hold.reason !== "NOT_CERTIFIED" || hold.resumesMonth !== null) return false;
  return monthsBetween(hold.fromMonth, passMonth).length >= policy.longSuspensionMonths;
}

/** C5: whether a pass contradicts a reported death: it is stored, restores nothing, and someone looks at it. */
export function contradictsDeath(holds: readonly Pick<PaymentHold, "reason" | "resumesMonth">[]): boolean {
  return holds.some(({ reason, resumesMonth }) => reason === "DEATH_REPORTED" && resumesMonth === null);
}

/** What a release lifts; `voids` where the reason itself turned out to be wrong. */
export interface LiftedReason {
  readonly reason: HoldReason;
  readonly voids: boolean;
}

/**
 * P7, C5: a long suspension is lifted; a death that the pass contradicts was none. What the pass would have lifted by
 * itself is lifted with that, unless a case about it is still open.
 */
export function liftedBy(kind: ReviewCaseKind, otherOpenCases: readonly ReviewCaseKind[]): LiftedReason[] {
  const certified: LiftedReason = { reason: "NOT_CERTIFIED", voids: false };
  if (kind === "LONG_SUSPENSION") return [certified];
  const death: LiftedReason = { reason: "DEATH_REPORTED", voids: true };
  return otherOpenCases.includes("LONG_SUSPENSION") ? [death] : [death, certified];
}
