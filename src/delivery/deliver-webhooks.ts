import { cloudEvent } from "../domain/cloud-events.js";
import { afterSending, isGivenUp, type SendOutcome } from "../domain/webhooks.js";
import type { Database, Tx } from "../storage/database.js";
import { lockPlacing } from "../storage/event-feed.js";
import { eventOpaqueId, pensionerOpaqueId } from "../storage/ids.js";
import type { JobCounts, JobRun } from "../storage/job-runs.js";
import { places, type Sealing } from "../storage/sealing.js";
import { claimDeliveries, type DeliveryRecord, settleDelivery } from "../storage/webhook-deliveries.js";
import {
  disableEndpoint,
  type EndpointRecord,
  noteArrival,
  noteFailure,
  readDueEndpoints,
  readEndpoint,
} from "../storage/webhook-endpoints.js";
import type { SendWebhook } from "./webhook-sender.js";
import { type SigningKeys, signedHeaders } from "./webhook-signing.js";

export interface WebhookDelivery {
  readonly database: Database;
  readonly sealing: Sealing;
  readonly send: SendWebhook;
  /** Who sends, as CloudEvents names it: the service's own URL. */
  readonly source: string;
}

interface Work extends WebhookDelivery {
  readonly now: Temporal.Instant;
  readonly signal: AbortSignal;
  /** First in each transaction that takes deliveries. */
  readonly beforeClaim: (tx: Tx) => Promise<void>;
  readonly counts: { sent: number; delivered: number };
}

/** So many are under way to one endpoint at a time, and so many endpoints are served at a time. */
const AT_ONCE = 4;
const ENDPOINTS_AT_ONCE = 32;
/** Longer than a sending may take with everything around it. */
const LEASE_SECONDS = 60;
/** An endpoint's turn: a long queue of one does not keep a run from its end. */
const TURN_MS = 30_000;

/** H1–H3: sends what is due. Endpoints are served side by side, so that a slow one holds up nobody else. */
export async function deliverDueWebhooks(
  delivery: WebhookDelivery,
  now: Temporal.Instant,
  signal: AbortSignal,
): Promise<JobCounts> {
  const work: Work = {
    ...delivery,
    now,
    signal,
    beforeClaim: async () => undefined,
    counts: { sent: 0, delivered: 0 },
  };
  await serveEndpoints(work);
  return work.counts;
}

/** The same as a job: a run that has been taken over takes no more deliveries. */
export async function deliverWebhooks(delivery: WebhookDelivery, run: JobRun): Promise<JobCounts> {
  const { sent = 0, delivered = 0 } = run.resumed.counts;
  const counts = { sent, delivered };
  const beforeClaim = async (tx: Tx) => {
    await run.fence(tx);
    await run.advance(tx, { done: counts.sent, total: null, cursor: null, counts: { ...counts } });
  };
  await serveEndpoints({ ...delivery, now: run.now, signal: run.signal, beforeClaim, counts });
  return counts;
}

async function serveEndpoints(work: Work): Promise<void> {
  const queue = (await readDueEndpoints(work.database.db, toDate(work.now))).values();
  const serve = async () => {
    for (const { id } of queue) await serveEndpoint(work, id);
  };
  const served = await Promise.allSettled(Array.from({ length: ENDPOINTS_AT_ONCE }, serve));
  for (const each of served) if (each.status === "rejected") throw each.reason;
}

/** Until nothing is due, the turn is over, or none of those sent together has arrived: then the rest need not be tried now. */
async function serveEndpoint(work: Work, endpointId: string): Promise<void> {
  const turnEnds = performance.now() + TURN_MS;
  while (!work.signal.aborted && performance.now() < turnEnds) {
    const { endpoint, deliveries } = await claim(work, endpointId);
    if (!endpoint || deliveries.length === 0) return;
    const arrived = await Promise.all(deliveries.map((delivery) => sendOne(work, endpoint, delivery)));
    if (!arrived.includes(true)) return;
  }
}

async function claim(work: Work, endpointId: string) {
  const now = toDate(work.now);
  const leasedUntil = toDate(work.now.add({ seconds: LEASE_SECONDS }));
  return work.database.transact(async (tx) => {
    await work.beforeClaim(tx);
    const deliveries = await claimDeliveries(tx, endpointId, { now, leasedUntil, limit: AT_ONCE });
    // As it is now: its keys may have been rotated since the run began.
    const endpoint = deliveries.length === 0 ? null : await readEndpoint(tx, endpointId);
    return { endpoint, deliveries };
  });
}

/** Whether it has arrived. */
async function sendOne(work: Work, endpoint: EndpointRecord, delivery: DeliveryRecord): Promise<boolean> {
  const { event } = delivery;
  const told = {
    id: eventOpaqueId(event),
    type: event.type,
    at: Temporal.Instant.fromEpochMilliseconds(event.at.getTime()),
    sequence: event.sequence,
    pensionerId: pensionerOpaqueId(event),
    subjectId: event.subjectId,
  };
  const body = cloudEvent(told, work.source);
  const keys = signingKeysOf(work.sealing, endpoint, toDate(work.now));
  // Of the moment by the machine's own clock: receivers refuse what is minutes old by theirs, and know of no sandbox's clock.
  const headers = {
    "content-type": "application/cloudevents+json; charset=utf-8",
    "user-agent": "changqing-webhooks",
    ...signedHeaders(keys, { id: told.id, sentAt: new Date(), body }),
  };
  const outcome = await work.send({ url: endpoint.url, headers, body });
  const arrived = await settle(work, endpoint, delivery, outcome);
  work.counts.sent += 1;
  if (arrived) work.counts.delivered += 1;
  return arrived;
}

/** The present keys, and for a day those before them. */
function signingKeysOf(sealing: Sealing, endpoint: EndpointRecord, now: Date): SigningKeys[] {
  const { id, previousSecretSealed, previousSigningKeySealed, previousUntil } = endpoint;
  const present = {
    secret: sealing.open(endpoint.secretSealed, places.webhookSecret(id)),
    signingKey: sealing.open(endpoint.signingKeySealed, places.webhookSigningKey(id)),
  };
  if (!previousSecretSealed || !previousSigningKeySealed || !previousUntil || previousUntil <= now) {
    return [present];
  }
  const previous = {
    secret: sealing.open(previousSecretSealed, places.webhookPreviousSecret(id)),
    signingKey: sealing.open(previousSigningKeySealed, places.webhookPreviousSigningKey(id)),
  };
  return [present, previous];
}

async function settle(
  work: Work,
  endpoint: EndpointRecord,
  delivery: DeliveryRecord,
  outcome: SendOutcome,
): Promise<boolean> {
  const { now } = work;
  const after = afterSending(outcome, delivery.attempts, now, Math.random());
  const at = toDate(now);
  const failingSince =
    endpoint.failingSince && Temporal.Instant.fromEpochMilliseconds(endpoint.failingSince.getTime());
  const arrived = after.state === "DELIVERED";
  const gone = after.state === "FAILED" && after.gone;
  const givenUp = !arrived && isGivenUp(failingSince, now);
  await work.database.transact(async (tx) => {
    // First of all locks, as everywhere.
    if (gone || givenUp) await lockPlacing(tx);
    const current = gone || givenUp ? await readEndpoint(tx, endpoint.id) : null;
    if (arrived) await noteArrival(tx, endpoint.id);
    else await noteFailure(tx, endpoint.id, at);
    await settleDelivery(tx, delivery, outcome, after, at);
    // It may have been given another URL since it was sent to, or been enabled again: of that this says nothing.
    if (current?.url !== endpoint.url) return;
    if (gone) await disableEndpoint(tx, endpoint.id, "GONE", at);
    else if (current.failingSince?.getTime() === endpoint.failingSince?.getTime())
      await disableEndpoint(tx, endpoint.id, "FAILING", at);
  });
  return arrived;
}

function toDate(instant: Temporal.Instant): Date {
  return new Date(instant.epochMilliseconds);
}
