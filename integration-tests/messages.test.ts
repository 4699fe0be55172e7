import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { helperSms } from "../src/domain/message-texts.js";
import { planReminders } from "../src/operations/plan-reminders.js";
import { places } from "../src/storage/sealing.js";
import { accessLog, auditEntry, employerContact, pensioner } from "../src/storage/tables.js";
import { certify, readStatus } from "./testkit/certify.js";
import { signInBoundEmployer } from "./testkit/employer.js";
import {
  CertificationStartDocument,
  EmployerContactUpdateDocument,
  MessagesDocument,
  type MessagesQueryVariables,
  NodeDocument,
} from "./testkit/gql/graphql.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { runJob } from "./testkit/job-runs.js";
import { buildPerson, importPeople, subjectOf, type TestPerson } from "./testkit/people.js";
import { keyOf, readMessages } from "./testkit/records.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

let sandbox: SandboxServer;
let staff: GraphQLClient;
let wechat: GraphQLClient;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-05-15T02:00:00Z" });
  staff = await sandbox.signIn("sandbox-staff");
  wechat = await sandbox.signIn("JINGTONG_WECHAT");
});

afterAll(() => sandbox[Symbol.asyncDispose]());

async function imported(overrides: Partial<TestPerson> = {}): Promise<TestPerson> {
  const person = buildPerson({ phone: "13911110001", lastCertifiedOn: "2025-05-11", ...overrides });
  await importPeople(sandbox.app, [person]);
  return person;
}

async function list(variables: Omit<MessagesQueryVariables, "first"> & { first?: number }, client = staff) {
  return (await client.request(MessagesDocument, { first: 100, ...variables })).messages;
}

function helperOf(phone?: string) {
  const { name, document } = buildPerson();
  const helper = { name, document, relation: "CHILD" as const, consented: true };
  return { helper: phone === undefined ? helper : { ...helper, phone } };
}

describe("the helper", () => {
  test("C1 who gives a phone is told the outcome there, the pensioner on the pensioner's own", async () => {
    const person = await imported();
    const answer = await certify(wechat, person, { actor: helperOf("+86 139 2222 0001") });
    const told = await readMessages(sandbox.app, answer.pensioner.id);
    const day = Temporal.PlainDate.from("2026-05-15");
    expect(told.filter(({ recipient }) => recipient === "HELPER")).toEqual([
      {
        kind: "CERTIFIED_ON_BEHALF",
        month: "2026-05",
        recipient: "HELPER",
        state: "QUEUED",
        phone: "13922220001",
        body: helperSms(person.name, day, Temporal.PlainDate.from("2027-05-31")),
      },
    ]);
    expect(
      told.find(({ kind, recipient }) => kind === "CERTIFIED_ON_BEHALF" && recipient === "PENSIONER"),
    ).toMatchObject({
      phone: "13911110001",
    });
  });

  test("C1 hears of a submission that it is being reviewed", async () => {
    const person = await imported();
    const consular = await sandbox.signIn("CHINA_CONSULAR_APP");
    const answer = await certify(consular, person, { actor: helperOf("+819012345678") });
    const told = await readMessages(sandbox.app, answer.pensioner.id);
    expect(told.filter(({ recipient }) => recipient === "HELPER")).toMatchObject([
      { phone: "+819012345678", body: helperSms(person.name, Temporal.PlainDate.from("2026-05-15"), null) },
    ]);
  });

  test("C1 who gives none is told nothing, and a phone that is none is refused", async () => {
    const person = await imported();
    const answer = await certify(wechat, person, { actor: helperOf() });
    const told = await readMessages(sandbox.app, answer.pensioner.id);
    expect(told.filter(({ recipient }) => recipient === "HELPER")).toEqual([]);
    const input = {
      idempotencyKey: randomUUID(),
      subject: subjectOf(person),
      actor: helperOf("12345"),
      recertifyWhenValid: true,
    };
    const { certificationStart } = await wechat.request(CertificationStartDocument, { input });
    expect(certificationStart).toMatchObject({
      session: null,
      userErrors: [{ code: "INVALID_INPUT", path: ["input", "actor", "helper", "phone"] }],
    });
  });
});

describe("staff read what is sent", () => {
  test("R2 name and phone masked, and everyone listed is logged as read", async () => {
    const person = await imported({ phone: "13911110777" });
    const { pensioner: shown } = await certify(wechat, person);
    const { nodes } = await list({ filter: { pensionerId: shown.id } });
    expect(nodes).toMatchObject([
      {
        kind: "CERTIFICATION_SUCCEEDED",
        month: "2026-05",
        recipient: "PENSIONER",
        state: "QUEUED",
        maskedPhone: "139****0777",
        attempts: 0,
        maybeTwice: false,
        sentAt: null,
        settledAt: null,
        failure: null,
        pensioner: { id: shown.id },
      },
    ]);
    const [body] = nodes.map((node) => node.body);
    expect(body).toContain("有效期已延长至2027年05月月末");
    expect(body).not.toContain(person.name);
    const id = nodes[0]?.id ?? "";
    expect((await staff.request(NodeDocument, { id })).node).toMatchObject({ __typename: "Message", id });
    expect((await wechat.request(NodeDocument, { id })).node).toBeNull();
    const { pensionerId } = keyOf(shown.id);
    const reads = await sandbox.app.database.db
      .select()
      .from(accessLog)
      .where(eq(accessLog.pensionerId, pensionerId));
    expect(reads.map(({ operation }) => operation)).toContain("messages");
  });

  test("no text whose person has got another name since: the old one could not be masked", async () => {
    const person = await imported();
    const { pensioner: shown } = await certify(wechat, person);
    const { db } = sandbox.app.database;
    const { pensionerId } = keyOf(shown.id);
    const nameSealed = sandbox.app.sealing.seal("新名", places.pensionerName(pensionerId));
    await db.update(pensioner).set({ nameSealed }).where(eq(pensioner.id, pensionerId));
    expect((await list({ filter: { pensionerId: shown.id } })).nodes.map(({ body }) => body)).toEqual([null]);
  });

  test("by kind, state, month and recipient, page by page", async () => {
    const people = await Promise.all([imported(), imported(), imported()]);
    const { database, services } = sandbox.app;
    await runJob(database, services.now(), (run) => planReminders({ database }, run), {
      period: "2026-05",
    });
    const filter = { kind: "REMINDER", state: "QUEUED", recipient: "PENSIONER", month: "2026-05" } as const;
    const { nodes } = await list({ filter });
    const ids = await Promise.all(people.map(async (person) => (await readStatus(staff, person)).id));
    expect(nodes.map((node) => node.pensioner.id)).toEqual(expect.arrayContaining(ids));
    const first = await list({ filter, first: 2 });
    const rest = await list({ filter, after: first.pageInfo.endCursor ?? null });
    expect([...first.nodes, ...rest.nodes].map(({ id }) => id)).toEqual(nodes.map(({ id }) => id));
    expect((await list({ filter: { ...filter, month: "2026-04" } })).nodes).toEqual([]);
    expect((await list({ filter: { pensionerId: "pen_0" } })).nodes).toEqual([]);
    const auditor = await sandbox.signIn("sandbox-auditor");
    expect((await list({ filter, first: 1 }, auditor)).nodes).toHaveLength(1);
  });
});

describe("an employer's contact", () => {
  const update = async (client: GraphQLClient, employerCode: string, phone = "13933330001") => {
    const input = { idempotencyKey: randomUUID(), employerCode, phone };
    return (await client.request(EmployerContactUpdateDocument, { input })).employerContactUpdate;
  };

  test("R1 is given by staff or the employers' portal, sealed, replaced and audited", async () => {
    const portal = await sandbox.signIn("EMPLOYER");
    expect(await update(staff, "E-CONTACT")).toEqual({ accepted: true, userErrors: [] });
    expect(await update(portal, "E-CONTACT", "13933330002")).toEqual({ accepted: true, userErrors: [] });
    const { database, sealing } = sandbox.app;
    const rows = await database.db
      .select()
      .from(employerContact)
      .where(eq(employerContact.employerCode, "E-CONTACT"));
    const [row] = rows;
    expect(rows).toHaveLength(1);
    expect(row && sealing.open(row.phoneSealed, places.employerPhone("E-CONTACT"))).toBe("13933330002");
    const entries = await database.db.select().from(auditEntry);
    expect(entries.filter(({ entry }) => entry.includes('"employerContactUpdate"'))).toHaveLength(2);
    expect(entries.filter(({ entry }) => entry.includes("1393333"))).toEqual([]);
  });

  test("E4 is not another employer's to give", async () => {
    const own = await signInBoundEmployer(sandbox, "E-OWN");
    expect(await update(own, "E-OWN")).toMatchObject({ accepted: true });
    expect(await update(own, "E-OTHER")).toMatchObject({
      accepted: false,
      userErrors: [{ code: "NOT_FOUND", path: ["input", "employerCode"] }],
    });
  });

  test.each([
    ["employerCode", "E 1", "13933330001"],
    ["phone", "E-1", "12345"],
  ])("R1 a %s that is none is refused", async (field, employerCode, phone) => {
    expect(await update(staff, employerCode, phone)).toMatchObject({
      accepted: false,
      userErrors: [{ code: "INVALID_INPUT", path: ["input", field] }],
    });
  });

  test("R1 the sandbox has one", async () => {
    const rows = await sandbox.app.database.db.select().from(employerContact);
    expect(rows.map(({ employerCode }) => employerCode)).toContain("SANDBOX-EMPLOYER-1");
  });
});
