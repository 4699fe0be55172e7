import { randomUUID } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { lockPlacing } from "../src/storage/event-feed.js";
import { parseClientOwnedId } from "../src/storage/ids.js";
import { event, eventAudience } from "../src/storage/tables.js";
import { disableEndpoint } from "../src/storage/webhook-endpoints.js";
import { certify } from "./testkit/certify.js";
import {
  WebhookEndpointDeleteDocument,
  WebhookEndpointEnableDocument,
  type WebhookEndpointEnableInput,
  WebhookEndpointUpdateDocument,
  type WebhookEndpointUpdateInput,
} from "./testkit/gql/graphql.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { buildPerson, importPeople } from "./testkit/people.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";
import {
  createEndpoint,
  deliverAt,
  deliveriesOf,
  startReceiver,
  type WebhookReceiver,
} from "./testkit/webhooks.js";

const START = "2026-05-20T02:00:00Z";
const LATER = "2026-05-20T03:00:00Z";
const AFTERWARDS = "2026-05-20T04:00:00Z";

let sandbox: SandboxServer;
let bank: GraphQLClient;
let receivers: AsyncDisposableStack;
const opened: { readonly client: GraphQLClient; readonly endpointId: string }[] = [];

beforeAll(async () => {
  sandbox = await startSandbox({ clock: START });
  bank = await sandbox.signIn("ICBC_APP");
  receivers = new AsyncDisposableStack();
});

afterEach(async () => {
  for (const { client, endpointId } of opened.splice(0)) await remove(client, endpointId);
});

afterAll(async () => {
  await receivers.disposeAsync();
  await sandbox[Symbol.asyncDispose]();
});

function keyed<I extends object>(input: I) {
  return { input: { idempotencyKey: randomUUID(), ...input } };
}

async function listening(client: GraphQLClient = bank) {
  const receiver = receivers.use(await startReceiver());
  const { endpoint, secret, userErrors } = await createEndpoint(client, receiver.url);
  if (!endpoint || !secret) throw new Error(JSON.stringify(userErrors));
  opened.push({ client, endpointId: endpoint.id });
  return { receiver, endpoint, secret };
}

/** An endpoint that has answered 410 to the first event; another one was waiting behind it. */
async function given410(client: GraphQLClient = bank) {
  const one = await listening(client);
  const person = await importPerson();
  await certify(client, person);
  await certify(client, person);
  one.receiver.answer = () => ({ status: 410 });
  await deliverAt(sandbox.app, LATER);
  one.receiver.received.splice(0);
  one.receiver.answer = () => ({ status: 204 });
  return { ...one, person };
}

async function importPerson() {
  const person = buildPerson({ phone: "13911110001", lastCertifiedOn: "2025-05-08" });
  await importPeople(sandbox.app, [person]);
  return person;
}

async function remove(client: GraphQLClient, endpointId: string) {
  return (await client.request(WebhookEndpointDeleteDocument, keyed({ endpointId }))).webhookEndpointDelete;
}

async function enable(input: Omit<WebhookEndpointEnableInput, "idempotencyKey">, client = bank) {
  return (await client.request(WebhookEndpointEnableDocument, keyed(input))).webhookEndpointEnable;
}

async function update(input: Omit<WebhookEndpointUpdateInput, "idempotencyKey">, client = bank) {
  return (await client.request(WebhookEndpointUpdateDocument, keyed(input))).webhookEndpointUpdate;
}

const sequencesAt = (receiver: WebhookReceiver) => receiver.received.map((one) => Number(one.event.sequence));

describe("an endpoint that is changed", () => {
  test("is sent what waits and what comes at the new URL, under the same secret", async () => {
    const { endpoint, secret, receiver: former } = await listening();
    former.answer = () => ({ status: 500 });
    await certify(bank, await importPerson());
    await deliverAt(sandbox.app, LATER);
    const receiver = receivers.use(await startReceiver());
    const {
      endpoint: changed,
      secret: shown,
      userErrors,
    } = await update({ endpointId: endpoint.id, url: receiver.url });
    expect([changed, shown, userErrors]).toEqual([
      { ...endpoint, url: receiver.url, failingSince: null },
      null,
      [],
    ]);
    await certify(bank, await importPerson());
    await deliverAt(sandbox.app, AFTERWARDS);
    expect([former.received.length, receiver.received.length]).toEqual([1, 2]);
    for (const { body, headers } of receiver.received)
      expect(() => new Webhook(secret).verify(body, headers)).not.toThrow();
  });

  test("H2 is not ended by what the former URL still answers", async () => {
    const { endpoint, receiver: former } = await listening();
    former.answer = () => ({ status: 410, afterMs: 600 });
    await certify(bank, await importPerson());
    const delivering = deliverAt(sandbox.app, LATER);
    await expect.poll(() => former.received.length).toBe(1);
    const receiver = receivers.use(await startReceiver());
    const { endpoint: changed } = await update({ endpointId: endpoint.id, url: receiver.url });
    await delivering;
    expect(changed?.disabledReason).toBeNull();
    await certify(bank, await importPerson());
    await deliverAt(sandbox.app, AFTERWARDS);
    expect(receiver.received).toHaveLength(1);
  });

  test("is sent the new types from then on; empty is everything", async () => {
    const { endpoint, receiver } = await listening();
    const { endpoint: changed } = await update({
      endpointId: endpoint.id,
      types: ["PAYMENT_RESUMED", "PAYMENT_RESUMED"],
    });
    expect(changed).toMatchObject({ url: endpoint.url, types: ["PAYMENT_RESUMED"] });
    await certify(bank, await importPerson());
    await deliverAt(sandbox.app, LATER);
    expect(receiver.received).toEqual([]);
    expect((await update({ endpointId: endpoint.id, types: [] })).endpoint?.types).toEqual([]);
    await certify(bank, await importPerson());
    await deliverAt(sandbox.app, LATER);
    expect(receiver.received).toHaveLength(1);
  });

  test("twice under one key is changed once", async () => {
    const { endpoint } = await listening();
    const first = keyed({ endpointId: endpoint.id, url: "https://hooks.example.com/first" });
    await bank.request(WebhookEndpointUpdateDocument, first);
    await update({ endpointId: endpoint.id, url: "https://hooks.example.com/second" });
    const { webhookEndpointUpdate } = await bank.request(WebhookEndpointUpdateDocument, first);
    expect(webhookEndpointUpdate.endpoint?.url).toBe("https://hooks.example.com/second");
  });

  test("is refused what a new one is refused, and a change of nothing", async () => {
    const { endpoint } = await listening();
    const at = (path: string[]) => [expect.objectContaining({ code: "INVALID_INPUT", path })];
    for (const url of ["http://hooks.example.com/", "https://10.0.0.1/", "nonsense"])
      expect((await update({ endpointId: endpoint.id, url })).userErrors).toEqual(at(["input", "url"]));
    expect((await update({ endpointId: endpoint.id })).userErrors).toEqual(at(["input"]));
  });

  test("is its client's own, and not deleted", async () => {
    const { endpoint } = await listening();
    const staff = await sandbox.signIn("sandbox-staff");
    const wechat = await sandbox.signIn("JINGTONG_WECHAT");
    const notFound = [expect.objectContaining({ code: "NOT_FOUND", path: ["input", "endpointId"] })];
    for (const client of [staff, wechat]) {
      expect((await update({ endpointId: endpoint.id, types: [] }, client)).userErrors).toEqual(notFound);
      expect((await enable({ endpointId: endpoint.id }, client)).userErrors).toEqual(notFound);
    }
    await remove(bank, endpoint.id);
    expect((await update({ endpointId: endpoint.id, types: [] })).userErrors).toEqual(notFound);
    expect((await enable({ endpointId: endpoint.id })).userErrors).toEqual(notFound);
  });
});

describe("an endpoint that is enabled again", () => {
  test("H2 is sent what was given up with it and what happened since, in its order", async () => {
    const { endpoint, receiver, person } = await given410();
    await certify(bank, person);
    await deliverAt(sandbox.app, LATER);
    expect(receiver.received).toEqual([]);
    const input = keyed({ endpointId: endpoint.id });
    for (let times = 0; times < 2; times += 1) {
      const { webhookEndpointEnable: enabled } = await bank.request(WebhookEndpointEnableDocument, input);
      expect(enabled).toEqual({
        endpoint: { ...endpoint, failingSince: null },
        secret: null,
        userErrors: [],
      });
    }
    await certify(bank, person);
    await deliverAt(sandbox.app, AFTERWARDS);
    expect(sequencesAt(receiver)).toEqual([1, 2, 3, 4]);
    const log = await deliveriesOf(bank, endpoint.id);
    expect(log.map(({ state, replay }) => [state, replay]).sort()).toEqual([
      ["DELIVERED", 0],
      ["DELIVERED", 0],
      ["DELIVERED", 1],
      ["DELIVERED", 1],
      ["FAILED", 0],
      ["FAILED", 0],
    ]);
  });

  test("H3 hears only of whom its client serves; to staff, of all", async () => {
    const staff = await sandbox.signIn("sandbox-staff");
    const [own, all] = [await listening(), await listening(staff)];
    const wechat = await sandbox.signIn("JINGTONG_WECHAT");
    for (const { endpoint } of [own, all]) await disable(endpoint.id);
    await certify(wechat, await importPerson());
    await certify(bank, await importPerson());
    await deliverAt(sandbox.app, LATER);
    expect((await enable({ endpointId: own.endpoint.id })).userErrors).toEqual([]);
    expect((await enable({ endpointId: all.endpoint.id }, staff)).userErrors).toEqual([]);
    await deliverAt(sandbox.app, AFTERWARDS);
    expect([own, all].map(({ receiver }) => receiver.received.length)).toEqual([1, 2]);
  });

  test("is not sent what it does not ask for any more", async () => {
    const { endpoint, receiver, person } = await given410();
    await certify(bank, person);
    await update({ endpointId: endpoint.id, types: ["PAYMENT_RESUMED"] });
    await enable({ endpointId: endpoint.id });
    await deliverAt(sandbox.app, AFTERWARDS);
    expect(receiver.received).toEqual([]);
  });

  test("with skipMissed is sent only what happens from then on", async () => {
    const { endpoint, receiver, person } = await given410();
    await certify(bank, person);
    await deliverAt(sandbox.app, LATER);
    expect((await enable({ endpointId: endpoint.id, skipMissed: true })).userErrors).toEqual([]);
    await certify(bank, person);
    await deliverAt(sandbox.app, AFTERWARDS);
    expect(sequencesAt(receiver)).toEqual([4]);
  });

  test("is refused when it is in use, and when its client has ten", async () => {
    const counter = await sandbox.signIn("AGENCY_COUNTER");
    const url = "https://hooks.example.com/many";
    const ids: string[] = [];
    for (let count = 0; count < 10; count += 1) {
      const id = (await createEndpoint(counter, url)).endpoint?.id ?? "";
      ids.push(id);
      opened.push({ client: counter, endpointId: id });
    }
    const [first = ""] = ids;
    const wrongState = [expect.objectContaining({ code: "WRONG_STATE", path: ["input", "endpointId"] })];
    expect((await enable({ endpointId: first }, counter)).userErrors).toEqual(wrongState);
    await disable(first);
    opened.push({ client: counter, endpointId: (await createEndpoint(counter, url)).endpoint?.id ?? "" });
    expect((await enable({ endpointId: first }, counter)).userErrors).toEqual(wrongState);
    await remove(counter, ids[1] ?? "");
    expect((await enable({ endpointId: first }, counter)).userErrors).toEqual([]);
  });

  test("is refused more than ten thousand events, unless it passes over them", async () => {
    const { endpoint } = await listening();
    await disable(endpoint.id);
    await placeMany(10_001);
    const refused = await enable({ endpointId: endpoint.id });
    expect(refused.userErrors).toMatchObject([{ code: "WRONG_STATE", path: ["input", "endpointId"] }]);
    expect(await deliveriesOf(bank, endpoint.id)).toEqual([]);
    expect((await enable({ endpointId: endpoint.id, skipMissed: true })).userErrors).toEqual([]);
  });
});

/** As when nothing has arrived for five days. */
async function disable(endpointId: string) {
  const id = parseClientOwnedId("webhookEndpoint", endpointId) ?? "";
  await sandbox.app.database.transact(async (tx) => {
    await lockPlacing(tx);
    await disableEndpoint(tx, id, "FAILING", new Date(LATER));
  });
}

/** As many events as that, of one person whom the bank serves. */
async function placeMany(many: number) {
  const { db } = sandbox.app.database;
  const pensionerId = randomUUID();
  const rows = Array.from({ length: many }, (_, index) => ({
    bucket: 0,
    pensionerId,
    sequence: index + 1,
    id: randomUUID(),
    type: "certification.due" as const,
    subjectId: "x",
    at: new Date(LATER),
    position: 1_000_000 + index,
  }));
  for (let from = 0; from < many; from += 1_000) {
    const some = rows.slice(from, from + 1_000);
    await db.insert(event).values(some);
    await db
      .insert(eventAudience)
      .values(some.map(({ position }) => ({ clientId: "sandbox-icbc-app", position })));
  }
}
