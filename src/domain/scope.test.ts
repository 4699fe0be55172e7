import { expect, test } from "vitest";
import { benefitTypes } from "./benefits.js";
import { isInScope } from "./scope.js";

test("S1 the seven benefits of the briefing are told apart, and the list is open", () => {
  expect([...benefitTypes].sort()).toEqual([
    "DEPENDENT_SURVIVOR_ALLOWANCE",
    "ENTERPRISE_RETIREMENT",
    "ILLNESS_DISABILITY_ALLOWANCE",
    "LIVING_CARE_ALLOWANCE",
    "OTHER",
    "PUBLIC_INSTITUTION_RETIREMENT",
    "RESIDENT_PENSION",
    "WORK_INJURY_DISABILITY_ALLOWANCE",
  ]);
});

test.each([1, 3])("S1 rightly named and receiving %i benefits: in scope", (benefitCount) => {
  expect(isInScope({ comparableNameMatches: true, benefitCount })).toBe(true);
});

test.each([
  ["an unknown number", null],
  ["a known number with another name", { comparableNameMatches: false, benefitCount: 1 }],
  ["someone who receives nothing", { comparableNameMatches: true, benefitCount: 0 }],
])("S2 %s: not in scope", (_, candidate) => {
  expect(isInScope(candidate)).toBe(false);
});
