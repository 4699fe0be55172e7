import { expect, test } from "vitest";
import { explainStatus } from "./explanation.js";
import { holdsSuspension } from "./payment.js";
import { policyOn } from "./policy.js";

const date = (text: string) => Temporal.PlainDate.from(text);
const policy = policyOn(date("2026-04-01"));
const validThrough = date("2026-05-31");

test.each([
  ["2025-06-01", true],
  ["2026-05-30", true],
  ["2026-05-31", true],
  ["2026-06-01", false],
  ["2026-07-15", false],
])("P3 valid through 2026-05-31, a submission of %s holds suspension: %s", (submittedOn, expected) => {
  expect(holdsSuspension(date(submittedOn), validThrough)).toBe(expected);
});

test("P3 without a submission nothing is held", () => {
  expect(holdsSuspension(null, validThrough)).toBe(false);
});

test("P3 the explanation names the day and the rule, only of a submission made in time", () => {
  const validity = {
    anchorMonth: Temporal.PlainYearMonth.from("2025-05"),
    validThrough,
    lastCertifiedOn: date("2025-05-08"),
  };
  const explain = (submittedOn: string, language: "zh-CN" | "en") =>
    explainStatus(validity, "OVERDUE", date("2026-06-10"), policy, language, date(submittedOn)).join("\n");
  expect(explain("2026-05-20", "zh-CN")).toContain("P3：2026年5月20日按期提交");
  expect(explain("2026-05-20", "en")).toContain("P3: a submission of 20 May 2026, made in time");
  expect(explain("2026-06-01", "zh-CN")).not.toContain("P3");
});
