import { monthsFrom } from "./calendar.js";
import type { HoldReason, PaymentHold } from "./payment.js";
import type { Policy } from "./policy.js";

/** P7: a pass after a long suspension; C5: a pass after a reported death. */
export type ReviewCaseKind = "LONG_SUSPENSION" | "PASS_AFTER_DEATH";

/** RELEASE lifts the hold and pays what is owed; KEEP leaves the hold as it is. */
export type ReviewCaseDecision = "RELEASE" | "KEEP";

/** P7: whether a pass on a day ends a suspension so long that someone must look at it first. */
export function isLongSuspension(
  hold: Pick<PaymentHold, "reason" | "fromMonth" | "resumesMonth">,
  passedOn: Temporal.PlainYearMonth | Temporal.PlainDate,
  policy: Pick<Policy, "longSuspensionMonths">,
): boolean {
  if (hold.reason !== "NOT_CERTIFIED" || hold.resumesMonth !== null) return false;
  return monthsFrom(hold.fromMonth, passedOn) >= policy.longSuspensionMonths;
}

/** C5: whether a pass contradicts a reported death: it is stored, restores nothing, and someone looks at it. */
export function contradictsDeath(holds: readonly Pick<PaymentHold, "reason" | "resumesMonth">[]): boolean {
  return holds.some(({ reason, resumesMonth }) => reason === "DEATH_REPORTED" && resumesMonth === null);
}

/** P7, C5: what staff must look at because of a pass; a long suspension is not lifted until they have. */
export function casesAfterPass(
  holds: readonly PaymentHold[],
  passedOn: Temporal.PlainDate,
  policy: Pick<Policy, "longSuspensionMonths">,
): ReviewCaseKind[] {
  const isLong = holds.some((hold) => isLongSuspension(hold, passedOn, policy));
  return [
    ...(contradictsDeath(holds) ? (["PASS_AFTER_DEATH"] as const) : []),
    ...(isLong ? (["LONG_SUSPENSION"] as const) : []),
  ];
}

/** Who had a hand in a pass: who decided it, where somebody did, and who handed it in. */
export interface HandsInPass {
  readonly passedBy: string | null;
  readonly handedInBy: string;
}

/**
 * P7, C5: a second look is someone else's. Who decided a certification does not decide the case that follows from it; who
 * recorded it does not release the payment.
 */
export function isOwnPass(staff: string, pass: HandsInPass, decision: ReviewCaseDecision): boolean {
  return pass.passedBy === staff || (decision === "RELEASE" && pass.handedInBy === staff);
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
