import { setTimeout as pause } from "node:timers/promises";
import { beijingDateOf } from "../domain/calendar.js";
import { messageKinds, sendableFrom } from "../domain/messages.js";
import { policyOn } from "../domain/policy.js";
import { bulkArraysFor } from "../storage/bulk-arrays.js";
import type { Database } from "../storage/database.js";
import type { JobCounts, JobProgress, JobRun } from "../storage/job-runs.js";
import { lockPensioner } from "../storage/locked-pensioner.js";
import { readDueMessages, settleClaim } from "../storage/messages.js";
import type { Sealing } from "../storage/sealing.js";
import { afterOutcome } from "./after-outcome.js";
import { openBounceTask } from "./bounce.js";
import { type Claim, claimMessages } from "./claim-messages.js";
import type { SmsGateway, SmsOutcome } from "./sms-gateway.js";

export interface SendLimits {
  /** Calls of the gateway a second. */
  readonly perSecond: number;
  /** Calls at once; a message is claimed only when its call can begin. */
  readonly atOnce?: number;
  /** A call that is not answered in time has an unknown outcome. */
  readonly callMs?: number;
  /** A message belongs to its sender for so long; longer than a call may take. */
  readonly leaseMs?: number;
  /** A run begins nothing more after so long; the next one goes on. */
  readonly runMs?: number;
}

export interface SendContext {
  readonly database: Database;
  readonly sealing: Sealing;
  readonly gateway: SmsGateway;
  readonly limits: SendLimits;
}

interface Sending extends SendContext {
  readonly atOnce: number;
  readonly callMs: number;
  readonly leaseMs: number;
  /** The run's time, which goes on while it works. */
  readonly now: () => Temporal.Instant;
}

/** Sends what is due, confirmations first, until nothing is, or until the run has taken its time. */
export async function sendMessages(context: SendContext, run: JobRun): Promise<JobCounts> {
  const { perSecond, atOnce = 16, callMs = 30_000, leaseMs = 300_000, runMs = 50_000 } = context.limits;
  const startedMs = performance.now();
  const elapsedMs = () => Math.round(performance.now() - startedMs);
  const sending: Sending = {
    ...context,
    atOnce: Math.max(1, Math.min(atOnce, Math.floor(perSecond))),
    callMs,
    leaseMs,
    now: () => run.now.add({ milliseconds: elapsedMs() }),
  };
  let progress = run.resumed;
  while (!run.signal.aborted && elapsedMs() < runMs) {
    const batchMs = performance.now();
    const batch = await claimNext(sending, run, progress);
    if (!batch) break;
    progress = batch.progress;
    const states = await settledAll(batch.claims.map((claim) => call(sending, claim)));
    progress = { ...progress, counts: counted(progress.counts, states) };
    const earliestMs = (batch.claims.length / perSecond) * 1_000;
    await pause(Math.max(0, earliestMs - (performance.now() - batchMs)));
  }
  return progress.counts;
}

interface Batch {
  readonly claims: readonly Claim[];
  readonly progress: JobProgress;
}

/** The next messages, all of one kind; null when nothing is due that may be sent at this hour. */
async function claimNext(sending: Sending, run: JobRun, progress: JobProgress): Promise<Batch | null> {
  const { database, sealing, gateway, atOnce, leaseMs } = sending;
  const at = sending.now();
  const policy = policyOn(beijingDateOf(at));
  for (const kind of messageKinds) {
    if (!sendableFrom(kind, at, policy).equals(at)) continue;
    const keys = await readDueMessages(database.db, kind, new Date(at.epochMilliseconds), atOnce);
    if (keys.length === 0) continue;
    const arrays = bulkArraysFor(database.kind);
    const claiming = { sealing, arrays, at, leaseMs, askable: gateway.query !== undefined };
    const batch = await database.transact(async (tx) => {
      await run.fence(tx);
      const { claims, changes } = await claimMessages(tx, claiming, kind, keys);
      const settled = changes.flatMap(({ settledAt, state }) => (settledAt === null ? [] : [state]));
      const next = {
        ...progress,
        done: progress.done + changes.length,
        counts: counted(progress.counts, settled),
      };
      await run.advance(tx, next);
      return { claims, progress: next, claimed: changes.length };
    });
    // Others are at all of them.
    if (batch.claimed > 0) return batch;
  }
  return null;
}

/** Calls the gateway for a claimed message and writes down what it said. Gives the state that the message is in then. */
async function call(sending: Sending, claim: Claim): Promise<string> {
  const { database, sealing, gateway } = sending;
  const outcome = await answerOf(sending, claim);
  const at = new Date(sending.now().epochMilliseconds);
  const after = { gateway: gateway.name, ...afterOutcome(claim, outcome, at, Math.random()) };
  const bounced = claim.recipient === "PENSIONER" && outcome?.kind === "rejected" && outcome.badNumber;
  return database.transact(async (tx) => {
    const person = bounced ? await lockPensioner(tx, claim.key) : null;
    if (!(await settleClaim(tx, claim.key, claim.lease, after))) return "LOST";
    const { id: messageId, phone } = claim.text;
    if (person) await openBounceTask(tx, sealing, person, { messageId, phone, gateway: gateway.name, at });
    return after.state ?? "UNKNOWN";
  });
}

/** A call that throws or is not answered may have sent the message all the same. */
async function answerOf({ gateway, callMs }: Sending, { text, asking }: Claim): Promise<SmsOutcome | null> {
  const stop = new AbortController();
  const timeout = pause(callMs, { kind: "unknown", reason: "TIMEOUT" } as const, { signal: stop.signal });
  timeout.catch(() => undefined);
  try {
    const answer = asking ? gateway.query?.(text) : gateway.send(text);
    return (await Promise.race([answer, timeout])) ?? null;
  } catch {
    return { kind: "unknown", reason: "GATEWAY_ERROR" };
  } finally {
    stop.abort();
  }
}

/** Waits for all, so that nothing is under way any more when one's failure is told. */
async function settledAll(calls: readonly Promise<string>[]): Promise<string[]> {
  const settled = await Promise.allSettled(calls);
  return settled.map((each) => {
    if (each.status === "rejected") throw each.reason;
    return each.value;
  });
}

function counted(counts: JobCounts, states: readonly string[]): JobCounts {
  const next: Record<string, number> = { ...counts };
  for (const state of states) next[state] = (next[state] ?? 0) + 1;
  return next;
}
