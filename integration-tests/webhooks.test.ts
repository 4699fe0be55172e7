import { createPublicKey, randomUUID, verify } from "node:crypto";
import { eq } from "drizzle-orm";
import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { RETRY_PAUSES } from "../src/domain/webhooks.js";
import { parseClientOwnedId } from "../src/storage/ids.js";
import { channelClient, idempotencyKey, webhookEndpoint } from "../src/storage/tables.js";
import { claimDeliveries } from "../src/storage/webhook-deliveries.js";
import { certify, startSession } from "./testkit/certify.js";
import {
  WebhookDeliveryReplayDocument,
  type WebhookDeliveryReplayInput,
  WebhookEndpointDeleteDocument,
  WebhookEndpointsDocument,
  WebhookSecretRotateDocument,
} from "./testkit/gql/graphql.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { buildPerson, importPeople, type TestPerson } from "./testkit/people.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";
import { createEndpoint, deliverAt, deliveriesOf, type Received, startReceiver } from "./testkit/webhooks.js";

const START = "2026-05-20T02:00:00Z";
const LATER = "2026-05-20T03:00:00Z";

let sandbox: SandboxServer;
let bank: GraphQLClient;
let wechat: GraphQLClient;
let staff: GraphQLClient;
let receivers: AsyncDisposableStack;
const opened: { readonly client: GraphQLClient; readonly endpointId: string }[] = [];

beforeAll(async () => {
  sandbox = await startSandbox({ clock: START });
  bank = await sandbox.signIn("ICBC_APP");
  wechat = await sandbox.signIn("JINGTONG_WECHAT");
  staff = await sandbox.signIn("sandbox-staff");
  receivers = new AsyncDisposableStack();
});

afterEach(async () => {
  for (const { client, endpointId } of opened.splice(0)) await remove(client, endpointId);
});

afterAll(async () => {
  await receivers.disposeAsync();
  await sandbox[Symbol.asyncDispose]();
});

async function importPerson(): Promise<TestPerson> {
  const person = buildPerson({ phone: "13911110001", lastCertifiedOn: "2025-05-08" });
  await importPeople(sandbox.app, [person]);
  return person;
}

/** A receiver of its own with an endpoint that is sent to. */
async function listening(client: GraphQLClient = bank) {
  const receiver = receivers.use(await startReceiver());
  const { endpoint, secret, userErrors } = await createEndpoint(client, receiver.url);
  if (!endpoint || !secret) throw new Error(JSON.stringify(userErrors));
  opened.push({ client, endpointId: endpoint.id });
  return { receiver, endpoint, secret };
}

function keyed<I extends object>(input: I) {
  return { input: { idempotencyKey: randomUUID(), ...input } };
}

async function remove(client: GraphQLClient, endpointId: string) {
  return (await client.request(WebhookEndpointDeleteDocument, keyed({ endpointId }))).webhookEndpointDelete;
}

async function replay(client: GraphQLClient, input: Omit<WebhookDeliveryReplayInput, "idempotencyKey">) {
  return (await client.request(WebhookDeliveryReplayDocument, keyed(input))).webhookDeliveryReplay;
}

async function endpointOf(client: GraphQLClient, id: string) {
  const { webhookEndpoints } = await client.request(WebhookEndpointsDocument, { first: 100 });
  return webhookEndpoints.nodes.find((node) => node.id === id);
}

function plus(at: string, duration: Temporal.DurationLike): string {
  return Temporal.Instant.from(at).add(duration).toString();
}

function signedBy(publicKey: string, { headers, body }: Received): boolean {
  const x = Buffer.from(publicKey.slice("whpk_".length), "base64").toString("base64url");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  const signed = Buffer.from(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`);
  const signatures = (headers["webhook-signature"] ?? "")
    .split(" ")
    .filter((each) => each.startsWith("v1a,"));
  return signatures.some((each) => verify(null, signed, key, Buffer.from(each.slice(4), "base64")));
}

describe("what is sent", () => {
  test("is a signed CloudEvent that names ids and nothing personal", async () => {
    const { receiver, endpoint, secret } = await listening();
    const person = await importPerson();
    const { id, pensioner } = await certify(bank, person);
    await deliverAt(sandbox.app, LATER);
    const [one] = receiver.received;
    if (!one || receiver.received.length > 1) throw new Error(`${receiver.received.length} received`);
    expect(new Webhook(secret).verify(one.body, one.headers)).toMatchObject({
      specversion: "1.0",
      source: "https://changqing.test",
      type: "cn.changqing.certification.passed",
      subject: pensioner.id,
      sequence: "1",
      data: { pensionerId: pensioner.id, subjectId: id, certificationId: id },
    });
    expect(signedBy(endpoint.publicKey, one)).toBe(true);
    expect(one.headers["webhook-id"]).toBe(one.event.id);
    expect(one.headers["content-type"]).toContain("application/cloudevents+json");
    for (const secretText of [person.name, person.document.number, person.phone ?? ""])
      expect(JSON.stringify(one)).not.toContain(secretText);
    expect(await deliveriesOf(bank, endpoint.id)).toMatchObject([
      { eventId: one.event.id, state: "DELIVERED", replay: 0, attempts: [{ status: 204, failure: null }] },
    ]);
  });

  test("is of persons that the client has served; to staff, of all", async () => {
    const [own, others, all] = [await listening(bank), await listening(wechat), await listening(staff)];
    const person = await importPerson();
    await certify(bank, person);
    await deliverAt(sandbox.app, LATER);
    expect([own, others, all].map(({ receiver }) => receiver.received.length)).toEqual([1, 0, 1]);
    // From the moment at which it serves the person, too, it is told what happens next, whoever does it.
    await startSession(wechat, person);
    await certify(bank, person);
    await deliverAt(sandbox.app, LATER);
    expect([own, others, all].map(({ receiver }) => receiver.received.length)).toEqual([2, 1, 2]);
  });

  test("is of the types that are asked for, from the creation on", async () => {
    await certify(bank, await importPerson());
    const receiver = receivers.use(await startReceiver());
    const { endpoint } = await createEndpoint(bank, receiver.url, { types: ["CERTIFICATION_REVOKED"] });
    opened.push({ client: bank, endpointId: endpoint?.id ?? "" });
    expect(endpoint?.types).toEqual(["CERTIFICATION_REVOKED"]);
    await certify(bank, await importPerson());
    await deliverAt(sandbox.app, LATER);
    expect(receiver.received).toEqual([]);
  });
});

describe("what does not arrive", () => {
  test("H1 is sent again by the table, then given up; the person's next event waits, others' do not", async () => {
    const { receiver, endpoint } = await listening();
    const [first, second] = [await importPerson(), await importPerson()];
    const { pensioner } = await certify(bank, first);
    await certify(bank, first);
    receiver.answer = ({ event }) => ({
      status: event.subject === pensioner.id && event.sequence === "1" ? 500 : 204,
    });
    await certify(bank, second);
    let at = LATER;
    await deliverAt(sandbox.app, at);
    expect(receiver.received.map(({ event }) => event.sequence).sort()).toEqual(["1", "1"]);
    for (const pause of RETRY_PAUSES) {
      const before = receiver.received.length;
      await deliverAt(sandbox.app, plus(at, pause.subtract({ seconds: 1 })));
      expect(receiver.received).toHaveLength(before);
      at = plus(at, { seconds: Math.ceil(pause.total("seconds") * 1.1) });
      await deliverAt(sandbox.app, at);
      expect(receiver.received.length).toBeGreaterThan(before);
    }
    // An endpoint at which the last sending failed is left alone until the next run.
    await deliverAt(sandbox.app, at);
    const [failed, waited, other] = (await deliveriesOf(bank, endpoint.id)).toSorted(
      (a, b) => b.attempts.length - a.attempts.length,
    );
    expect(failed).toMatchObject({ state: "FAILED", nextAttemptAt: null });
    expect(failed?.attempts).toHaveLength(10);
    expect([waited?.state, other?.state]).toEqual(["DELIVERED", "DELIVERED"]);
    const ids = receiver.received.map(({ event }) => event.id);
    expect(ids.at(-1)).not.toBe(failed?.eventId);
    expect(new Set(ids).size).toBe(3);
  });

  test("H1 waits for as long as the receiver asks", async () => {
    const { receiver, endpoint } = await listening();
    await certify(bank, await importPerson());
    receiver.answer = () => ({ status: 429, headers: { "retry-after": "3600" } });
    await deliverAt(sandbox.app, LATER);
    expect(await deliveriesOf(bank, endpoint.id)).toMatchObject([
      { state: "PENDING", nextAttemptAt: "2026-05-20T04:00:00.000Z" },
    ]);
  });

  test("H2 a redirect is a failure", async () => {
    const [{ receiver, endpoint }, elsewhere] = [await listening(), await listening(wechat)];
    await certify(bank, await importPerson());
    receiver.answer = () => ({ status: 302, headers: { location: elsewhere.receiver.url } });
    await deliverAt(sandbox.app, LATER);
    expect(await deliveriesOf(bank, endpoint.id)).toMatchObject([
      { state: "PENDING", attempts: [{ status: 302 }] },
    ]);
    expect(elsewhere.receiver.received).toEqual([]);
  });

  test("H2 410 ends the endpoint and all that waits for it", async () => {
    const { receiver, endpoint } = await listening();
    const person = await importPerson();
    await certify(bank, person);
    await certify(bank, person);
    receiver.answer = () => ({ status: 410 });
    await deliverAt(sandbox.app, LATER);
    expect(receiver.received).toHaveLength(1);
    expect(await endpointOf(bank, endpoint.id)).toMatchObject({ disabledReason: "GONE" });
    expect((await deliveriesOf(bank, endpoint.id)).map(({ state }) => state)).toEqual(["FAILED", "FAILED"]);
    await certify(bank, await importPerson());
    await deliverAt(sandbox.app, plus(LATER, { hours: 1 }));
    expect(await deliveriesOf(bank, endpoint.id)).toHaveLength(2);
  });

  test("H3 an endpoint at which nothing arrives for five days is disabled; one success ends the count", async () => {
    const { receiver, endpoint } = await listening();
    await certify(bank, await importPerson());
    receiver.answer = () => ({ status: 500 });
    await deliverAt(sandbox.app, LATER);
    expect(await endpointOf(bank, endpoint.id)).toMatchObject({ failingSince: "2026-05-20T03:00:00.000Z" });
    receiver.answer = () => ({ status: 200 });
    await deliverAt(sandbox.app, plus(LATER, { minutes: 10 }));
    expect(await endpointOf(bank, endpoint.id)).toMatchObject({ failingSince: null, disabledAt: null });
    receiver.answer = () => ({ status: 500 });
    await certify(bank, await importPerson());
    await deliverAt(sandbox.app, plus(LATER, { hours: 1 }));
    await deliverAt(sandbox.app, plus(LATER, { hours: 5 * 24 + 1 }));
    expect(await endpointOf(bank, endpoint.id)).toMatchObject({ disabledReason: "FAILING" });
  });

  test("a sender that dies leaves what it took, and another one sends it", async () => {
    const { receiver, endpoint } = await listening();
    await certify(bank, await importPerson());
    receiver.answer = () => ({ status: 500 });
    await deliverAt(sandbox.app, LATER);
    receiver.answer = () => ({ status: 204 });
    const id = parseClientOwnedId("webhookEndpoint", endpoint.id) ?? "";
    const taken = new Date(plus(LATER, { minutes: 1 }));
    const leasedUntil = new Date(plus(LATER, { minutes: 2 }));
    const claim = { now: taken, leasedUntil, limit: 4 };
    await sandbox.app.database.transact((tx) => claimDeliveries(tx, id, claim));
    expect(await deliverAt(sandbox.app, plus(LATER, { seconds: 90 }))).toMatchObject({ sent: 0 });
    expect(await deliverAt(sandbox.app, plus(LATER, { minutes: 2 }))).toMatchObject({ delivered: 1 });
    expect(await deliveriesOf(bank, endpoint.id)).toMatchObject([
      {
        state: "DELIVERED",
        attempts: [{ status: 500 }, { status: null, failure: "UNKNOWN" }, { status: 204 }],
      },
    ]);
  });

  test("a slow endpoint holds up no other", async () => {
    const [slow, quick] = [await listening(bank), await listening(staff)];
    slow.receiver.answer = () => ({ status: 204, afterMs: 1_500 });
    for (let count = 0; count < 6; count += 1) await certify(bank, await importPerson());
    const delivering = deliverAt(sandbox.app, LATER);
    await expect.poll(() => quick.receiver.received.length, { timeout: 1_400 }).toBe(6);
    expect((await deliveriesOf(bank, slow.endpoint.id)).map(({ state }) => state)).toContain("PENDING");
    expect(await delivering).toMatchObject({ delivered: 12 });
  });
});

describe("endpoints", () => {
  test("one that is deleted on the way is sent nothing more", async () => {
    const { receiver, endpoint } = await listening();
    const person = await importPerson();
    await certify(bank, person);
    await certify(bank, person);
    receiver.answer = () => ({ status: 204, afterMs: 300 });
    const delivering = deliverAt(sandbox.app, LATER);
    await expect.poll(() => receiver.received.length).toBe(1);
    expect(await remove(bank, endpoint.id)).toMatchObject({ userErrors: [], secret: null });
    await delivering;
    await deliverAt(sandbox.app, plus(LATER, { hours: 24 }));
    expect(receiver.received).toHaveLength(1);
    expect(await endpointOf(bank, endpoint.id)).toBeUndefined();
    expect((await remove(bank, endpoint.id)).userErrors).toMatchObject([{ code: "NOT_FOUND" }]);
  });

  test("created twice with one key there is one, and its secret is told once and kept nowhere in clear", async () => {
    const key = randomUUID();
    const url = "https://hooks.example.com/once";
    const first = await createEndpoint(bank, url, { idempotencyKey: key });
    opened.push({ client: bank, endpointId: first.endpoint?.id ?? "" });
    const second = await createEndpoint(bank, url, { idempotencyKey: key });
    expect(second).toEqual({ ...first, secret: null });
    expect(first.secret).toMatch(/^whsec_/);
    const { db } = sandbox.app.database;
    const stored = JSON.stringify([
      await db.select().from(idempotencyKey),
      (await db.select().from(webhookEndpoint)).map((row) => ({
        ...row,
        secretSealed: row.secretSealed.toString("latin1"),
      })),
    ]);
    expect(stored).not.toContain(first.secret?.slice("whsec_".length));
  });

  test("after a rotation the former keys sign beside the new ones for a day", async () => {
    const { receiver, endpoint, secret } = await listening();
    const input = keyed({ endpointId: endpoint.id });
    const { webhookSecretRotate: rotated } = await bank.request(WebhookSecretRotateDocument, input);
    const { webhookSecretRotate: repeated } = await bank.request(WebhookSecretRotateDocument, input);
    expect(repeated).toEqual({ ...rotated, secret: null });
    expect(rotated.secret).not.toBe(secret);
    const person = await importPerson();
    await certify(bank, person);
    await deliverAt(sandbox.app, LATER);
    await certify(bank, person);
    await deliverAt(sandbox.app, plus(LATER, { hours: 24 }));
    const [during, afterwards] = receiver.received;
    if (!during || !afterwards) throw new Error("not received");
    for (const one of [during, afterwards]) {
      expect(() => new Webhook(rotated.secret ?? "").verify(one.body, one.headers)).not.toThrow();
      expect(signedBy(rotated.endpoint?.publicKey ?? "", one)).toBe(true);
    }
    expect(() => new Webhook(secret).verify(during.body, during.headers)).not.toThrow();
    expect(signedBy(endpoint.publicKey, during)).toBe(true);
    expect(() => new Webhook(secret).verify(afterwards.body, afterwards.headers)).toThrow();
    expect(signedBy(endpoint.publicKey, afterwards)).toBe(false);
  });

  test("what has arrived is sent again under the same id: one, or all since then", async () => {
    const { receiver, endpoint } = await listening();
    for (let count = 0; count < 2; count += 1) await certify(bank, await importPerson());
    await deliverAt(sandbox.app, LATER);
    const [first] = await deliveriesOf(bank, endpoint.id);
    if (!first) throw new Error("nothing sent");
    const one = keyed({ deliveryId: first.id });
    for (let times = 0; times < 2; times += 1) {
      const { webhookDeliveryReplay } = await bank.request(WebhookDeliveryReplayDocument, one);
      expect(webhookDeliveryReplay).toEqual({ replayed: 1, userErrors: [] });
    }
    expect((await replay(bank, { deliveryId: first.id })).userErrors).toMatchObject([
      { code: "WRONG_STATE" },
    ]);
    await deliverAt(sandbox.app, LATER);
    expect(await replay(staff, { endpointId: endpoint.id, since: START })).toMatchObject({ replayed: 2 });
    await deliverAt(sandbox.app, LATER);
    const times = Object.values(Object.groupBy(receiver.received, ({ event }) => event.id));
    expect(times.map((same) => same?.length).sort()).toEqual([2, 3]);
    expect((await deliveriesOf(bank, endpoint.id)).map((node) => node.replay).sort()).toEqual([
      0, 0, 1, 1, 2,
    ]);
    expect(await replay(bank, { endpointId: endpoint.id, since: START })).toMatchObject({ replayed: 2 });
    const { userErrors } = await remove(bank, endpoint.id);
    expect(userErrors).toEqual([]);
  });

  test("are their client's: another channel sees and changes nothing, staff see all and change none", async () => {
    const { endpoint } = await listening(bank);
    await certify(bank, await importPerson());
    await deliverAt(sandbox.app, LATER);
    const [delivery] = await deliveriesOf(bank, endpoint.id);
    expect(await endpointOf(wechat, endpoint.id)).toBeUndefined();
    expect(await deliveriesOf(wechat, endpoint.id)).toEqual([]);
    const attempts = [
      await remove(wechat, endpoint.id),
      await replay(wechat, { deliveryId: delivery?.id ?? "" }),
      await replay(wechat, { endpointId: endpoint.id, since: START }),
      (await wechat.request(WebhookSecretRotateDocument, keyed({ endpointId: endpoint.id })))
        .webhookSecretRotate,
      await remove(staff, endpoint.id),
    ];
    for (const { userErrors } of attempts) expect(userErrors).toMatchObject([{ code: "NOT_FOUND" }]);
    expect(await endpointOf(staff, endpoint.id)).toMatchObject({ clientId: "sandbox-icbc-app" });
    expect(await deliveriesOf(staff, endpoint.id)).toHaveLength(1);
  });

  test.each([
    "http://hooks.example.com/",
    "https://10.0.0.1/",
    "https://user:pass@hooks.example.com/",
    "nonsense",
  ])("%s is refused as a place to send to", async (url) => {
    const { endpoint, secret, userErrors } = await createEndpoint(bank, url);
    expect([endpoint, secret]).toEqual([null, null]);
    expect(userErrors).toMatchObject([{ code: "INVALID_INPUT", path: ["input", "url"] }]);
  });

  test("a client has ten at most", async () => {
    const counter = await sandbox.signIn("AGENCY_COUNTER");
    const url = "https://hooks.example.com/many";
    for (let count = 0; count < 10; count += 1) {
      const { endpoint } = await createEndpoint(counter, url);
      opened.push({ client: counter, endpointId: endpoint?.id ?? "" });
    }
    expect((await createEndpoint(counter, url)).userErrors).toMatchObject([{ code: "WRONG_STATE" }]);
  });

  test("a client that is disabled is told nothing more", async () => {
    const { receiver } = await listening(wechat);
    await certify(wechat, await importPerson());

    const { db } = sandbox.app.database;
    const isWechat = eq(channelClient.id, "sandbox-jingtong-wechat");
    await db.update(channelClient).set({ disabledAt: new Date() }).where(isWechat);
    await deliverAt(sandbox.app, LATER);
    await db.update(channelClient).set({ disabledAt: null }).where(isWechat);
    expect(receiver.received).toEqual([]);
  });
});
