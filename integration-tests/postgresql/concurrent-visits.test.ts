import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contactTask, homeVisit } from "../../src/storage/tables.js";
import { readStatus } from "../testkit/certify.js";
import {
  ContactPhoneReportWrongDocument,
  ContactPhoneUpdateDocument,
  HomeVisitDeclineDocument,
} from "../testkit/gql/graphql.js";
import type { GraphQLClient } from "../testkit/graphql-client.js";
import { completeVisit, requestedVisit, requestVisit } from "../testkit/home-visits.js";
import { buildPeople, buildPerson, importPeople, subjectOf, type TestPerson } from "../testkit/people.js";
import { keyOf, readRecords } from "../testkit/records.js";
import { type SandboxServer, startSandbox } from "../testkit/sandbox-server.js";

let sandbox: SandboxServer;
let bank: GraphQLClient;
let centre: GraphQLClient;
let city: GraphQLClient;
let staff: GraphQLClient;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-06-01T02:00:00Z" });
  bank = await sandbox.signIn("ICBC_APP");
  centre = await sandbox.signIn("sandbox-street-service-center-110108");
  city = await sandbox.signIn("STREET_SERVICE_CENTER");
  staff = await sandbox.signIn("sandbox-staff");
});

afterAll(() => sandbox[Symbol.asyncDispose]());

async function imported(overrides: Partial<TestPerson> = {}): Promise<TestPerson> {
  const person = buildPerson({ phone: "13911110001", lastCertifiedOn: "2025-02-11", ...overrides });
  await importPeople(sandbox.app, [person]);
  return person;
}

const outcomeOf = ({ userErrors }: { readonly userErrors: readonly { readonly code: string }[] }) =>
  userErrors[0]?.code ?? "DONE";

async function decline(client: GraphQLClient, homeVisitId: string) {
  const input = { idempotencyKey: randomUUID(), homeVisitId, reason: "不在家" };
  return (await client.request(HomeVisitDeclineDocument, { input })).homeVisitDecline;
}

test("E5 P4 R7 two centres' clerks and staff complete one visit at once: one certification", async () => {
  const person = await imported();
  const id = await requestedVisit(bank, person);
  const clerks = [centre, city, staff, centre, city, staff];
  const answers = await Promise.all(clerks.map((clerk) => completeVisit(clerk, id)));
  expect(answers.map(outcomeOf).sort()).toEqual(["DONE", ...Array.from({ length: 5 }, () => "WRONG_STATE")]);
  const records = await readRecords(sandbox.app, (await readStatus(bank, person)).id);
  expect(records.certifications).toMatchObject([{ state: "PASSED", method: "HOME_VISIT" }]);
  expect(records.messages).toHaveLength(1);
  expect(records.backPay.map(({ month }) => month)).toEqual(["2026-03", "2026-04", "2026-05", "2026-06"]);
});

test("E5 completed and declined at once: one of the two, never both", async () => {
  for (let round = 0; round < 6; round += 1) {
    const person = await imported();
    const id = await requestedVisit(bank, person);
    const [completion, refusal] = await Promise.all([completeVisit(centre, id), decline(city, id)]);
    expect([outcomeOf(completion), outcomeOf(refusal)].sort()).toEqual(["DONE", "WRONG_STATE"]);
    const { certifications } = await readRecords(sandbox.app, (await readStatus(bank, person)).id);
    expect(certifications).toHaveLength(completion.homeVisit ? 1 : 0);
  }
});

test("E5 asked for by many channels at once: one visit is open", async () => {
  const person = await imported();
  const clients = [
    bank,
    await sandbox.signIn("JINGTONG_WECHAT"),
    centre,
    bank,
    await sandbox.signIn("APP_12333"),
  ];
  const answers = await Promise.all(clients.map((client) => requestVisit(client, person)));
  expect(answers.map(outcomeOf).sort()).toEqual(["DONE", ...Array.from({ length: 4 }, () => "WRONG_STATE")]);
  const { pensionerId } = keyOf((await readStatus(bank, person)).id);
  const { db } = sandbox.app.database;
  expect(await db.select().from(homeVisit).where(eq(homeVisit.pensionerId, pensionerId))).toHaveLength(1);
});

test("R6 one wrong number reported by many at once: one task a person, and no one waits in a ring", async () => {
  const phone = "13922223333";
  const name = "测试同名";
  const people = buildPeople(4, { phone, name });
  await importPeople(sandbox.app, people);
  const report = (client: GraphQLClient) =>
    client.request(ContactPhoneReportWrongDocument, { input: { idempotencyKey: randomUUID(), phone, name } });
  await Promise.all([bank, staff, city, bank, staff, city].map(report));
  for (const person of people) {
    const { pensionerId } = keyOf((await readStatus(bank, person)).id);
    const { db } = sandbox.app.database;
    expect(await db.select().from(contactTask).where(eq(contactTask.pensionerId, pensionerId))).toHaveLength(
      1,
    );
  }
});

test("R6 reported while a newer phone is being given: the newer phone is never left with an open task", async () => {
  for (let round = 0; round < 8; round += 1) {
    const phone = `1392222${String(4000 + round)}`;
    const person = await imported({ phone });
    const newer = { idempotencyKey: randomUUID(), subject: subjectOf(person), phone: "13933334444" };
    await Promise.all([
      bank.request(ContactPhoneReportWrongDocument, {
        input: { idempotencyKey: randomUUID(), phone, name: person.name },
      }),
      staff.request(ContactPhoneUpdateDocument, { input: newer }),
    ]);
    const { pensionerId } = keyOf((await readStatus(bank, person)).id);
    const { db } = sandbox.app.database;
    const tasks = await db.select().from(contactTask).where(eq(contactTask.pensionerId, pensionerId));
    expect(tasks.filter(({ closedAt }) => closedAt === null)).toEqual([]);
  }
});

test("STALE_VERSION of updates at once under one version one is made", async () => {
  const person = await imported();
  const update = (phone: string) =>
    staff.request(ContactPhoneUpdateDocument, {
      input: { idempotencyKey: randomUUID(), subject: subjectOf(person), phone, version: 1 },
    });
  const phones = ["13944440001", "13944440002", "13944440003"];
  const answers = await Promise.all(phones.map(update));
  const outcomes = answers.map(({ contactPhoneUpdate }) => outcomeOf(contactPhoneUpdate));
  expect(outcomes.sort()).toEqual(["DONE", "STALE_VERSION", "STALE_VERSION"]);
  expect((await readStatus(bank, person)).version).toBe(2);
});
