import { asc, eq } from "drizzle-orm";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { employerReminderSms, reminderSms } from "../src/domain/message-texts.js";
import { planReminders } from "../src/operations/plan-reminders.js";
import { newId } from "../src/storage/ids.js";
import { JobRunLost } from "../src/storage/job-runs.js";
import { places } from "../src/storage/sealing.js";
import { employerContact, event, jobRun, message, paymentHold } from "../src/storage/tables.js";
import { certify, readStatus } from "./testkit/certify.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { runJob, takeRun } from "./testkit/job-runs.js";
import { buildPeople, buildPerson, importPeople, type TestPerson } from "./testkit/people.js";
import { keyOf, readMessages } from "./testkit/records.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

const CLOCK = "2026-05-04T02:00:00Z";
const opened: SandboxServer[] = [];
let sandbox: SandboxServer;
let staff: GraphQLClient;
let bank: GraphQLClient;

beforeEach(async () => {
  sandbox = await startSandbox({ clock: CLOCK });
  opened.push(sandbox);
  staff = await sandbox.signIn("sandbox-staff");
  bank = await sandbox.signIn("ICBC_APP");
  // The sandbox's own people are not counted on here.
  await sandbox.app.database.db.delete(message);
});

afterAll(async () => {
  for (const each of opened) await each[Symbol.asyncDispose]();
});

const now = () => sandbox.app.services.now();

function plan(period = "2026-05", chunkPeople?: number) {
  const { database, sealing } = sandbox.app;
  const context = { database, sealing, ...(chunkPeople === undefined ? {} : { chunkPeople }) };
  return runJob(database, now(), (run) => planReminders(context, run), { job: "plan-reminders", period });
}

async function remindersOf(person: TestPerson) {
  const { id } = await readStatus(staff, person);
  return (await readMessages(sandbox.app, id)).filter(({ kind }) => kind === "REMINDER");
}

async function eventsOf(person: TestPerson) {
  const { pensionerId } = keyOf((await readStatus(staff, person)).id);
  const rows = await sandbox.app.database.db
    .select()
    .from(event)
    .where(eq(event.pensionerId, pensionerId))
    .orderBy(asc(event.sequence));
  return rows.filter(({ type }) => type === "certification.due");
}

async function giveEmployerPhone(employerCode: string, phone: string) {
  const { database, sealing } = sandbox.app;
  const phoneSealed = sealing.seal(phone, places.employerPhone(employerCode));
  await database.db.insert(employerContact).values({ employerCode, phoneSealed, updatedAt: new Date() });
}

describe("a month's reminders", () => {
  test("R1 go to the people of three deadline months, in the words that name them", async () => {
    const passed = ["2025-04-09", "2025-05-09", "2025-06-09", "2025-07-09", "2025-08-09"];
    const people = passed.map((lastCertifiedOn) => buildPerson({ lastCertifiedOn, phone: "13911110001" }));
    await importPeople(sandbox.app, people);
    await plan();
    const written = await Promise.all(people.map(remindersOf));
    expect(written.map((each) => each.length)).toEqual([0, 1, 1, 1, 0]);
    const [, , june] = people;
    expect(written[2]).toEqual([
      {
        kind: "REMINDER",
        month: "2026-05",
        recipient: "PENSIONER",
        state: "QUEUED",
        phone: null,
        body: reminderSms(june?.name ?? "", Temporal.PlainDate.from("2026-06-30")),
      },
    ]);
  });

  test("R1 go to the employer too, one a pensioner; without a contact there is none to send to", async () => {
    const reached = buildPerson({ lastCertifiedOn: "2025-05-09", employerCode: "E-1", phone: "13911110001" });
    const unreached = buildPerson({ lastCertifiedOn: "2025-05-09", employerCode: "E-2" });
    await importPeople(sandbox.app, [reached, unreached]);
    await giveEmployerPhone("E-1", "13911110009");
    await plan();
    expect(await remindersOf(reached)).toMatchObject([
      { recipient: "PENSIONER", state: "QUEUED" },
      {
        recipient: "EMPLOYER",
        state: "QUEUED",
        body: employerReminderSms(reached.name, Temporal.PlainDate.from("2026-05-31")),
      },
    ]);
    expect(await remindersOf(unreached)).toMatchObject([
      { recipient: "PENSIONER", state: "NO_PHONE", phone: null },
      { recipient: "EMPLOYER", state: "NO_PHONE", phone: null },
    ]);
    expect(await eventsOf(reached)).toHaveLength(1);
    expect(await eventsOf(unreached)).toHaveLength(1);
  });

  test("R3 skip whoever waits for a decision on what was handed in in time, and someone reported dead", async () => {
    const [waiting, dead] = buildPeople(2, { lastCertifiedOn: "2025-05-09" });
    if (!waiting || !dead) throw new Error("no people");
    await importPeople(sandbox.app, [waiting, dead]);
    await certify(await sandbox.signIn("CHINA_CONSULAR_APP"), waiting);
    const key = keyOf((await readStatus(staff, dead)).id);
    await sandbox.app.database.db.insert(paymentHold).values({
      ...key,
      id: newId(),
      reason: "DEATH_REPORTED",
      fromMonth: "2026-05",
      openedAt: new Date(CLOCK),
    });
    await plan();
    expect(await remindersOf(waiting)).toEqual([]);
    expect(await remindersOf(dead)).toEqual([]);
    expect(await eventsOf(dead)).toEqual([]);
  });

  test("R3 whoever has certified since the month began is not on the list any more", async () => {
    const person = buildPerson({ lastCertifiedOn: "2025-05-09" });
    await importPeople(sandbox.app, [person]);
    await certify(bank, person);
    await plan();
    expect(await remindersOf(person)).toEqual([]);
  });

  test("R7 killed between chunks and started again, they write each message and event once", async () => {
    const people = buildPeople(7, {
      lastCertifiedOn: "2025-06-09",
      employerCode: "E-1",
      phone: "13911110001",
    });
    await importPeople(sandbox.app, people);
    const { database } = sandbox.app;
    const killed = new AbortController();
    const first = await takeRun(database, now(), {
      job: "plan-reminders",
      period: "2026-05",
      signal: killed.signal,
      onProgress: ({ done }) => {
        if (done >= 5) killed.abort();
      },
    });
    await planReminders({ database, chunkPeople: 2 }, first);
    const [half] = await database.db.select().from(jobRun);
    expect(half).toMatchObject({ state: "RUNNING", cursor: { validThrough: "2026-06-30" } });
    const counts = await plan("2026-05", 2);
    // The run of the first attempt is lost: a worker that wakes up late writes nothing.
    await expect(
      planReminders({ database, chunkPeople: 2 }, { ...first, signal: new AbortController().signal }),
    ).rejects.toBeInstanceOf(JobRunLost);
    for (const person of people) {
      expect((await remindersOf(person)).map(({ recipient }) => recipient)).toEqual([
        "PENSIONER",
        "EMPLOYER",
      ]);
      expect(await eventsOf(person)).toHaveLength(1);
    }
    expect(counts["people"]).toBeGreaterThanOrEqual(7);
    await expect(plan()).rejects.toThrow("is done");
  });

  test("R7 two workers that both believe that the run is theirs write each message once", async () => {
    const people = buildPeople(5, { lastCertifiedOn: "2025-06-09", phone: "13911110001" });
    await importPeople(sandbox.app, people);
    const { database } = sandbox.app;
    const period = { job: "plan-reminders", period: "2026-05" };
    const runs = [await takeRun(database, now(), period), await takeRun(database, now(), period)];
    const ended = await Promise.allSettled(
      runs.map((run) => planReminders({ database, chunkPeople: 2 }, run)),
    );
    expect(ended.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    for (const person of people) expect(await remindersOf(person)).toHaveLength(1);
  });

  test("R1 planned at night, they are due in the morning", async () => {
    const { database } = sandbox.app;
    const person = buildPerson({ lastCertifiedOn: "2025-05-09", phone: "13911110001" });
    await importPeople(sandbox.app, [person]);
    const night = Temporal.Instant.from("2026-05-04T17:30:00Z");
    await runJob(database, night, (run) => planReminders({ database }, run), { period: "2026-05" });
    const rows = await database.db.select().from(message);
    expect(rows.map(({ dueAt }) => dueAt.toISOString())).toContain("2026-05-05T00:00:00.000Z");
    expect(new Set(rows.map(({ dueAt }) => dueAt.toISOString())).size).toBe(1);
  });
});
