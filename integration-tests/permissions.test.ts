import "reflect-metadata";
import { randomUUID } from "node:crypto";
import { buildSchema, extendSchema, type GraphQLSchema, graphql, parse } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { applyPermissions, permissions } from "../src/auth/permissions.js";
import type { Actor } from "../src/domain/actor.js";
import { scopes } from "../src/domain/actor.js";
import { buildPlainSchema } from "../src/graphql/schema.js";
import { SANDBOX_SECRET } from "../src/sandbox/sandbox-clients.js";
import { GraphQLClient } from "./testkit/graphql-client.js";
import { expectGuarded, languages } from "./testkit/guarded-answer.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";
import { basic, requestToken } from "./testkit/token-requests.js";

function rootFields(schema: GraphQLSchema): Record<string, string[]> {
  const names = (type: ReturnType<GraphQLSchema["getQueryType"]>) =>
    Object.keys(type?.getFields() ?? {}).sort();
  return { Query: names(schema.getQueryType()), Mutation: names(schema.getMutationType()) };
}

const allowed = "allowed";
const denied = "denied";
type Verdict = typeof allowed | typeof denied;

const subject = '{name: "测试", document: {type: PASSPORT, number: "EA0000099"}}';
const months = '{from: "2026-01", through: "2026-02"}';
const key = () => `idempotencyKey: "${randomUUID()}"`;

/** Who may, by root field: a channel, a channel's token for reading alone, staff, and staff that may not read people. */
const table: Readonly<Record<string, readonly [() => string, Verdict, Verdict, Verdict, Verdict]>> = {
  viewer: [() => "{ viewer { name } }", allowed, allowed, allowed, allowed],
  channels: [() => "{ channels { code } }", allowed, allowed, allowed, allowed],
  node: [() => '{ node(id: "x") { id } }', allowed, allowed, allowed, denied],
  certification: [() => '{ certification(id: "x") { id } }', allowed, allowed, allowed, denied],
  pensionerStatus: [
    () => `{ pensionerStatus(subject: ${subject}) { inScope } }`,
    allowed,
    allowed,
    allowed,
    denied,
  ],
  pensionerStatuses: [
    () => `{ pensionerStatuses(subjects: [${subject}]) { inScope } }`,
    allowed,
    allowed,
    allowed,
    denied,
  ],
  certificationPreview: [
    () => `{ certificationPreview(subject: ${subject}) { inScope } }`,
    allowed,
    allowed,
    allowed,
    denied,
  ],
  expiringCertifications: [
    () => `{ expiringCertifications(filter: ${months}, first: 1) { nodes { id } } }`,
    denied,
    denied,
    allowed,
    denied,
  ],
  expiryCalendar: [() => `{ expiryCalendar(filter: ${months}) { month } }`, denied, denied, allowed, denied],
  homeVisits: [() => "{ homeVisits(first: 1) { nodes { id } } }", denied, denied, allowed, denied],
  payrollHolds: [
    () => '{ payrollHolds(month: "2026-06", first: 1) { total } }',
    denied,
    denied,
    allowed,
    denied,
  ],
  payrollReleases: [
    () => '{ payrollReleases(month: "2026-06", first: 1) { total } }',
    denied,
    denied,
    allowed,
    denied,
  ],
  contactTasks: [() => "{ contactTasks(first: 1) { nodes { id } } }", denied, denied, allowed, denied],
  moratoria: [() => "{ moratoria { id } }", denied, denied, allowed, denied],
  moratoriumCreate: [
    () =>
      `mutation { moratoriumCreate(input: {${key()}, fromMonth: "2020-01", throughMonth: "2020-01", reason: "x"}) { userErrors { code } } }`,
    denied,
    denied,
    allowed,
    denied,
  ],
  moratoriumEnd: [
    () => `mutation { moratoriumEnd(input: {${key()}, moratoriumId: "x"}) { userErrors { code } } }`,
    denied,
    denied,
    allowed,
    denied,
  ],
  suspensionBatch: [() => '{ suspensionBatch(month: "2020-01") { month } }', denied, denied, allowed, denied],
  suspensionBatchApprove: [
    () => `mutation { suspensionBatchApprove(input: {${key()}, month: "2020-01"}) { userErrors { code } } }`,
    denied,
    denied,
    allowed,
    denied,
  ],
  messages: [() => "{ messages(first: 1) { nodes { id } } }", denied, denied, allowed, denied],
  employerContactUpdate: [
    () =>
      `mutation { employerContactUpdate(input: {${key()}, employerCode: "E1", phone: "13900008888"}) { userErrors { code } } }`,
    denied,
    denied,
    allowed,
    denied,
  ],
  homeVisitRequest: [
    () =>
      `mutation { homeVisitRequest(input: {${key()}, subject: ${subject}, reason: OTHER, address: "x", districtCode: "110108", contactName: "测试", contactPhone: "13900008888", relation: OTHER}) { userErrors { code } } }`,
    allowed,
    denied,
    denied,
    denied,
  ],
  homeVisitSchedule: [
    () =>
      `mutation { homeVisitSchedule(input: {${key()}, homeVisitId: "x", visitOn: "2026-01-01", visitorName: "x"}) { userErrors { code } } }`,
    denied,
    denied,
    allowed,
    denied,
  ],
  jobRuns: [() => "{ jobRuns(first: 1) { nodes { job } } }", denied, denied, allowed, denied],
  reviewQueue: [() => "{ reviewQueue(first: 1) { nodes { id } } }", denied, denied, allowed, denied],
  certificationDecide: [
    () =>
      `mutation { certificationDecide(input: {${key()}, certificationId: "x", decision: PASS}) { userErrors { code } } }`,
    denied,
    denied,
    allowed,
    denied,
  ],
  certificationRevoke: [
    () =>
      `mutation { certificationRevoke(input: {${key()}, certificationId: "x", reason: "x"}) { userErrors { code } } }`,
    denied,
    denied,
    allowed,
    denied,
  ],
  lifeEvents: [() => "{ lifeEvents(first: 1) { nodes { id } } }", denied, denied, allowed, denied],
  reviewCases: [() => "{ reviewCases(first: 1) { nodes { id } } }", denied, denied, allowed, denied],
  lifeEventReport: [
    () =>
      `mutation { lifeEventReport(input: {${key()}, kind: DEATH, subject: ${subject}, occurredOn: "2026-01-01"}) { userErrors { code } } }`,
    denied,
    denied,
    allowed,
    denied,
  ],
  lifeEventCorrect: [
    () =>
      `mutation { lifeEventCorrect(input: {${key()}, lifeEventId: "x", kind: DEATH, reason: "x"}) { userErrors { code } } }`,
    denied,
    denied,
    allowed,
    denied,
  ],
  lifeEventVoid: [
    () =>
      `mutation { lifeEventVoid(input: {${key()}, lifeEventId: "x", reason: "x"}) { userErrors { code } } }`,
    denied,
    denied,
    allowed,
    denied,
  ],
  lifeEventDecide: [
    () =>
      `mutation { lifeEventDecide(input: {${key()}, lifeEventId: "x", decision: DISMISS, reason: "x"}) { userErrors { code } } }`,
    denied,
    denied,
    allowed,
    denied,
  ],
  reviewCaseDecide: [
    () =>
      `mutation { reviewCaseDecide(input: {${key()}, reviewCaseId: "x", decision: KEEP, reason: "x"}) { userErrors { code } } }`,
    denied,
    denied,
    allowed,
    denied,
  ],
  accessLog: [
    () => '{ accessLog(pensionerId: "x", first: 1) { nodes { at } } }',
    denied,
    denied,
    allowed,
    allowed,
  ],
  timeline: [
    () => '{ timeline(pensionerId: "x", first: 1) { nodes { at } } }',
    denied,
    denied,
    allowed,
    denied,
  ],
  identityReveal: [
    () =>
      `mutation { identityReveal(input: {${key()}, pensionerId: "x", reason: "为回复来信核对"}) { userErrors { code } } }`,
    denied,
    denied,
    allowed,
    denied,
  ],
  homeVisitComplete: [
    () =>
      `mutation { homeVisitComplete(input: {${key()}, homeVisitId: "x", evidence: []}) { userErrors { code } } }`,
    denied,
    denied,
    allowed,
    denied,
  ],
  homeVisitDecline: [
    () =>
      `mutation { homeVisitDecline(input: {${key()}, homeVisitId: "x", reason: "x"}) { userErrors { code } } }`,
    denied,
    denied,
    allowed,
    denied,
  ],
  homeVisitCancel: [
    () => `mutation { homeVisitCancel(input: {${key()}, homeVisitId: "x"}) { userErrors { code } } }`,
    allowed,
    denied,
    allowed,
    denied,
  ],
  contactPhoneUpdate: [
    () =>
      `mutation { contactPhoneUpdate(input: {${key()}, subject: ${subject}, phone: "13900008888"}) { userErrors { code } } }`,
    allowed,
    denied,
    allowed,
    denied,
  ],
  contactPhoneReportWrong: [
    () =>
      `mutation { contactPhoneReportWrong(input: {${key()}, phone: "13900008888", name: "测试"}) { userErrors { code } } }`,
    allowed,
    denied,
    allowed,
    denied,
  ],
  dataMatchCertificationsSubmit: [
    () => `mutation { dataMatchCertificationsSubmit(input: {${key()}, items: []}) { userErrors { code } } }`,
    allowed,
    denied,
    denied,
    denied,
  ],
  certificationStart: [
    () =>
      `mutation { certificationStart(input: {${key()}, subject: ${subject}, actor: {self: true}}) { userErrors { code } } }`,
    allowed,
    denied,
    denied,
    denied,
  ],
  certificationComplete: [
    () =>
      `mutation { certificationComplete(input: {${key()}, sessionId: "x", evidence: []}) { userErrors { code } } }`,
    allowed,
    denied,
    denied,
    denied,
  ],
  certificationCancel: [
    () => `mutation { certificationCancel(input: {${key()}, sessionId: "x"}) { userErrors { code } } }`,
    allowed,
    denied,
    denied,
    denied,
  ],
  certificationRecord: [
    () =>
      `mutation { certificationRecord(input: {${key()}, subject: ${subject}, method: KIOSK, evidence: []}) { userErrors { code } } }`,
    allowed,
    denied,
    denied,
    denied,
  ],
  employerCertificationsSubmit: [
    () =>
      `mutation { employerCertificationsSubmit(input: {${key()}, employerCode: "E1", items: []}) { userErrors { code } } }`,
    allowed,
    denied,
    denied,
    denied,
  ],
  changes: [() => "{ changes(first: 1) { nodes { id } } }", allowed, allowed, allowed, denied],
  webhookEndpoints: [
    () => "{ webhookEndpoints(first: 1) { nodes { id } } }",
    allowed,
    denied,
    allowed,
    denied,
  ],
  webhookDeliveries: [
    () => '{ webhookDeliveries(endpointId: "x", first: 1) { nodes { id } } }',
    allowed,
    denied,
    allowed,
    denied,
  ],
  webhookEndpointCreate: [
    () => `mutation { webhookEndpointCreate(input: {${key()}, url: "https://x"}) { userErrors { code } } }`,
    allowed,
    denied,
    allowed,
    denied,
  ],
  webhookEndpointDelete: [
    () => `mutation { webhookEndpointDelete(input: {${key()}, endpointId: "x"}) { userErrors { code } } }`,
    allowed,
    denied,
    allowed,
    denied,
  ],
  webhookEndpointEnable: [
    () => `mutation { webhookEndpointEnable(input: {${key()}, endpointId: "x"}) { userErrors { code } } }`,
    allowed,
    denied,
    allowed,
    denied,
  ],
  webhookEndpointUpdate: [
    () =>
      `mutation { webhookEndpointUpdate(input: {${key()}, endpointId: "x", types: []}) { userErrors { code } } }`,
    allowed,
    denied,
    allowed,
    denied,
  ],
  webhookSecretRotate: [
    () => `mutation { webhookSecretRotate(input: {${key()}, endpointId: "x"}) { userErrors { code } } }`,
    allowed,
    denied,
    allowed,
    denied,
  ],
  webhookDeliveryReplay: [
    () => `mutation { webhookDeliveryReplay(input: {${key()}, deliveryId: "x"}) { userErrors { code } } }`,
    allowed,
    denied,
    allowed,
    denied,
  ],
  sandboxFaceAssertion: [
    () => 'mutation { sandboxFaceAssertion(input: {sessionId: "x"}) { userErrors { code } } }',
    allowed,
    denied,
    denied,
    denied,
  ],
  sandboxClockAdvance: [
    () =>
      `mutation { sandboxClockAdvance(input: {${key()}, to: "2000-01-01T00:00:00Z"}) { userErrors { code } } }`,
    allowed,
    allowed,
    allowed,
    allowed,
  ],
};

describe("the permissions page", () => {
  const listed = Object.fromEntries(
    Object.entries(permissions).map(([type, fields]) => [type, Object.keys(fields).sort()]),
  );

  test("lists every root field of the schema, and no other", () => {
    expect(listed).toEqual(rootFields(buildPlainSchema()));
  });

  test("is put to the test by the table here, line by line", () => {
    expect(Object.keys(table).sort()).toEqual(
      [...(listed["Query"] ?? []), ...(listed["Mutation"] ?? [])].sort(),
    );
  });

  test("does not fit a schema that lacks one of its fields: that is found at the start", () => {
    const without = buildSchema("type Query { viewer: String } type Mutation { certificationStart: String }");
    expect(() => applyPermissions(without)).toThrow();
  });

  const everyone: readonly Actor[] = [
    { kind: "STAFF", clientId: "s", name: "s", scopes: new Set(scopes), roles: new Set() },
    {
      kind: "CHANNEL",
      clientId: "c",
      name: "c",
      channel: "ICBC_APP",
      employerCode: null,
      districtCode: null,
      scopes: new Set(scopes),
    },
  ];

  test.each(everyone)("denies a $kind that may do everything a field that is not listed", async (actor) => {
    const extended = extendSchema(
      buildPlainSchema(),
      parse("extend type Query { unlisted: String } extend type Mutation { unlistedToo: String }"),
    );
    const called: string[] = [];
    for (const [type, name] of [
      [extended.getQueryType(), "unlisted"],
      [extended.getMutationType(), "unlistedToo"],
    ] as const) {
      const field = type?.getFields()[name];
      if (!field) throw new Error("not extended");
      field.resolve = () => called.push(name);
    }
    const schema = applyPermissions(extended);
    for (const source of ["{ unlisted }", "mutation { unlistedToo }"]) {
      const { data, errors } = await graphql({ schema, source, contextValue: { actor, sandbox: true } });
      expect(errors?.map((error) => error.message)).toEqual(["FORBIDDEN"]);
      expect(Object.values(data ?? {})).toEqual([null]);
    }
    expect(called).toEqual([]);
  });
});

describe("root field by root field", () => {
  let sandbox: SandboxServer;
  let clients: readonly GraphQLClient[];

  beforeAll(async () => {
    sandbox = await startSandbox();
    const { address } = sandbox.server;
    const reading = await requestToken(
      address,
      { scope: "status:read" },
      basic("sandbox-icbc-app", SANDBOX_SECRET),
    );
    clients = [
      await sandbox.signIn("ICBC_APP"),
      new GraphQLClient(address, reading.body.access_token ?? ""),
      await sandbox.signIn("sandbox-staff"),
      await sandbox.signIn("sandbox-security-admin"),
    ];
  });

  afterAll(() => sandbox[Symbol.asyncDispose]());

  const kinds = ["a channel", "a token for reading alone", "staff", "staff that may not read people"];
  const lines = Object.entries(table).flatMap(([field, [query, ...verdicts]]) =>
    verdicts.map((verdict, position) => ({ field, query, verdict, position, kind: kinds[position] ?? "" })),
  );

  test.each(lines)("$field: $kind is $verdict", async ({ field, query, verdict, position }) => {
    const client = clients[position];
    if (!client) throw new Error("no client");
    for (const language of languages) {
      const answer = await client.in(language).send<Record<string, unknown>>({ query: query() });
      const codes = answer.errors.map((error) => error.extensions.code);
      expect(codes, answer.raw).toEqual(verdict === denied ? ["FORBIDDEN"] : []);
      if (verdict === denied) expect(answer.data?.[field] ?? null).toBeNull();
      expectGuarded(answer.raw, language);
    }
  });

  test("several in one request: each is decided for itself", async () => {
    const [bank] = clients;
    const answer = await bank?.send<Record<string, unknown>>({
      query: `{ a: viewer { name } b: expiryCalendar(filter: ${months}) { month } }`,
    });
    expect(answer?.errors.map((error) => [error.path, error.extensions.code])).toEqual([
      [["b"], "FORBIDDEN"],
    ]);
    expect(answer?.data).toBeNull();
  });

  test("the permission is asked before the input is looked at", async () => {
    const query =
      "query($f: ExpiryFilter!, $n: Int!) { expiringCertifications(filter: $f, first: $n) { nodes { id } } }";
    const variables = { f: { from: "2030-01", through: "2020-01" }, n: 501 };
    const answer = await clients[0]?.send({ query, variables });
    expect(answer?.errors[0]?.extensions.code).toBe("FORBIDDEN");
  });

  test("the auditor sees who read whom, and no full identity", async () => {
    const auditor = await sandbox.signIn("sandbox-auditor");
    const log = await auditor.send({ query: table["accessLog"]?.[0]() ?? "" });
    expect(log.errors).toEqual([]);
    const reveal = await auditor.send({ query: table["identityReveal"]?.[0]() ?? "" });
    expect(reveal.errors[0]?.extensions.code).toBe("FORBIDDEN");
  });

  test("only reviewers decide: no other role of staff, and no channel with every scope", async () => {
    for (const id of ["sandbox-payroll", "sandbox-auditor", "CHINA_CONSULAR_APP", "EMPLOYER"]) {
      const client = await sandbox.signIn(id);
      for (const field of [
        "reviewQueue",
        "certificationDecide",
        "certificationRevoke",
        "lifeEventDecide",
        "reviewCases",
        "reviewCaseDecide",
      ]) {
        const answer = await client.send({ query: table[field]?.[0]() ?? "" });
        expect(answer.errors[0]?.extensions.code, `${id} ${field}`).toBe("FORBIDDEN");
      }
    }
  });

  test.each([
    ["EMPLOYER", true],
    ["STREET_SERVICE_CENTER", true],
    ["AGENCY_COUNTER", true],
    ["PARTNER_BANK_COUNTER", false],
    ["sandbox-auditor", false],
  ])("C5 who hears of deaths may report one, and nobody else: %s", async (id, may) => {
    const client = await sandbox.signIn(id);
    for (const field of ["lifeEventReport", "lifeEventCorrect", "lifeEventVoid"]) {
      const answer = await client.send({ query: table[field]?.[0]() ?? "" });
      expect(
        answer.errors.map((error) => error.extensions.code),
        field,
      ).toEqual(may ? [] : ["FORBIDDEN"]);
    }
  });

  test("the auditor reads people and changes nothing", async () => {
    const auditor = await sandbox.signIn("sandbox-auditor");
    const answer = await auditor.send({ query: `{ pensionerStatus(subject: ${subject}) { inScope } }` });
    expect(answer.errors).toEqual([]);
    const write = await auditor.send({ query: table["certificationRecord"]?.[0]() ?? "" });
    expect(write.errors[0]?.extensions.code).toBe("FORBIDDEN");
  });
});
