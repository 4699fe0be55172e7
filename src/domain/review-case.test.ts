import { expect, test } from "vitest";
import type { HoldReason } from "./payment.js";
import { policyOn } from "./policy.js";
import { contradictsDeath, isLongSuspension, isOwnPass, liftedBy } from "./review-case.js";

const month = (text: string) => Temporal.PlainYearMonth.from(text);
const policy = policyOn(Temporal.PlainDate.from("2026-05-20"));

test.each<[HoldReason, string, string | null, string, boolean]>([
  ["NOT_CERTIFIED", "2025-06", null, "2026-04", false],
  ["NOT_CERTIFIED", "2025-06", null, "2026-05", false],
  // Twelve whole months before the pass's own.
  ["NOT_CERTIFIED", "2025-06", null, "2026-06", true],
  ["NOT_CERTIFIED", "2024-01", null, "2026-05", true],
  ["NOT_CERTIFIED", "2026-05", null, "2026-05", false],
  ["NOT_CERTIFIED", "2024-01", "2025-06", "2026-05", false],
  ["IN_PRISON", "2024-01", null, "2026-05", false],
])("P7 %s from %s to %s, a pass in %s: long %s", (reason, fromMonth, resumesMonth, pass, long) => {
  const hold = {
    reason,
    fromMonth: month(fromMonth),
    resumesMonth: resumesMonth === null ? null : month(resumesMonth),
  };
  expect(isLongSuspension(hold, month(pass), policy)).toBe(long);
});

test.each<[HoldReason, string | null, boolean]>([
  ["DEATH_REPORTED", null, true],
  ["DEATH_REPORTED", "2026-04", false],
  ["NOT_CERTIFIED", null, false],
])("C5 a pass under %s until %s contradicts a death: %s", (reason, resumes, contradicts) => {
  expect(contradictsDeath([{ reason, resumesMonth: resumes === null ? null : month(resumes) }])).toBe(
    contradicts,
  );
  expect(contradictsDeath([])).toBe(false);
});

test.each([
  ["LONG_SUSPENSION", [], ["NOT_CERTIFIED"]],
  ["LONG_SUSPENSION", ["PASS_AFTER_DEATH"], ["NOT_CERTIFIED"]],
  ["PASS_AFTER_DEATH", [], ["DEATH_REPORTED void", "NOT_CERTIFIED"]],
  ["PASS_AFTER_DEATH", ["LONG_SUSPENSION"], ["DEATH_REPORTED void"]],
] as const)("P7, C5 a release of %s beside %j lifts %j", (kind, others, lifted) => {
  expect(liftedBy(kind, others).map(({ reason, voids }) => (voids ? `${reason} void` : reason))).toEqual(
    lifted,
  );
});

test.each([
  ["decided by nobody", { passedBy: null, handedInBy: "bank" }, false, false],
  ["decided by another", { passedBy: "lin", handedInBy: "consular" }, false, false],
  ["of one's own decision", { passedBy: "zhou", handedInBy: "consular" }, true, true],
  ["of one's own recording", { passedBy: null, handedInBy: "zhou" }, true, false],
] as const)("P7, C5 a pass %s", (_, pass, noRelease, noKeep) => {
  expect([isOwnPass("zhou", pass, "RELEASE"), isOwnPass("zhou", pass, "KEEP")]).toEqual([noRelease, noKeep]);
});
