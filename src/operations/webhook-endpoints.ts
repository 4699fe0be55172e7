import { newSigningKeys, publicKeyOf } from "../delivery/webhook-signing.js";
import { parseWebhookUrl, type Reachable } from "../delivery/webhook-url.js";
import type { EventType } from "../domain/events.js";
import { Refused } from "../domain/refusals.js";
import { appendSystemAudit } from "../storage/audit.js";
import type { Tx } from "../storage/database.js";
import { lastPosition, lockPlacing } from "../storage/event-feed.js";
import { clientOwnedOpaqueId, newId, parseClientOwnedId } from "../storage/ids.js";
import { places } from "../storage/sealing.js";
import {
  countActiveEndpoints,
  disableEndpoint,
  type EndpointRecord,
  insertEndpoint,
  lockEndpoint,
  updateEndpoint,
} from "../storage/webhook-endpoints.js";
import { type OperationContext, once, toDate } from "./operation.js";

export interface CreateWebhookEndpointInput {
  readonly idempotencyKey: string;
  readonly url: string;
  readonly types?: readonly EventType[] | null;
}

export interface WebhookEndpointInput {
  readonly idempotencyKey: string;
  readonly endpointId: string;
}

/** What a write of an endpoint leads to. */
export interface WrittenEndpoint {
  readonly id: string;
  /** Told once: not when the write is repeated. */
  readonly secret: string | null;
}

/** Those that are in use. */
const MAX_ENDPOINTS = 10;
/** Both secrets sign for so long after a rotation. */
const OVERLAP_HOURS = 24;

/** A place that a client's events are sent to from now on, and the secret by which it knows them to be the service's. */
export async function createWebhookEndpoint(
  context: OperationContext,
  input: CreateWebhookEndpointInput,
  reachable: Reachable,
): Promise<WrittenEndpoint> {
  const { actor, sealing } = context;
  const url = parseWebhookUrl(input.url, reachable);
  if (!url) throw new Refused("WEBHOOK_URL", ["input", "url"]);
  const keys = newSigningKeys();
  const endpoint = newId();
  const { id } = await once(context, "webhookEndpointCreate", input, async (tx) => {
    // What is placed after this is sent, and nothing before: no one places in between.
    await lockPlacing(tx);
    await refuseOneMore(tx, actor.clientId, ["input"]);
    await insertEndpoint(tx, {
      id: endpoint,
      clientId: actor.clientId,
      audience: actor.kind === "STAFF" ? "ALL" : "SERVED",
      url: url.href,
      types: [...new Set(input.types ?? [])],
      secretSealed: sealing.seal(keys.secret, places.webhookSecret(endpoint)),
      signingKeySealed: sealing.seal(keys.signingKey, places.webhookSigningKey(endpoint)),
      publicKey: publicKeyOf(keys),
      afterPosition: await lastPosition(tx),
      createdAt: toDate(context.now),
    });
    await auditEndpoint(tx, context, endpoint, "webhookEndpointCreate", "CREATED");
    return { id: endpoint };
  });
  return { id, secret: id === endpoint ? keys.secret : null };
}

/** A new secret and a new key pair; those before them sign beside them for a day, so that no message is lost. */
export async function rotateWebhookSecret(
  context: OperationContext,
  input: WebhookEndpointInput,
): Promise<WrittenEndpoint> {
  const { sealing } = context;
  const keys = newSigningKeys();
  const publicKey = publicKeyOf(keys);
  const rotated = await once(context, "webhookSecretRotate", input, async (tx) => {
    const endpoint = await lockOwn(tx, context, input);
    if (endpoint.disabledAt) throw new Refused("WEBHOOK_ENDPOINT_DISABLED", ["input", "endpointId"]);
    const { id } = endpoint;
    const secret = sealing.open(endpoint.secretSealed, places.webhookSecret(id));
    const signingKey = sealing.open(endpoint.signingKeySealed, places.webhookSigningKey(id));
    await updateEndpoint(tx, id, {
      secretSealed: sealing.seal(keys.secret, places.webhookSecret(id)),
      signingKeySealed: sealing.seal(keys.signingKey, places.webhookSigningKey(id)),
      publicKey,
      previousSecretSealed: sealing.seal(secret, places.webhookPreviousSecret(id)),
      previousSigningKeySealed: sealing.seal(signingKey, places.webhookPreviousSigningKey(id)),
      previousUntil: toDate(context.now.add({ hours: OVERLAP_HOURS })),
    });
    await auditEndpoint(tx, context, id, "webhookSecretRotate", "ROTATED");
    return { id, publicKey };
  });
  return { id: rotated.id, secret: rotated.publicKey === publicKey ? keys.secret : null };
}

/** Nothing more is sent to it, not even what was waiting. */
export async function deleteWebhookEndpoint(
  context: OperationContext,
  input: WebhookEndpointInput,
): Promise<WrittenEndpoint> {
  const { id } = await once(context, "webhookEndpointDelete", input, async (tx) => {
    await lockPlacing(tx);
    const endpoint = await lockOwn(tx, context, input);
    await disableEndpoint(tx, endpoint.id, "DELETED", toDate(context.now));
    await auditEndpoint(tx, context, endpoint.id, "webhookEndpointDelete", "DELETED");
    return { id: endpoint.id };
  });
  return { id, secret: null };
}

/** The placer's lock is held, so that no other one comes into use in between. */
export async function refuseOneMore(tx: Tx, clientId: string, path: readonly string[]): Promise<void> {
  if ((await countActiveEndpoints(tx, clientId)) >= MAX_ENDPOINTS)
    throw new Refused("WEBHOOK_ENDPOINT_LIMIT", path);
}

/** Only a client's own: whoever watches over endpoints changes none. */
export async function lockOwn(
  tx: Tx,
  { actor }: OperationContext,
  { endpointId }: WebhookEndpointInput,
): Promise<EndpointRecord> {
  const id = parseClientOwnedId("webhookEndpoint", endpointId);
  const endpoint = id && (await lockEndpoint(tx, id));
  if (!endpoint || endpoint.clientId !== actor.clientId) {
    throw new Refused("WEBHOOK_ENDPOINT_NOT_FOUND", ["input", "endpointId"]);
  }
  return endpoint;
}

/** In the chain of what concerns no person. */
export async function auditEndpoint(
  tx: Tx,
  context: OperationContext,
  id: string,
  operation: string,
  outcome: string,
): Promise<void> {
  await appendSystemAudit(tx, {
    clientId: context.actor.clientId,
    operation,
    requestId: context.requestId,
    at: context.now.toString(),
    subjectId: clientOwnedOpaqueId("webhookEndpoint", id),
    outcome,
  });
}
