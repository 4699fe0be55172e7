import { expect, test } from "vitest";
import { type Policy, policyOn } from "./policy.js";

const day = (text: string) => Temporal.PlainDate.from(text);
const beijing = policyOn(day("2026-04-01"));

test.each<[string, keyof Policy, unknown]>([
  ["V2 validity is 12 months", "validityMonths", 12],
  ["V5 the deadline month and two before it are due", "dueMonthsBeforeDeadline", 2],
  ["P2 payment resumes in the month after the pass", "resumeRule", "NEXT_MONTH"],
  ["R1 reminders are planned on the 5th", "reminderDay", 5],
  ["C1 a helper serves at most 10 pensioners a month", "helperPensionersPerMonth", 10],
  ["E5 a home visit is arranged at most 90 days ahead", "homeVisitDaysAhead", 90],
  ["R6 an employer looks for a person for 14 days", "contactTaskEmployerDays", 14],
  ["P7 a pass waits after 12 unpaid months", "longSuspensionMonths", 12],
  ["E2 a face assertion lives at most 10 minutes", "faceAssertionLifetimeMinutes", 10],
])("%s", (_, name, value) => {
  expect(beijing[name]).toBe(value);
});

const early: Policy = { ...beijing, version: "early", effectiveFrom: day("2020-01-01") };
const late: Policy = { ...beijing, version: "late", effectiveFrom: day("2026-07-01"), validityMonths: 6 };

test.each([
  ["2020-01-01", "early"],
  ["2026-06-30", "early"],
  ["2026-07-01", "late"],
  ["2031-01-01", "late"],
])("V2 the policy of %s is the %s one, in whatever order they are listed", (on, version) => {
  expect(policyOn(day(on), [early, late]).version).toBe(version);
  expect(policyOn(day(on), [late, early]).version).toBe(version);
});

test("V2 a day before any policy is an error, not a guess", () => {
  expect(() => policyOn(day("2019-12-31"), [early, late])).toThrow(RangeError);
});
