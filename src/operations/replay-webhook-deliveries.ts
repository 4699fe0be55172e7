import { Refused } from "../domain/refusals.js";
import { maySeeEndpoint } from "../domain/webhooks.js";
import type { Tx } from "../storage/database.js";
import { parseClientOwnedId } from "../storage/ids.js";
import { insertReplays, type Replayed, readDelivery } from "../storage/webhook-deliveries.js";
import { lockEndpoint } from "../storage/webhook-endpoints.js";
import { type OperationContext, once, toDate } from "./operation.js";
import { auditEndpoint } from "./webhook-endpoints.js";

/** A delivery, or an endpoint and since when. */
export interface ReplayWebhookDeliveriesInput {
  readonly idempotencyKey: string;
  readonly deliveryId?: string | null;
  readonly endpointId?: string | null;
  readonly since?: Temporal.Instant | null;
}

const MAX_REPLAYED = 1_000;

interface Asked {
  readonly endpointId: string;
  readonly which: Replayed;
  readonly path: readonly string[];
}

/**
 * Sends again what was sent before, under the same message id, so that a receiver which has it already passes over it.
 * Returns how many events are sent again; what is pending anyway is not among them.
 */
export async function replayWebhookDeliveries(
  context: OperationContext,
  input: ReplayWebhookDeliveriesInput,
): Promise<number> {
  const { replayed } = await once(context, "webhookDeliveryReplay", input, async (tx) => {
    const { endpointId, which, path } = await askedFor(tx, context, input);
    const endpoint = await lockEndpoint(tx, endpointId);
    if (!endpoint || !maySeeEndpoint(context.actor, endpoint)) throw notFound(which, path);
    if (endpoint.disabledAt) throw new Refused("WEBHOOK_ENDPOINT_DISABLED", path);
    const replayed = await insertReplays(tx, endpointId, which, toDate(context.now));
    if (replayed === 0 && "position" in which) throw new Refused("WEBHOOK_DELIVERY_PENDING", path);
    await auditEndpoint(tx, context, endpointId, "webhookDeliveryReplay", "REPLAYED");
    return { replayed };
  });
  return replayed;
}

function notFound(which: Replayed, path: readonly string[]): Refused {
  const refusal = "position" in which ? "WEBHOOK_DELIVERY_NOT_FOUND" : "WEBHOOK_ENDPOINT_NOT_FOUND";
  return new Refused(refusal, path);
}

async function askedFor(
  tx: Tx,
  context: OperationContext,
  { deliveryId, endpointId, since }: ReplayWebhookDeliveriesInput,
): Promise<Asked> {
  if (deliveryId && !endpointId && !since) {
    const path = ["input", "deliveryId"];
    const id = parseClientOwnedId("webhookDelivery", deliveryId);
    const delivery = id && (await readDelivery(tx, id));
    if (!delivery) throw new Refused("WEBHOOK_DELIVERY_NOT_FOUND", path);
    return { endpointId: delivery.endpointId, which: { position: delivery.position }, path };
  }
  if (!endpointId || !since || deliveryId) throw new Refused("WEBHOOK_REPLAY_WHICH", ["input"]);
  const path = ["input", "endpointId"];
  const id = parseClientOwnedId("webhookEndpoint", endpointId);
  if (!id) throw new Refused("WEBHOOK_ENDPOINT_NOT_FOUND", path);
  // Nothing lies further back than that or ahead of now; a date beyond what the database knows is not asked for.
  const earliest = context.now.subtract({ hours: 24 * 3_650 });
  const from = Temporal.Instant.compare(since, earliest) < 0 ? earliest : since;
  if (Temporal.Instant.compare(from, context.now) > 0)
    throw new Refused("WEBHOOK_REPLAY_WHICH", ["input", "since"]);
  return { endpointId: id, which: { since: toDate(from), limit: MAX_REPLAYED }, path };
}
