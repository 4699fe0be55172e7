import { Field, ID, InputType, Int, ObjectType } from "type-graphql";
import type { EventType } from "../domain/events.js";
import { toInstant } from "../operations/operation.js";
import { clientOwnedOpaqueId, eventOpaqueId } from "../storage/ids.js";
import type { AttemptRecord, DeliveryRecord, DeliveryState } from "../storage/webhook-deliveries.js";
import type { DisabledReason, EndpointRecord } from "../storage/webhook-endpoints.js";
import { connectionOf } from "./connections.js";
import { UserError } from "./node.types.js";
import { DateTimeScalar, dateTimeText } from "./scalars.js";
import { ChangeTypeEnum, WebhookDeliveryStateEnum, WebhookDisabledReasonEnum } from "./year-enums.js";

const KEY = "As in certificationStart.";

function timeText(date: Date | null): string | null {
  return date && dateTimeText(toInstant(date));
}

@ObjectType("WebhookEndpoint", {
  description: "Where a client's events are sent, as Standard Webhooks lays down (推送地址).",
  simpleResolvers: true,
})
export class WebhookEndpoint {
  constructor(readonly record: EndpointRecord) {}

  @Field(() => ID, { description: "Opaque id." })
  get id(): string {
    return clientOwnedOpaqueId("webhookEndpoint", this.record.id);
  }

  @Field(() => String, { description: "The client that it belongs to." })
  get clientId(): string {
    return this.record.clientId;
  }

  @Field(() => String, { description: "Where." })
  get url(): string {
    return this.record.url;
  }

  @Field(() => [ChangeTypeEnum], { description: "What is sent; empty for everything." })
  get types(): EventType[] {
    return this.record.types;
  }

  @Field(() => String, {
    description: "`whpk_` and the ed25519 key in base64, for signatures of version v1a (公钥).",
  })
  get publicKey(): string {
    return this.record.publicKey;
  }

  @Field(() => DateTimeScalar, { description: "Since when." })
  get createdAt(): string {
    return dateTimeText(toInstant(this.record.createdAt));
  }

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "After a rotation: until when the keys before it sign too.",
  })
  get previousKeysUntil(): string | null {
    return timeText(this.record.previousUntil);
  }

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "Since when nothing has arrived; null while the last sending did.",
  })
  get failingSince(): string | null {
    return timeText(this.record.failingSince);
  }

  @Field(() => DateTimeScalar, { nullable: true, description: "Since when nothing is sent to it any more." })
  get disabledAt(): string | null {
    return timeText(this.record.disabledAt);
  }

  @Field(() => WebhookDisabledReasonEnum, { nullable: true, description: "Why nothing is." })
  get disabledReason(): DisabledReason | null {
    return this.record.disabledReason;
  }
}

export const WebhookEndpointConnection = connectionOf(WebhookEndpoint, "WebhookEndpoint");

@ObjectType("WebhookAttempt", { description: "One sending of a delivery (推送尝试).", simpleResolvers: true })
export class WebhookAttempt {
  constructor(readonly record: AttemptRecord) {}

  @Field(() => DateTimeScalar, { description: "When." })
  get at(): string {
    return dateTimeText(toInstant(this.record.at));
  }

  @Field(() => Int, { nullable: true, description: "HTTP status of the answer; null when there was none." })
  get status(): number | null {
    return this.record.status;
  }

  @Field(() => String, {
    nullable: true,
    description:
      "Why there was no answer: TIMEOUT, ADDRESS_REFUSED, DNS, TLS or CONNECTION; UNKNOWN while it lasts, or when the sender died.",
  })
  get failure(): string | null {
    return this.record.failure;
  }

  @Field(() => Int, { description: "How long it took, in milliseconds." })
  get milliseconds(): number {
    return this.record.ms;
  }
}

@ObjectType("WebhookDelivery", {
  description: "An event on its way to an endpoint (推送).",
  simpleResolvers: true,
})
export class WebhookDelivery {
  constructor(
    readonly record: DeliveryRecord,
    readonly attemptRecords: readonly AttemptRecord[],
  ) {}

  @Field(() => ID, { description: "Opaque id." })
  get id(): string {
    return clientOwnedOpaqueId("webhookDelivery", this.record.id);
  }

  @Field(() => ID, { description: "The event: its `webhook-id`, the same in every sending." })
  get eventId(): string {
    return eventOpaqueId(this.record.event);
  }

  @Field(() => ChangeTypeEnum, { description: "What happened." })
  get type(): EventType {
    return this.record.event.type;
  }

  @Field(() => WebhookDeliveryStateEnum, { description: "How far it has come." })
  get state(): DeliveryState {
    return this.record.state;
  }

  @Field(() => Int, { description: "0 for the first delivery of the event, then one more for each replay." })
  get replay(): number {
    return this.record.replay;
  }

  @Field(() => [WebhookAttempt], { description: "Every sending, in order." })
  get attempts(): WebhookAttempt[] {
    return this.attemptRecords.map((attempt) => new WebhookAttempt(attempt));
  }

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "Not before then it is sent (again); null when it is settled.",
  })
  get nextAttemptAt(): string | null {
    return this.record.state === "PENDING" ? timeText(this.record.dueAt) : null;
  }

  @Field(() => DateTimeScalar, { description: "Since when it is to be sent." })
  get createdAt(): string {
    return dateTimeText(toInstant(this.record.createdAt));
  }

  @Field(() => DateTimeScalar, { nullable: true, description: "When it arrived or was given up." })
  get settledAt(): string | null {
    return timeText(this.record.settledAt);
  }
}

export const WebhookDeliveryConnection = connectionOf(WebhookDelivery, "WebhookDelivery");

@InputType("WebhookEndpointCreateInput", { description: "A place to send events to (新增推送地址)." })
export class WebhookEndpointCreateInput {
  @Field(() => String, { description: KEY })
  idempotencyKey!: string;

  @Field(() => String, {
    description:
      "https, port 443 or 8443, a public host, no credentials, no fragment; a sandbox takes http to its own machine too.",
  })
  url!: string;

  @Field(() => [ChangeTypeEnum], {
    nullable: true,
    description: "What is to be sent; absent or empty for everything.",
  })
  types?: EventType[] | null;
}

@InputType("WebhookEndpointDeleteInput", {
  description: "An endpoint that is not needed any more (删除推送地址).",
})
export class WebhookEndpointDeleteInput {
  @Field(() => String, { description: KEY })
  idempotencyKey!: string;

  @Field(() => ID, { description: "The caller's own endpoint." })
  endpointId!: string;
}

@InputType("WebhookEndpointEnableInput", {
  description: "An endpoint that was given up and is to be sent to again (启用推送地址).",
})
export class WebhookEndpointEnableInput {
  @Field(() => String, { description: KEY })
  idempotencyKey!: string;

  @Field(() => ID, { description: "The caller's own endpoint, disabled as FAILING or GONE." })
  endpointId!: string;

  @Field(() => Boolean, {
    defaultValue: false,
    description:
      "False: what it has missed since it stopped is sent first, 10000 events at most. True: only what happens from now on is sent; what it has missed is in `changes`.",
  })
  skipMissed!: boolean;
}

@InputType("WebhookEndpointUpdateInput", {
  description: "What of an endpoint is to be another; at least one of url and types (修改推送地址).",
})
export class WebhookEndpointUpdateInput {
  @Field(() => String, { description: KEY })
  idempotencyKey!: string;

  @Field(() => ID, { description: "The caller's own endpoint, a disabled one too." })
  endpointId!: string;

  @Field(() => String, {
    nullable: true,
    description: "As in webhookEndpointCreate; what waits is sent there too. Absent: as it is.",
  })
  url?: string | null;

  @Field(() => [ChangeTypeEnum], {
    nullable: true,
    description: "What is to be sent from now on; empty for everything. Absent: as it is.",
  })
  types?: EventType[] | null;
}

@InputType("WebhookSecretRotateInput", { description: "An endpoint whose keys are replaced (更换密钥)." })
export class WebhookSecretRotateInput {
  @Field(() => String, { description: KEY })
  idempotencyKey!: string;

  @Field(() => ID, { description: "The caller's own endpoint." })
  endpointId!: string;
}

@InputType("WebhookDeliveryReplayInput", {
  description:
    "What is to be sent once more: one delivery, or what an endpoint was sent since then (重新推送).",
})
export class WebhookDeliveryReplayInput {
  @Field(() => String, { description: KEY })
  idempotencyKey!: string;

  @Field(() => ID, { nullable: true, description: "One delivery; then nothing else is given." })
  deliveryId?: string | null;

  @Field(() => ID, { nullable: true, description: "An endpoint, with `since`." })
  endpointId?: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "Events that were first to be sent since then; the 1000 oldest at a time.",
  })
  since?: Temporal.Instant | null;
}

@ObjectType("WebhookEndpointPayload", {
  description: "The endpoint, or why nothing was written.",
  simpleResolvers: true,
})
export class WebhookEndpointPayload {
  @Field(() => WebhookEndpoint, { nullable: true, description: "Null when refused." })
  endpoint!: WebhookEndpoint | null;

  @Field(() => String, {
    nullable: true,
    description:
      "`whsec_` and base64, for signatures of version v1. Shown once, in the first answer to webhookEndpointCreate and webhookSecretRotate: a repetition gives null (rotate to get another) (签名密钥).",
  })
  secret!: string | null;

  @Field(() => [UserError], { description: "Empty on success." })
  userErrors!: UserError[];
}

@ObjectType("WebhookDeliveryReplayPayload", {
  description: "How much is sent again, or why nothing is.",
  simpleResolvers: true,
})
export class WebhookDeliveryReplayPayload {
  @Field(() => Int, { description: "Events that are sent again; what is pending anyway is not counted." })
  replayed!: number;

  @Field(() => [UserError], { description: "Empty on success." })
  userErrors!: UserError[];
}
