import { describe, expect, test } from "vitest";
import type { PaymentHold } from "./payment.js";
import { policyOn } from "./policy.js";
import { type BeforeRevocation, type ChainedPass, chainWithout, overpaidMonths } from "./revocation.js";

const date = (text: string) => Temporal.PlainDate.from(text);
const month = (text: string) => Temporal.PlainYearMonth.from(text);
const months = (texts: readonly string[]) => texts.map(month);
const policy = policyOn(date("2026-04-01"));

function hold(from: string, resumes: string | null, reason: PaymentHold["reason"] = "NOT_CERTIFIED") {
  return {
    reason,
    fromMonth: month(from),
    resumesMonth: resumes === null ? null : month(resumes),
    restores: true,
  };
}

/** Passed in 2026-05, valid through 2027-05-31, paid all along. */
function paidThrough(overrides: Partial<BeforeRevocation> = {}): BeforeRevocation {
  return {
    validThrough: date("2027-05-31"),
    holds: [],
    backPayMonths: [],
    overpaidMonths: [],
    submittedOn: null,
    ...overrides,
  };
}

/** Unpaid from 2026-06, passed on 2026-09-10, paid again and back from 2026-10. */
const resumed = paidThrough({
  validThrough: date("2027-09-30"),
  holds: [hold("2026-06", "2026-10")],
  backPayMonths: months(["2026-06", "2026-07", "2026-08", "2026-09"]),
});

function overpaid(given: BeforeRevocation, validThrough: string, today: string): string[] {
  return overpaidMonths(given, date(validThrough), date(today)).map(String);
}

describe("the months that were paid only because of a revoked pass", () => {
  test.each([
    ["2026-05-20", []],
    ["2026-05-31", []],
    ["2026-06-01", ["2026-06"]],
    ["2026-08-20", ["2026-06", "2026-07", "2026-08"]],
  ])("E9 renewed in 2026-05 when valid through 2026-05-31, revoked on %s: %j", (today, expected) => {
    expect(overpaid(paidThrough(), "2026-05-31", today)).toEqual(expected);
  });

  test("E9 the older of two passes changes nothing", () => {
    expect(overpaid(paidThrough(), "2027-05-31", "2027-04-10")).toEqual([]);
  });

  test.each([
    ["2026-09-12", ["2026-06", "2026-07", "2026-08", "2026-09"]],
    ["2026-10-15", ["2026-06", "2026-07", "2026-08", "2026-09", "2026-10"]],
    ["2026-11-01", ["2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11"]],
  ])("E9 after a resumption the back-paid months are among them: on %s %j", (today, expected) => {
    expect(overpaid(resumed, "2026-05-31", today)).toEqual(expected);
  });

  test("E9 months unpaid anyway are not: lost in prison, or lapsed again", () => {
    const inPrison = {
      ...resumed,
      holds: [...resumed.holds, hold("2026-07", "2026-09", "IN_PRISON")],
      backPayMonths: months(["2026-06", "2026-09"]),
    };
    expect(overpaid(inPrison, "2026-05-31", "2026-10-15")).toEqual(["2026-06", "2026-09", "2026-10"]);
    expect(
      overpaid(paidThrough({ holds: [hold("2026-08", null, "DEATH_REPORTED")] }), "2026-05-31", "2026-09-01"),
    ).toEqual(["2026-06", "2026-07"]);
    expect(overpaid(paidThrough({ validThrough: date("2026-07-31") }), "2026-05-31", "2026-09-01")).toEqual([
      "2026-06",
      "2026-07",
    ]);
  });

  test("E9 months listed with an earlier revocation are not listed twice", () => {
    const earlier = paidThrough({ overpaidMonths: months(["2026-07", "2026-08"]) });
    expect(overpaid(earlier, "2026-05-31", "2026-09-02")).toEqual(["2026-06", "2026-09"]);
  });

  test("E9 P3 a submission made in time holds the suspension: nothing is overpaid", () => {
    expect(overpaid(paidThrough({ submittedOn: date("2026-05-20") }), "2026-05-31", "2026-08-20")).toEqual(
      [],
    );
    expect(overpaid(paidThrough({ submittedOn: date("2026-06-01") }), "2026-05-31", "2026-06-20")).toEqual([
      "2026-06",
    ]);
  });
});

describe("the passes after a revoked one", () => {
  const pass = (id: string, passed: string, replaced: string, validThrough: string): ChainedPass => ({
    id,
    month: month(passed),
    replaced: date(replaced),
    validThrough: date(validThrough),
  });
  const revoked = pass("b", "2026-04", "2026-05-31", "2027-04-30");
  const without = (later: readonly ChainedPass[]) =>
    chainWithout(revoked, later, policy).map(({ id, replaced, validThrough }) => [
      id,
      replaced.toString(),
      validThrough.toString(),
    ]);

  test("E9 the next one replaces what the revoked one had replaced, and the chain goes on from there", () => {
    const next = pass("c", "2026-06", "2027-04-30", "2027-06-30");
    const last = pass("d", "2027-01", "2027-06-30", "2028-01-31");
    expect(without([next, last])).toEqual([["c", "2026-05-31", "2027-06-30"]]);
  });

  test("E9 one that had extended nothing gives its own month", () => {
    const older = pass("c", "2026-02", "2027-04-30", "2027-04-30");
    const last = pass("d", "2027-01", "2027-04-30", "2028-01-31");
    expect(without([older, last])).toEqual([
      ["c", "2026-05-31", "2027-02-28"],
      ["d", "2027-02-28", "2028-01-31"],
    ]);
  });

  test("E9 a second one of the same month takes its place", () => {
    expect(without([pass("c", "2026-04", "2027-04-30", "2027-04-30")])).toEqual([
      ["c", "2026-05-31", "2027-04-30"],
    ]);
  });

  test("E9 behind a change by the register the chain is left as it is", () => {
    expect(without([pass("c", "2026-06", "2027-05-31", "2027-06-30")])).toEqual([]);
  });

  test("E9 a pass that had extended nothing leaves the rest as it was", () => {
    const idle = pass("b", "2026-01", "2027-04-30", "2027-04-30");
    const next = pass("c", "2026-06", "2027-04-30", "2027-06-30");
    expect(chainWithout(idle, [next], policy)).toEqual([]);
  });
});
