import { compactVerify, createLocalJWKSet, type JWK } from "jose";
import { z } from "zod";
import type { FaceAssertionClaims } from "../domain/face-assertion.js";
import { AUDIENCE } from "./authorization-server.js";

export const FACE_ASSERTION_TYPE = "face-verification+jwt";
const MAX_LENGTH = 8_192;

/** Registered verifiers: issuer to public keys. */
export type FaceVerifiers = ReadonlyMap<string, readonly JWK[]>;
export type VerifyFaceAssertion = (assertion: string) => Promise<FaceAssertionClaims | null>;

const claims = z.object({
  iss: z.string().min(1).max(200),
  aud: z.union([z.string(), z.array(z.string())]),
  jti: z.string().min(8).max(200),
  challenge: z.string().min(1).max(200),
  outcome: z.enum(["match", "mismatch", "liveness_failed"]),
  liveness: z.string().max(64).default("unstated"),
  iat: z.number().int().positive(),
  exp: z.number().int().positive(),
});

/**
 * E2: checks signature (ES256 or EdDSA), type, issuer, audience and form, whose faults all give null. Times are judged
 * by the domain, since a sandbox has a clock of its own.
 */
export function createFaceAssertionVerifier(verifiers: FaceVerifiers): VerifyFaceAssertion {
  const keySets = new Map(
    [...verifiers].map(([issuer, keys]) => [issuer, createLocalJWKSet({ keys: [...keys] })]),
  );
  return async (assertion) => {
    if (assertion.length > MAX_LENGTH) return null;
    try {
      const unverified = claims.parse(
        JSON.parse(Buffer.from(assertion.split(".")[1] ?? "", "base64url").toString("utf8")),
      );
      const keySet = keySets.get(unverified.iss);
      if (!keySet) return null;
      const { payload, protectedHeader } = await compactVerify(assertion, keySet, {
        algorithms: ["ES256", "EdDSA"],
      });
      if (protectedHeader.typ !== FACE_ASSERTION_TYPE) return null;
      const verified = claims.parse(JSON.parse(new TextDecoder().decode(payload)));
      if (![verified.aud].flat().includes(AUDIENCE) || verified.exp <= verified.iat) return null;
      return {
        issuer: verified.iss,
        assertionId: verified.jti,
        challenge: verified.challenge,
        outcome: verified.outcome,
        liveness: verified.liveness,
        issuedAt: Temporal.Instant.fromEpochMilliseconds(verified.iat * 1_000),
        expiresAt: Temporal.Instant.fromEpochMilliseconds(verified.exp * 1_000),
      };
    } catch {
      return null;
    }
  };
}
