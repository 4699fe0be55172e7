import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from "type-graphql";
import { maySeeEndpoint, seesEveryEndpoint } from "../domain/webhooks.js";
import { enableWebhookEndpoint, updateWebhookEndpoint } from "../operations/change-webhook-endpoint.js";
import { replayWebhookDeliveries } from "../operations/replay-webhook-deliveries.js";
import {
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  rotateWebhookSecret,
  type WrittenEndpoint,
} from "../operations/webhook-endpoints.js";
import { parseClientOwnedId } from "../storage/ids.js";
import { type DeliveryState, listDeliveries, readAttempts } from "../storage/webhook-deliveries.js";
import { listEndpoints, readEndpoint, readEndpointEver } from "../storage/webhook-endpoints.js";
import { refusable } from "./certification.resolver.js";
import {
  type Connection,
  checkPageSize,
  decodeCursor,
  encodeCursor,
  keysetParts,
  MAX_PAGE,
  toConnection,
} from "./connections.js";
import type { RequestContext } from "./context.js";
import {
  WebhookDelivery,
  WebhookDeliveryConnection,
  WebhookDeliveryReplayInput,
  WebhookDeliveryReplayPayload,
  WebhookEndpoint,
  WebhookEndpointConnection,
  WebhookEndpointCreateInput,
  WebhookEndpointDeleteInput,
  WebhookEndpointEnableInput,
  WebhookEndpointPayload,
  WebhookEndpointUpdateInput,
  WebhookSecretRotateInput,
} from "./webhook.types.js";
import { WebhookDeliveryStateEnum } from "./year-enums.js";

@Resolver()
export class WebhookResolver {
  @Query(() => WebhookEndpointConnection, {
    description:
      "The caller's endpoints, disabled ones too; for staff with scope webhook:read everyone's (推送地址列表). Scope webhook:write or webhook:read.",
  })
  async webhookEndpoints(
    @Arg("first", () => Int, { description: "1 to 100." }) first: number,
    @Arg("after", () => String, { nullable: true, description: "A cursor of this list." })
    after: string | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<Connection<WebhookEndpoint>> {
    const limit = checkPageSize(first, MAX_PAGE);
    const { actor, services } = context;
    const bound = `webhookEndpoints|${actor.clientId}`;
    const [afterId = null] = decodeCursor(after, bound, [keysetParts.id]) ?? [];
    const clientId = seesEveryEndpoint(actor) ? null : actor.clientId;
    const rows = await listEndpoints(services.database.db, clientId, { limit: limit + 1, afterId });
    return toConnection(
      rows,
      limit,
      (record) => new WebhookEndpoint(record),
      ({ id }) => encodeCursor([id], bound),
    );
  }

  @Query(() => WebhookDeliveryConnection, {
    description:
      "What was or is to be sent to an endpoint, the latest event first; kept for 90 days after it was settled (推送记录). Empty for an endpoint that is not the caller's to see. Scope webhook:write or webhook:read.",
  })
  async webhookDeliveries(
    @Arg("endpointId", () => ID, { description: "An endpoint's id." }) endpointId: string,
    @Arg("state", () => WebhookDeliveryStateEnum, { nullable: true, description: "Absent for all." })
    state: DeliveryState | null | undefined,
    @Arg("first", () => Int, { description: "1 to 100." }) first: number,
    @Arg("after", () => String, {
      nullable: true,
      description: "A cursor of this list, of the same endpoint and state.",
    })
    after: string | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<Connection<WebhookDelivery>> {
    const limit = checkPageSize(first, MAX_PAGE);
    const { db } = context.services.database;
    const bound = `webhookDeliveries|${endpointId}|${state ?? ""}`;
    const [position, replay] = decodeCursor(after, bound, [keysetParts.count, keysetParts.bucket]) ?? [];
    const before = position === undefined ? null : { position: Number(position), replay: Number(replay) };
    const id = parseClientOwnedId("webhookEndpoint", endpointId);
    const endpoint = id === null ? null : await readEndpoint(db, id);
    const visible = endpoint !== null && maySeeEndpoint(context.actor, endpoint);
    const page = { state: state ?? null, limit: limit + 1, before };
    const rows = visible ? await listDeliveries(db, endpoint.id, page) : [];
    const shown = rows.slice(0, limit);
    const attempts = Map.groupBy(
      await readAttempts(
        db,
        shown.map((row) => row.id),
      ),
      ({ deliveryId }) => deliveryId,
    );
    await context.recordReads("webhookDeliveries", shown);
    return toConnection(
      rows,
      limit,
      (record) => new WebhookDelivery(record, attempts.get(record.id) ?? []),
      (record) => encodeCursor([String(record.position), String(record.replay)], bound),
    );
  }

  @Mutation(() => WebhookEndpointPayload, {
    description:
      "Have events sent to a URL from now on (新增推送地址). The secret is shown once. Scope webhook:write.",
  })
  async webhookEndpointCreate(
    @Arg("input", () => WebhookEndpointCreateInput, { description: "Where to, and what." })
    input: WebhookEndpointCreateInput,
    @Ctx() context: RequestContext,
  ): Promise<WebhookEndpointPayload> {
    const reachable = { loopback: context.sandbox };
    return written(context, () => createWebhookEndpoint(context.operationContext(), input, reachable));
  }

  @Mutation(() => WebhookEndpointPayload, {
    description: "Send nothing more to an endpoint, not even what waits (删除推送地址). Scope webhook:write.",
  })
  async webhookEndpointDelete(
    @Arg("input", () => WebhookEndpointDeleteInput, { description: "Which." })
    input: WebhookEndpointDeleteInput,
    @Ctx() context: RequestContext,
  ): Promise<WebhookEndpointPayload> {
    return written(context, () => deleteWebhookEndpoint(context.operationContext(), input));
  }

  @Mutation(() => WebhookEndpointPayload, {
    description:
      "Send to an endpoint again that was given up, from where it stopped (启用推送地址). Scope webhook:write.",
  })
  async webhookEndpointEnable(
    @Arg("input", () => WebhookEndpointEnableInput, { description: "Which, and from where on." })
    input: WebhookEndpointEnableInput,
    @Ctx() context: RequestContext,
  ): Promise<WebhookEndpointPayload> {
    return written(context, () => enableWebhookEndpoint(context.operationContext(), input));
  }

  @Mutation(() => WebhookEndpointPayload, {
    description:
      "Send an endpoint's events to another URL, or events of other types (修改推送地址). Its secret stays. Scope webhook:write.",
  })
  async webhookEndpointUpdate(
    @Arg("input", () => WebhookEndpointUpdateInput, { description: "Which, and what is to be another." })
    input: WebhookEndpointUpdateInput,
    @Ctx() context: RequestContext,
  ): Promise<WebhookEndpointPayload> {
    const reachable = { loopback: context.sandbox };
    return written(context, () => updateWebhookEndpoint(context.operationContext(), input, reachable));
  }

  @Mutation(() => WebhookEndpointPayload, {
    description:
      "Give an endpoint a new secret and key pair; for 24 hours the former ones sign beside them (更换推送密钥). Scope webhook:write.",
  })
  async webhookSecretRotate(
    @Arg("input", () => WebhookSecretRotateInput, { description: "Whose." }) input: WebhookSecretRotateInput,
    @Ctx() context: RequestContext,
  ): Promise<WebhookEndpointPayload> {
    return written(context, () => rotateWebhookSecret(context.operationContext(), input));
  }

  @Mutation(() => WebhookDeliveryReplayPayload, {
    description:
      "Send events once more, under the same message ids (重新推送). Scope webhook:write; staff with webhook:read as well replay for any client.",
  })
  async webhookDeliveryReplay(
    @Arg("input", () => WebhookDeliveryReplayInput, { description: "Which." })
    input: WebhookDeliveryReplayInput,
    @Ctx() context: RequestContext,
  ): Promise<WebhookDeliveryReplayPayload> {
    return refusable<WebhookDeliveryReplayPayload>(
      context,
      async () => ({
        replayed: await replayWebhookDeliveries(context.operationContext(), input),
        userErrors: [],
      }),
      (userErrors) => ({ replayed: 0, userErrors }),
    );
  }
}

function written(
  context: RequestContext,
  write: () => Promise<WrittenEndpoint>,
): Promise<WebhookEndpointPayload> {
  return refusable<WebhookEndpointPayload>(
    context,
    async () => {
      const { id, secret } = await write();
      const record = await readEndpointEver(context.services.database.db, id);
      if (!record) throw new Error("an endpoint vanished");
      return { endpoint: new WebhookEndpoint(record), secret, userErrors: [] };
    },
    (userErrors) => ({ endpoint: null, secret: null, userErrors }),
  );
}
