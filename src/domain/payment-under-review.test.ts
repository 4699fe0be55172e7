import { describe, expect, test } from "vitest";
import { explainStatus } from "./explanation.js";
import { holdsSuspension, paymentStatusOn, resumptionAfterPass } from "./payment.js";
import { policyOn } from "./policy.js";
import { validThroughFrom } from "./validity.js";

const date = (text: string) => Temporal.PlainDate.from(text);
const policy = policyOn(date("2026-04-01"));
const validThrough = date("2026-05-31");

function statusOn(today: string, submittedOn: string | null) {
  const facts = { validThrough, holds: [], backPayMonths: [], paidMonths: [] };
  const status = paymentStatusOn(
    { ...facts, submittedOn: submittedOn ? date(submittedOn) : null },
    date(today),
  );
  return { state: status.state, unpaid: status.unpaidMonths.map(String) };
}

function passOn(passedOn: string, submittedOn: string | null) {
  const before = { validThrough, otherHolds: [], paidMonths: [] };
  return resumptionAfterPass(
    { ...before, submittedOn: submittedOn ? date(submittedOn) : null },
    { validThrough: validThroughFrom(date(passedOn).toPlainYearMonth(), policy), passedOn: date(passedOn) },
    policy,
  );
}

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

describe("while a submission waits", () => {
  test.each([
    ["2026-05-31", "2026-05-31", "PAYING", []],
    ["2026-06-01", "2026-05-31", "PAYING", []],
    ["2026-08-20", "2026-05-20", "PAYING", []],
    ["2026-06-01", "2026-06-01", "SUSPENDED", ["2026-06"]],
    ["2026-08-20", "2026-06-01", "SUSPENDED", ["2026-06", "2026-07", "2026-08"]],
  ])("P3 on %s, submitted on %s: %s, unpaid %j", (today, submittedOn, state, unpaid) => {
    expect(statusOn(today, submittedOn)).toEqual({ state, unpaid });
  });

  test("P3 another reason for not paying is not held", () => {
    const death = {
      reason: "DEATH_REPORTED",
      fromMonth: Temporal.PlainYearMonth.from("2026-06"),
      resumesMonth: null,
    } as const;
    const facts = { validThrough, holds: [death], backPayMonths: [], paidMonths: [] };
    const status = paymentStatusOn({ ...facts, submittedOn: date("2026-05-20") }, date("2026-07-02"));
    expect(status).toMatchObject({ state: "SUSPENDED", reasons: ["DEATH_REPORTED"] });
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
});

describe("when it is decided", () => {
  test("P3 submitted in time and passed later: nothing was unpaid, nothing is paid back", () => {
    expect(passOn("2026-07-05", "2026-05-31")).toBeNull();
  });

  test("P3 while it waits a pass through another channel pays nothing back either", () => {
    expect(passOn("2026-06-12", "2026-05-20")).toBeNull();
  });

  test("P3 P4 submitted a day too late and passed on 2026-07-05: paid back as after any pass", () => {
    const resumption = passOn("2026-07-05", "2026-06-01");
    expect(resumption?.backPayMonths.map(String)).toEqual(["2026-06", "2026-07"]);
    expect(resumption?.paidWithMonth.toString()).toBe("2026-08");
  });

  test("P3 rejected on 2026-07-05: the months since the first unpaid one are unpaid again", () => {
    expect(statusOn("2026-07-05", "2026-05-20").unpaid).toEqual([]);
    expect(statusOn("2026-07-05", null)).toEqual({ state: "SUSPENDED", unpaid: ["2026-06", "2026-07"] });
    expect(passOn("2026-07-20", null)?.backPayMonths.map(String)).toEqual(["2026-06", "2026-07"]);
  });
});
