import "reflect-metadata";
import { randomUUID } from "node:crypto";
import { inArray } from "drizzle-orm";
import { type GraphQLField, getNamedType } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildPlainSchema } from "../src/graphql/schema.js";
import { createLogger } from "../src/logging.js";
import { sandboxPeople } from "../src/sandbox/sandbox-people.js";

import { paymentHold } from "../src/storage/tables.js";
import { buildStart, certify, faceAssertionFor, startSession } from "./testkit/certify.js";
import { buildItem } from "./testkit/employer.js";
import { PensionerStatusDocument } from "./testkit/gql/graphql.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { openCase } from "./testkit/life-events.js";
import { insertHold } from "./testkit/payroll.js";
import { buildPerson, subjectOf } from "./testkit/people.js";
import { keyOf } from "./testkit/records.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";
import { wholeSelections } from "./testkit/whole-selection.js";

const schema = buildPlainSchema();
const DEPTH = 6;
const HELPER_PHONE = "13955556666";
const helper = buildPerson({ name: "帮忙人", phone: HELPER_PHONE });

/** Whatever would give a person away: of every fixture and of the helper. */
const secrets = [
  ...sandboxPeople.flatMap(({ name, phone, documents }) => [
    name,
    ...(phone ? [phone] : []),
    ...documents.flatMap(({ number }) => [number, number.length > 14 ? number.slice(6, 14) : number]),
  ]),
  helper.name,
  helper.document.number,
  HELPER_PHONE,
];

const logLines: string[] = [];
const answers: string[] = [];
let sandbox: SandboxServer;
let bank: GraphQLClient;
let staff: GraphQLClient;

beforeAll(async () => {
  const logger = createLogger("debug", { write: (line) => logLines.push(line) });
  sandbox = await startSandbox({ clock: "2026-05-12T02:00:00Z", logger });
  bank = await sandbox.signIn("ICBC_APP");
  staff = await sandbox.signIn("sandbox-staff");
});

afterAll(() => sandbox[Symbol.asyncDispose]());

function rootField(name: string): GraphQLField<unknown, unknown> {
  const field = schema.getQueryType()?.getFields()[name] ?? schema.getMutationType()?.getFields()[name];
  if (!field) throw new Error(`no root field ${name}`);
  return field;
}

/** Asks for all there is of a root field, and gives the answer's own data. */
async function askForAll(
  client: GraphQLClient,
  name: string,
  variables: Record<string, unknown> = {},
  { depth = DEPTH, shown = [] }: { readonly depth?: number; readonly shown?: readonly string[] } = {},
) {
  const field = rootField(name);
  const kind = schema.getMutationType()?.getFields()[name] ? "mutation" : "query";
  const given = field.args.filter((argument) => argument.name in variables);
  const declared = given.map((argument) => `$${argument.name}: ${argument.type}`).join(", ");
  const passed = given.map((argument) => `${argument.name}: $${argument.name}`).join(", ");
  const head = given.length > 0 ? `${kind}(${declared}) { ${name}(${passed})` : `${kind} { ${name}`;
  let data: unknown;
  for (const selection of wholeSelections(schema, getNamedType(field.type), depth)) {
    const query = `${head} ${selection} }`;
    const answer = await client.send<Record<string, unknown>>({ query, variables });
    expect(answer.errors, answer.raw).toEqual([]);
    answers.push(answer.raw);
    expectNothingOf(answer.raw, shown);
    data = answer.data?.[name];
  }
  return data as Record<string, unknown>;
}

function expectNothingOf(text: string, except: readonly string[] = []): void {
  for (const secret of secrets) if (!except.includes(secret)) expect(text).not.toContain(secret);
}

const subjects = sandboxPeople.flatMap(({ name, documents }) =>
  documents.map((document) => ({ name, document })),
);

describe("names, numbers and phones leave the service masked only", () => {
  test("the fixtures have all that there is to hide", () => {
    expect(secrets.length).toBeGreaterThan(40);
    expect(new Set(subjects.map(({ document }) => document.type)).size).toBe(4);
  });

  test.each(["ICBC_APP", "CHINA_CONSULAR_APP", "sandbox-staff"])(
    "asked by name and number (%s)",
    async (id) => {
      const client = await sandbox.signIn(id);
      for (const subject of subjects) {
        const lookup = await askForAll(client, "pensionerStatus", { subject });
        expect(lookup["inScope"]).toBe(true);
        await askForAll(client, "certificationPreview", { subject });
      }
      await askForAll(client, "pensionerStatuses", { subjects }, { depth: 5 });
    },
  );

  test("listed to staff, and found by id", async () => {
    const filter = { from: "2024-01", through: "2028-12" };
    const listed = await askForAll(staff, "expiringCertifications", { filter, first: 50 }, { depth: 5 });
    const ids = (listed["nodes"] as { id: string }[]).map((node) => node.id);
    expect(ids).toHaveLength(sandboxPeople.length);
    for (const id of ids) await askForAll(staff, "node", { id });
    await askForAll(staff, "expiryCalendar", { filter });
    const { database } = sandbox.app;
    const holds: string[] = [];
    for (const id of ids) holds.push(await insertHold(database, keyOf(id), { from: "2026-05" }));
    const held = await askForAll(staff, "payrollHolds", { month: "2026-06", first: 50 }, { depth: 5 });
    expect(held["nodes"]).toHaveLength(ids.length);
    const isOurs = inArray(paymentHold.id, holds);
    await database.db.update(paymentHold).set({ resumesMonth: "2026-07" }).where(isOurs);
    const released = await askForAll(staff, "payrollReleases", { month: "2026-07", first: 50 }, { depth: 5 });
    expect((released["nodes"] as unknown[]).length).toBeGreaterThan(0);
    await database.db.delete(paymentHold).where(isOurs);
  });

  test("in every step of a certification on behalf, and afterwards", async () => {
    const [person] = subjects;
    if (!person) throw new Error("no one");
    const actor = { helper: { ...subjectOf(helper), relation: "CHILD" as const, consented: true } };
    const input = { ...buildStart(person, { actor, contactPhone: HELPER_PHONE }) };
    const started = await askForAll(bank, "certificationStart", { input });
    const sessionId = (started["session"] as { id: string }).id;
    await askForAll(bank, "node", { id: sessionId });
    await askForAll(bank, "sandboxFaceAssertion", { input: { sessionId, outcome: "MISMATCH" } });
    for (const outcome of ["MISMATCH", "MATCH"] as const) {
      const evidence = [{ faceAssertion: await faceAssertionFor(bank, sessionId, outcome) }];
      const completed = await askForAll(bank, "certificationComplete", {
        input: { idempotencyKey: randomUUID(), sessionId, evidence },
      });
      const { id } = completed["certification"] as { id: string };
      for (const client of [bank, staff]) {
        await askForAll(client, "certification", { id });
        await askForAll(client, "node", { id });
      }
    }
    const second = await startSession(bank, person);
    await askForAll(bank, "certificationCancel", {
      input: { idempotencyKey: randomUUID(), sessionId: second.id },
    });
    const { pensionerStatus } = await bank.request(PensionerStatusDocument, { subject: person });
    expect(pensionerStatus.pensioner?.maskedPhone).toBe("139****6666");
  });

  test("at a counter", async () => {
    const [person] = subjects;
    const counter = await sandbox.signIn("AGENCY_COUNTER");
    const evidence = [{ identityDocument: { document: person?.document, expiresOn: "2030-01-01" } }];
    const input = {
      idempotencyKey: randomUUID(),
      subject: person,
      method: "IN_PERSON",
      operator: "07",
      evidence,
    };
    await askForAll(counter, "certificationRecord", { input: { ...input, contactPhone: HELPER_PHONE } });
  });

  test("in a home visit: its address is for who goes there", async () => {
    const [person] = subjects;
    const centre = await sandbox.signIn("sandbox-street-service-center-110108");
    const request = {
      subject: person,
      reason: "ILLNESS",
      address: "海淀区示例路1号",
      districtCode: "110108",
      contactName: helper.name,
      contactPhone: HELPER_PHONE,
      relation: "CHILD",
    };
    const keyed = (input: object) => ({ input: { idempotencyKey: randomUUID(), ...input } });
    const asked = await askForAll(bank, "homeVisitRequest", keyed(request));
    const { id } = asked["homeVisit"] as { id: string };
    expect(answers.at(-1)).toContain('"address":null');
    await askForAll(bank, "node", { id });
    await askForAll(bank, "homeVisitCancel", keyed({ homeVisitId: id, reason: "不再需要" }));
    // From here on it is the centre that asks: it is shown the contact, who is no one that has to be hidden.
    const contact = { contactName: "家属", contactPhone: "13812340000" };
    const again = await askForAll(bank, "homeVisitRequest", keyed({ ...request, ...contact }));
    const homeVisitId = (again["homeVisit"] as { id: string }).id;
    const schedule = keyed({ homeVisitId, visitOn: "2026-05-13", visitorName: "王工" });
    for (const client of [centre, staff]) {
      await askForAll(client, "homeVisitSchedule", {
        input: { ...schedule.input, idempotencyKey: randomUUID() },
      });
      await askForAll(client, "node", { id: homeVisitId });
      await askForAll(client, "homeVisits", { filter: { state: "SCHEDULED" }, first: 10 }, { depth: 5 });
    }
    expect(answers.at(-1)).toContain('"contactPhone":"13812340000"');
    const document = { type: "PASSPORT", number: "EA0000098" };
    for (const shown of [[{ identityDocument: { document } }], []]) {
      const homeVisit = { visitedAt: "2026-05-12T01:00:00Z", visitorName: "王工", note: helper.name };
      const completion = { homeVisitId, evidence: [{ homeVisit }, ...shown] };
      await askForAll(centre, "homeVisitComplete", keyed(completion));
    }
    const third = await askForAll(bank, "homeVisitRequest", keyed({ ...request, ...contact }));
    const declined = { homeVisitId: (third["homeVisit"] as { id: string }).id, reason: "可到窗口办理" };
    await askForAll(centre, "homeVisitDecline", keyed(declined));
  });

  test("when a phone is changed or reported", async () => {
    const [person] = subjects;
    const keyed = (input: object) => ({ input: { idempotencyKey: randomUUID(), ...input } });
    const phone = "13966667777";
    await askForAll(bank, "contactPhoneUpdate", keyed({ subject: person, phone }));
    await askForAll(bank, "contactPhoneReportWrong", keyed({ phone, name: person?.name }));
    const tasks = await askForAll(staff, "contactTasks", { filter: { open: true }, first: 10 }, { depth: 5 });
    const [task] = tasks["nodes"] as { id: string }[];
    await askForAll(staff, "node", { id: task?.id });
    for (const raw of answers) expect(raw).not.toContain(phone);
  });

  test("in what the jobs did", async () => {
    await askForAll(staff, "jobRuns", { first: 100 });
  });

  test("in the texts that were written, and in an employer's contact", async () => {
    const listed = await askForAll(staff, "messages", { first: 20 }, { depth: 5 });
    const nodes = listed["nodes"] as { id: string }[];
    expect(nodes.length).toBeGreaterThan(0);
    await askForAll(staff, "node", { id: nodes[0]?.id });
    const input = { idempotencyKey: randomUUID(), employerCode: "SANDBOX-EMPLOYER-1", phone: HELPER_PHONE };
    await askForAll(staff, "employerContactUpdate", { input });
  });

  test("in the log of who read whom", async () => {
    const { pensionerStatus } = await staff.request(PensionerStatusDocument, {
      subject: subjects[0] ?? subjectOf(helper),
    });
    const pensionerId = pensionerStatus.pensioner?.id ?? "";
    const log = await askForAll(staff, "accessLog", { pensionerId, first: 100 });
    expect((log["nodes"] as object[]).length).toBeGreaterThan(5);
    const timeline = await askForAll(staff, "timeline", { pensionerId, first: 100 });
    expect((timeline["nodes"] as object[]).length).toBeGreaterThan(10);
  });

  test("but for the one exception, identityReveal: this person's, no one else's, and not in the log", async () => {
    const person = sandboxPeople.find(({ documents }) => documents.length === 2);
    const [document] = person?.documents ?? [];
    if (!person || !document) throw new Error("no one");
    const subject = { name: person.name, document };
    const { pensionerStatus } = await staff.request(PensionerStatusDocument, { subject });
    const { name, phone, documents } = person;
    const numbers = documents.map(({ number }) => number);
    const shown = [
      name,
      phone ?? "",
      ...numbers,
      ...numbers.map((number) => (number.length > 14 ? number.slice(6, 14) : number)),
    ];
    const input = {
      idempotencyKey: randomUUID(),
      pensionerId: pensionerStatus.pensioner?.id ?? "",
      reason: "本人来信，核对证件号码",
    };
    const revealed = await askForAll(staff, "identityReveal", { input }, { shown });
    expect(revealed).toMatchObject({ identity: { name, phone }, userErrors: [] });
    const { identity } = revealed as unknown as { identity: { documents: { number: string }[] } };
    expect(identity.documents.map(({ number }) => number).sort()).toEqual([...numbers].sort());
  });

  test("handed in by an employer", async () => {
    const employer = await sandbox.signIn("EMPLOYER");
    const { name, documents } = sandboxPeople.find((person) => person.employerCode !== null) ?? {};
    const [document] = documents ?? [];
    if (!name || !document) throw new Error("no one has an employer");
    const items = [buildItem({ name, document }), buildItem({ name, document }, { capturedAt: null })];
    const input = { idempotencyKey: randomUUID(), employerCode: "SANDBOX-EMPLOYER-1", items };
    const submitted = await askForAll(employer, "employerCertificationsSubmit", { input });
    const [first] = submitted["results"] as { certification: { id: string } }[];
    await askForAll(staff, "certification", { id: first?.certification.id });
  });

  test("at the review desk: in the queue, with the evidence, decided and revoked", async () => {
    const person = subjects[1];
    if (!person) throw new Error("no one");
    const consular = await sandbox.signIn("CHINA_CONSULAR_APP");
    const pending = await certify(consular, person, { contactPhone: HELPER_PHONE });
    await askForAll(staff, "reviewQueue", { first: 50 }, { depth: 4 });
    await askForAll(staff, "certification", { id: pending.id });
    const decision = { certificationId: pending.id, decision: "PASS", reason: "材料齐全" };
    await askForAll(staff, "certificationDecide", { input: { idempotencyKey: randomUUID(), ...decision } });
    const revocation = { certificationId: pending.id, reason: "冒名认证" };
    await askForAll(staff, "certificationRevoke", { input: { idempotencyKey: randomUUID(), ...revocation } });
    await askForAll(consular, "certification", { id: pending.id });
  });

  test("among those who are to be suspended, and in what spares them", async () => {
    const batch = await askForAll(staff, "suspensionBatch", { month: "2026-06" }, { depth: 5 });
    expect(batch["month"]).toBe("2026-06");
    const keyed = (input: object) => ({ input: { idempotencyKey: randomUUID(), ...input } });
    await askForAll(staff, "suspensionBatchApprove", keyed({ month: "2026-06" }), { depth: 5 });
    const terms = { fromMonth: "2026-06", throughMonth: "2026-06", reason: "汛期受灾" };
    const { moratorium } = await askForAll(staff, "moratoriumCreate", keyed(terms));
    await askForAll(staff, "moratoria");
    const moratoriumId = (moratorium as { id: string }).id;
    await askForAll(staff, "moratoriumEnd", keyed({ moratoriumId }));
  });

  test("in reports of life events and in cases about passes after them", async () => {
    const subject = subjects[2];
    if (!subject) throw new Error("no one");
    const keyed = (input: object) => ({ input: { idempotencyKey: randomUUID(), ...input } });
    const counter = await sandbox.signIn("AGENCY_COUNTER");
    const report = { kind: "DEATH", subject, occurredOn: "2026-05-02" };
    for (const client of [counter, staff]) {
      const reported = await askForAll(client, "lifeEventReport", keyed(report));
      const { id: lifeEventId } = reported["lifeEvent"] as { id: string };
      await askForAll(client, "node", { id: lifeEventId });
      const correction = { lifeEventId, occurredOn: "2026-05-01", reason: "日期有误" };
      await askForAll(client, "lifeEventCorrect", keyed(correction));
      if (client === counter)
        await askForAll(client, "lifeEventVoid", keyed({ lifeEventId, reason: "误报" }));
      const decision = { lifeEventId, decision: "DISMISS", reason: "与本人核实在世" };
      if (client === staff) await askForAll(staff, "lifeEventDecide", keyed(decision));
    }
    await askForAll(staff, "lifeEvents", { filter: { kind: "DEATH" }, first: 10 }, { depth: 5 });
    const passed = await certify(bank, subject);
    const reviewCaseId = await openCase(sandbox.app, passed.id, "LONG_SUSPENSION");
    await askForAll(staff, "reviewCases", { first: 10 }, { depth: 5 });
    await askForAll(staff, "node", { id: reviewCaseId });
    const release = { reviewCaseId, decision: "RELEASE", reason: "已与本人核实" };
    await askForAll(staff, "reviewCaseDecide", keyed(release));
  });

  test("in data matching", async () => {
    const agency = await sandbox.signIn("DATA_MATCH");
    const evidence = { source: "TRAVEL_RECORD", eventAt: "2026-05-02T01:00:00Z", sourceReference: "T-1" };
    const items = subjects.map((subject) => ({ subject, evidence }));
    const input = { idempotencyKey: randomUUID(), items };
    await askForAll(agency, "dataMatchCertificationsSubmit", { input }, { depth: 5 });
  });

  test("in the feed, and in what is sent to endpoints", async () => {
    const keyed = (input: object) => ({ input: { idempotencyKey: randomUUID(), ...input } });
    const url = "http://127.0.0.1:9/hooks";
    const created = await askForAll(bank, "webhookEndpointCreate", keyed({ url }));
    const { id: endpointId } = created["endpoint"] as { id: string };
    const [person] = subjects;
    if (!person) throw new Error("no one");
    await certify(bank, person);
    for (const client of [bank, staff]) {
      const { nodes } = await askForAll(client, "changes", { first: 50 });
      expect((nodes as object[]).length).toBeGreaterThan(0);
      await askForAll(client, "webhookEndpoints", { first: 10 });
      const deliveries = await askForAll(client, "webhookDeliveries", { endpointId, first: 10 });
      expect((deliveries["nodes"] as object[]).length).toBeGreaterThan(0);
    }
    await askForAll(bank, "webhookSecretRotate", keyed({ endpointId }));
    await askForAll(bank, "webhookEndpointUpdate", keyed({ endpointId, types: [] }));
    await askForAll(bank, "webhookEndpointEnable", keyed({ endpointId }));
    await askForAll(bank, "webhookDeliveryReplay", keyed({ endpointId, since: "2026-05-12T01:00:00Z" }));
    await askForAll(bank, "webhookEndpointDelete", keyed({ endpointId }));
  });

  test("and what remains: who is asking, and the channels", async () => {
    await askForAll(bank, "viewer");
    await askForAll(bank, "channels");
    await askForAll(staff, "sandboxClockAdvance", {
      input: { idempotencyKey: randomUUID(), to: "2026-05-12T03:00:00Z" },
    });
  });

  test("every root field was asked for all it has", () => {
    const asked = answers.flatMap((raw) => Object.keys((JSON.parse(raw) as { data: object }).data));
    const all = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
      Object.keys(type?.getFields() ?? {}),
    );
    expect([...new Set(asked)].sort()).toEqual(all.sort());
  });

  test("the log has a line for every request and nothing personal, nor a token", () => {
    expect(logLines.filter((line) => line.includes('"/graphql"')).length).toBeGreaterThan(answers.length);
    const log = logLines.join("");
    expectNothingOf(log);
    for (const { token } of [bank, staff]) expect(log).not.toContain(token);
    expect(log).not.toMatch(/authorization|accept-language|variables/i);
  });

  test("nor have the metrics", async () => {
    expectNothingOf(await (await fetch(`${sandbox.server.address}/metrics`)).text());
  });
});
