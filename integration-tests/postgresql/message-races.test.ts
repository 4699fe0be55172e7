import { randomUUID } from "node:crypto";
import { and, eq, not } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sendMessages } from "../../src/delivery/send-messages.js";
import { planReminders } from "../../src/operations/plan-reminders.js";
import { message, pensioner } from "../../src/storage/tables.js";
import { certify, readStatus } from "../testkit/certify.js";
import type { GraphQLClient } from "../testkit/graphql-client.js";
import { runJob } from "../testkit/job-runs.js";
import { buildPeople, buildPerson, importPeople, type TestPerson } from "../testkit/people.js";
import { keyOf } from "../testkit/records.js";
import { type SandboxServer, startSandbox } from "../testkit/sandbox-server.js";
import { ScriptedGateway } from "../testkit/scripted-gateway.js";

let sandbox: SandboxServer;
let bank: GraphQLClient;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-05-04T02:00:00Z" });
  bank = await sandbox.signIn("ICBC_APP");
});

afterAll(() => sandbox[Symbol.asyncDispose]());

const at = Temporal.Instant.from("2026-05-04T04:00:00Z");

async function plannedFor(people: readonly TestPerson[]) {
  const { database } = sandbox.app;
  await database.db.delete(message);
  await importPeople(sandbox.app, people);
  await runJob(database, at, (run) => planReminders({ database }, run), {
    job: randomUUID(),
    period: "2026-05",
  });
}

function send(gateway: ScriptedGateway) {
  const { database, sealing } = sandbox.app;
  const context = { database, sealing, gateway, limits: { perSecond: 1_000 } };
  return runJob(database, at, (run) => sendMessages(context, run));
}

test("R3 a certification under way is waited for, and then nobody is reminded", async () => {
  const [person = buildPerson()] = buildPeople(1, { lastCertifiedOn: "2025-05-09", phone: "13911110001" });
  await plannedFor([person]);
  const { database } = sandbox.app;
  const { pensionerId, bucket } = keyOf((await readStatus(bank, person)).id);
  const isPerson = and(eq(pensioner.bucket, bucket), eq(pensioner.id, pensionerId));
  const isTheirs = eq(message.pensionerId, pensionerId);
  await database.db.delete(message).where(not(isTheirs));
  const gateway = new ScriptedGateway();
  let sending: Promise<unknown> | undefined;
  await database.transact(async (tx) => {
    await tx.update(pensioner).set({ validThrough: "2027-05-31", anchorMonth: "2026-05" }).where(isPerson);
    sending = send(gateway);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(gateway.sent).toEqual([]);
  });
  await sending;
  expect(gateway.sent).toEqual([]);
  const rows = await database.db.select().from(message).where(isTheirs);
  expect(rows.map(({ state }) => state)).toEqual(["CANCELLED"]);
});

test("R3 who certifies while reminders go out is reminded before or not at all", async () => {
  const people = buildPeople(24, { lastCertifiedOn: "2025-05-09", phone: "13911110001" });
  await plannedFor(people);
  const gateway = new ScriptedGateway();
  const certified = people.map(async (person) => (await certify(bank, person)).state);
  await Promise.all([send(gateway), ...certified]);
  // Now everyone has certified: whoever was not reminded by then never is.
  const before = gateway.sent.length;
  await send(gateway);
  expect(gateway.sent.slice(before).filter(({ body }) => body.includes("请最迟于"))).toEqual([]);
  const rows = await sandbox.app.database.db.select().from(message).where(eq(message.kind, "REMINDER"));
  expect(rows.filter(({ state }) => state === "QUEUED" || state === "SENDING")).toEqual([]);
});

test("R7 several senders at once send each message once", async () => {
  const people = buildPeople(60, { lastCertifiedOn: "2025-05-09", phone: "13911110002" });
  await plannedFor(people);
  const gateways = Array.from({ length: 4 }, () => new ScriptedGateway());
  await Promise.all(gateways.map(send));
  // Whoever met only rows that others were at went home early.
  await send(gateways[0] ?? new ScriptedGateway());
  const sent = gateways.flatMap((gateway) => gateway.sent.map(({ id }) => id));
  expect(new Set(sent).size).toBe(sent.length);
  const rows = await sandbox.app.database.db.select().from(message);
  expect(new Set(rows.map(({ state }) => state)).has("QUEUED")).toBe(false);
  expect(rows.filter(({ attempts }) => attempts > 1)).toEqual([]);
});
