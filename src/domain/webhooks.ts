import type { Actor } from "./actor.js";

/**
 * H1: how long after an attempt the next one comes, as Standard Webhooks recommends: ten attempts over three days. Short
 * pauses outlast a restart, long ones a weekend.
 */
export const RETRY_PAUSES: readonly Temporal.Duration[] = [
  { seconds: 5 },
  { minutes: 5 },
  { minutes: 30 },
  { hours: 2 },
  { hours: 5 },
  { hours: 10 },
  { hours: 14 },
  { hours: 20 },
  { hours: 24 },
].map((pause) => Temporal.Duration.from(pause));

/** Pauses are drawn out by up to so much, so that those that failed together do not come back together. */
const JITTER = 0.1;
const LONGEST_RETRY_AFTER_SECONDS = 86_400;
/** H3: an endpoint at which nothing has arrived for so long is sent nothing more. */
const FAILING_HOURS = 5 * 24;

/** What became of one sending. */
export type SendOutcome =
  | { readonly status: number; readonly retryAfter: string | null; readonly ms: number }
  | { readonly failure: SendFailure; readonly ms: number };

/** Why there was no answer. */
export type SendFailure = "TIMEOUT" | "ADDRESS_REFUSED" | "DNS" | "TLS" | "CONNECTION";

export type AfterSending =
  | { readonly state: "DELIVERED" }
  | { readonly state: "PENDING"; readonly dueAt: Temporal.Instant }
  /** H2: the receiver has said that it is gone for good. */
  | { readonly state: "FAILED"; readonly gone: boolean };

/** H1, H2: 2xx is a success, 410 the end of the endpoint; all else, redirects included, is tried again until the table ends. */
export function afterSending(
  outcome: SendOutcome,
  attempt: number,
  now: Temporal.Instant,
  random: number,
): AfterSending {
  if ("status" in outcome && outcome.status >= 200 && outcome.status < 300) return { state: "DELIVERED" };
  if ("status" in outcome && outcome.status === 410) return { state: "FAILED", gone: true };
  const pause = RETRY_PAUSES[attempt - 1];
  if (!pause) return { state: "FAILED", gone: false };
  const seconds = pause.total("seconds") * (1 + JITTER * random);
  const milliseconds = Math.round(1_000 * Math.max(seconds, askedPause(outcome, now)));
  return { state: "PENDING", dueAt: now.add({ milliseconds }) };
}

/** Seconds that a receiver that is overloaded asks for: a number of them, or the time when to come back. */
function askedPause(outcome: SendOutcome, now: Temporal.Instant): number {
  if (!("status" in outcome) || outcome.retryAfter === null) return 0;
  if (outcome.status !== 429 && outcome.status !== 503) return 0;
  const text = outcome.retryAfter.trim();
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : (Date.parse(text) - now.epochMilliseconds) / 1_000;
  return Number.isFinite(seconds) ? Math.min(Math.max(0, seconds), LONGEST_RETRY_AFTER_SECONDS) : 0;
}

/** H3: whether an endpoint that has failed once more is given up. */
export function isGivenUp(failingSince: Temporal.Instant | null, now: Temporal.Instant): boolean {
  return (
    failingSince !== null && Temporal.Instant.compare(failingSince.add({ hours: FAILING_HOURS }), now) <= 0
  );
}

/** An endpoint is its client's; those who watch over all of them see what is sent to each, but never a secret. */
export function maySeeEndpoint(actor: Actor, endpoint: { readonly clientId: string }): boolean {
  return actor.clientId === endpoint.clientId || seesEveryEndpoint(actor);
}

export function seesEveryEndpoint(actor: Actor): boolean {
  return actor.kind === "STAFF" && actor.scopes.has("webhook:read");
}
