import { expect, test } from "vitest";
import { policyOn } from "./policy.js";
import { deadlineMonthsRemindedIn, reminderMonths, remindersDue } from "./reminders.js";

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

const due = {
  validThrough: Temporal.PlainDate.from("2026-05-31"),
  employerCode: null,
  deathReported: false,
  submittedOn: null,
};
const month = Temporal.PlainYearMonth.from("2026-05");

test.each([
  ["2026-02", []],
  ["2026-03", ["PENSIONER", "EMPLOYER"]],
  ["2026-04", ["PENSIONER", "EMPLOYER"]],
  ["2026-05", ["PENSIONER", "EMPLOYER"]],
  ["2026-06", []],
])("R1 valid through 2026-05-31, in %s %j are reminded", (inMonth, expected) => {
  const facts = { ...due, employerCode: "E-1" };
  expect(remindersDue(facts, Temporal.PlainYearMonth.from(inMonth), policy)).toEqual(expected);
});

test("R1 who has no employer is reminded alone", () => {
  expect(remindersDue(due, month, policy)).toEqual(["PENSIONER"]);
});

test("R3 who waits for a decision on a submission made in time is not reminded", () => {
  const submittedOn = Temporal.PlainDate.from("2026-05-31");
  expect(remindersDue({ ...due, submittedOn }, month, policy)).toEqual([]);
});

test("R1 no one is reminded about someone reported dead", () => {
  expect(remindersDue({ ...due, deathReported: true, employerCode: "E-1" }, month, policy)).toEqual([]);
});

test("R1 the months whose people are reminded are those that are reminded in the month", () => {
  const deadlines = deadlineMonthsRemindedIn(month, policy);
  expect(deadlines.map(String)).toEqual(["2026-05", "2026-06", "2026-07"]);
  for (const deadline of deadlines)
    expect(reminderMonths(deadline.toPlainDate({ day: deadline.daysInMonth }), policy).map(String)).toContain(
      "2026-05",
    );
});
