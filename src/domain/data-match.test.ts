import { describe, expect, test } from "vitest";
import { beijingDateOf } from "./calendar.js";
import { isAdmissibleSource, isBeforeApproval, matchFor, unusableTrace } from "./data-match.js";
import type { DataSource } from "./evidence-kinds.js";
import { liftOf, owedMonths, paymentStatusOn } from "./payment.js";
import { type Policy, policies, policyOn } from "./policy.js";
import { validityAfterPass } from "./validity.js";

const date = (text: string) => Temporal.PlainDate.from(text);
const instant = (text: string) => Temporal.Instant.from(text);
const months = (...texts: string[]) => texts.map((text) => Temporal.PlainYearMonth.from(text));
const policy = policyOn(date("2026-04-01"));

const all: readonly DataSource[] = [
  "OUTPATIENT_VISIT",
  "PHARMACY_PURCHASE",
  "INPATIENT_STAY",
  "TRAVEL_RECORD",
  "GOVERNMENT_FACE_CHECK",
  "COUNTER_SERVICE",
];

describe("which data certifies", () => {
  test("E1 outpatient visits and pharmacy purchases never do, the others do here", () => {
    expect(all.filter((source) => isAdmissibleSource(source, date("2026-06-01")))).toEqual(all.slice(2));
  });

  const at = (version: string, from: string, admissibleDataSources: readonly DataSource[]): Policy => ({
    ...policy,
    version,
    effectiveFrom: date(from),
    admissibleDataSources,
  });
  const elsewhere = [at("a", "2023-01-01", all), at("b", "2026-01-01", ["INPATIENT_STAY"])];

  test.each([
    ["TRAVEL_RECORD", "2022-12-31", false],
    ["TRAVEL_RECORD", "2023-01-01", true],
    ["TRAVEL_RECORD", "2025-12-31", true],
    ["TRAVEL_RECORD", "2026-01-01", false],
    ["INPATIENT_STAY", "2026-01-01", true],
  ] as const)("E1 the policy of the event's own day decides: %s of %s is %s", (source, day, expected) => {
    expect(isAdmissibleSource(source, date(day), elsewhere)).toBe(expected);
  });

  test.each(["OUTPATIENT_VISIT", "PHARMACY_PURCHASE"] as const)("E1 no policy can admit %s", (source) => {
    expect(isAdmissibleSource(source, date("2024-06-01"), elsewhere)).toBe(false);
  });
});

describe("what is wrong with a trace, whoever it is about", () => {
  const now = instant("2026-06-15T02:00:00Z");

  test.each([
    ["INPATIENT_STAY", "2026-06-15T02:00:00Z", null],
    ["INPATIENT_STAY", "2026-06-15T02:00:00.001Z", { refusal: "OCCURRED_IN_THE_FUTURE", at: "eventAt" }],
    ["PHARMACY_PURCHASE", "2026-06-01T00:00:00Z", { refusal: "SOURCE_NOT_ADMISSIBLE", at: "source" }],
    ["OUTPATIENT_VISIT", "2027-06-01T00:00:00Z", { refusal: "SOURCE_NOT_ADMISSIBLE", at: "source" }],
    ["TRAVEL_RECORD", "1999-12-31T15:59:59Z", { refusal: "SOURCE_NOT_ADMISSIBLE", at: "source" }],
  ] as const)("E1 E7 %s at %s: %j", (source, eventAt, expected) => {
    expect(unusableTrace({ source, eventAt: instant(eventAt) }, now, policies)).toEqual(expected);
  });
});

test.each([
  ["2026-01-31T15:59:59Z", true],
  ["2026-01-31T16:00:00Z", false],
  ["2026-03-01T00:00:00Z", false],
])("E7 approved in 2026-02: an event at %s lies before it: %s", (eventAt, expected) => {
  expect(isBeforeApproval(instant(eventAt), months("2026-05", "2026-02"))).toBe(expected);
});

describe("which stored match answers a trace", () => {
  const known = [
    { id: "older", eventAt: instant("2026-03-01T00:00:00Z"), isSameReference: false, state: "PASSED" },
    { id: "newest", eventAt: instant("2026-05-01T00:00:00Z"), isSameReference: false, state: "PASSED" },
    { id: "revoked", eventAt: instant("2026-06-01T00:00:00Z"), isSameReference: false, state: "REVOKED" },
  ] as const;

  test.each([
    ["2026-02-01T00:00:00Z", "newest"],
    ["2026-05-01T00:00:00Z", "newest"],
    ["2026-05-01T00:00:00.001Z", undefined],
    ["2026-06-10T00:00:00Z", undefined],
  ])("E7 an event at %s is answered by %s", (eventAt, expected) => {
    expect(matchFor(instant(eventAt), known)?.id).toBe(expected);
  });

  test("E7 the same reference again is the same match, also once it was revoked", () => {
    const same = known.map((trace) => ({ ...trace, isSameReference: trace.id === "revoked" }));
    expect(matchFor(instant("2026-07-01T00:00:00Z"), same)?.id).toBe("revoked");
  });

  test("E7 the first trace of a source is answered by none", () => {
    expect(matchFor(instant("2026-05-01T00:00:00Z"), [])).toBeNull();
  });
});

/** Valid through 2026-05-31 and unpaid since; the trace arrives on 2026-09-10. */
describe("a trace that arrives late", () => {
  const validThrough = date("2026-05-31");
  const suspended = {
    reason: "NOT_CERTIFIED",
    fromMonth: Temporal.PlainYearMonth.from("2026-06"),
    resumesMonth: null,
    restores: true,
  } as const;
  const before = {
    anchorMonth: Temporal.PlainYearMonth.from("2025-05"),
    validThrough,
    lastCertifiedOn: date("2025-05-08"),
  };
  /** What evidence of an event does to the suspension from 2026-06 when it comes on a day. */
  const receive = (eventAt: string, receivedOn: string) => {
    const after = validityAfterPass(before, instant(eventAt), policy);
    const pass = {
      validThrough: after.validThrough,
      decidedBy: beijingDateOf(instant(eventAt)),
      passedOn: date(receivedOn),
    };
    return { after, lift: liftOf(suspended, pass, policy, null) };
  };

  test.each([
    ["the old window", "2026-04-20T00:00:00Z", "2027-04-30"],
    ["the deadline month", "2026-05-31T15:59:59Z", "2027-05-31"],
    ["the first unpaid month", "2026-05-31T16:00:00Z", "2027-06-30"],
    ["a later unpaid month", "2026-08-02T00:00:00Z", "2027-08-31"],
  ])("P6 of an event in %s: every unpaid month is paid, once, with 2026-10", (_, eventAt, until) => {
    const { after, lift } = receive(eventAt, "2026-09-10");
    expect(after.validThrough.toString()).toBe(until);
    expect(lift?.resumesMonth.toString()).toBe("2026-10");
    expect(lift?.continuesFrom).toBeNull();
    const lifted = { ...suspended, resumesMonth: lift?.resumesMonth ?? null };
    expect(owedMonths([lifted], []).map(String)).toEqual(["2026-06", "2026-07", "2026-08", "2026-09"]);
  });

  test.each([
    ["2026-04-20T00:00:00Z", true],
    ["2026-05-31T15:59:59Z", true],
    ["2026-05-31T16:00:00Z", false],
    ["2026-08-02T00:00:00Z", false],
  ])("P6 an event at %s voids the suspension: %s", (eventAt, voided) => {
    expect(receive(eventAt, "2026-09-10").lift?.voided).toBe(voided);
  });

  test("P6 an event no later than the anchor gives nothing", () => {
    const { after, lift } = receive("2025-05-30T00:00:00Z", "2026-09-10");
    expect(after.validThrough).toEqual(validThrough);
    expect(lift).toBeNull();
  });

  test("P6 evidence whose own year has ended pays the months it covers, and no more", () => {
    // Valid through 2026-07-31 by an event in 2025-07: June and July are paid, August and September are not.
    const { after, lift } = receive("2025-07-20T00:00:00Z", "2026-09-10");
    expect(after.validThrough.toString()).toBe("2026-07-31");
    expect(lift?.resumesMonth.toString()).toBe("2026-08");
    expect(lift?.continuesFrom?.toString()).toBe("2026-08");
    const lifted = { ...suspended, resumesMonth: lift?.resumesMonth ?? null };
    const going = { ...suspended, fromMonth: lift?.continuesFrom ?? suspended.fromMonth };
    expect(owedMonths([lifted, going], []).map(String)).toEqual(["2026-06", "2026-07"]);
    const status = paymentStatusOn({ holds: [going], backPay: [] }, date("2026-09-10"));
    expect(status.state).toBe("SUSPENDED");
    expect(status.unpaidMonths.map(String)).toEqual(["2026-08", "2026-09"]);
  });
});
