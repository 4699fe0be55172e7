import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { App } from "../../src/app.js";
import { deliverDueWebhooks } from "../../src/delivery/deliver-webhooks.js";
import { placeEvents } from "../../src/delivery/relay-events.js";
import { createWebhookSender } from "../../src/delivery/webhook-sender.js";
import type { JobCounts } from "../../src/storage/job-runs.js";
import {
  WebhookDeliveriesDocument,
  type WebhookDeliveriesQuery,
  WebhookEndpointCreateDocument,
  type WebhookEndpointCreateInput,
  type WebhookEndpointCreateMutation,
} from "./gql/graphql.js";
import type { GraphQLClient } from "./graphql-client.js";

export interface Received {
  readonly headers: Record<string, string>;
  readonly body: string;
  /** The body as a CloudEvent. */
  readonly event: {
    readonly id: string;
    readonly type: string;
    readonly subject: string;
    readonly sequence: string;
    readonly data: Record<string, string>;
  };
}

export interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly afterMs?: number;
}

/** An integrator's server. */
export interface WebhookReceiver extends AsyncDisposable {
  readonly url: string;
  readonly received: Received[];
  /** What it answers with from now on; 204 until told otherwise. */
  answer: (received: Received) => Answer;
}

export async function startReceiver(): Promise<WebhookReceiver> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString("utf8");
    const one: Received = {
      headers: request.headers as Record<string, string>,
      body,
      event: JSON.parse(body) as Received["event"],
    };
    received.push(one);
    const { status, headers = {}, afterMs = 0 } = receiver.answer(one);
    setTimeout(() => response.writeHead(status, headers).end(), afterMs);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    received,
    answer: () => ({ status: 204 }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}

export type CreatedEndpoint = WebhookEndpointCreateMutation["webhookEndpointCreate"];

export async function createEndpoint(
  client: GraphQLClient,
  url: string,
  overrides: Partial<WebhookEndpointCreateInput> = {},
): Promise<CreatedEndpoint> {
  const input = { idempotencyKey: randomUUID(), url, ...overrides };
  return (await client.request(WebhookEndpointCreateDocument, { input })).webhookEndpointCreate;
}

/** Places what has happened and sends what is due at an instant. */
export async function deliverAt({ database, sealing }: App, at: string): Promise<JobCounts> {
  const now = Temporal.Instant.from(at);
  await placeEvents(database, now);
  await using sender = createWebhookSender({ loopback: true, timeoutMs: 3_000 });
  const work = { database, sealing, send: sender.send, source: "https://changqing.test" };
  return await deliverDueWebhooks(work, now, new AbortController().signal);
}

export type DeliveryNode = WebhookDeliveriesQuery["webhookDeliveries"]["nodes"][number];

/** The log of an endpoint, the oldest first. */
export async function deliveriesOf(client: GraphQLClient, endpointId: string): Promise<DeliveryNode[]> {
  const answer = await client.request(WebhookDeliveriesDocument, { endpointId, first: 100 });
  return answer.webhookDeliveries.nodes.toReversed();
}
