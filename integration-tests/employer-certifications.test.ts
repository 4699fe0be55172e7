import { randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { places } from "../src/storage/sealing.js";
import { accessLog, auditEntry, evidence } from "../src/storage/tables.js";
import { readStatus } from "./testkit/certify.js";
import { buildDocuments, buildItem, outcomesOf, signInBoundEmployer, submit } from "./testkit/employer.js";
import { EmployerCertificationsSubmitDocument, type EvidenceInput } from "./testkit/gql/graphql.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { buildPeople, buildPerson, importPeople, subjectOf, type TestPerson } from "./testkit/people.js";
import { countRows, keyOf, readRecords } from "./testkit/records.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";
import { statementsOf } from "./testkit/statements.js";

let sandbox: SandboxServer;
let portal: GraphQLClient;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-05-12T02:00:00Z" });
  portal = await sandbox.signIn("EMPLOYER");
});

afterAll(() => sandbox[Symbol.asyncDispose]());

const overdue = { phone: "13911110001", lastCertifiedOn: "2025-02-11" };

async function importEmployees(count: number, employerCode = "E1"): Promise<TestPerson[]> {
  const people = buildPeople(count, { ...overdue, employerCode });
  await importPeople(sandbox.app, people);
  return people;
}

async function importEmployee(employerCode = "E1"): Promise<TestPerson> {
  const [person = buildPerson()] = await importEmployees(1, employerCode);
  return person;
}

async function rows(): Promise<Record<string, number>> {
  const { accessLog: _, idempotencyKey: __, ...rest } = await countRows(sandbox.app.database.db);
  return rest;
}

describe("what an employer hands in", () => {
  test("E4, E6 waits for staff to decide, and changes nothing until then", async () => {
    const person = await importEmployee();
    const { results, userErrors } = await submit(portal, [person]);
    expect(userErrors).toEqual([]);
    expect(results).toMatchObject([
      {
        index: 0,
        userErrors: [],
        certification: {
          state: "PENDING",
          method: "EMPLOYER_DOCUMENTS",
          actor: "EMPLOYER",
          channel: { code: "EMPLOYER" },
          reviewDueOn: "2026-05-27",
          decidedAt: null,
          validThrough: null,
          rejection: null,
          pensioner: {
            certificationStatus: {
              state: "OVERDUE",
              validThrough: "2026-02-28",
              pending: { state: "PENDING" },
            },
            paymentStatus: { state: "SUSPENDED" },
          },
        },
      },
    ]);
    const { certifications, messages } = await readRecords(
      sandbox.app,
      results[0]?.certification?.pensioner.id ?? "",
    );
    expect(certifications).toMatchObject([{ employerCode: "E1", nextChannels: [], failedFaces: 0 }]);
    expect(messages).toEqual([]);
  });

  test("E4 is kept: three pieces, the files by their digest, what the photo shows sealed", async () => {
    const person = await importEmployee();
    const { results } = await submit(portal, [person]);
    const { certifications } = await readRecords(sandbox.app, results[0]?.certification?.pensioner.id ?? "");
    const id = certifications[0]?.id ?? "";
    const { db } = sandbox.app.database;
    const pieces = await db
      .select()
      .from(evidence)
      .where(eq(evidence.certificationId, id))
      .orderBy(evidence.position);
    expect(pieces.map(({ kind, digest }) => [kind, digest?.toString("hex")])).toEqual(
      buildDocuments().map(({ document }) => [document?.kind, document?.sha256]),
    );
    const sealed = pieces[2]?.factsSealed;
    if (!sealed) throw new Error("nothing is kept of the photo");
    expect(JSON.parse(sandbox.app.sealing.open(sealed, places.evidenceFacts(id, 2)))).toEqual({
      capturedAt: "2026-05-11T01:00:00Z",
      shows: ["FACE", "TIME", "DOCUMENT"],
    });
    const entries = await db.select().from(auditEntry);
    expect(entries.map(({ entry }) => JSON.parse(entry))).toContainEqual(
      expect.objectContaining({
        operation: "employerCertificationsSubmit",
        clientId: "sandbox-employer",
        subjectId: id,
        outcome: "PENDING",
      }),
    );
  });

  test("one that is bad never hinders the others", async () => {
    const [first, second, third] = await importEmployees(3);
    if (!first || !second || !third) throw new Error("no one");
    const misnamed = { ...second, name: "测试别人" };
    const mistyped = { ...third, document: { ...third.document, number: "110105194912310021" } };
    const items = [first, buildPerson(), misnamed, mistyped, third].map((person) => buildItem(person));
    items[5] = { subject: subjectOf(second), evidence: [] };
    const submission = await submit(portal, [first], { items });
    expect(outcomesOf(submission)).toEqual([
      "PENDING",
      "NOT_IN_SCOPE",
      "NOT_IN_SCOPE",
      "INVALID_DOCUMENT",
      "PENDING",
      "EVIDENCE_REQUIRED",
    ]);
    expect(submission.results.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(submission.results.map(({ userErrors }) => userErrors[0]?.path ?? null)).toEqual([
      null,
      ["input", "items", "1", "subject"],
      ["input", "items", "2", "subject"],
      ["input", "items", "3", "subject", "document", "number"],
      null,
      ["input", "items", "5", "evidence"],
    ]);
  });

  test("a second submission while the first is under review, and a person named twice", async () => {
    const [first, second] = await importEmployees(2);
    if (!first || !second) throw new Error("no one");
    await submit(portal, [first]);
    const submission = await submit(portal, [first, second, second]);
    expect(outcomesOf(submission)).toEqual(["WRONG_STATE", "PENDING", "WRONG_STATE"]);
    const messages = submission.results.map(({ userErrors }) => userErrors[0]?.message);
    expect(messages[0]).toContain("审核中");
    expect(messages[2]).toContain("重复");
  });

  test("V3 who is still valid may be handed in as well", async () => {
    const person = buildPerson({ employerCode: "E1", lastCertifiedOn: "2026-04-09" });
    await importPeople(sandbox.app, [person]);
    expect(outcomesOf(await submit(portal, [person]))).toEqual(["PENDING"]);
  });
});

describe("E4 the photo", () => {
  test.each<[string, Parameters<typeof buildItem>[1], string]>([
    ["without the face", { shows: ["TIME", "DOCUMENT"] }, "REJECTED"],
    ["without the time", { shows: ["FACE", "DOCUMENT"] }, "REJECTED"],
    ["without the document", { shows: ["FACE", "TIME"] }, "REJECTED"],
    ["of which nothing is said", { shows: null }, "REJECTED"],
    ["whose time is not told", { capturedAt: null }, "REJECTED"],
    ["of 30 days ago", { capturedAt: "2026-04-11T16:00:00Z" }, "PENDING"],
    ["of 31 days ago", { capturedAt: "2026-04-11T15:59:59Z" }, "EVIDENCE_REJECTED"],
    ["of tomorrow", { capturedAt: "2026-05-13T02:00:00Z" }, "INVALID_INPUT"],
    ["of another digest's form", { sha256: "x".repeat(64) }, "INVALID_INPUT"],
  ])("%s: %s", async (_, photo, outcome) => {
    const person = await importEmployee();
    const before = await rows();
    const { results } = await submit(portal, [person], { items: [buildItem(person, photo)] });
    expect(outcomesOf({ results, userErrors: [] })).toEqual([outcome]);
    if (outcome === "REJECTED" || outcome === "PENDING") return;
    expect(await rows()).toEqual(before);
  });

  test("E8 that is incomplete gives REJECTED with the next-best channels, and another may follow", async () => {
    const person = await importEmployee();
    const { results } = await submit(portal, [person], { items: [buildItem(person, { shows: ["FACE"] })] });
    expect(results[0]).toMatchObject({
      userErrors: [],
      certification: {
        state: "REJECTED",
        reviewDueOn: null,
        decidedAt: expect.stringMatching(/^2026-05-12T/),
        rejection: {
          code: "PHOTO_INCOMPLETE",
          message: "照片须同时显示人脸、时间和证照。",
          nextChannels: [
            { code: "JINGTONG_WECHAT" },
            { code: "AGENCY_COUNTER" },
            { code: "PARTNER_BANK_COUNTER" },
            { code: "STREET_SERVICE_CENTER" },
          ],
        },
      },
    });
    expect(outcomesOf(await submit(portal, [person]))).toEqual(["PENDING"]);
  });

  test.each<[string, EvidenceInput[], string]>([
    ["two documents", buildDocuments().slice(0, 2), "EVIDENCE_REQUIRED"],
    ["one twice", [...buildDocuments(), ...buildDocuments().slice(2)], "EVIDENCE_REQUIRED"],
    ["a face besides", [...buildDocuments(), { faceAssertion: "x" }], "EVIDENCE_NOT_ADMISSIBLE"],
    [
      "eleven pieces",
      Array.from({ length: 11 }, () => buildDocuments())
        .flat()
        .slice(0, 11),
      "EVIDENCE_REQUIRED",
    ],
  ])("beside %s: refused", async (_, pieces, code) => {
    const person = await importEmployee();
    const items = [{ subject: subjectOf(person), evidence: pieces }];
    expect(outcomesOf(await submit(portal, [person], { items }))).toEqual([code]);
  });
});

describe("between employers", () => {
  test("S2 another employer's people, people without one and the unknown get one answer", async () => {
    const [own, other] = [await importEmployee("E1"), await importEmployee("E2")];
    const single = buildPerson(overdue);
    await importPeople(sandbox.app, [single]);
    const submission = await submit(portal, [own, other, single, buildPerson()]);
    expect(outcomesOf(submission)).toEqual(["PENDING", "NOT_IN_SCOPE", "NOT_IN_SCOPE", "NOT_IN_SCOPE"]);
    const errors = submission.results.slice(1).map(({ userErrors, certification }) => ({
      certification,
      error: { ...userErrors[0], path: null },
    }));
    expect(errors[1]).toEqual(errors[0]);
    expect(errors[2]).toEqual(errors[0]);
    const status = await readStatus(await sandbox.signIn("sandbox-staff"), other);
    expect((await readRecords(sandbox.app, status.id)).certifications).toEqual([]);
  });

  test("a client of one employer submits for it, and is told of no other", async () => {
    const [own, other] = [await importEmployee("E7"), await importEmployee("E8")];
    const bound = await signInBoundEmployer(sandbox, "E7");
    expect(outcomesOf(await submit(bound, [own]))).toEqual(["PENDING"]);
    for (const employerCode of ["E8", "E-UNKNOWN"]) {
      const { results, userErrors } = await submit(bound, [other], { employerCode });
      expect(results).toEqual([]);
      expect(userErrors).toEqual([
        { code: "NOT_FOUND", message: "未找到该单位。", path: ["input", "employerCode"] },
      ]);
    }
    expect(outcomesOf(await submit(portal, [other]))).toEqual(["PENDING"]);
    // What one client has handed in is not another one's to see.
    const [mine] = (await submit(portal, [await importEmployee("E7")])).results;
    const node = await bound.send<{ certification: unknown }>({
      query: "query($id: ID!) { certification(id: $id) { id } }",
      variables: { id: mine?.certification?.id },
    });
    expect(node.data?.certification).toBeNull();
  });

  test("of those who are told of, and of no one else, the read is recorded", async () => {
    const [own, other] = [await importEmployee("E1"), await importEmployee("E2")];
    const staff = await sandbox.signIn("sandbox-staff");
    const [ownKey, otherKey] = [await readStatus(staff, own), await readStatus(staff, other)].map(({ id }) =>
      keyOf(id),
    );
    await submit(portal, [own, other]);
    const again = await submit(portal, [own, other]);
    expect(outcomesOf(again)).toEqual(["WRONG_STATE", "NOT_IN_SCOPE"]);
    const reads = async (pensionerId = "") =>
      sandbox.app.database.db
        .select()
        .from(accessLog)
        .where(and(eq(accessLog.pensionerId, pensionerId), eq(accessLog.clientId, "sandbox-employer")));
    expect((await reads(ownKey?.pensionerId)).map(({ operation }) => operation)).toEqual([
      "employerCertificationsSubmit",
      "employerCertificationsSubmit",
    ]);
    expect(await reads(otherKey?.pensionerId)).toEqual([]);
  });
});

describe("the whole call", () => {
  test.each(["ICBC_APP", "AGENCY_COUNTER", "STREET_SERVICE_CENTER", "DATA_MATCH"])(
    "is not %s's: CHANNEL_NOT_ALLOWED",
    async (code) => {
      const { results, userErrors } = await submit(await sandbox.signIn(code), [await importEmployee()]);
      expect(results).toEqual([]);
      expect(userErrors).toMatchObject([{ code: "CHANNEL_NOT_ALLOWED" }]);
    },
  );

  test.each(["", " ", "E 1", "海淀", "E\0", "E".repeat(65)])(
    "is refused for the employer %j",
    async (code) => {
      const { userErrors } = await submit(portal, [await importEmployee()], { employerCode: code });
      expect(userErrors).toMatchObject([{ code: "INVALID_INPUT", path: ["input", "employerCode"] }]);
    },
  );

  test("takes 200 persons, as many statements as for one, and refuses 201", async () => {
    const people = await importEmployees(201, "E200");
    const before = await rows();
    const refused = await submit(portal, people);
    expect(refused).toMatchObject({
      results: [],
      userErrors: [{ code: "INVALID_INPUT", path: ["input", "items"], message: "一次应提交1至200人。" }],
    });
    expect(await submit(portal, [], { items: [] })).toMatchObject({
      userErrors: [{ code: "INVALID_INPUT" }],
    });
    expect(await rows()).toEqual(before);
    const count = async (some: readonly TestPerson[]) =>
      (await statementsOf(sandbox.app.database, () => submit(portal, some))).length;
    const forOne = await count(people.slice(200));
    const forAll = await count(people.slice(0, 200));
    expect(forAll).toBe(forOne);
    const after = await rows();
    expect((after["certification"] ?? 0) - (before["certification"] ?? 0)).toBe(201);
    expect((after["evidence"] ?? 0) - (before["evidence"] ?? 0)).toBe(603);
    expect((after["auditEntry"] ?? 0) - (before["auditEntry"] ?? 0)).toBe(201);
  });

  test("repeated with its key gives the same results and no second effect", async () => {
    const people = [...(await importEmployees(3)), buildPerson()];
    const idempotencyKey = randomUUID();
    const first = await submit(portal, people, { idempotencyKey });
    const before = await rows();
    expect(await submit(portal, people, { idempotencyKey })).toEqual(first);
    expect(outcomesOf(first)).toEqual(["PENDING", "PENDING", "PENDING", "NOT_IN_SCOPE"]);
    expect(await rows()).toEqual(before);
    const input = { idempotencyKey, employerCode: "E1", items: [buildItem(people[0] ?? buildPerson())] };
    const other = await portal.refused(EmployerCertificationsSubmitDocument, { input });
    expect(other.errors).toMatchObject([{ extensions: { code: "IDEMPOTENCY_KEY_REUSED" } }]);
  });

  test("with a photo of another time under the same key is another input", async () => {
    const person = await importEmployee();
    const idempotencyKey = randomUUID();
    await submit(portal, [person], { idempotencyKey });
    const items = [buildItem(person, { capturedAt: "2026-05-11T01:00:01Z" })];
    const answer = await portal.refused(EmployerCertificationsSubmitDocument, {
      input: { idempotencyKey, employerCode: "E1", items },
    });
    expect(answer.errors).toMatchObject([{ extensions: { code: "IDEMPOTENCY_KEY_REUSED" } }]);
  });

  test("costs what it may give, and what was not given is returned", async () => {
    const people = await importEmployees(20);
    const input = {
      idempotencyKey: randomUUID(),
      employerCode: "E1",
      items: people.map((p) => buildItem(p)),
    };
    const answer = await portal.send({
      query: `mutation($input: EmployerCertificationsSubmitInput!) {
        employerCertificationsSubmit(input: $input) { results { certification { id } } userErrors { code } } }`,
      variables: { input },
    });
    const { extensions } = JSON.parse(answer.raw) as { extensions: { cost: Record<string, number> } };
    expect(extensions.cost["requested"]).toBeGreaterThanOrEqual(1 + 2 * people.length);
    expect(extensions.cost["actual"]).toBe(3 + 2 * people.length);
  });

  test("misses are counted: who guesses too often is not answered", async () => {
    await using guarded = await startSandbox({
      clock: "2026-05-12T02:00:00Z",
      environment: { MISS_LIMIT: "10", MISS_LIMIT_PER_HOUR: "1" },
    });
    const client = await guarded.signIn("EMPLOYER");
    expect(outcomesOf(await submit(client, buildPeople(10)))).toEqual(Array(10).fill("NOT_IN_SCOPE"));
    const input = { idempotencyKey: randomUUID(), employerCode: "E1", items: [buildItem(buildPerson())] };
    const { status, errors } = await client.refused(EmployerCertificationsSubmitDocument, { input });
    expect(status).toBe(429);
    expect(errors).toMatchObject([{ extensions: { code: "RATE_LIMITED" } }]);
  });
});
