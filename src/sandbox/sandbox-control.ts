import { randomUUID } from "node:crypto";
import { importJWK, type JWK, SignJWT } from "jose";
import { AUDIENCE } from "../auth/authorization-server.js";
import { FACE_ASSERTION_TYPE } from "../auth/face-verifiers.js";
import { Refused } from "../domain/refusals.js";
import { isRepetition, type OperationContext, once } from "../operations/operation.js";
import { appendSystemAudit } from "../storage/audit.js";
import type { Database } from "../storage/database.js";
import { exclusively } from "../storage/exclusive.js";
import { dropSetting, readSetting, writeSetting } from "../storage/settings.js";
import type { SandboxClock } from "./sandbox-clock.js";
import type { SandboxJobs } from "./sandbox-jobs.js";

export const SANDBOX_VERIFIER = "https://verifier.sandbox.changqing.example";
const ASSERTION_SECONDS = 300;
const MAX_ADVANCE = { years: 5 };
/** Whereto the clock is being moved, until it is there: whoever was killed on the way may ask for the same again. */
const UNDER_WAY = "sandbox_clock_underway";

export interface ClockAdvance {
  readonly idempotencyKey: string;
  readonly to: Temporal.Instant;
}

export interface ClockMove {
  readonly now: string;
  /** How many runs of jobs became due on the way. */
  readonly runs: number;
}

const outcomes = { MATCH: "match", MISMATCH: "mismatch", LIVENESS_FAILED: "liveness_failed" } as const;

/** What a sandbox adds; absent in production. */
export interface SandboxControl {
  /** Moves the clock once per idempotency key, and runs on the way what becomes due; gives the new time. */
  advanceClock(context: OperationContext, input: ClockAdvance): Promise<ClockMove>;
  /** A face assertion for a session, as a registered verifier would sign it. */
  signFaceAssertion(
    session: { readonly challenge: string; readonly sessionId: string },
    outcome: keyof typeof outcomes,
    now: Temporal.Instant,
  ): Promise<string>;
}

/** What only a sandbox can do: move its clock, and sign face assertions as a registered verifier would. */
export function createSandboxControl(
  clock: SandboxClock,
  verifierKey: JWK,
  jobs: SandboxJobs,
): SandboxControl {
  return {
    // One at a time: a repetition would be taken for a move backwards while the first is about to be stored.
    advanceClock: (context, input) =>
      exclusively(context.database, "changqing sandbox clock", () =>
        advanceClock(clock, jobs, context, input),
      ),
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

async function advanceClock(
  clock: SandboxClock,
  jobs: SandboxJobs,
  context: OperationContext,
  { idempotencyKey, to }: ClockAdvance,
): Promise<ClockMove> {
  const { database, now } = context;
  const input = { idempotencyKey, to: to.toString() };
  const limit = now.toZonedDateTimeISO("UTC").add(MAX_ADVANCE).toInstant();
  if (Temporal.Instant.compare(to, limit) > 0) throw new Refused("CLOCK_TOO_FAR", ["input", "to"]);
  if (await isRepetition(context, "sandboxClockAdvance", input))
    return once(context, "sandboxClockAdvance", input, neverAgain);
  if (!(await isUnderWay(database, to)) && Temporal.Instant.compare(to, clock.now()) < 0)
    throw new Refused("CLOCK_BACKWARDS", ["input", "to"]);
  await database.transact((tx) => writeSetting(tx, UNDER_WAY, to.toString()));
  const runs = await jobs.runThrough(to);
  const move = await once(context, "sandboxClockAdvance", input, async (tx) => {
    // The time that the last runs took may already lie behind it.
    await clock.advance(tx, to);
    await dropSetting(tx, UNDER_WAY);
    const moved = to.toString({ fractionalSecondDigits: 3 });
    await appendSystemAudit(tx, {
      clientId: context.actor.clientId,
      operation: "sandboxClockAdvance",
      requestId: context.requestId,
      at: now.toString(),
      subjectId: "sandbox-clock",
      outcome: moved,
    });
    return { now: moved, runs };
  });
  clock.follow(to);
  return move;
}

async function isUnderWay(database: Database, to: Temporal.Instant): Promise<boolean> {
  return (await readSetting<string>(database.db, UNDER_WAY)) === to.toString();
}

function neverAgain(): Promise<ClockMove> {
  throw new Error("a repetition is answered from what is stored");
}
