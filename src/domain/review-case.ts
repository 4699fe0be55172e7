import { monthsFrom } from "./calendar.js";
import type { PaymentHold } from "./payment.js";
import type { Policy } from "./policy.js";

/** P7: a pass after a long suspension; C5: a pass after a reported death. */
export type ReviewCaseKind = "LONG_SUSPENSION" | "PASS_AFTER_DEATH";

/** RELEASE lifts the hold and pays what is owed; KEEP leaves the hold as it is. */
export type ReviewCaseDecision = "RELEASE" | "KEEP";

/**
 * P7, C5: whether a pass must be looked at by staff before it acts on payment: after a reported death, whatever else
 * stops payment, and after a suspension of the policy's length.
 */
export function caseAfterPass(
  holds: readonly PaymentHold[],
  passedOn: Temporal.PlainDate,
  policy: Pick<Policy, "longSuspensionMonths">,
): ReviewCaseKind | null {
  const open = holds.filter((hold) => hold.resumesMonth === null);
  if (open.some((hold) => hold.reason === "DEATH_REPORTED")) return "PASS_AFTER_DEATH";
  const isLong = open.some(
    (hold) =>
      hold.reason === "NOT_CERTIFIED" && monthsFrom(hold.fromMonth, passedOn) >= policy.longSuspensionMonths,
  );
  return isLong ? "LONG_SUSPENSION" : null;
}
