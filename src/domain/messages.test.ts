import { expect, test } from "vitest";
import { isStillTrue, sendableFrom } from "./messages.js";
import { policyOn } from "./policy.js";

const policy = policyOn(Temporal.PlainDate.from("2026-04-01"));

test.each([
  // 20:59 and 21:00, 07:59 and 08:00 in Beijing.
  ["REMINDER", "2026-05-01T12:59:00Z", "2026-05-01T12:59:00Z"],
  ["REMINDER", "2026-05-01T13:00:00Z", "2026-05-02T00:00:00Z"],
  ["REMINDER", "2026-05-01T23:59:59Z", "2026-05-02T00:00:00Z"],
  ["REMINDER", "2026-05-02T00:00:00Z", "2026-05-02T00:00:00Z"],
  ["PAYMENT_SUSPENDED", "2026-05-31T18:00:00Z", "2026-06-01T00:00:00Z"],
  ["CERTIFICATION_SUCCEEDED", "2026-05-01T18:00:00Z", "2026-05-01T18:00:00Z"],
  ["CERTIFIED_ON_BEHALF", "2026-05-01T13:00:00Z", "2026-05-01T13:00:00Z"],
] as const)("R1, R5 by day only: a %s due at %s may be sent from %s", (kind, due, from) => {
  expect(sendableFrom(kind, Temporal.Instant.from(due), policy).toString()).toBe(from);
});

const validThrough = Temporal.PlainDate.from("2026-05-31");

test.each([
  ["REMINDER", "2026-05-31", false, true],
  ["REMINDER", "2025-05-31", false, false],
  ["REMINDER", null, false, false],
  ["PAYMENT_SUSPENDED", null, true, true],
  ["PAYMENT_SUSPENDED", null, false, false],
  ["CERTIFICATION_SUCCEEDED", null, false, true],
  ["CERTIFIED_ON_BEHALF", null, false, true],
] as const)("R3 a %s about %s, suspended %s: sent %s", (kind, aboutValidThrough, suspended, sent) => {
  const nothingElse = { deathReported: false, submittedOn: null };
  expect(isStillTrue({ kind, aboutValidThrough, validThrough, suspended, ...nothingElse })).toBe(sent);
});

test.each([
  ["nothing since it was planned", { deathReported: false, submittedOn: null }, true],
  ["a death reported", { deathReported: true, submittedOn: null }, false],
  ["a submission made in time", { deathReported: false, submittedOn: "2026-05-31" }, false],
  ["a submission that came too late", { deathReported: false, submittedOn: "2026-06-01" }, true],
] as const)("R3, C5 a reminder whose turn comes after %s", (_, { deathReported, submittedOn }, sent) => {
  const since = { deathReported, submittedOn: submittedOn && Temporal.PlainDate.from(submittedOn) };
  const about = {
    kind: "REMINDER",
    aboutValidThrough: "2026-05-31",
    validThrough,
    suspended: false,
  } as const;
  expect(isStillTrue({ ...about, ...since })).toBe(sent);
});
