import { parseWebhookUrl, type Reachable } from "../delivery/webhook-url.js";
import type { EventType } from "../domain/events.js";
import { Refused } from "../domain/refusals.js";
import { lastPosition, lockPlacing } from "../storage/event-feed.js";
import { insertMissed } from "../storage/missed-events.js";
import { updateEndpoint } from "../storage/webhook-endpoints.js";
import { type OperationContext, once, toDate } from "./operation.js";
import {
  auditEndpoint,
  lockOwn,
  refuseOneMore,
  type WebhookEndpointInput,
  type WrittenEndpoint,
} from "./webhook-endpoints.js";

/** What is absent or null stays as it is. */
export interface UpdateWebhookEndpointInput extends WebhookEndpointInput {
  readonly url?: string | null;
  readonly types?: readonly EventType[] | null;
}

export interface EnableWebhookEndpointInput extends WebhookEndpointInput {
  readonly skipMissed?: boolean | null;
}

/** More than that is read from the feed: it would hold up everyone else's events. */
const MAX_MISSED = 10_000;

/** Another URL or other types: what waits goes to the new URL, the types count for what is placed from now on. */
export async function updateWebhookEndpoint(
  context: OperationContext,
  input: UpdateWebhookEndpointInput,
  reachable: Reachable,
): Promise<WrittenEndpoint> {
  const { url, types } = input;
  if (url == null && types == null) throw new Refused("WEBHOOK_ENDPOINT_UNCHANGED", ["input"]);
  const parsed = url == null ? null : parseWebhookUrl(url, reachable);
  if (url != null && !parsed) throw new Refused("WEBHOOK_URL", ["input", "url"]);
  const { id } = await once(context, "webhookEndpointUpdate", input, async (tx) => {
    await lockPlacing(tx);
    const endpoint = await lockOwn(tx, context, input);
    await updateEndpoint(tx, endpoint.id, {
      // It was the former place at which nothing arrived.
      ...(parsed && parsed.href !== endpoint.url ? { url: parsed.href, failingSince: null } : {}),
      ...(types == null ? {} : { types: [...new Set(types)] }),
    });
    await auditEndpoint(tx, context, endpoint.id, "webhookEndpointUpdate", "UPDATED");
    return { id: endpoint.id };
  });
  return { id, secret: null };
}

/** H2, H3: one that was given up is sent to again, from where it stopped or from now on. */
export async function enableWebhookEndpoint(
  context: OperationContext,
  input: EnableWebhookEndpointInput,
): Promise<WrittenEndpoint> {
  const path = ["input", "endpointId"];
  const { id } = await once(context, "webhookEndpointEnable", input, async (tx) => {
    // Nothing is placed in between: each event is either missed or placed for it.
    await lockPlacing(tx);
    const endpoint = await lockOwn(tx, context, input);
    const { disabledAt: stoppedAt } = endpoint;
    if (!stoppedAt) throw new Refused("WEBHOOK_ENDPOINT_IN_USE", path);
    await refuseOneMore(tx, endpoint.clientId, path);
    if (!input.skipMissed) {
      const now = toDate(context.now);
      const missed = await insertMissed(tx, endpoint, { stoppedAt, now, limit: MAX_MISSED });
      if (missed === null) throw new Refused("WEBHOOK_MISSED_TOO_MUCH", path);
    }
    await updateEndpoint(tx, endpoint.id, {
      afterPosition: await lastPosition(tx),
      failingSince: null,
      disabledAt: null,
      disabledReason: null,
    });
    await auditEndpoint(tx, context, endpoint.id, "webhookEndpointEnable", "ENABLED");
    return { id: endpoint.id };
  });
  return { id, secret: null };
}
