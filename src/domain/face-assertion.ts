import type { Policy } from "./policy.js";

export type FaceOutcome = "match" | "mismatch" | "liveness_failed";

/** E2: what a registered verifier signed. The signature, issuer and audience are checked before it gets here. */
export interface FaceAssertionClaims {
  readonly issuer: string;
  readonly assertionId: string;
  readonly challenge: string;
  readonly outcome: FaceOutcome;
  readonly liveness: string;
  readonly issuedAt: Temporal.Instant;
  readonly expiresAt: Temporal.Instant;
}

export type AssertionFault =
  | "WRONG_CHALLENGE"
  | "LIFE_TOO_LONG"
  | "NOT_YET_VALID"
  | "EXPIRED"
  | "BEFORE_SESSION";

/** E2: whether an assertion counts for a session now; null when it does. */
export function assertionFault(
  claims: FaceAssertionClaims,
  session: { readonly challenge: string; readonly startedAt: Temporal.Instant },
  now: Temporal.Instant,
  policy: Policy,
): AssertionFault | null {
  const skew = { seconds: policy.faceAssertionSkewSeconds };
  const latestExpiry = claims.issuedAt.add({ minutes: policy.faceAssertionLifetimeMinutes });
  if (claims.challenge !== session.challenge) return "WRONG_CHALLENGE";
  if (Temporal.Instant.compare(claims.expiresAt, latestExpiry) > 0) return "LIFE_TOO_LONG";
  if (Temporal.Instant.compare(claims.issuedAt, now.add(skew)) > 0) return "NOT_YET_VALID";
  const neverAlive = Temporal.Instant.compare(claims.expiresAt, claims.issuedAt) <= 0;
  if (neverAlive || Temporal.Instant.compare(claims.expiresAt, now) <= 0) return "EXPIRED";
  if (Temporal.Instant.compare(claims.issuedAt, session.startedAt.subtract(skew)) < 0)
    return "BEFORE_SESSION";
  return null;
}

export type RejectionCode =
  | "FACE_MISMATCH"
  | "LIVENESS_FAILED"
  | "DOCUMENT_INVALID"
  | "DOCUMENT_EXPIRED"
  | "PHOTO_INCOMPLETE"
  | "EVIDENCE_NOT_ADMISSIBLE"
  | "REVIEW_REJECTED"
  | "OTHER";

/** E8: the reason a verified face did not certify; null when it did. */
export function faceRejection(outcome: FaceOutcome): RejectionCode | null {
  switch (outcome) {
    case "match":
      return null;
    case "mismatch":
      return "FACE_MISMATCH";
    case "liveness_failed":
      return "LIVENESS_FAILED";
  }
}
