import { randomUUID } from "node:crypto";
import { Registry } from "prom-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "../src/storage/ids.js";
import { places } from "../src/storage/sealing.js";
import { event, jobRun, message, webhookDelivery, webhookEndpoint } from "../src/storage/tables.js";
import { registerWorkMetrics } from "../src/work-metrics.js";
import { buildPerson } from "./testkit/people.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

const NOW = Temporal.Instant.from("2026-06-15T02:00:00Z");
const ago = (seconds: number) => new Date(NOW.subtract({ seconds }).epochMilliseconds);
const jobs = ["message-sending", "reminders", "retention"];

let sandbox: SandboxServer;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-06-15T02:00:00Z" });
  const { db } = sandbox.app.database;
  for (const table of [jobRun, message, event]) await db.delete(table);
});
afterAll(() => sandbox[Symbol.asyncDispose]());

/** A registry of its own, so that it begins with nothing kept. */
async function metrics(database = sandbox.app.database) {
  const registry = new Registry();
  registerWorkMetrics(registry, { database, now: () => NOW, jobs });
  const read = async () => {
    const text = await registry.metrics();
    return new Map(
      [...text.matchAll(/^changqing_(\S+) (\S+)$/gm)].map(([, name = "", value]) => [name, Number(value)]),
    );
  };
  return { read, first: await read() };
}

async function addMessages(rows: readonly Partial<typeof message.$inferInsert>[]): Promise<void> {
  const { database, sealing } = sandbox.app;
  await database.db.insert(message).values(
    rows.map((row) => {
      const id = newId();
      return {
        ...{ bucket: 0, pensionerId: randomUUID(), id, kind: "REMINDER" as const, month: "2026-06" },
        ...{ recipient: "PENSIONER" as const, state: "QUEUED" as const, dueAt: ago(0), createdAt: ago(900) },
        bodySealed: sealing.seal(`尊敬的${buildPerson().name}`, places.messageBody(id)),
        ...row,
      };
    }),
  );
}

describe("what waits", () => {
  test("is nothing at first, and that is said", async () => {
    const { first } = await metrics();
    expect(first.get('messages_waiting{kind="REMINDER",state="QUEUED"}')).toBe(0);
    expect(first.get("webhook_deliveries_pending")).toBe(0);
    expect(first.get("webhook_delivery_oldest_due_seconds")).toBe(0);
    expect(first.get("events_unplaced")).toBe(0);
    expect(first.get('job_runs_unfinished{job="reminders",state="FAILED"}')).toBe(0);
    expect([...first.keys()].filter((name) => name.startsWith("job_last_success"))).toEqual([]);
  });

  test("of messages: how many of a kind and state, and for how long they have been due", async () => {
    await addMessages([
      { dueAt: ago(60) },
      { dueAt: ago(600) },
      { dueAt: ago(-3_600), kind: "PAYMENT_SUSPENDED" },
      { dueAt: ago(30), state: "UNKNOWN" },
      { dueAt: ago(9_000), state: "DELIVERED", settledAt: ago(8_000) },
    ]);
    const { first } = await metrics();
    const of = (name: string, kind: string, state: string) =>
      first.get(`${name}{kind="${kind}",state="${state}"}`);
    expect(of("messages_waiting", "REMINDER", "QUEUED")).toBe(2);
    expect(of("message_oldest_due_seconds", "REMINDER", "QUEUED")).toBe(600);
    expect(of("messages_waiting", "REMINDER", "UNKNOWN")).toBe(1);
    expect(of("message_oldest_due_seconds", "REMINDER", "UNKNOWN")).toBe(30);
    expect(of("messages_waiting", "PAYMENT_SUSPENDED", "QUEUED")).toBe(1);
    expect(of("message_oldest_due_seconds", "PAYMENT_SUSPENDED", "QUEUED")).toBe(0);
    expect(of("messages_waiting", "REMINDER", "DELIVERED")).toBeUndefined();
  });

  test("of deliveries, but for endpoints that are not in use; of events, those without a place", async () => {
    const { db } = sandbox.app.database;
    const [used, disabled] = [randomUUID(), randomUUID()];
    const endpoint = {
      clientId: "x",
      audience: "ALL" as const,
      url: "https://x",
      publicKey: "x",
      afterPosition: 0,
    };
    const sealed = { secretSealed: Buffer.from("x"), signingKeySealed: Buffer.from("x"), createdAt: ago(0) };
    await db.insert(webhookEndpoint).values([
      { id: used, ...endpoint, ...sealed },
      { id: disabled, ...endpoint, ...sealed, disabledAt: ago(0), disabledReason: "GONE" },
    ]);
    const delivery = (endpointId: string, position: number, seconds: number) => ({
      ...{ id: randomUUID(), endpointId, position, bucket: 0, pensionerId: used, sequence: position },
      ...{ state: "PENDING" as const, dueAt: ago(seconds), createdAt: ago(seconds) },
    });
    await db
      .insert(webhookDelivery)
      .values([delivery(used, 1, 120), delivery(used, 2, 20), delivery(disabled, 1, 9_000)]);
    const happened = (sequence: number, seconds: number, position: number | null) => ({
      ...{ bucket: 0, pensionerId: used, sequence, id: newId(), subjectId: "x", at: ago(seconds), position },
      type: "certification.due" as const,
    });
    await db.insert(event).values([happened(1, 500, 1), happened(2, 45, null), happened(3, 40, null)]);
    const { first } = await metrics();
    expect(first.get("webhook_deliveries_pending")).toBe(2);
    expect(first.get("webhook_delivery_oldest_due_seconds")).toBe(120);
    expect(first.get("events_unplaced")).toBe(2);
    expect(first.get("event_oldest_unplaced_seconds")).toBe(45);
  });
});

describe("jobs", () => {
  test("tell when a run was last done, and how many are under way or have failed", async () => {
    const run = (
      job: string,
      period: string,
      state: "RUNNING" | "DONE" | "FAILED",
      finished: number | null,
    ) => ({
      ...{ job, period, state, epoch: 1, startedAt: ago(900), heardAt: ago(0) },
      finishedAt: finished === null ? null : ago(finished),
    });
    await sandbox.app.database.db
      .insert(jobRun)
      .values([
        run("reminders", "2026-05", "DONE", 900_000),
        run("reminders", "2026-06", "FAILED", 100),
        run("message-sending", "2026-06-15T09:58", "DONE", 90),
        run("message-sending", "2026-06-15T09:59", "DONE", 30),
        run("message-sending", "2026-06-15T10:00", "RUNNING", null),
        run("job-of-another-release", "2026-06", "FAILED", 100),
      ]);
    const { first } = await metrics();
    const told = Object.fromEntries([...first].filter(([name]) => name.startsWith("job_")));
    expect(told).toEqual({
      'job_last_success_age_seconds{job="message-sending"}': 30,
      'job_last_success_age_seconds{job="reminders"}': 900_000,
      'job_runs_unfinished{job="message-sending",state="RUNNING"}': 1,
      'job_runs_unfinished{job="message-sending",state="FAILED"}': 0,
      'job_runs_unfinished{job="reminders",state="RUNNING"}': 0,
      'job_runs_unfinished{job="reminders",state="FAILED"}': 1,
      'job_runs_unfinished{job="retention",state="RUNNING"}': 0,
      'job_runs_unfinished{job="retention",state="FAILED"}': 0,
    });
  });
});

describe("reading", () => {
  test("is kept for a while, whoever asks and however often", async () => {
    const { read, first } = await metrics();
    await addMessages([{}]);
    expect(await read()).toEqual(first);
    expect((await metrics()).first).not.toEqual(first);
  });

  test("that fails leaves the metrics out, and fails nobody", async () => {
    const { database } = sandbox.app;
    const db = new Proxy(database.db, {
      get: () => () => Promise.reject(new Error("the database is gone")),
    });
    expect((await metrics({ ...database, db })).first.size).toBe(0);
  });

  test("is told at /metrics with what jobs there are, and names nobody", async () => {
    const text = await (await fetch(`${sandbox.server.address}/metrics`)).text();
    for (const name of ["reminders", "webhook-delivery", "retention"])
      expect(text).toContain(`changqing_job_runs_unfinished{job="${name}",state="RUNNING"}`);
    const labels = new Set(
      [...text.matchAll(/^changqing_(?:messages?|webhook|events?|job)_\w+\{(.*)\}/gm)].flatMap(
        ([, each = ""]) => [...each.matchAll(/(\w+)="/g)].map(([, key = ""]) => key),
      ),
    );
    const closed = ["job", "kind", "le", "outcome", "state"];
    expect([...labels].filter((label) => !closed.includes(label))).toEqual([]);
  });
});
