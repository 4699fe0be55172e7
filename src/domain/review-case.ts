import { monthsFrom } from "./calendar.js";
import type { PaymentHold } from "./payment.js";
import type { Policy } from "./policy.js";

/** P7: a pass after a long suspension; C5: a pass after a reported death. */
export type ReviewCaseKind = "LONG_SUSPENSION" | "PASS_AFTER_DEATH";

/** RELEASE lifts the hold and pays what is owed; KEEP leaves the hold as it is. */
export type ReviewCaseDecision = "RELEASE" | "KEEP";

/**
 * P7, C5: what staff must look at because of a pass: one after a reported death, and one after a suspension of the
 * policy's length, which is not lifted until they have.
 */
export function casesAfterPass(
  holds: readonly PaymentHold[],
  passedOn: Temporal.PlainDate,
  policy: Pick<Policy, "longSuspensionMonths">,
): ReviewCaseKind[] {
  const open = holds.filter((hold) => hold.resumesMonth === null);
  const isLong = open.some(
    (hold) =>
      hold.reason === "NOT_CERTIFIED" && monthsFrom(hold.fromMonth, passedOn) >= policy.longSuspensionMonths,
  );
  return [
    ...(open.some((hold) => hold.reason === "DEATH_REPORTED") ? (["PASS_AFTER_DEATH"] as const) : []),
    ...(isLong ? (["LONG_SUSPENSION"] as const) : []),
  ];
}
