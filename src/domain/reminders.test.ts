import { expect, test } from "vitest";
import { policyOn } from "./policy.js";
import { reminderMonths } from "./reminders.js";

const policy = policyOn(Temporal.PlainDate.from("2026-04-01"));

test.each([
  ["2026-05-31", 2, ["2026-03", "2026-04", "2026-05"]],
  ["2027-01-31", 2, ["2026-11", "2026-12", "2027-01"]],
  ["2028-02-29", 2, ["2027-12", "2028-01", "2028-02"]],
  ["2026-05-31", 0, ["2026-05"]],
  ["2026-05-31", 5, ["2025-12", "2026-01", "2026-02", "2026-03", "2026-04", "2026-05"]],
])(
  "R1 valid through %s with %i months before: reminded in %j",
  (validThrough, dueMonthsBeforeDeadline, expected) => {
    const months = reminderMonths(Temporal.PlainDate.from(validThrough), {
      ...policy,
      dueMonthsBeforeDeadline,
    });
    expect(months.map(String)).toEqual(expected);
  },
);
