import { addMonths, monthsBetween } from "./calendar.js";
import type { Policy } from "./policy.js";

/** R1: the deadline month and each of the two months before it. */
export function reminderMonths(validThrough: Temporal.PlainDate, policy: Policy): Temporal.PlainYearMonth[] {
  return monthsBetween(addMonths(validThrough, -policy.dueMonthsBeforeDeadline), validThrough);
}
