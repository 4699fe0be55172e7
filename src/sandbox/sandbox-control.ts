import { randomUUID } from "node:crypto";
import { importJWK, type JWK, SignJWT } from "jose";
import { AUDIENCE } from "../auth/authorization-server.js";
import { FACE_ASSERTION_TYPE } from "../auth/face-verifiers.js";
import { Refused } from "../domain/refusals.js";
import { type OperationContext, once } from "../operations/operation.js";
import { appendSystemAudit } from "../storage/audit.js";
import type { SandboxClock } from "./sandbox-clock.js";

export const SANDBOX_VERIFIER = "https://verifier.sandbox.changqing.example";
const ASSERTION_SECONDS = 300;
const MAX_ADVANCE = { years: 5 };

const outcomes = { MATCH: "match", MISMATCH: "mismatch", LIVENESS_FAILED: "liveness_failed" } as const;

/** What a sandbox adds; absent in production. */
export interface SandboxControl {
  /** Moves the clock once per idempotency key; gives the new time. */
  advanceClock(
    context: OperationContext,
    input: { readonly idempotencyKey: string; readonly to: Temporal.Instant },
  ): Promise<string>;
  /** A face assertion for a session, as a registered verifier would sign it. */
  signFaceAssertion(
    session: { readonly challenge: string; readonly sessionId: string },
    outcome: keyof typeof outcomes,
    now: Temporal.Instant,
  ): Promise<string>;
}

/** What only a sandbox can do: move its clock, and sign face assertions as a registered verifier would. */
export function createSandboxControl(clock: SandboxClock, verifierKey: JWK): SandboxControl {
  return {
    advanceClock: async (context, { idempotencyKey, to }) => {
      const input = { idempotencyKey, to: to.toString() };
      const limit = context.now.toZonedDateTimeISO("UTC").add(MAX_ADVANCE).toInstant();
      if (Temporal.Instant.compare(to, limit) > 0) throw new Refused("CLOCK_TOO_FAR", ["input", "to"]);
      const now = await once(context, "sandboxClockAdvance", input, async (tx) => {
        if (!(await clock.advance(tx, to))) throw new Refused("CLOCK_BACKWARDS", ["input", "to"]);
        const moved = to.toString({ fractionalSecondDigits: 3 });
        await appendSystemAudit(tx, {
          clientId: context.actor.clientId,
          operation: "sandboxClockAdvance",
          requestId: context.requestId,
          at: context.now.toString(),
          subjectId: "sandbox-clock",
          outcome: moved,
        });
        return moved;
      });
      clock.follow(to);
      return now;
    },
    signFaceAssertion: async ({ challenge, sessionId }, outcome, now) => {
      const issuedAt = Math.floor(now.epochMilliseconds / 1_000);
      return new SignJWT({ challenge, outcome: outcomes[outcome], liveness: "sandbox" })
        .setProtectedHeader({ alg: "ES256", typ: FACE_ASSERTION_TYPE, kid: verifierKey.kid ?? "" })
        .setIssuer(SANDBOX_VERIFIER)
        .setAudience(AUDIENCE)
        .setSubject(sessionId)
        .setJti(randomUUID())
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + ASSERTION_SECONDS)
        .sign(await importJWK(verifierKey, "ES256"));
    },
  };
}
