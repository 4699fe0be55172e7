import { randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessLog, auditEntry } from "../src/storage/tables.js";
import { certify, readStatus } from "./testkit/certify.js";
import { matchOf, submitMatch, submitMatches } from "./testkit/data-matches.js";
import { CertificationDocument, DataMatchCertificationsSubmitDocument } from "./testkit/gql/graphql.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { expectGuarded, languages } from "./testkit/guarded-answer.js";
import { buildBenefit, buildPeople, buildPerson, importPeople, type TestPerson } from "./testkit/people.js";
import { countRows, keyOf, readMessages, readRecords } from "./testkit/records.js";
import { readAndRederive } from "./testkit/rederive.js";
import { revoke } from "./testkit/review.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

let sandbox: SandboxServer;
let agency: GraphQLClient;
let reviewer: GraphQLClient;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-09-10T02:00:00Z" });
  agency = await sandbox.signIn("DATA_MATCH");
  reviewer = await sandbox.signIn("sandbox-staff");
});

afterAll(async () => {
  const { stored, derived } = await readAndRederive(sandbox.app);
  expect(stored).toEqual(derived);
  await sandbox[Symbol.asyncDispose]();
});

/** Unpaid since 2026-06. */
async function importSuspended(overrides: Partial<TestPerson> = {}): Promise<TestPerson> {
  const person = buildPerson({ phone: "13911110001", lastCertifiedOn: "2025-05-08", ...overrides });
  await importPeople(sandbox.app, [person]);
  return person;
}

describe("a trace certifies in the month of its event", () => {
  test.each([
    ["INPATIENT_STAY", "2026-08-20T02:00:00.000Z", "2027-08-31"],
    ["TRAVEL_RECORD", "2026-05-31T15:59:59.000Z", "2027-05-31"],
    ["GOVERNMENT_FACE_CHECK", "2026-05-31T16:00:00.000Z", "2027-06-30"],
    ["COUNTER_SERVICE", "2026-09-10T01:00:00.000Z", "2027-09-30"],
  ] as const)("E7 %s of %s: valid through %s", async (source, eventAt, validThrough) => {
    const person = await importSuspended();
    const { certification, userErrors, index } = await submitMatch(agency, person, eventAt, source);
    expect([userErrors, index]).toEqual([[], 0]);
    expect(certification).toMatchObject({
      state: "PASSED",
      method: "DATA_MATCH",
      actor: "AGENCY",
      channel: { code: "DATA_MATCH" },
      occurredAt: eventAt,
      receivedAt: expect.stringMatching(/^2026-09-10T02:/),
      validThrough,
    });
    const status = await readStatus(agency, person);
    expect(status.certificationStatus).toMatchObject({
      validThrough,
      state: expect.stringMatching(/VALID|DUE/),
    });
    // P6: every unpaid month is paid again, once, whether the event lies in the old window or after it.
    expect(status.paymentStatus).toMatchObject({
      state: "PAYING",
      resumesMonth: "2026-10",
      backPayMonths: ["2026-06", "2026-07", "2026-08", "2026-09"],
    });
    expect(await readMessages(sandbox.app, status.id)).toMatchObject([
      { kind: "CERTIFICATION_SUCCEEDED", phone: "13911110001" },
    ]);
  });

  test("P6 evidence whose own year has ended pays what it covers; a second one pays the rest, and nothing twice", async () => {
    const person = await importSuspended();
    await submitMatch(agency, person, "2025-07-20T02:00:00Z");
    const status = await readStatus(agency, person);
    expect(status.certificationStatus).toMatchObject({ state: "OVERDUE", validThrough: "2026-07-31" });
    expect(status.paymentStatus).toMatchObject({ state: "SUSPENDED", unpaidMonths: ["2026-08", "2026-09"] });
    await submitMatch(agency, person, "2026-05-02T02:00:00Z", "TRAVEL_RECORD");
    expect((await readStatus(agency, person)).paymentStatus).toMatchObject({
      state: "PAYING",
      backPayMonths: ["2026-06", "2026-07", "2026-08", "2026-09"],
    });
    const { backPay } = await readRecords(sandbox.app, status.id);
    expect(backPay.map(({ month, paidWithMonth }) => `${month} with ${paidWithMonth}`)).toEqual([
      "2026-06 with 2026-10",
      "2026-07 with 2026-10",
      "2026-08 with 2026-10",
      "2026-09 with 2026-10",
    ]);
  });

  test("P6 after a pass that has resumed payment, an older trace of the old window pays nothing more", async () => {
    const person = await importSuspended();
    const passed = await certify(await sandbox.signIn("ICBC_APP"), person);
    const before = await readRecords(sandbox.app, passed.pensioner.id);
    const { certification } = await submitMatch(agency, person, "2026-04-20T02:00:00Z");
    expect(certification).toMatchObject({ state: "PASSED", validThrough: "2027-09-30" });
    const after = await readRecords(sandbox.app, passed.pensioner.id);
    expect(after.backPay).toEqual(before.backPay);
    expect(after.holds).toEqual(before.holds);
  });

  test("V4 whoever is still valid is not asked, and hears of it only when it extends something", async () => {
    const person = await importSuspended({ lastCertifiedOn: "2026-08-08" });
    const older = await submitMatch(agency, person, "2026-07-01T02:00:00Z");
    expect(older.certification).toMatchObject({ state: "PASSED", validThrough: "2027-08-31" });
    const { id } = await readStatus(agency, person);
    expect(await readMessages(sandbox.app, id)).toEqual([]);
    await submitMatch(agency, person, "2026-09-01T02:00:00Z");
    expect(await readMessages(sandbox.app, id)).toHaveLength(1);
  });
});

describe("one standing match of a source", () => {
  test("E7 the same reference again is the same certification, whatever else is said", async () => {
    const person = await importSuspended();
    const first = await submitMatch(agency, person, "2026-08-01T02:00:00Z", "TRAVEL_RECORD", "T-1");
    const again = await submitMatch(agency, person, "2026-09-01T02:00:00Z", "TRAVEL_RECORD", "T-1");
    expect(again.certification).toEqual(first.certification);
  });

  test("E7 a newer trace makes a new one, an older or equal one does not; other sources stand for themselves", async () => {
    const person = await importSuspended();
    const first = await submitMatch(agency, person, "2026-08-01T02:00:00.5Z", "TRAVEL_RECORD");
    const equal = await submitMatch(agency, person, "2026-08-01T02:00:00.5000001Z", "TRAVEL_RECORD");
    const older = await submitMatch(agency, person, "2026-07-31T02:00:00Z", "TRAVEL_RECORD");
    expect([equal.certification?.id, older.certification?.id]).toEqual(
      Array.from({ length: 2 }, () => first.certification?.id),
    );
    const newer = await submitMatch(agency, person, "2026-08-02T02:00:00Z", "TRAVEL_RECORD");
    const other = await submitMatch(agency, person, "2026-07-31T02:00:00Z", "COUNTER_SERVICE");
    const { certifications } = await readRecords(sandbox.app, (await readStatus(agency, person)).id);
    expect(certifications).toHaveLength(3);
    expect(certifications.every(({ state }) => state === "PASSED")).toBe(true);
    expect(new Set([first, newer, other].map(({ certification }) => certification?.id)).size).toBe(3);
  });

  test("E7, E9 a trace that was revoked does not come back with its reference", async () => {
    const person = await importSuspended();
    const first = await submitMatch(agency, person, "2026-08-01T02:00:00Z", "TRAVEL_RECORD", "T-2");
    await revoke(reviewer, first.certification?.id ?? "");
    const again = await submitMatch(agency, person, "2026-08-01T02:00:00Z", "TRAVEL_RECORD", "T-2");
    expect(again.certification).toMatchObject({ id: first.certification?.id, state: "REVOKED" });
    expect((await readStatus(agency, person)).certificationStatus.validThrough).toBe("2026-05-31");
  });
});

describe("what does not certify", () => {
  test.each([
    ["E1 an outpatient visit", { source: "OUTPATIENT_VISIT" }, "EVIDENCE_NOT_ADMISSIBLE", "source"],
    ["E1 a pharmacy purchase", { source: "PHARMACY_PURCHASE" }, "EVIDENCE_NOT_ADMISSIBLE", "source"],
    ["E7 an event to come", { eventAt: "2026-09-11T02:00:00Z" }, "INVALID_INPUT", "eventAt"],
    [
      "E7 an event before the approval",
      { eventAt: "2019-07-31T15:59:59Z" },
      "EVIDENCE_NOT_ADMISSIBLE",
      "eventAt",
    ],
    [
      "E1 an event before any policy",
      { eventAt: "1949-10-01T07:00:00Z" },
      "EVIDENCE_NOT_ADMISSIBLE",
      "source",
    ],
    ["no reference", { sourceReference: " " }, "INVALID_INPUT", "sourceReference"],
    ["a reference with U+0000", { sourceReference: "x\0" }, "INVALID_INPUT", "sourceReference"],
  ] as const)("%s", async (_, overrides, code, field) => {
    const person = await importSuspended();
    const before = await countRows(sandbox.app.database.db);
    const item = matchOf(person, "2026-08-01T02:00:00Z");
    const items = [{ ...item, evidence: { ...item.evidence, ...overrides } }];
    for (const language of languages) {
      const answer = await submitMatches(agency.in(language), items);
      expect(answer.userErrors).toEqual([]);
      expect(answer.results).toMatchObject([
        { certification: null, userErrors: [{ code, path: ["input", "items", "0", "evidence", field] }] },
      ]);
      expectGuarded(JSON.stringify(answer), language, [person.document.number, person.name]);
    }
    const { accessLog: _reads, idempotencyKey: _keys, ...after } = await countRows(sandbox.app.database.db);
    expect(before).toMatchObject(after);
  });

  test("E7 an event in the month of approval certifies", async () => {
    const person = await importSuspended({
      lastCertifiedOn: null,
      benefits: [buildBenefit({ approvedMonth: "2026-03" })],
    });
    const { certification } = await submitMatch(agency, person, "2026-02-28T16:00:00Z");
    expect(certification?.validThrough).toBe("2027-03-31");
  });

  test("S2 wrong name, wrong number and unknown person get one answer", async () => {
    const person = await importSuspended();
    const stranger = buildPerson();
    const subjects = [stranger, { ...person, name: "测试别人" }, { ...person, document: stranger.document }];
    const { results } = await submitMatches(
      agency,
      subjects.map((subject) => matchOf(subject, "2026-08-01T02:00:00Z")),
    );
    const [first] = results;
    expect(first).toMatchObject({ certification: null, userErrors: [{ code: "NOT_IN_SCOPE" }] });
    for (const [index, { userErrors }] of results.entries()) {
      expect(userErrors[0]?.path).toEqual(["input", "items", String(index), "subject"]);
      expect({ ...userErrors[0], path: null }).toEqual({ ...first?.userErrors[0], path: null });
    }
  });

  test("a number with a wrong check digit is told from a stranger's", async () => {
    const bad = { name: "王某", document: { type: "RESIDENT_ID" as const, number: "110105194912310021" } };
    const { userErrors } = await submitMatch(agency, bad, "2026-08-01T02:00:00Z");
    expect(userErrors).toMatchObject([
      { code: "INVALID_DOCUMENT", path: ["input", "items", "0", "subject", "document", "number"] },
    ]);
  });

  test.each(["ICBC_APP", "AGENCY_COUNTER", "EMPLOYER", "STREET_SERVICE_CENTER", "CHINA_CONSULAR_APP"])(
    "CHANNEL_NOT_ALLOWED: %s matches no data",
    async (code) => {
      const person = await importSuspended();
      const answer = await submitMatches(await sandbox.signIn(code), [
        matchOf(person, "2026-08-01T02:00:00Z"),
      ]);
      expect(answer).toMatchObject({ results: [], userErrors: [{ code: "CHANNEL_NOT_ALLOWED" }] });
    },
  );
});

describe("a batch", () => {
  test("each item stands for itself, in the order given; one person may be in it several times", async () => {
    const [first = buildPerson(), second = buildPerson()] = await importBoth();
    const items = [
      matchOf(second, "2026-08-01T02:00:00Z", "TRAVEL_RECORD", "B-1"),
      matchOf(first, "2026-08-01T02:00:00Z", "PHARMACY_PURCHASE"),
      matchOf(buildPerson(), "2026-08-01T02:00:00Z"),
      matchOf(first, "2026-07-01T02:00:00Z", "INPATIENT_STAY"),
      matchOf(first, "2026-08-01T02:00:00Z", "INPATIENT_STAY"),
      matchOf(first, "2026-07-15T02:00:00Z", "INPATIENT_STAY"),
    ];
    const idempotencyKey = randomUUID();
    const { results } = await submitMatches(agency, items, idempotencyKey);
    expect(
      results.map(({ index, certification, userErrors }) => [
        index,
        certification?.validThrough ?? userErrors[0]?.code,
      ]),
    ).toEqual([
      [0, "2027-08-31"],
      [1, "EVIDENCE_NOT_ADMISSIBLE"],
      [2, "NOT_IN_SCOPE"],
      [3, "2027-07-31"],
      [4, "2027-08-31"],
      [5, "2027-08-31"],
    ]);
    expect(results[5]?.certification?.id).toBe(results[4]?.certification?.id);
    const { backPay } = await readRecords(sandbox.app, (await readStatus(agency, first)).id);
    expect(backPay).toHaveLength(4);
    // Repeated with its key: one effect, equal answers.
    expect((await submitMatches(agency, items, idempotencyKey)).results).toEqual(results);
    const other = items.map((item) => ({
      ...item,
      evidence: { ...item.evidence, eventAt: "2026-08-03T02:00:00Z" },
    }));
    await expect(submitMatches(agency, other, idempotencyKey)).rejects.toThrow("IDEMPOTENCY_KEY_REUSED");
  });

  async function importBoth(): Promise<TestPerson[]> {
    const people = buildPeople(2, { lastCertifiedOn: "2025-05-08" });
    await importPeople(sandbox.app, people);
    return people;
  }

  test("of 500 is taken in one request, of 501 refused as a whole", async () => {
    const people = buildPeople(40, { lastCertifiedOn: "2025-05-08" });
    await importPeople(sandbox.app, people);
    const items = Array.from({ length: 500 }, (_, index) =>
      matchOf(
        people[index % people.length] ?? buildPerson(),
        `2026-08-${String(1 + (index % 28)).padStart(2, "0")}T02:00:00Z`,
      ),
    );
    const { results } = await submitMatches(agency, items);
    expect(results).toHaveLength(500);
    expect(results.every(({ certification }) => certification?.state === "PASSED")).toBe(true);
    const extra = [...items, matchOf(people[0] ?? buildPerson(), "2026-08-30T02:00:00Z")];
    for (const language of languages) {
      const refused = await submitMatches(agency.in(language), extra);
      expect(refused).toMatchObject({
        results: [],
        userErrors: [{ code: "INVALID_INPUT", path: ["input", "items"] }],
      });
      expect(refused.userErrors[0]?.message).toContain("500");
    }
  });

  test("of none is refused", async () => {
    const refused = await submitMatches(agency, []);
    expect(refused).toMatchObject({
      results: [],
      userErrors: [{ code: "INVALID_INPUT", path: ["input", "items"] }],
    });
  });

  test("costs by the number of its items", async () => {
    const query = DataMatchCertificationsSubmitDocument.toString();
    const costOf = async (count: number) => {
      const items = Array.from({ length: count }, () => matchOf(buildPerson(), "2026-08-01T02:00:00Z"));
      const answer = await agency.send({
        query,
        variables: { input: { idempotencyKey: randomUUID(), items } },
      });
      return (JSON.parse(answer.raw) as { extensions: { cost: { requested: number } } }).extensions.cost
        .requested;
    };
    expect((await costOf(10)) - 1).toBe(10 * ((await costOf(1)) - 1));
  });

  test("names no one in its audit entries, and every person it tells of is logged as read", async () => {
    const person = await importSuspended();
    const { certification } = await submitMatch(
      agency,
      person,
      "2026-08-01T02:00:00Z",
      "TRAVEL_RECORD",
      "SECRET-REF",
    );
    const { id } = await readStatus(reviewer, person);
    const { pensionerId } = keyOf(id);
    const { db } = sandbox.app.database;
    const entries = (await db.select().from(auditEntry)).map(({ entry }) => entry);
    const own = entries.filter((entry) => entry.includes(pensionerId));
    expect(own.map((entry) => JSON.parse(entry))).toMatchObject([
      { operation: "dataMatchCertificationsSubmit", outcome: "PASSED" },
    ]);
    expect(own.join()).not.toContain("SECRET-REF");
    const reads = await db
      .select()
      .from(accessLog)
      .where(
        and(eq(accessLog.pensionerId, pensionerId), eq(accessLog.operation, "dataMatchCertificationsSubmit")),
      );
    expect(reads).toHaveLength(1);
    const seen = await reviewer.send<{ certification: { evidence: object[] } }>({
      query: `{ certification(id: "${certification?.id}") { evidence { kind capturedAt dataSource sha256 } } }`,
    });
    expect(seen.data?.certification.evidence).toEqual([
      {
        kind: "DATA_SOURCE",
        capturedAt: "2026-08-01T02:00:00.000Z",
        dataSource: "TRAVEL_RECORD",
        sha256: null,
      },
    ]);
    expect(seen.raw).not.toContain("SECRET-REF");
  });
});

test("a match is seen by its own client and by staff, and by no other channel", async () => {
  const { certification } = await submitMatch(agency, await importSuspended(), "2026-08-01T02:00:00Z");
  const id = certification?.id ?? "";
  expect((await agency.request(CertificationDocument, { id })).certification?.id).toBe(id);
  expect((await reviewer.request(CertificationDocument, { id })).certification?.id).toBe(id);
  const bank = await sandbox.signIn("ICBC_APP");
  expect((await bank.request(CertificationDocument, { id })).certification).toBeNull();
});
