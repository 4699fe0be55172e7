import { randomUUID } from "node:crypto";
import { eq, not } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { planMessages } from "../src/delivery/outbox.js";
import { SandboxGateway, sandboxPhones } from "../src/delivery/sandbox-gateway.js";
import { type SendLimits, sendMessages } from "../src/delivery/send-messages.js";
import { settleReceipt, settleReceiptsOf } from "../src/delivery/settle-receipt.js";
import type { SmsGateway, SmsReceipt } from "../src/delivery/sms-gateway.js";
import { employerReminderSms, paymentSuspendedSms, reminderSms } from "../src/domain/message-texts.js";
import { planReminders } from "../src/operations/plan-reminders.js";
import { bulkArraysFor } from "../src/storage/bulk-arrays.js";
import { newId } from "../src/storage/ids.js";
import { places } from "../src/storage/sealing.js";
import { auditEntry, contactTask, message, paymentHold } from "../src/storage/tables.js";
import { certify, readStatus } from "./testkit/certify.js";
import {
  ContactPhoneReportWrongDocument,
  ContactPhoneUpdateDocument,
  EmployerContactUpdateDocument,
} from "./testkit/gql/graphql.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { runJob, takeRun } from "./testkit/job-runs.js";
import { buildPerson, importPeople, subjectOf, type TestPerson } from "./testkit/people.js";
import { keyOf } from "./testkit/records.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";
import { ScriptedGateway } from "./testkit/scripted-gateway.js";

const MORNING = Temporal.Instant.from("2026-05-04T02:00:00Z");
const minutesLater = (minutes: number) => MORNING.add({ seconds: minutes * 60 });
const accepted = { kind: "accepted", gatewayMessageId: "g-1" } as const;
const failed = { kind: "failed", reason: "BUSY" } as const;
const unknown = { kind: "unknown", reason: "TIMEOUT" } as const;

let sandbox: SandboxServer;
let staff: GraphQLClient;
let bank: GraphQLClient;
let gateway: ScriptedGateway;
let phones = 0;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: MORNING.toString() });
  staff = await sandbox.signIn("sandbox-staff");
  bank = await sandbox.signIn("ICBC_APP");
});

beforeEach(async () => {
  await sandbox.app.database.db.delete(message);
  gateway = new ScriptedGateway();
});

afterAll(() => sandbox[Symbol.asyncDispose]());

function newPhone(): string {
  phones += 1;
  return `1391111${String(phones).padStart(4, "0")}`;
}

interface Reminded {
  readonly person: TestPerson;
  readonly pensionerId: string;
  readonly phone: string;
  read(): Promise<typeof message.$inferSelect>;
}

/** Someone whose reminder of May stands in the outbox. */
async function reminded(overrides: Partial<TestPerson> = {}): Promise<Reminded> {
  const phone = overrides.phone ?? newPhone();
  const person = buildPerson({ lastCertifiedOn: "2025-05-09", ...overrides, phone });
  await importPeople(sandbox.app, [person]);
  const { database } = sandbox.app;
  await runJob(database, MORNING, (run) => planReminders({ database }, run), {
    job: randomUUID(),
    period: "2026-05",
  });
  const { pensionerId } = keyOf((await readStatus(staff, person)).id);
  const isTheirs = eq(message.pensionerId, pensionerId);
  await database.db.delete(message).where(not(isTheirs));
  return {
    person,
    pensionerId,
    phone,
    read: async () => {
      const rows = await database.db.select().from(message).where(isTheirs).orderBy(message.id);
      const [row] = rows.filter(({ kind, recipient }) => kind === "REMINDER" && recipient === "PENSIONER");
      if (!row) throw new Error("there is no reminder");
      return row;
    },
  };
}

function send(at = MORNING, limits: Partial<SendLimits> = {}, through: SmsGateway = gateway) {
  const { database, sealing } = sandbox.app;
  const context = { database, sealing, gateway: through, limits: { perSecond: 1_000, ...limits } };
  return runJob(database, at, (run) => sendMessages(context, run));
}

const receiptContext = () => ({
  database: sandbox.app.database,
  sealing: sandbox.app.sealing,
  gateway,
  now: () => minutesLater(5),
});

async function tasksOf(pensionerId: string) {
  const { db } = sandbox.app.database;
  return db.select().from(contactTask).where(eq(contactTask.pensionerId, pensionerId));
}

describe("at the moment of sending", () => {
  test("a message that is due is sent once, and not again", async () => {
    const { phone, read } = await reminded();
    expect(await send()).toMatchObject({ SENT: 1 });
    expect(await send(minutesLater(60))).toEqual({});
    expect(gateway.sentTo(phone)).toHaveLength(1);
    const row = await read();
    expect(row).toMatchObject({
      state: "SENT",
      attempts: 1,
      gateway: "scripted",
      gatewayMessageId: `g-${row.id}`,
      maybeTwice: false,
      sentAt: expect.any(Date),
    });
  });

  test("R3 whoever has certified since the list was cut is not reminded", async () => {
    const { person, phone, read } = await reminded();
    await certify(bank, person);
    await send(minutesLater(5));
    expect((await read()).state).toBe("CANCELLED");
    // The success text alone went out.
    expect(gateway.sentTo(phone).map(({ body }) => body.includes("操作已成功"))).toEqual([true]);
  });

  test("R3 nobody is told of a suspension that is over, and R5 everyone of one that is not", async () => {
    const { database } = sandbox.app;
    const people = [await reminded(), await reminded()];
    const keys = await Promise.all(
      people.map(async ({ person }) => keyOf((await readStatus(staff, person)).id)),
    );
    const [open, over] = keys;
    if (!open || !over) throw new Error("no people");
    const hold = { reason: "NOT_CERTIFIED" as const, fromMonth: "2026-07", openedAt: new Date(0) };
    await database.db.insert(paymentHold).values([
      { ...open, ...hold, id: newId() },
      { ...over, ...hold, id: newId(), resumesMonth: "2026-07" },
    ]);
    const at = new Date(MORNING.epochMilliseconds);
    const plan = { kind: "PAYMENT_SUSPENDED", month: "2026-06", createdAt: at, dueAt: at } as const;
    const planned = keys.map((key) => ({ ...key, recipient: "PENSIONER" as const, hasPhone: true }));
    await database.transact((tx) => planMessages(tx, bulkArraysFor(database.kind), plan, planned));
    await send();
    const rows = await database.db.select().from(message).where(eq(message.kind, "PAYMENT_SUSPENDED"));
    expect(Object.fromEntries(rows.map(({ pensionerId, state }) => [pensionerId, state]))).toEqual({
      [open.pensionerId]: "SENT",
      [over.pensionerId]: "CANCELLED",
    });
    const [told] = people;
    // From the month in which it began in truth, which need not be the batch's.
    const from = Temporal.PlainYearMonth.from("2026-07");
    expect(gateway.sentTo(told?.phone ?? "").map(({ body }) => body)).toContain(
      paymentSuspendedSms(told?.person.name ?? "", from),
    );
  });

  test("C2 a text is written when its turn comes: by the name and to the employer's phone of that hour", async () => {
    const employerCode = `E-${randomUUID()}`;
    const [before, after] = [newPhone(), newPhone()];
    const employerAt = (phone: string) => {
      const input = { idempotencyKey: randomUUID(), employerCode, phone };
      return staff.request(EmployerContactUpdateDocument, { input });
    };
    await employerAt(before);
    const { person, phone } = await reminded({ employerCode });
    const renamed = { ...person, name: "欧阳若兰" };
    await importPeople(sandbox.app, [renamed]);
    await employerAt(after);
    await send(minutesLater(5));
    const deadline = Temporal.PlainDate.from("2026-05-31");
    expect(gateway.sentTo(phone)).toMatchObject([{ body: reminderSms(renamed.name, deadline) }]);
    expect(gateway.sentTo(before)).toEqual([]);
    expect(gateway.sentTo(after)).toMatchObject([{ body: employerReminderSms(renamed.name, deadline) }]);
  });

  test("R6 a phone reported since is not written to; C2 a newer one is", async () => {
    const [reported, renewed] = [await reminded(), await reminded()];
    const { database } = sandbox.app;
    // Puts back the first one's, which the second's preparation has taken away.
    await runJob(database, MORNING, (run) => planReminders({ database }, run), {
      job: randomUUID(),
      period: "2026-05",
    });
    for (const { person, phone } of [reported, renewed]) {
      const input = { idempotencyKey: randomUUID(), phone, name: person.name };
      await bank.request(ContactPhoneReportWrongDocument, { input });
    }
    const phone = newPhone();
    const input = { idempotencyKey: randomUUID(), subject: subjectOf(renewed.person), phone };
    await staff.request(ContactPhoneUpdateDocument, { input });
    await send();
    expect((await reported.read()).state).toBe("NO_PHONE");
    expect((await renewed.read()).state).toBe("SENT");
    expect(gateway.sentTo(reported.phone)).toEqual([]);
    expect(gateway.sentTo(renewed.phone)).toEqual([]);
    expect(gateway.sentTo(phone)).toHaveLength(1);
  });

  test("R1, R5 reminders wait for the day, a confirmation does not", async () => {
    const { person, phone, read } = await reminded();
    const night = Temporal.Instant.from("2026-05-04T13:00:00Z");
    const other = buildPerson({ phone: newPhone() });
    await importPeople(sandbox.app, [other]);
    await certify(bank, other);
    await send(night);
    expect((await read()).state).toBe("QUEUED");
    expect(gateway.sent.map((each) => each.phone)).toEqual([other.phone]);
    await send(Temporal.Instant.from("2026-05-05T00:00:00Z"));
    expect(gateway.sentTo(phone).map(({ body }) => body.includes(person.name))).toEqual([true]);
  });

  test("R1, R5 a fourth message of one day about one person waits for the next", async () => {
    const { pensionerId, read } = await reminded();
    const row = await read();
    const { db } = sandbox.app.database;
    const sentAt = new Date(MORNING.epochMilliseconds);
    await db.insert(message).values(
      ["2026-02", "2026-03", "2026-04"].map((month) => ({
        ...row,
        id: newId(),
        month,
        state: "SENT" as const,
        sentAt,
      })),
    );
    await send();
    expect(await read()).toMatchObject({ state: "QUEUED", attempts: 0 });
    expect((await db.select().from(message).where(eq(message.pensionerId, pensionerId))).length).toBe(4);
  });
});

describe("what the gateway says", () => {
  test("a gateway that has too much to do is called again later, without counting", async () => {
    const { phone, read } = await reminded();
    gateway.script(phone, { kind: "throttled", retryAfterMs: 60_000 }, accepted);
    await send();
    expect(await read()).toMatchObject({ state: "QUEUED", attempts: 0 });
    await send(minutesLater(0.5));
    expect(gateway.sent).toHaveLength(1);
    await send(minutesLater(2));
    expect(await read()).toMatchObject({ state: "SENT", attempts: 1, gatewayMessageId: "g-1" });
  });

  test("what surely was not sent is tried five times at most", async () => {
    const { phone, read } = await reminded();
    gateway.script(phone, failed);
    for (let hour = 0; hour < 7; hour += 1) await send(minutesLater(hour * 60));
    expect(gateway.sent).toHaveLength(5);
    expect(await read()).toMatchObject({ state: "FAILED", failure: "BUSY", attempts: 5 });
  });

  test("R6 a number that will never do opens a search, once, and leaves its trace", async () => {
    const { pensionerId, phone, read } = await reminded({ employerCode: "E-BOUNCE" });
    gateway.script(phone, { kind: "rejected", reason: "NO_SUCH_NUMBER", badNumber: true });
    await send();
    expect(await read()).toMatchObject({ state: "FAILED", failure: "NO_SUCH_NUMBER" });
    const tasks = await tasksOf(pensionerId);
    expect(tasks).toMatchObject([{ reason: "BOUNCED", employerCode: "E-BOUNCE", closedAt: null }]);
    const entries = (await sandbox.app.database.db.select().from(auditEntry)).map(
      ({ entry }) => JSON.parse(entry) as Record<string, unknown>,
    );
    expect(entries.filter((entry) => entry["subjectId"] === tasks[0]?.id)).toMatchObject([
      { operation: "messageDelivery", outcome: "BOUNCED", clientId: "sms:scripted" },
    ]);
  });

  test("R6 a text that will never do opens none", async () => {
    const { pensionerId, phone, read } = await reminded();
    gateway.script(phone, { kind: "rejected", reason: "CONTENT", badNumber: false });
    await send();
    expect(await read()).toMatchObject({ state: "FAILED", failure: "CONTENT" });
    expect(await tasksOf(pensionerId)).toEqual([]);
  });

  test.each([
    ["says so", async () => unknown],
    ["throws", async () => Promise.reject(new Error("the line is dead"))],
    ["says nothing", () => new Promise<never>(() => undefined)],
  ])(
    "R7 when it %s, what became of a message is unknown: it is sent once more, and marked",
    async (_, answer) => {
      const { phone, read } = await reminded();
      gateway.script(phone, answer, accepted);
      await send(MORNING, { callMs: 50 });
      expect(await read()).toMatchObject({ state: "UNKNOWN", attempts: 1, maybeTwice: false });
      await send(minutesLater(0.5));
      expect(gateway.sent).toHaveLength(1);
      await send(minutesLater(5));
      expect(await read()).toMatchObject({ state: "SENT", attempts: 2, maybeTwice: true });
      expect(new Set(gateway.sent.map(({ id }) => id)).size).toBe(1);
    },
  );

  test("R7 unknown a second time, it is not sent a third", async () => {
    const { phone, read } = await reminded();
    gateway.script(phone, unknown);
    for (let hour = 0; hour < 4; hour += 1) await send(minutesLater(hour * 60));
    expect(gateway.sent).toHaveLength(2);
    expect(await read()).toMatchObject({ state: "FAILED", failure: "OUTCOME_UNKNOWN", maybeTwice: true });
  });

  test("R7 a gateway that can be asked is asked first", async () => {
    const { phone, read } = await reminded();
    gateway.script(phone, unknown);
    gateway.answerQueries({ kind: "accepted", gatewayMessageId: "g-2" });
    await send();
    await send(minutesLater(5));
    expect([gateway.sent.length, gateway.asked.length]).toEqual([1, 1]);
    expect(await read()).toMatchObject({ state: "SENT", gatewayMessageId: "g-2", maybeTwice: false });
  });

  test("R7 when it does not know the message either, it is sent once more", async () => {
    const { phone, read } = await reminded();
    gateway.script(phone, unknown, unknown, accepted);
    gateway.answerQueries(null);
    for (let hour = 0; hour < 5; hour += 1) await send(minutesLater(hour * 60));
    expect([gateway.sent.length, gateway.asked.length]).toEqual([2, 2]);
    expect(await read()).toMatchObject({ state: "FAILED", failure: "OUTCOME_UNKNOWN", maybeTwice: true });
  });
});

describe("a sender that dies", () => {
  test("R7 after SENDING is written and before the call: after its lease the message is sent, marked", async () => {
    const { phone, read } = await reminded();
    const { database, sealing } = sandbox.app;
    // It never comes back from the call, nor does anything of it afterwards.
    gateway.script(phone, () => new Promise<never>(() => undefined), accepted);
    const run = await takeRun(database, MORNING);
    const limits = { perSecond: 1_000, callMs: 600_000 };
    void sendMessages({ database, sealing, gateway, limits }, run).catch(() => undefined);
    await expect.poll(async () => (await read()).state).toBe("SENDING");
    await send(minutesLater(4));
    expect(gateway.sent).toHaveLength(1);
    await send(minutesLater(6));
    expect(gateway.sent).toHaveLength(2);
    expect(await read()).toMatchObject({ state: "SENT", attempts: 2, maybeTwice: true });
  });

  test("R7 an answer that comes after someone else has taken over changes nothing", async () => {
    const { phone, read } = await reminded();
    const { database, sealing } = sandbox.app;
    const late = Promise.withResolvers<typeof failed>();
    gateway.script(phone, () => late.promise, accepted);
    const run = await takeRun(database, MORNING);
    const limits = { perSecond: 1_000, callMs: 600_000 };
    const first = sendMessages({ database, sealing, gateway, limits }, run);
    await expect.poll(async () => (await read()).state).toBe("SENDING");
    await send(minutesLater(6));
    late.resolve(failed);
    expect(await first).toMatchObject({ LOST: 1 });
    expect(await read()).toMatchObject({ state: "SENT", gatewayMessageId: "g-1" });
  });

  test("asked to stop, it claims nothing more", async () => {
    const { read } = await reminded();
    const { database, sealing } = sandbox.app;
    const run = await takeRun(database, MORNING, { signal: AbortSignal.abort() });
    expect(await sendMessages({ database, sealing, gateway, limits: { perSecond: 1 } }, run)).toEqual({});
    expect((await read()).state).toBe("QUEUED");
  });
});

describe("delivery receipts", () => {
  const receipt = (gatewayMessageId: string, overrides: Partial<SmsReceipt> = {}): SmsReceipt => ({
    gatewayMessageId,
    delivered: true,
    reason: null,
    badNumber: false,
    ...overrides,
  });

  test("R6 settle a message: delivered, or not, and then the person is looked for", async () => {
    const { pensionerId, read } = await reminded();
    await send();
    const id = (await read()).gatewayMessageId ?? "";
    const undelivered = receipt(id, { delivered: false, reason: "EXPIRED" });
    expect(await settleReceipt(receiptContext(), undelivered)).toBe(true);
    expect(await read()).toMatchObject({ state: "FAILED", failure: "EXPIRED", settledAt: expect.any(Date) });
    expect(await tasksOf(pensionerId)).toMatchObject([{ reason: "BOUNCED" }]);
    // A second one comes too late.
    expect(await settleReceipt(receiptContext(), receipt(id))).toBe(true);
    expect((await read()).state).toBe("FAILED");
  });

  test("R6 an employer's bounce is not the pensioner's", async () => {
    const { pensionerId, read } = await reminded();
    await send();
    const { db } = sandbox.app.database;
    await db.update(message).set({ recipient: "EMPLOYER" }).where(eq(message.pensionerId, pensionerId));
    const [row] = await db.select().from(message).where(eq(message.pensionerId, pensionerId));
    await settleReceipt(receiptContext(), receipt(row?.gatewayMessageId ?? "", { delivered: false }));
    expect(await tasksOf(pensionerId)).toEqual([]);
    await expect(read()).rejects.toThrow("no reminder");
  });

  test("R6 a phone that its text did not reach is tried again; what its holder reports stands over it", async () => {
    const { person, pensionerId, phone, read } = await reminded();
    await send();
    await settleReceipt(
      receiptContext(),
      receipt((await read()).gatewayMessageId ?? "", { delivered: false }),
    );
    const { pensioner } = await certify(bank, person);
    await send(minutesLater(5));
    expect(gateway.sentTo(phone)).toHaveLength(2);
    const input = { idempotencyKey: randomUUID(), phone, name: person.name };
    await bank.request(ContactPhoneReportWrongDocument, { input });
    expect(await tasksOf(pensionerId)).toMatchObject([{ reason: "WRONG_NUMBER", closedAt: null }]);
    expect(keyOf(pensioner.id).pensionerId).toBe(pensionerId);
  });

  test("that overtake the answer are settled all the same; those of no message are told of", async () => {
    const { phone, read } = await reminded();
    const lost: string[] = [];
    settleReceiptsOf(gateway, receiptContext(), (id) => lost.push(id));
    let reported: Promise<void> | undefined;
    gateway.script(phone, async () => {
      reported = gateway.report(receipt("g-early"));
      return { kind: "accepted", gatewayMessageId: "g-early" };
    });
    await send();
    await reported;
    expect((await read()).state).toBe("DELIVERED");
    await gateway.report(receipt("g-nobody"));
    expect(lost).toEqual(["g-nobody"]);
  });
});

describe("the sandbox's gateway", () => {
  test.each([
    ["13911118888", { state: "DELIVERED" }],
    [sandboxPhones.rejected, { state: "FAILED", failure: "NO_SUCH_NUMBER" }],
    [sandboxPhones.throttled, { state: "QUEUED", attempts: 0 }],
    [sandboxPhones.failed, { state: "QUEUED", failure: "SANDBOX_FAILURE" }],
    [sandboxPhones.unknown, { state: "UNKNOWN", failure: "SANDBOX_TIMEOUT" }],
    [sandboxPhones.bounced, { state: "FAILED", failure: "UNDELIVERABLE" }],
  ])("to %s ends as documented", async (phone, expected) => {
    const { read } = await reminded({ phone });
    await using through = new SandboxGateway();
    settleReceiptsOf(through, receiptContext());
    await send(MORNING, {}, through);
    await expect.poll(read, { timeout: 10_000 }).toMatchObject(expected);
  });
});

test("no more are sent in a second than the gateway allows", async () => {
  const { read } = await reminded();
  const row = await read();
  const { database, sealing } = sandbox.app;
  const body = sealing.seal("一", places.messageBody(row.id));
  await database.db.update(message).set({ bodySealed: body });
  const others = [newId(), newId()].map((id, position) => ({
    ...row,
    id,
    month: `2025-0${position + 1}`,
    phoneSealed: null,
    bodySealed: sealing.seal("一", places.messageBody(id)),
  }));
  await database.db.insert(message).values(others);
  const startedMs = performance.now();
  expect(await send(MORNING, { perSecond: 2 })).toMatchObject({ SENT: 3 });
  expect(performance.now() - startedMs).toBeGreaterThan(1_400);
});

test("a message that cannot be opened keeps no other one waiting", async () => {
  const { phone, read } = await reminded();
  const row = await read();
  await sandbox.app.database.db
    .insert(message)
    .values({ ...row, id: newId(), month: "2025-01", dueAt: new Date(0), bodySealed: Buffer.from("x") });
  expect(await send()).toMatchObject({ SENT: 1, FAILED: 1 });
  expect(gateway.sentTo(phone)).toHaveLength(1);
  const [unread] = await sandbox.app.database.db.select().from(message).where(eq(message.month, "2025-01"));
  expect(unread).toMatchObject({ state: "FAILED", failure: "UNREADABLE" });
});
