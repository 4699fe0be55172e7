import { randomBytes, randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { runJob } from "../src/jobs/run-job.js";
import {
  certificationSession,
  idempotencyKey,
  jobRun,
  usedClientAssertion,
  usedFaceAssertion,
  webhookAttempt,
} from "../src/storage/tables.js";
import { buildStart } from "./testkit/certify.js";
import { CertificationStartDocument } from "./testkit/gql/graphql.js";
import { buildPerson, importPeople } from "./testkit/people.js";
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
  const attempt = (days: number) => ({
    deliveryId: randomUUID(),
    attempt: 1,
    at: daysBefore(START, days),
    ms: 5,
  });
  await db.insert(webhookAttempt).values([attempt(91), attempt(89)]);
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
    webhookAttempts: 1,
    minuteRuns: 1,
  });
  expect(await run("retention", START)).toEqual({});
  for (const table of [usedFaceAssertion, usedClientAssertion, webhookAttempt])
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
