import { monthsBetween } from "./calendar.js";
import type { Policy } from "./policy.js";

/** R1: the deadline month and each of the two months before it. */
export function reminderMonths(validThrough: Temporal.PlainDate, policy: Policy): Temporal.PlainYearMonth[] {
  const deadline = validThrough.toPlainYearMonth();
  return monthsBetween(deadline.subtract({ months: policy.dueMonthsBeforeDeadline }), deadline);
}
