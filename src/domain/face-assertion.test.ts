import { expect, test } from "vitest";
import {
  type AssertionFault,
  assertionFault,
  type FaceAssertionClaims,
  faceRejection,
} from "./face-assertion.js";
import { policyOn } from "./policy.js";

const policy = policyOn(Temporal.PlainDate.from("2026-04-01"));
const noon = Temporal.Instant.from("2026-04-15T04:00:00Z");
const session = { challenge: "c-1", startedAt: noon };
const after = (seconds: number) => noon.add({ seconds });

/** Issued one minute into the session, for five minutes; looked at after two. */
function claims(overrides: Partial<FaceAssertionClaims> = {}): FaceAssertionClaims {
  return {
    issuer: "https://verifier.example",
    assertionId: "a-1",
    challenge: "c-1",
    outcome: "match",
    liveness: "L3",
    issuedAt: after(60),
    expiresAt: after(360),
    ...overrides,
  };
}

test.each<[string, Partial<FaceAssertionClaims>, number, AssertionFault | null]>([
  ["all in order", {}, 120, null],
  ["a mismatch is still a valid assertion", { outcome: "mismatch" }, 120, null],
  ["another session's challenge", { challenge: "c-2" }, 120, "WRONG_CHALLENGE"],
  ["an empty challenge", { challenge: "" }, 120, "WRONG_CHALLENGE"],
  ["a life of exactly ten minutes", { expiresAt: after(660) }, 120, null],
  ["a life of ten minutes and a second", { expiresAt: after(661) }, 120, "LIFE_TOO_LONG"],
  ["one second before its end", {}, 359, null],
  ["at its end", {}, 360, "EXPIRED"],
  ["after its end", {}, 361, "EXPIRED"],
  ["a verifier's clock 30 seconds ahead", { issuedAt: after(150) }, 120, null],
  ["a verifier's clock 31 seconds ahead", { issuedAt: after(151) }, 120, "NOT_YET_VALID"],
  ["a verifier's clock 30 seconds behind the session's start", { issuedAt: after(-30) }, 120, null],
  ["made before the session", { issuedAt: after(-31) }, 120, "BEFORE_SESSION"],
  ["ended as it began", { issuedAt: after(140), expiresAt: after(140) }, 120, "EXPIRED"],
  ["ended before it began", { issuedAt: after(140), expiresAt: after(130) }, 120, "EXPIRED"],
])("E2 %s", (_, overrides, secondsIntoSession, fault) => {
  expect(assertionFault(claims(overrides), session, after(secondsIntoSession), policy)).toBe(fault);
});

test("E2 how long an assertion may live is policy", () => {
  const strict = { ...policy, faceAssertionLifetimeMinutes: 4 };
  expect(assertionFault(claims(), session, after(120), strict)).toBe("LIFE_TOO_LONG");
});

test.each([
  ["match", null],
  ["mismatch", "FACE_MISMATCH"],
  ["liveness_failed", "LIVENESS_FAILED"],
] as const)("E8 a verified face that is %s gives the reason %s", (outcome, reason) => {
  expect(faceRejection(outcome)).toBe(reason);
});
