import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sandboxPeople } from "../src/sandbox/sandbox-people.js";
import { phoneIndex } from "../src/storage/pensioner-index.js";
import { places } from "../src/storage/sealing.js";
import { accessLog, auditEntry, contactTask, pensioner } from "../src/storage/tables.js";
import { certify, readStatus } from "./testkit/certify.js";
import {
  ContactPhoneReportWrongDocument,
  ContactPhoneUpdateDocument,
  type ContactPhoneUpdateInput,
  ContactTasksDocument,
  NodeDocument,
} from "./testkit/gql/graphql.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { expectGuarded, languages } from "./testkit/guarded-answer.js";
import { buildPeople, buildPerson, importPeople, subjectOf, type TestPerson } from "./testkit/people.js";
import { keyOf, readMessages } from "./testkit/records.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

let sandbox: SandboxServer;
let app12333: GraphQLClient;
let staff: GraphQLClient;
let phones = 0;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-06-01T02:00:00Z" });
  app12333 = await sandbox.signIn("APP_12333");
  staff = await sandbox.signIn("sandbox-staff");
});

afterAll(() => sandbox[Symbol.asyncDispose]());

function newPhone(): string {
  phones += 1;
  return `1390001${String(phones).padStart(4, "0")}`;
}

async function imported(overrides: Partial<TestPerson> = {}): Promise<TestPerson> {
  const person = buildPerson({ phone: newPhone(), lastCertifiedOn: "2025-02-11", ...overrides });
  await importPeople(sandbox.app, [person]);
  return person;
}

async function update(
  client: GraphQLClient,
  person: TestPerson,
  overrides: Partial<ContactPhoneUpdateInput> = {},
) {
  const input = { idempotencyKey: randomUUID(), subject: subjectOf(person), phone: newPhone(), ...overrides };
  return (await client.request(ContactPhoneUpdateDocument, { input })).contactPhoneUpdate;
}

async function report(
  name: string,
  phone: string,
  { client = app12333, idempotencyKey = randomUUID() as string } = {},
) {
  const input = { idempotencyKey, phone, name };
  return (await client.request(ContactPhoneReportWrongDocument, { input })).contactPhoneReportWrong;
}

async function tasksOf(person: TestPerson) {
  const { pensionerId } = keyOf((await readStatus(staff, person)).id);
  return sandbox.app.database.db.select().from(contactTask).where(eq(contactTask.pensionerId, pensionerId));
}

async function storedPhoneOf(person: TestPerson) {
  const { pensionerId } = keyOf((await readStatus(staff, person)).id);
  const [row] = await sandbox.app.database.db.select().from(pensioner).where(eq(pensioner.id, pensionerId));
  return row;
}

describe("a new phone", () => {
  test.each(["APP_12333", "AGENCY_COUNTER", "STREET_SERVICE_CENTER", "sandbox-staff"])(
    "C2 is given through %s",
    async (id) => {
      const person = await imported();
      const answer = await update(await sandbox.signIn(id), person, { phone: "+86 138 1111 2222" });
      expect(answer).toMatchObject({
        accepted: true,
        pensioner: { maskedPhone: "138****2222", version: 2 },
        userErrors: [],
      });
      expect((await storedPhoneOf(person))?.phoneSource).toBe("UPDATE");
    },
  );

  test("C2 is not undone by the register's older one", async () => {
    const person = await imported();
    await update(staff, person, { phone: "13811112222" });
    await importPeople(sandbox.app, [{ ...person, phone: newPhone(), employerCode: "E-9" }]);
    expect(await readStatus(staff, person)).toMatchObject({ maskedPhone: "138****2222" });
    expect((await storedPhoneOf(person))?.phoneSource).toBe("UPDATE");
  });

  test("STALE_VERSION when the record has changed since it was read", async () => {
    const person = await imported();
    const { version } = await readStatus(staff, person);
    const phone = newPhone();
    expect((await update(staff, person, { version, phone })).pensioner?.version).toBe(version + 1);
    for (const language of languages) {
      const input = { idempotencyKey: randomUUID(), subject: subjectOf(person), phone: newPhone(), version };
      const answer = await staff.in(language).send<Record<string, unknown>>({
        query: ContactPhoneUpdateDocument.toString(),
        variables: { input },
      });
      expect(answer.data?.["contactPhoneUpdate"]).toMatchObject({
        accepted: false,
        pensioner: null,
        userErrors: [{ code: "STALE_VERSION", path: ["input", "version"] }],
      });
      expectGuarded(answer.raw, language, [input.phone, person.name]);
    }
    expect((await storedPhoneOf(person))?.phoneIndex).toEqual(phoneIndex(sandbox.app.sealing, phone));
  });

  test.each(["", "12345", "1".repeat(10_000), "13900000001\0"])(
    "C2 the phone %.12j is refused",
    async (phone) => {
      const person = await imported();
      const { userErrors, pensioner: shown } = await update(staff, person, { phone });
      expect(userErrors).toMatchObject([{ code: "INVALID_INPUT", path: ["input", "phone"] }]);
      expect(shown).toBeNull();
      expect((await readStatus(staff, person)).version).toBe(1);
    },
  );

  test("S2 wrong name, wrong number and unknown person get one answer", async () => {
    const person = await imported();
    const [first, second] = [
      await update(app12333, buildPerson()),
      await update(app12333, { ...person, name: "测试别人" }),
    ];
    expect(first.userErrors).toMatchObject([{ code: "NOT_IN_SCOPE", path: ["input", "subject"] }]);
    expect(second).toEqual(first);
  });

  test("is written once for one key, logged as a read and audited", async () => {
    const person = await imported();
    const { id } = await readStatus(staff, person);
    const [idempotencyKey, phone] = [randomUUID(), newPhone()];
    const first = await update(app12333, person, { idempotencyKey, phone });
    expect(await update(app12333, person, { idempotencyKey, phone })).toEqual(first);
    await expect(update(app12333, person, { idempotencyKey })).rejects.toThrow("IDEMPOTENCY_KEY_REUSED");
    const { db } = sandbox.app.database;
    const { pensionerId } = keyOf(id);
    const reads = await db.select().from(accessLog).where(eq(accessLog.pensionerId, pensionerId));
    expect(reads.filter(({ operation }) => operation === "contactPhoneUpdate")).toHaveLength(2);
    const entries = (await db.select().from(auditEntry)).map(
      ({ entry }) => JSON.parse(entry) as Record<string, unknown>,
    );
    expect(entries.filter((entry) => entry["subjectId"] === pensionerId)).toMatchObject([
      { operation: "contactPhoneUpdate", outcome: "UPDATED", clientId: "sandbox-app-12333" },
    ]);
  });
});

describe("a wrong number", () => {
  test("R6 is reported: staff see who has to be found, first by the employer, then by the street centre", async () => {
    const employed = await imported({ employerCode: "E-R6" });
    const { accepted, userErrors } = await report(` ${employed.name} `, `+86${employed.phone}`);
    expect({ accepted, userErrors }).toEqual({ accepted: true, userErrors: [] });
    const filter = { employerCode: "E-R6", open: true };
    const { contactTasks } = await staff.request(ContactTasksDocument, { filter, first: 500 });
    expect(contactTasks.nodes).toMatchObject([
      {
        reason: "WRONG_NUMBER",
        employerCode: "E-R6",
        seeker: { code: "EMPLOYER" },
        closedAt: null,
        pensioner: {
          maskedPhone: expect.stringMatching(/^139\*{4}\d{4}$/),
          certificationStatus: { state: "OVERDUE" },
        },
      },
    ]);
    const id = contactTasks.nodes[0]?.id ?? "";
    expect((await staff.request(NodeDocument, { id })).node).toMatchObject({ __typename: "ContactTask", id });
    expect((await app12333.request(NodeDocument, { id })).node).toBeNull();
    const retired = await imported();
    await report(retired.name, retired.phone ?? "");
    const all = await staff.request(ContactTasksDocument, { filter: { open: true }, first: 500 });
    expect(all.contactTasks.nodes.at(-1)).toMatchObject({
      employerCode: null,
      seeker: { code: "STREET_SERVICE_CENTER" },
    });
  });

  test("R6 the answer does not tell whether anyone was found", async () => {
    const person = await imported();
    const answers = [
      await report(person.name, person.phone ?? ""),
      await report(person.name, newPhone()),
      await report("测试别人", person.phone ?? ""),
    ];
    for (const answer of answers) expect(answer).toEqual({ accepted: true, userErrors: [] });
    expect(await tasksOf(person)).toHaveLength(1);
  });

  test("R6 opens one task a person and phone, however often it is reported", async () => {
    const person = await imported();
    const idempotencyKey = randomUUID();
    await report(person.name, person.phone ?? "", { idempotencyKey });
    const [first] = await tasksOf(person);
    await report(person.name, person.phone ?? "", { idempotencyKey });
    await report(person.name, person.phone ?? "", { client: staff });
    expect(await tasksOf(person)).toEqual([first]);
  });

  test("R2, C2 of those who share the phone only the one is meant whom the text names", async () => {
    const phone = newPhone();
    const [person, other] = [await imported({ phone }), await imported({ phone })];
    await report(person.name, phone);
    expect(await tasksOf(person)).toHaveLength(1);
    expect(await tasksOf(other)).toEqual([]);
  });

  test("R6 two people of one name and phone are both looked for", async () => {
    const phone = newPhone();
    const name = "测试同名";
    const people = [await imported({ phone, name }), await imported({ phone, name })];
    await report(name, phone);
    for (const person of people) expect(await tasksOf(person)).toHaveLength(1);
  });

  test("R6 no message goes to a reported phone; the number stays as it was", async () => {
    const person = await imported();
    await report(person.name, person.phone ?? "");
    const { pensioner: shown } = await certify(app12333, person);
    expect(await readMessages(sandbox.app, shown.id)).toMatchObject([
      {
        kind: "CERTIFICATION_SUCCEEDED",
        state: "NO_PHONE",
        phone: null,
        body: expect.stringContaining(person.name),
      },
    ]);
    expect(shown.maskedPhone).not.toBeNull();
  });

  test("R6 who shares the phone with them is still written to", async () => {
    const phone = newPhone();
    const [person, other] = [await imported({ phone }), await imported({ phone })];
    await report(person.name, phone);
    const { pensioner: shown } = await certify(app12333, other);
    expect(await readMessages(sandbox.app, shown.id)).toMatchObject([{ state: "QUEUED", phone }]);
  });

  test("R6 a newer phone ends the search: from an update, from a certification, from the register", async () => {
    const people = await Promise.all([imported(), imported(), imported()]);
    for (const person of people) await report(person.name, person.phone ?? "");
    const [updated, certified, registered] = people;
    const contactPhone = newPhone();
    await update(staff, updated);
    const { pensioner: shown } = await certify(app12333, certified, { contactPhone });
    await importPeople(sandbox.app, [{ ...registered, phone: newPhone() }]);
    for (const person of people)
      expect(await tasksOf(person)).toMatchObject([{ closedAt: expect.any(Date) }]);
    expect(await readMessages(sandbox.app, shown.id)).toMatchObject([
      { state: "QUEUED", phone: contactPhone },
    ]);
  });

  test("R6 the register's old phone does not end it", async () => {
    const person = await imported();
    await report(person.name, person.phone ?? "");
    await importPeople(sandbox.app, [{ ...person, employerCode: "E-8" }]);
    expect(await tasksOf(person)).toMatchObject([{ closedAt: null }]);
  });

  test("R6 given again, the same phone may be reported again: the one task is opened anew", async () => {
    const person = await imported();
    const phone = person.phone ?? "";
    await report(person.name, phone);
    await update(staff, person, { phone });
    expect(await tasksOf(person)).toMatchObject([{ closedAt: expect.any(Date) }]);
    await report(person.name, phone);
    expect(await tasksOf(person)).toMatchObject([{ closedAt: null }]);
  });

  test.each([
    ["phone", { phone: "12345" }],
    ["phone", { phone: "\0" }],
    ["name", { name: "" }],
    ["name", { name: "王建国👵" }],
    ["name", { name: "王".repeat(10_000) }],
  ])("R6 a %s that is none is refused (%.40j)", async (field, wrong) => {
    for (const language of languages) {
      const input = { idempotencyKey: randomUUID(), phone: newPhone(), name: "测试", ...wrong };
      const query = ContactPhoneReportWrongDocument.toString();
      const answer = await app12333
        .in(language)
        .send<Record<string, unknown>>({ query, variables: { input } });
      expect(answer.data?.["contactPhoneReportWrong"]).toMatchObject({
        accepted: false,
        userErrors: [{ code: "INVALID_INPUT", path: ["input", field] }],
      });
      expectGuarded(answer.raw, language, Object.values(wrong));
    }
  });

  test("R6 reports that find no one count as misses, until no more are taken", async () => {
    await using strict = await startSandbox({ environment: { MISS_LIMIT: "3", MISS_LIMIT_PER_HOUR: "1" } });
    const client = await strict.signIn("APP_12333");
    const reportTo = async (name: string, phone: string) => {
      const input = { idempotencyKey: randomUUID(), phone, name };
      return client.send({ query: ContactPhoneReportWrongDocument.toString(), variables: { input } });
    };
    const [known] = sandboxPeople;
    for (let round = 0; round < 5; round += 1) {
      expect((await reportTo(known?.name ?? "", known?.phone ?? "")).errors).toEqual([]);
    }
    for (let round = 0; round < 3; round += 1) {
      expect((await reportTo("测试无此人", "13900009999")).errors).toEqual([]);
    }
    expect((await reportTo("测试无此人", "13900009999")).errors[0]?.extensions.code).toBe("RATE_LIMITED");
  });
});

describe("the list of searches", () => {
  test("R6 is read page by page by staff, and says whom it has shown", async () => {
    const employerCode = "E-PAGES";
    const people = await Promise.all(Array.from({ length: 5 }, () => imported({ employerCode })));
    for (const person of people) await report(person.name, person.phone ?? "");
    await update(staff, people[2] ?? buildPerson());
    const pageOf = async (filter: object, after?: string | null) =>
      (
        await staff.request(ContactTasksDocument, {
          filter: { employerCode, ...filter },
          first: 3,
          after: after ?? null,
        })
      ).contactTasks;
    const first = await pageOf({});
    const rest = await pageOf({}, first.pageInfo.endCursor);
    expect([first.nodes.length, rest.nodes.length, rest.pageInfo.hasNextPage]).toEqual([3, 2, false]);
    const shown = [...first.nodes, ...rest.nodes].map((task) => task.pensioner.id);
    expect(shown).toEqual(
      await Promise.all(people.map(async (person) => (await readStatus(staff, person)).id)),
    );
    expect((await pageOf({ open: false })).nodes.map((task) => task.pensioner.id)).toEqual([shown[2]]);
    const filter = { employerCode, open: true };
    const variables = { filter, first: 3, after: first.pageInfo.endCursor };
    const { errors } = await staff.refused(ContactTasksDocument, variables);
    expect(errors[0]?.extensions.code).toBe("BAD_USER_INPUT");
    const { pensionerId } = keyOf(shown[4] ?? "");
    const reads = await sandbox.app.database.db
      .select()
      .from(accessLog)
      .where(eq(accessLog.pensionerId, pensionerId));
    expect(reads.map(({ operation }) => operation)).toContain("contactTasks");
  });

  test.each([
    [{ first: 0 }],
    [{ first: 501 }],
    [{ first: 1, after: "x" }],
    [{ first: 1, filter: { employerCode: "E\0" } }],
  ])("%j is refused", async (variables) => {
    const { errors } = await staff.refused(ContactTasksDocument, variables);
    expect(errors[0]?.extensions.code).toBe("BAD_USER_INPUT");
  });
});

describe("the index of phones", () => {
  test("C2 agrees with the sealed phone of everyone: imported, seeded, captured and updated", async () => {
    const [captured, updated, replaced, ...others] = buildPeople(6, {
      phone: newPhone(),
      lastCertifiedOn: "2025-02-11",
    });
    if (!captured || !updated || !replaced) throw new Error("no people");
    await importPeople(sandbox.app, [captured, updated, replaced, ...others, buildPerson()]);
    await certify(app12333, captured, { contactPhone: newPhone() });
    await update(staff, updated);
    await importPeople(sandbox.app, [{ ...replaced, phone: newPhone() }]);
    const { database, sealing } = sandbox.app;
    const rows = await database.db.select().from(pensioner);
    expect(rows.length).toBeGreaterThan(sandboxPeople.length + 6);
    for (const { id, phoneSealed, phoneIndex: index } of rows) {
      const phone = phoneSealed && sealing.open(phoneSealed, places.pensionerPhone(id));
      expect(index).toEqual(phone && phoneIndex(sealing, phone));
    }
    const sources = new Set(rows.map(({ phoneSource }) => phoneSource));
    expect(sources).toEqual(new Set(["REGISTER", "CERTIFICATION", "UPDATE", null]));
  });

  test("C2 the register's next import fills one that is missing", async () => {
    const person = await imported();
    const { pensionerId } = keyOf((await readStatus(staff, person)).id);
    const { db } = sandbox.app.database;
    await db.update(pensioner).set({ phoneIndex: null }).where(eq(pensioner.id, pensionerId));
    expect(await importPeople(sandbox.app, [person])).toMatchObject({ updated: 1 });
    expect((await storedPhoneOf(person))?.phoneIndex).toEqual(
      phoneIndex(sandbox.app.sealing, person.phone ?? ""),
    );
    expect(await importPeople(sandbox.app, [person])).toMatchObject({ updated: 0, unchanged: 1 });
  });
});
