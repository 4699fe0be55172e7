import { randomBytes, randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { runJob } from "../src/jobs/run-job.js";
import { newId } from "../src/storage/ids.js";
import { places } from "../src/storage/sealing.js";
import {
  certificationSession,
  event,
  idempotencyKey,
  jobRun,
  message,
  usedClientAssertion,
  usedFaceAssertion,
  webhookAttempt,
  webhookDelivery,
} from "../src/storage/tables.js";
import { buildStart, certify } from "./testkit/certify.js";
import {
  CertificationStartDocument,
  MessagesDocument,
  PensionerTimelineDocument,
} from "./testkit/gql/graphql.js";
import { buildPerson, importPeople } from "./testkit/people.js";
import { keyOf } from "./testkit/records.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

const START = "2026-06-15T02:00:00Z";
let sandbox: SandboxServer;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: START });
});
afterAll(() => sandbox[Symbol.asyncDispose]());
beforeEach(() => sandbox.app.database.db.delete(jobRun));

async function run(name: string, now: string): Promise<Readonly<Record<string, number>>> {
  const { database, jobHost } = sandbox.app;
  const job = jobHost.jobs.find((one) => one.name === name);
  if (!job) throw new Error(`no job ${name}`);
  const { signal } = new AbortController();
  const outcome = await runJob({ database, signal, now: Temporal.Instant.from(now) }, job, randomUUID());
  expect(outcome.result).toBe("DONE");
  return outcome.counts;
}

const daysBefore = (now: string, days: number) =>
  new Date(Temporal.Instant.from(now).subtract({ hours: 24 * days }).epochMilliseconds);

test("what has served its purpose is removed in thousands, what has not stays", async () => {
  const { db } = sandbox.app.database;
  const key = (days: number) => ({
    clientId: "x",
    operation: "x",
    keyIndex: randomBytes(32),
    inputIndex: randomBytes(32),
    createdAt: daysBefore(START, days),
  });
  await db.insert(idempotencyKey).values([...Array.from({ length: 1_500 }, () => key(91)), key(89)]);
  const assertion = (days: number) => ({ assertion: randomBytes(32), expiresAt: daysBefore(START, days) });
  await db.insert(usedFaceAssertion).values([assertion(2), assertion(0)]);
  // Tokens go by the real time, which here lies behind the sandbox's or before it.
  const real = (ms: number) => ({ assertion: randomBytes(32), expiresAt: new Date(Date.now() + ms) });
  await db.insert(usedClientAssertion).values([real(-400 * 86_400_000), real(600_000)]);
  const past = (period: string) => ({
    job: "send",
    period,
    state: "DONE" as const,
    epoch: 1,
    startedAt: daysBefore(START, 8),
    heardAt: new Date(),
  });
  await db.insert(jobRun).values([past("2026-06-01T08:05"), past("2026-06"), past("2026-06-01")]);
  expect(await run("retention", START)).toEqual({
    idempotencyKeys: 1_500,
    expiredAssertions: 2,
    minuteRuns: 1,
  });
  expect(await run("retention", START)).toEqual({});
  for (const table of [usedFaceAssertion, usedClientAssertion])
    expect(await db.select().from(table)).toHaveLength(1);
});

test("phone and helper of a session that nobody finished are forgotten as it expires, of a finished one after a month", async () => {
  const { db } = sandbox.app.database;
  const bank = await sandbox.signIn("ICBC_APP");
  const people = [buildPerson(), buildPerson()];
  await importPeople(sandbox.app, people);
  for (const person of people)
    await bank.request(CertificationStartDocument, {
      input: { ...buildStart(person), contactPhone: "13800138000" },
    });
  const [finished] = await db.select().from(certificationSession);
  if (!finished) throw new Error("no session");

  await db
    .update(certificationSession)
    .set({ state: "COMPLETED" })
    .where(eq(certificationSession.id, finished.id));
  const captured = async () =>
    (await db.select().from(certificationSession)).filter((row) => row.contactPhoneSealed !== null).length;
  expect(await run("session-expiry", "2026-06-15T02:20:00Z")).toEqual({ sessions: 0 });
  expect(await captured()).toBe(2);
  expect(await run("session-expiry", "2026-06-15T02:40:00Z")).toEqual({ sessions: 1 });
  expect(await captured()).toBe(1);
  expect((await run("retention", "2026-07-14T02:00:00Z"))["sessionData"]).toBeUndefined();
  expect(await run("retention", "2026-07-16T02:00:00Z")).toMatchObject({ sessionData: 1 });
  expect(await captured()).toBe(0);
});

test("deliveries that arrived or were given up go after 90 days with their attempts; what waits stays, and so do events", async () => {
  const { db } = sandbox.app.database;
  const pensionerId = randomUUID();
  const rows = [
    { state: "DELIVERED", settled: 91 },
    { state: "FAILED", settled: 91 },
    { state: "DELIVERED", settled: 89 },
    { state: "PENDING", settled: null },
  ] as const;
  for (const [index, { state, settled }] of rows.entries()) {
    const [id, at] = [randomUUID(), daysBefore(START, 95)];
    const sequence = index + 1;
    await db.insert(event).values({
      ...{ bucket: 0, pensionerId, sequence, id, at, position: sequence },
      ...{ type: "certification.due", subjectId: "x" },
    });
    await db.insert(webhookDelivery).values({
      ...{ id, endpointId: pensionerId, position: sequence, bucket: 0, pensionerId, sequence, state },
      ...{ dueAt: at, createdAt: at, settledAt: settled && daysBefore(START, settled) },
    });
    await db.insert(webhookAttempt).values({ deliveryId: id, attempt: 1, at, ms: 5 });
  }
  expect(await run("retention", START)).toEqual({ webhookDeliveries: 2 });
  const left = await db.select().from(webhookDelivery);
  expect(left.map(({ state }) => state).toSorted()).toEqual(["DELIVERED", "PENDING"]);
  const attempts = await db.select().from(webhookAttempt);
  expect(attempts.map(({ deliveryId }) => deliveryId).toSorted()).toEqual(
    left.map(({ id }) => id).toSorted(),
  );
  expect(await db.select().from(event).where(eq(event.pensionerId, pensionerId))).toHaveLength(4);
  await db.delete(event);
});

test("text and phone of a message are forgotten 400 days after it was settled; what was sent and when is told still", async () => {
  const { app } = sandbox;
  const { db } = app.database;
  const staff = await sandbox.signIn("sandbox-staff");
  const person = buildPerson({ phone: "13911110001" });
  await importPeople(app, [person]);
  const { pensioner } = await certify(await sandbox.signIn("ICBC_APP"), person);
  const key = keyOf(pensioner.id);
  const at = (days: number) => daysBefore(START, days);
  const settled = [
    { kind: "REMINDER", month: "2025-03", state: "DELIVERED", settledAt: at(401) },
    { kind: "REMINDER", month: "2025-04", state: "DELIVERED", settledAt: at(399) },
    { kind: "REMINDER", month: "2025-05", state: "QUEUED", settledAt: null },
    // Nobody has told the end of the first, and the second went nowhere.
    { kind: "REMINDER", month: "2025-06", state: "SENT", settledAt: null, sentAt: at(401) },
    { kind: "PAYMENT_SUSPENDED", month: "2025-03", state: "NO_PHONE", settledAt: null },
  ] as const;
  await db.insert(message).values(
    settled.map((each) => {
      const id = newId();
      const [phoneSealed, bodySealed] = [
        app.sealing.seal("13911110001", places.messagePhone(id)),
        app.sealing.seal(`尊敬的${person.name}`, places.messageBody(id)),
      ];
      return {
        ...key,
        ...each,
        id,
        recipient: "PENSIONER" as const,
        phoneSealed,
        bodySealed,
        createdAt: at(410),
      };
    }),
  );
  const timeline = async () => {
    const { timeline: told } = await staff.request(PensionerTimelineDocument, {
      pensionerId: pensioner.id,
      first: 100,
    });
    return told.nodes.filter(({ kind }) => kind.startsWith("MESSAGE_"));
  };
  const before = await timeline();
  expect(await run("retention", START)).toEqual({ messageContents: 3 });
  expect(await run("retention", START)).toEqual({});
  const { messages } = await staff.request(MessagesDocument, {
    filter: { pensionerId: pensioner.id },
    first: 100,
  });
  const isKept = (one: (typeof messages.nodes)[number]) => one.body !== null && one.maskedPhone !== null;
  const isForgotten = (one: (typeof messages.nodes)[number]) => one.body === null && one.maskedPhone === null;
  expect(
    messages.nodes
      .filter(isKept)
      .map(({ month }) => month)
      .toSorted(),
  ).toEqual(["2025-04", "2025-05", "2026-06"]);
  expect(
    messages.nodes
      .filter(isForgotten)
      .map(({ state }) => state)
      .toSorted(),
  ).toEqual(["DELIVERED", "NO_PHONE", "SENT"]);
  expect(await timeline()).toEqual(before);
});
