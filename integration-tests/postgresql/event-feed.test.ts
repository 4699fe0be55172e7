import { asc } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { relayEvents } from "../../src/delivery/relay-events.js";
import type { Actor } from "../../src/domain/actor.js";
import { scopes } from "../../src/domain/actor.js";
import { readChanges } from "../../src/operations/read-changes.js";
import type { PlacedEvent } from "../../src/storage/event-feed.js";
import { recordEvent, recordServed } from "../../src/storage/events.js";
import type { PensionerKey } from "../../src/storage/ids.js";
import { takeJobRun } from "../../src/storage/job-runs.js";
import { lockPensioner } from "../../src/storage/locked-pensioner.js";
import { event, pensioner } from "../../src/storage/tables.js";
import { buildPeople, importPeople } from "../testkit/people.js";
import { type SandboxServer, startSandbox } from "../testkit/sandbox-server.js";

const WRITERS = 20;
const EVENTS_EACH = 15;
const now = Temporal.Instant.from("2026-05-20T02:00:00Z");
const channel: Actor = {
  kind: "CHANNEL",
  clientId: "feed-channel",
  name: "feed",
  channel: "ICBC_APP",
  employerCode: null,
  districtCode: null,
  scopes: new Set(scopes),
};
const staff: Actor = {
  kind: "STAFF",
  clientId: "feed-staff",
  name: "feed",
  roles: new Set(),
  scopes: new Set(scopes),
};

let sandbox: SandboxServer;
let people: readonly PensionerKey[];

beforeAll(async () => {
  sandbox = await startSandbox({ clock: now.toString() });
  await importPeople(sandbox.app, buildPeople(8));
  const { database } = sandbox.app;
  people = (
    await database.db.select({ bucket: pensioner.bucket, pensionerId: pensioner.id }).from(pensioner)
  ).slice(-8);
  await database.transact(async (tx) => {
    for (const person of people.slice(0, 4))
      await recordServed(tx, person, channel.clientId, new Date(now.epochMilliseconds));
  });
});

afterAll(() => sandbox[Symbol.asyncDispose]());

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Commits its events late, in whatever order, and takes some of them back. Returns how many it committed. */
async function write(writer: number): Promise<number> {
  let committed = 0;
  for (let count = 0; count < EVENTS_EACH; count += 1) {
    const key = people[Math.floor(Math.random() * people.length)];
    if (!key) throw new Error("no one");
    const fails = Math.random() < 0.15;
    const written = sandbox.app.database.transact(async (tx) => {
      await lockPensioner(tx, key);
      const subjectId = `cert_${writer}_${count}`;
      await recordEvent(tx, {
        ...key,
        type: "certification.passed",
        subjectId,
        at: new Date(now.epochMilliseconds),
      });
      await pause(Math.random() * 25);
      if (fails) throw new Error("taken back");
    });
    await written.then(
      () => (committed += 1),
      (error: unknown) => {
        if (!fails) throw error;
      },
    );
  }
  return committed;
}

/** Follows the feed by what it has read last, until it is told to stop and nothing more comes. */
async function follow(actor: Actor, stop: { done: boolean }): Promise<PlacedEvent[]> {
  const read: PlacedEvent[] = [];
  for (;;) {
    const last = stop.done;
    const page = { after: read.at(-1)?.position ?? 0, limit: 7 };
    const events = await readChanges(sandbox.app.database, actor, page, now);
    read.push(...events);
    if (events.length === 0 && last) return read;
    await pause(Math.random() * 5);
  }
}

test("writers that commit late and in any order: each reader meets each event once, a person's in their order", async () => {
  const stop = { done: false };
  const readers = [follow(staff, stop), follow(staff, stop), follow(channel, stop)];
  const written = await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
  stop.done = true;
  const [everything = [], again = [], heard = []] = await Promise.all(readers);
  const stored = await sandbox.app.database.db.select().from(event).orderBy(asc(event.position));
  const total = written.reduce((sum, each) => sum + each, 0);
  expect(stored).toHaveLength(total);
  expect(stored.map(({ position }) => position)).toEqual(Array.from({ length: total }, (_, at) => at + 1));
  expect(everything).toEqual(stored);
  expect(again).toEqual(stored);
  const served = new Set(people.slice(0, 4).map(({ pensionerId }) => pensionerId));
  expect(heard).toEqual(stored.filter(({ pensionerId }) => served.has(pensionerId)));
  for (const events of Map.groupBy(stored, ({ pensionerId }) => pensionerId).values()) {
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, at) => at + 1));
  }
});

test("as a job it places all that is left, and has nothing to do the second time", async () => {
  const { database } = sandbox.app;
  const [key] = people;
  if (!key) throw new Error("no one");
  await database.transact(async (tx) => {
    await lockPensioner(tx, key);
    for (let count = 0; count < 3; count += 1)
      await recordEvent(tx, {
        ...key,
        type: "certification.due",
        subjectId: "pen_0",
        at: new Date(now.epochMilliseconds),
      });
  });
  const runOf = async (period: string) => {
    const { signal } = new AbortController();
    const run = await takeJobRun(database, { job: "relay", period, now, signal, silentMs: 60_000 });
    if (!run) throw new Error("no run");
    return relayEvents({ database }, run);
  };
  expect(await runOf("2026-05-20T10:00")).toEqual({ placed: 3 });
  expect(await runOf("2026-05-20T10:01")).toEqual({ placed: 0 });
});
