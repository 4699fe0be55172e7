import { randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseOpaqueId } from "../src/storage/ids.js";
import { accessLog, auditEntry, event } from "../src/storage/tables.js";
import { readStatus } from "./testkit/certify.js";
import { signInBoundEmployer } from "./testkit/employer.js";
import { LifeEventsDocument, NodeDocument } from "./testkit/gql/graphql.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { expectGuarded, languages } from "./testkit/guarded-answer.js";
import { cutPayroll, type ReportedEvent, report, reported, takeBack } from "./testkit/life-events.js";
import { buildPerson, importPeople, type TestPerson } from "./testkit/people.js";
import { keyOf, readRecords } from "./testkit/records.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

let sandbox: SandboxServer;
let counter: GraphQLClient;
let centre: GraphQLClient;
let employer: GraphQLClient;
let bank: GraphQLClient;
let staff: GraphQLClient;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-05-20T02:00:00Z" });
  counter = await sandbox.signIn("AGENCY_COUNTER");
  centre = await sandbox.signIn("STREET_SERVICE_CENTER");
  employer = await sandbox.signIn("EMPLOYER");
  bank = await sandbox.signIn("ICBC_APP");
  staff = await sandbox.signIn("sandbox-staff");
  await cutPayroll(sandbox.app, "2026-05");
});

afterAll(() => sandbox[Symbol.asyncDispose]());

/** Valid through 2027-02-28. */
async function importPerson(overrides: Partial<TestPerson> = {}): Promise<TestPerson> {
  const person = buildPerson({ lastCertifiedOn: "2026-02-11", ...overrides });
  await importPeople(sandbox.app, [person]);
  return person;
}

const renamed = (person: TestPerson) => ({ ...person, name: "另一人" });

async function readAsStaff(id: string): Promise<ReportedEvent | undefined> {
  const { lifeEvents } = await staff.request(LifeEventsDocument, { first: 500 });
  return lifeEvents.nodes.find((node) => node.id === id);
}

async function eventsOf(pensionerId: string): Promise<string[]> {
  const { bucket, pensionerId: id } = keyOf(pensionerId);
  const rows = await sandbox.app.database.db
    .select()
    .from(event)
    .where(and(eq(event.bucket, bucket), eq(event.pensionerId, id)))
    .orderBy(event.sequence);
  return rows.map(({ type }) => type);
}

describe("a death", () => {
  test("C5 of a person named exactly stops payment; the months paid since are listed", async () => {
    const person = await importPerson();
    const death = await reported(staff, person, { source: "CIVIL_AFFAIRS", sourceReference: "MZ-1" });
    expect(death).toMatchObject({
      kind: "DEATH",
      state: "ACTIVE",
      outcome: "MATCHED",
      occurredOn: "2026-03-20",
      source: "CIVIL_AFFAIRS",
      sourceReference: "MZ-1",
      overpaidMonths: ["2026-04", "2026-05"],
      document: { type: "RESIDENT_ID", maskedNumber: expect.stringMatching(/^110\*+\d{3}[\dX]$/) },
      reason: null,
    });
    const { holds } = await readRecords(sandbox.app, death.pensioner?.id ?? "");
    expect(holds).toMatchObject([
      { reason: "DEATH_REPORTED", fromMonth: "2026-06", resumesMonth: null, voided: false, final: false },
    ]);
    expect(await eventsOf(death.pensioner?.id ?? "")).toEqual(["life_event.reported", "payment.suspended"]);
  });

  test("C5 under another name, or without a document, stops nothing and waits on the desk's list", async () => {
    const person = await importPerson();
    const wrongName = await reported(staff, renamed(person));
    const nameOnly = await reported(staff, person, { subject: { name: person.name } });
    const nobody = await reported(staff, buildPerson());
    expect(wrongName).toMatchObject({ outcome: "PENDING_REVIEW", overpaidMonths: [] });
    expect(nameOnly).toMatchObject({ outcome: "NO_MATCH", pensioner: null, document: null });
    expect(nobody).toMatchObject({ outcome: "NO_MATCH", pensioner: null });
    const { holds } = await readRecords(sandbox.app, wrongName.pensioner?.id ?? "");
    expect(holds).toEqual([]);
    const { lifeEvents } = await staff.request(LifeEventsDocument, {
      filter: { outcome: "PENDING_REVIEW", state: "ACTIVE", kind: "DEATH" },
      first: 500,
    });
    expect(lifeEvents.nodes.map(({ id }) => id)).toContain(wrongName.id);
    expect(lifeEvents.nodes.map(({ id }) => id)).not.toContain(nobody.id);
  });

  test("C5 a number that the register holds under another kind of document leads to its person", async () => {
    const person = await importPerson();
    const asPassport = { ...person, document: { ...person.document, type: "PASSPORT" as const } };
    const death = await reported(staff, asPassport);
    expect(death.outcome).toBe("PENDING_REVIEW");
    expect(death.pensioner?.id).toBe((await readStatus(bank, person)).id);
    await importPeople(sandbox.app, [{ ...asPassport, name: "同号另一人" }]);
    const both = await reported(staff, { ...asPassport, name: "第三人" });
    expect(both).toMatchObject({ outcome: "MULTIPLE_CANDIDATES", pensioner: null });
  });

  test("C5 told by two sources that each left a doubt acts; when one takes it back the other waits again", async () => {
    const person = await importPerson();
    const first = await reported(counter, renamed(person), { source: "CIVIL_AFFAIRS" });
    await reported(counter, renamed(person), { source: "HEALTH" });
    // One channel that names two authorities is one source.
    expect((await readAsStaff(first.id))?.outcome).toBe("PENDING_REVIEW");
    const second = await reported(centre, renamed(person), { source: "FAMILY", occurredOn: "2026-05-02" });
    expect((await readAsStaff(first.id))?.outcome).toBe("MATCHED");
    expect(await readAsStaff(second.id)).toMatchObject({
      outcome: "MATCHED",
      pensioner: { paymentStatus: { state: "PAYING" } },
    });
    const pensionerId = (await readStatus(bank, person)).id;
    expect((await readRecords(sandbox.app, pensionerId)).holds).toHaveLength(3);
    await takeBack(centre, second.id);
    expect((await readAsStaff(first.id))?.outcome).toBe("PENDING_REVIEW");
    const { holds } = await readRecords(sandbox.app, pensionerId);
    expect(holds.every(({ voided, resumesMonth }) => voided && resumesMonth === "2026-06")).toBe(true);
  });

  test("C5 an employer tells of its own people; what it says of others waits", async () => {
    const bound = await signInBoundEmployer(sandbox, "E-LIFE-1");
    const own = await reported(bound, await importPerson({ employerCode: "E-LIFE-1" }));
    const other = await reported(bound, await importPerson({ employerCode: "E-OTHER" }));
    // The employers' common portal is bound to nobody.
    const common = await reported(employer, await importPerson({ employerCode: "E-OTHER" }));
    const outcomes = await Promise.all([own, other, common].map(({ id }) => readAsStaff(id)));
    expect(outcomes.map((each) => [each?.source, each?.outcome])).toEqual([
      ["EMPLOYER", "MATCHED"],
      ["EMPLOYER", "PENDING_REVIEW"],
      ["EMPLOYER", "MATCHED"],
    ]);
  });
});

describe("what a source sees", () => {
  test("C5, S2 one answer whether or not there is anyone: that the report was taken", async () => {
    const person = await importPerson();
    const answers = [person, renamed(person), buildPerson()].map((each) =>
      report(counter, each, { sourceReference: randomUUID() }),
    );
    const shown = (await Promise.all(answers)).map(({ lifeEvent, userErrors }) => ({
      ...lifeEvent,
      userErrors,
      id: null,
      sourceReference: null,
      reportedAt: null,
    }));
    expect(shown[0]).toMatchObject({
      state: "ACTIVE",
      outcome: null,
      overpaidMonths: null,
      pensioner: null,
      maskedName: null,
      document: null,
      updatedAt: null,
      userErrors: [],
    });
    expect(shown[1]).toEqual(shown[0]);
    expect(shown[2]).toEqual(shown[0]);
  });

  test("C5 its own reports and no one else's", async () => {
    const death = await reported(counter, await importPerson());
    expect((await counter.request(NodeDocument, { id: death.id })).node).toMatchObject({
      __typename: "LifeEvent",
      lifeEventState: "ACTIVE",
    });
    expect((await centre.request(NodeDocument, { id: death.id })).node).toBeNull();
    for (const answer of [await takeBack(centre, death.id), await takeBack(counter, "life_0")])
      expect(answer.userErrors).toMatchObject([{ code: "NOT_FOUND", path: ["input", "lifeEventId"] }]);
  });

  test("C5 the same report twice is one; another content under its reference is refused", async () => {
    const person = await importPerson();
    const reference = { source: "HEALTH", sourceReference: "WJ-77" } as const;
    const once = await reported(counter, person, reference);
    expect((await reported(counter, person, reference)).id).toBe(once.id);
    const other = await report(counter, person, { ...reference, occurredOn: "2026-03-21" });
    expect(other.userErrors).toMatchObject([{ code: "WRONG_STATE", path: ["input", "sourceReference"] }]);
    const elsewhere = await reported(centre, person, reference);
    expect(elsewhere.id).not.toBe(once.id);
  });
});

describe("what is kept", () => {
  test("C5 every change is in the audit chain, and every read by staff of whom it leads to in the access log", async () => {
    const person = await importPerson();
    const death = await reported(counter, person);
    await readAsStaff(death.id);
    await staff.request(NodeDocument, { id: death.id });
    await takeBack(counter, death.id);
    const nobody = await reported(counter, buildPerson());
    const { db } = sandbox.app.database;
    const entries = (await db.select().from(auditEntry)).map(({ entry }) => JSON.parse(entry));
    const idOf = (opaque: string) => {
      const key = parseOpaqueId(opaque);
      return key?.kind === "lifeEvent" ? key.id : "";
    };
    expect(
      entries.filter(({ subjectId }) => subjectId === idOf(death.id)).map(({ operation }) => operation),
    ).toEqual(["lifeEventReport", "lifeEventVoid"]);
    expect(entries.filter(({ subjectId }) => subjectId === idOf(nobody.id))).toHaveLength(1);
    const { pensionerId } = keyOf((await readStatus(bank, person)).id);
    const reads = await db.select().from(accessLog).where(eq(accessLog.pensionerId, pensionerId));
    expect(reads.map(({ operation }) => operation).sort()).toEqual(["lifeEvents", "node", "pensionerStatus"]);
  });

  test("C5 a repetition under one key is one report", async () => {
    const idempotencyKey = randomUUID();
    const person = await importPerson();
    const [one, two] = [
      await reported(counter, person, { idempotencyKey }),
      await reported(counter, person, { idempotencyKey }),
    ];
    expect(two.id).toBe(one.id);
  });
});

test.each([
  ["a day to come", { occurredOn: "2026-05-21" }, "INVALID_INPUT", ["input", "occurredOn"]],
  ["a day long ago", { occurredOn: "1899-12-31" }, "INVALID_INPUT", ["input", "occurredOn"]],
  ["no name", { subject: { name: " " } }, "INVALID_INPUT", ["input", "subject", "name"]],
  [
    "a number with a wrong check digit",
    { subject: { name: "测试", document: { type: "RESIDENT_ID", number: "110108194901010013" } } },
    "INVALID_DOCUMENT",
    ["input", "subject", "document", "number"],
  ],
  [
    "a reference of control characters",
    { sourceReference: "a\u0007b" },
    "INVALID_INPUT",
    ["input", "sourceReference"],
  ],
] as const)("C5 %s is refused in both languages: %j %s at %j", async (_, overrides, code, path) => {
  for (const language of languages) {
    const answer = await report(counter.in(language), buildPerson(), { ...overrides });
    expect(answer).toMatchObject({ lifeEvent: null, userErrors: [{ code, path }] });
    expectGuarded(JSON.stringify(answer), language);
  }
});
