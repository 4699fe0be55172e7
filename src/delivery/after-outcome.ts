import type { MessageOutcome } from "../storage/messages.js";
import type { SmsOutcome } from "./sms-gateway.js";

/** Calls of the gateway for one message, those that it held off for being too many not counted. */
export const MAX_ATTEMPTS = 5;
export const OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN";

const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 30 * 60_000;
/** Before a lost answer is asked for: the gateway may still be at it. */
const ASK_AFTER_MS = 60_000;

/** A message as it was claimed. */
export interface Tried {
  /** This one included. */
  readonly attempts: number;
  readonly maybeTwice: boolean;
  /** The gateway is asked what became of it; nothing is sent. */
  readonly asking: boolean;
  /** The gateway can be asked. */
  readonly askable: boolean;
}

/** What the gateway's answer makes of a message; `spread` between 0 and 1 keeps repetitions apart. */
export function afterOutcome(
  tried: Tried,
  outcome: SmsOutcome | null,
  at: Date,
  spread: number,
): MessageOutcome {
  const later = (ms: number) => new Date(at.getTime() + Math.round(ms * (1 + spread / 2)));
  if (outcome === null) return afterNothingKnown(tried, at);
  switch (outcome.kind) {
    case "accepted":
      return { state: "SENT", gatewayMessageId: outcome.gatewayMessageId, sentAt: at, failure: null };
    case "rejected":
      return { state: "FAILED", failure: outcome.reason, settledAt: at };
    case "throttled": {
      const dueAt = later(Math.max(outcome.retryAfterMs, 1_000));
      // Nothing was tried: it is no attempt. Of a question the answer is still wanted.
      return tried.asking
        ? { state: "UNKNOWN", dueAt }
        : { state: "QUEUED", attempts: tried.attempts - 1, dueAt };
    }
    case "failed":
      return tried.attempts >= MAX_ATTEMPTS
        ? { state: "FAILED", failure: outcome.reason, settledAt: at }
        : { state: "QUEUED", failure: outcome.reason, dueAt: later(pauseAfter(tried.attempts)) };
    case "unknown":
      return afterUnknown(tried, outcome.reason, at, later);
  }
}

/** The gateway was asked and does not know the message: it is sent once more, and once only. */
function afterNothingKnown({ maybeTwice }: Tried, at: Date): MessageOutcome {
  if (maybeTwice) return { state: "FAILED", failure: OUTCOME_UNKNOWN, settledAt: at };
  return { state: "QUEUED", maybeTwice: true, dueAt: at };
}

function afterUnknown(
  { attempts, maybeTwice, asking, askable }: Tried,
  reason: string,
  at: Date,
  later: (ms: number) => Date,
): MessageOutcome {
  const isLast = asking ? attempts >= MAX_ATTEMPTS : maybeTwice && !askable;
  if (isLast) return { state: "FAILED", failure: OUTCOME_UNKNOWN, settledAt: at };
  const dueAt = later(asking ? pauseAfter(attempts) : ASK_AFTER_MS);
  return { state: "UNKNOWN", failure: reason, dueAt, attempts: asking ? attempts + 1 : attempts };
}

function pauseAfter(attempts: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), LONGEST_PAUSE_MS);
}
