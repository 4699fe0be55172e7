import "reflect-metadata";
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { buildPlainSchema } from "../src/graphql/schema.js";
import { buildStart, startSession } from "./testkit/certify.js";
import { CertificationCancelDocument, PensionerStatusDocument } from "./testkit/gql/graphql.js";
import type { GraphQLAnswer, GraphQLClient } from "./testkit/graphql-client.js";
import { type AnswerLanguage, expectGuarded, languages } from "./testkit/guarded-answer.js";
import { buildPerson, importPeople, subjectOf } from "./testkit/people.js";
import { countRows } from "./testkit/records.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";
import { usableInputs } from "./testkit/usable-inputs.js";

const person = buildPerson({ document: { type: "RESIDENT_ID", number: "11010519491231002X" } });
const helper = buildPerson();
const NUMBER = person.document.number;

let sandbox: SandboxServer;
let bank: GraphQLClient;
let staff: GraphQLClient;
let before: Record<string, number>;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-05-12T02:00:00Z" });
  await importPeople(sandbox.app, [person]);
  bank = await sandbox.signIn("ICBC_APP");
  staff = await sandbox.signIn("sandbox-staff");
  for (const [name, { through }] of Object.entries(mutations))
    clients.set(name, await sandbox.signIn(through));
});

afterAll(() => sandbox[Symbol.asyncDispose]());

beforeEach(async () => {
  before = await rowsWritten();
});

/** Whatever was refused: nothing is half written, and the next one is served. */
afterEach(async () => {
  expect(await rowsWritten()).toEqual(before);
  expect((await fetch(`${sandbox.server.address}/health/live`)).status).toBe(200);
});

async function rowsWritten(): Promise<Record<string, number>> {
  const { accessLog: _, ...rest } = await countRows(sandbox.app.database.db);
  return rest;
}

const mutations = usableInputs(person);
const clients = new Map<string, GraphQLClient>();

function inputOf(name: string): Record<string, unknown> {
  return mutations[name]?.input() ?? {};
}

/** Every query that names a person. */
const subjectQueries: Readonly<Record<string, string>> = {
  pensionerStatus: "query($v: SubjectInput!) { pensionerStatus(subject: $v) { inScope } }",
  pensionerStatuses: "query($v: SubjectInput!) { pensionerStatuses(subjects: [$v]) { inScope } }",
  certificationPreview: "query($v: SubjectInput!) { certificationPreview(subject: $v) { inScope } }",
};

test("every mutation and every query that names a person is put to the test here", () => {
  const schema = buildPlainSchema();
  expect(Object.keys(schema.getMutationType()?.getFields() ?? {}).sort()).toEqual(
    Object.keys(mutations).sort(),
  );
  const named = Object.values(schema.getQueryType()?.getFields() ?? {}).filter((field) =>
    field.args.some((argument) => /^\[?SubjectInput/.test(String(argument.type))),
  );
  expect(named.map((field) => field.name).sort()).toEqual(Object.keys(subjectQueries).sort());
});

function mutate(
  name: string,
  input: unknown,
  language: AnswerLanguage = "zh-CN",
): Promise<GraphQLAnswer<Record<string, { userErrors: { code: string; path: string[] | null }[] }>>> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  const query = `mutation($input: ${type}!) { ${name}(input: $input) { userErrors { code message path } } }`;
  const client = clients.get(name);
  if (!client) throw new Error(`no client for ${name}`);
  return client.in(language).send({ query, variables: { input } });
}

async function expectUserError(
  name: string,
  input: unknown,
  { code, secrets = [] }: { readonly code: string; readonly secrets?: readonly string[] },
): Promise<void> {
  for (const language of languages) {
    const answer = await mutate(name, input, language);
    expect(answer.errors, answer.raw).toEqual([]);
    expect(
      answer.data?.[name]?.userErrors.map((error) => error.code),
      answer.raw,
    ).toEqual([code]);
    expectGuarded(answer.raw, language, secrets);
  }
}

interface ExpectedError {
  readonly code: string;
  readonly reason?: string;
  readonly secrets?: readonly string[];
}

async function expectError(client: GraphQLClient, body: unknown, expected: ExpectedError): Promise<void> {
  for (const language of languages) expectCoded(await client.in(language).send(body), language, expected);
}

function expectCoded(
  answer: GraphQLAnswer<unknown>,
  language: AnswerLanguage,
  { code, reason, secrets = [] }: ExpectedError,
) {
  expect(answer.errors.length, answer.raw).toBeGreaterThan(0);
  for (const { extensions } of answer.errors) {
    expect(extensions, answer.raw).toMatchObject({
      code,
      retryable: false,
      requestId: expect.stringMatching(/^[\w-]{36}$/),
    });
    if (reason) expect(extensions["reason"]).toBe(reason);
  }
  expectGuarded(answer.raw, language, secrets);
}

const longName = "王".repeat(10_000);
const longNumber = "1".repeat(10_000);

/** Names and numbers that no one has; the number is wrong in one way each. */
const badSubjects: readonly (readonly [string, { name?: string; type?: string; number?: string }, string])[] =
  [
    ["a wrong check digit", { number: "110105194912310021" }, "INVALID_DOCUMENT"],
    ["a day that does not exist", { number: "110105194902300021" }, "INVALID_DOCUMENT"],
    ["a month that does not exist", { number: "110105194913310021" }, "INVALID_DOCUMENT"],
    ["a birth in the future", { number: "11010520990101001X" }, "INVALID_DOCUMENT"],
    ["a birth in another age", { number: "110105179912310021" }, "INVALID_DOCUMENT"],
    ["a place that does not exist", { number: "990105194912310021" }, "INVALID_DOCUMENT"],
    ["a resident's number on another document", { type: "HMT_RESIDENCE_PERMIT" }, "INVALID_DOCUMENT"],
    ["17 digits", { number: "11010519491231002" }, "INVALID_DOCUMENT"],
    ["no number", { number: "" }, "INVALID_DOCUMENT"],
    ["blanks for a number", { number: " \t " }, "INVALID_DOCUMENT"],
    ["10,000 digits", { number: longNumber }, "INVALID_DOCUMENT"],
    ["U+0000 in the number", { number: `${NUMBER}\0` }, "INVALID_DOCUMENT"],
    ["an emoji in the number", { number: `${NUMBER}👵` }, "INVALID_DOCUMENT"],
    ["SQL for a number", { number: "' or 1=1 --" }, "INVALID_DOCUMENT"],
    ["U+0000 in a passport's number", { type: "PASSPORT", number: "EA00000\0" }, "INVALID_DOCUMENT"],
    ["no name", { name: "" }, "INVALID_INPUT"],
    ["blanks for a name", { name: "  　 " }, "INVALID_INPUT"],
    ["a name of 10,000 characters", { name: longName }, "INVALID_INPUT"],
    ["U+0000 in the name", { name: "王建国\0" }, "INVALID_INPUT"],
    ["an emoji in the name", { name: "王建国👵🏻" }, "INVALID_INPUT"],
    ["digits in the name", { name: "王建国13900000001" }, "INVALID_INPUT"],
    ["markup in the name", { name: "<script>alert(1)</script>" }, "INVALID_INPUT"],
    ["half a character in the name", { name: "王\ud83d" }, "INVALID_INPUT"],
    ["a line break in the name", { name: "王\n建国" }, "INVALID_INPUT"],
  ];

function badSubject(change: { name?: string; type?: string; number?: string }) {
  const { name = person.name, type = person.document.type, number = NUMBER } = change;
  return { subject: { name, document: { type, number } }, secrets: [name, number] };
}

describe.each(badSubjects)("%s is refused", (_, change, code) => {
  const { subject, secrets } = badSubject(change);

  test.each(Object.entries(subjectQueries))("in %s", async (__, query) => {
    await expectError(
      bank,
      { query, variables: { v: subject } },
      { code: "BAD_USER_INPUT", reason: code, secrets },
    );
  });

  test("in certificationStart, as the pensioner and as the helper", async () => {
    await expectUserError("certificationStart", { ...buildStart(person), subject }, { code, secrets });
    const actor = { helper: { ...subject, relation: "CHILD", consented: true } };
    await expectUserError("certificationStart", { ...buildStart(helper), actor }, { code, secrets });
  });
});

describe("one bad person among many", () => {
  test("refuses all of them and says which", async () => {
    const query = "query($s: [SubjectInput!]!) { pensionerStatuses(subjects: $s) { inScope } }";
    const { subject, secrets } = badSubject({ number: "110105194912310021" });
    const answer = await bank.send({
      query,
      variables: { s: [subjectOf(person), subject, subjectOf(person)] },
    });
    expect(answer.errors[0]?.extensions["argument"]).toEqual(["subjects", "1", "document", "number"]);
    expect(answer.data).toBeNull();
    expectGuarded(answer.raw, "zh-CN", secrets);
  });

  test("more than 100 are refused", async () => {
    const query = "query($s: [SubjectInput!]!) { pensionerStatuses(subjects: $s) { inScope } }";
    const s = Array.from({ length: 101 }, () => subjectOf(person));
    await expectError(
      bank,
      { query, variables: { s } },
      { code: "BAD_USER_INPUT", reason: "INVALID_INPUT", secrets: [NUMBER] },
    );
  });
});

describe("accepted, because people write so", () => {
  test.each([
    ["a lower-case x", NUMBER.toLowerCase()],
    [
      "full-width digits",
      NUMBER.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)),
    ],
    ["a full-width x", NUMBER.replace("X", "ｘ")],
    ["spaces", `${NUMBER.slice(0, 6)} ${NUMBER.slice(6, 14)}　${NUMBER.slice(14)} `],
  ])("%s", async (_, number) => {
    const subject = { name: ` ${person.name} `, document: { type: person.document.type, number } };
    const { pensionerStatus } = await bank.request(PensionerStatusDocument, { subject });
    expect(pensionerStatus.inScope).toBe(true);
  });
});

describe("a person given in a shape that does not fit", () => {
  const right = subjectOf(person);
  const variables: readonly (readonly [string, unknown])[] = [
    ["an unknown type of document", { ...right, document: { type: "ID_CARD", number: NUMBER } }],
    ["the number for a type", { ...right, document: { type: NUMBER, number: NUMBER } }],
    ["a number that is a number", { ...right, document: { type: "PASSPORT", number: 110105194912310 } }],
    ["a number that is an object", { ...right, document: { type: "PASSPORT", number: { value: NUMBER } } }],
    ["a number that is a list", { ...right, document: { type: "PASSPORT", number: [NUMBER] } }],
    ["a document that is the number", { ...right, document: NUMBER }],
    ["no document", { name: person.name }],
    ["no name", { document: right.document }],
    ["a name that is null", { ...right, name: null }],
    ["a name that is a list", { ...right, name: [person.name] }],
    ["a field of the sender's own", { ...right, [`n${NUMBER}`]: 1 }],
    ["a text", `${person.name} ${NUMBER}`],
    ["null", null],
    ["a prototype", JSON.parse(`{"constructor": {"prototype": {"name": "${person.name}"}}}`)],
  ];
  const secrets = [NUMBER, "110105194912310", person.name];

  test.each(variables)("%s is refused in every query", async (_, v) => {
    for (const query of Object.values(subjectQueries)) {
      await expectError(bank, { query, variables: { v } }, { code: "BAD_USER_INPUT", secrets });
    }
  });

  test.each(variables)("%s is refused in certificationStart", async (_, subject) => {
    for (const language of languages) {
      const answer = await mutate(
        "certificationStart",
        {
          ...buildStart(person),
          subject,
        },
        language,
      );
      expectCoded(answer, language, { code: "BAD_USER_INPUT", secrets });
    }
  });

  test.each([
    ["an int for the number", "type: PASSPORT, number: 110105194912310"],
    ["a float for the number", "type: PASSPORT, number: 110105194912310.5"],
    ["an object for the number", `type: PASSPORT, number: {value: "${NUMBER}"}`],
    ["a name for the number", `type: PASSPORT, number: X${NUMBER}`],
    ["a passport's number for the type", `type: EA0000012, number: "${NUMBER}"`],
    ["a name for the type", `type: MARIA, number: "${NUMBER}"`],
    ["a text for the type", `type: "${NUMBER}", number: "${NUMBER}"`],
    ["an int for the type", `type: 110105194912310, number: "${NUMBER}"`],
    ["a number for a field", `type: PASSPORT, n${NUMBER}: "${NUMBER}"`],
    ["a number twice", `type: PASSPORT, number: "${NUMBER}", number: "${NUMBER}"`],
  ])("%s in the document itself is refused", async (_, literal) => {
    const leaks = [...secrets, "EA0000012", "MARIA"];
    for (const field of ["pensionerStatus", "certificationPreview"]) {
      const query = `{ ${field}(subject: {name: "${person.name}", document: {${literal}}}) { inScope } }`;
      await expectError(bank, { query }, { code: "GRAPHQL_VALIDATION_FAILED", secrets: leaks });
    }
  });
});

describe("a field that no one named", () => {
  test.each([
    [`{ n${NUMBER} }`, "GRAPHQL_VALIDATION_FAILED"],
    [`{ viewer { n${NUMBER} } }`, "GRAPHQL_VALIDATION_FAILED"],
    [`{ viewer(n${NUMBER}: 1) { name } }`, "GRAPHQL_VALIDATION_FAILED"],
    [`query($n${NUMBER}: String!) { viewer { name } }`, "GRAPHQL_VALIDATION_FAILED"],
    [`query n${NUMBER} { viewer { name } } query b { viewer { name } }`, "GRAPHQL_VALIDATION_FAILED"],
    [`{ viewer { ...n${NUMBER} } }`, "GRAPHQL_VALIDATION_FAILED"],
    [`{ viewer { name @n${NUMBER} } }`, "GRAPHQL_VALIDATION_FAILED"],
    [`{ viewer { name ${NUMBER} } }`, "GRAPHQL_VALIDATION_FAILED"],
    [`{ node(id: "${NUMBER}) { id } }`, "GRAPHQL_VALIDATION_FAILED"],
  ])("%s is refused without being repeated", async (query, code) => {
    await expectError(bank, { query }, { code, secrets: [NUMBER] });
  });
});

describe("the idempotency key", () => {
  const withKey = Object.keys(mutations).filter((name) => "idempotencyKey" in inputOf(name));

  test.each([
    ["empty", ""],
    ["of 129 characters", "k".repeat(129)],
    ["of 10,000 characters", "k".repeat(10_000)],
    ["with a blank", "a key"],
    ["with a control character", "key\u0007"],
    ["with U+0000", "key\0"],
    ["with a line break", "key\n"],
    ["in Chinese", "键"],
    ["with an emoji", "🔑"],
  ])("%s is refused", async (_, idempotencyKey) => {
    expect(withKey).toEqual(Object.keys(mutations).filter((name) => name !== "sandboxFaceAssertion"));
    const session = await startSession(bank, person);
    before = await rowsWritten();
    for (const name of withKey) {
      const input = { ...inputOf(name), idempotencyKey };
      if ("sessionId" in input) input["sessionId"] = session.id;
      await expectUserError(name, input, { code: "INVALID_INPUT", secrets: [idempotencyKey] });
    }
  });

  test.each([null, 12345678, ["k"], { k: 1 }])("of another kind (%j) is refused", async (idempotencyKey) => {
    for (const name of withKey) {
      const answer = await mutate(name, { ...inputOf(name), idempotencyKey });
      expectCoded(answer, "zh-CN", { code: "BAD_USER_INPUT", secrets: ["12345678"] });
    }
  });
});

describe("who acts", () => {
  test.each([
    ["self: false", { self: false }],
    ["no consent", { helper: { ...subjectOf(helper), relation: "CHILD", consented: false } }],
    ["the pensioner as helper", { helper: { ...subjectOf(person), relation: "CHILD", consented: true } }],
  ])("%s is refused", async (_, actor) => {
    const secrets = [NUMBER, person.name, helper.document.number, helper.name];
    await expectUserError(
      "certificationStart",
      { ...buildStart(person), actor },
      { code: "INVALID_INPUT", secrets },
    );
  });

  test.each([
    ["both", { self: true, helper: { ...subjectOf(helper), relation: "CHILD", consented: true } }],
    ["neither", {}],
    ["null", { self: null }],
    ["one and a null", { self: true, helper: null }],
    [
      "a relation that does not exist",
      { helper: { ...subjectOf(helper), relation: "NEIGHBOUR", consented: true } },
    ],
    ["a consent in words", { helper: { ...subjectOf(helper), relation: "CHILD", consented: "yes" } }],
  ])("%s does not fit the schema", async (_, actor) => {
    const answer = await mutate("certificationStart", { ...buildStart(person), actor });
    expectCoded(answer, "zh-CN", { code: "BAD_USER_INPUT", secrets: [helper.document.number, helper.name] });
  });

  test.each([
    ["", "INVALID_INPUT"],
    ["no phone", "INVALID_INPUT"],
    ["1".repeat(10_000), "INVALID_INPUT"],
    ["13900000001\0", "INVALID_INPUT"],
    ["12345", "INVALID_INPUT"],
    ["📱13900000001", "INVALID_INPUT"],
  ])("the contact phone %.20j is refused", async (contactPhone, code) => {
    await expectUserError(
      "certificationStart",
      { ...buildStart(person), contactPhone },
      { code, secrets: [contactPhone] },
    );
  });
});

describe("a session that is not this client's to use", () => {
  const names = ["certificationComplete", "certificationCancel", "sandboxFaceAssertion"];

  async function expectAllRefuse(sessionId: string, code: string): Promise<void> {
    before = await rowsWritten();
    for (const name of names) {
      await expectUserError(name, { ...inputOf(name), sessionId }, { code, secrets: [sessionId] });
    }
  }

  test.each([
    ["empty", ""],
    ["no id", "sess_0"],
    ["of 10,000 characters", `sess_${"0".repeat(10_000)}`],
    ["with U+0000", "sess_\0"],
    ["a document number", NUMBER],
    ["SQL", "' or true --"],
  ])("%s", async (_, sessionId) => {
    await expectAllRefuse(sessionId, "NOT_FOUND");
  });

  test("another channel's", async () => {
    const other = await sandbox.signIn("HUAXIA_APP");
    const { id } = await startSession(other, person);
    await expectAllRefuse(id, "NOT_FOUND");
  });

  test("of the right form, but there is none", async () => {
    const { id } = await startSession(bank, person);
    const last = id.at(-3) === "0" ? "1" : "0";
    await expectAllRefuse(`${id.slice(0, -3)}${last}${id.slice(-2)}`, "NOT_FOUND");
  });

  test("a person's id", async () => {
    const { pensionerStatus } = await bank.request(PensionerStatusDocument, { subject: subjectOf(person) });
    await expectAllRefuse(pensionerStatus.pensioner?.id ?? "", "NOT_FOUND");
  });

  test("cancelled", async () => {
    const { id } = await startSession(bank, person);
    await bank.request(CertificationCancelDocument, {
      input: { idempotencyKey: randomUUID(), sessionId: id },
    });
    await expectAllRefuse(id, "SESSION_NOT_OPEN");
  });
});

describe("the sandbox's clock", () => {
  test.each([
    ["backwards", "2026-05-01T00:00:00Z"],
    ["to the beginning", "0001-01-01T00:00:00Z"],
    ["six years on", "2032-05-13T00:00:00Z"],
    ["to the end", "9999-12-31T23:59:59Z"],
  ])("%s is refused", async (_, to) => {
    await expectUserError(
      "sandboxClockAdvance",
      { idempotencyKey: randomUUID(), to },
      { code: "INVALID_INPUT" },
    );
  });

  test.each(["tomorrow", "2026-05-13", "2026-02-30T00:00:00Z", 1_780_000_000, null, ""])(
    "%j is no time",
    async (to) => {
      const answer = await mutate("sandboxClockAdvance", { idempotencyKey: randomUUID(), to });
      expectCoded(answer, "zh-CN", { code: "BAD_USER_INPUT", secrets: [String(to)] });
    },
  );
});

describe("lists", () => {
  const calendar = "query($f: ExpiryFilter!) { expiryCalendar(filter: $f) { month } }";
  const expiring =
    "query($f: ExpiryFilter!, $n: Int!, $after: String) { expiringCertifications(filter: $f, first: $n, after: $after) { nodes { id } } }";
  const months = { from: "2026-05", through: "2026-06" };

  test.each([
    ["months the wrong way round", { from: "2026-06", through: "2026-05" }, "INVALID_INPUT"],
    ["more than 60 months", { from: "2026-01", through: "2031-01" }, "INVALID_INPUT"],
    ["all months there are", { from: "0001-01", through: "9999-12" }, "INVALID_INPUT"],
    ["the year 0000", { from: "0000-01", through: "0000-02" }, undefined],
    ["a month that does not exist", { from: "2026-13", through: "2026-13" }, undefined],
    ["a day for a month", { from: "2026-05-01", through: "2026-06" }, undefined],
    ["an unknown state", { ...months, state: "LATE" }, undefined],
    ["an unknown benefit", { ...months, benefitType: "PENSION" }, undefined],
    ["U+0000 in the district", { ...months, districtCode: "1101\0" }, undefined],
    ["a control character in the agency", { ...months, agencyCode: "BJ\u0007" }, undefined],
    ["an employer of 10,000 characters", { ...months, employerCode: "E".repeat(10_000) }, undefined],
  ])("%s are refused", async (_, f, reason) => {
    const expected = { code: "BAD_USER_INPUT", ...(reason ? { reason } : {}) };
    await expectError(staff, { query: calendar, variables: { f } }, expected);
    await expectError(staff, { query: expiring, variables: { f, n: 10 } }, expected);
  });

  test.each([0, -1, 501, 2 ** 31 - 1, 2 ** 40, 1.5, "10"])("a page of %j is refused", async (n) => {
    for (const language of languages) {
      const answer = await staff.in(language).send({ query: expiring, variables: { f: months, n } });
      expect(answer.errors[0]?.extensions.code).toMatch(/^(BAD_USER_INPUT|QUERY_TOO_COMPLEX)$/);
      expectGuarded(answer.raw, language);
    }
  });

  test.each(["", "x", "\0", "W10", "🈶", "a".repeat(10_000)])(
    "the cursor %.20j is refused",
    async (after) => {
      const secrets = after.length > 1 ? [`"${after}"`] : [];
      await expectError(
        staff,
        { query: expiring, variables: { f: months, n: 10, after } },
        { code: "BAD_USER_INPUT", secrets },
      );
    },
  );
});

describe("ids that are none", () => {
  test.each(["", "x", "\0", "pen_", "pen_0", "cert_\u0000", NUMBER, "👵", `pen_${"0".repeat(10_000)}`])(
    "%.20j finds nothing and hurts no one",
    async (id) => {
      const query = "query($id: ID!) { node(id: $id) { id } certification(id: $id) { id } }";
      const answer = await staff.send({ query, variables: { id } });
      expect(answer.errors).toEqual([]);
      expect(answer.data).toEqual({ node: null, certification: null });
    },
  );
});
