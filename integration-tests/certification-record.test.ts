import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readStatus } from "./testkit/certify.js";
import { buildClaims, signAssertion } from "./testkit/face-assertions.js";
import {
  CertificationRecordDocument,
  type CertificationRecordInput,
  type EvidenceInput,
} from "./testkit/gql/graphql.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { buildBenefit, buildPerson, importPeople, subjectOf, type TestPerson } from "./testkit/people.js";
import { readMessages } from "./testkit/records.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

let sandbox: SandboxServer;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-06-01T02:00:00Z" });
});

afterAll(() => sandbox[Symbol.asyncDispose]());

async function importOverdue(overrides: Partial<TestPerson> = {}): Promise<TestPerson> {
  const person = buildPerson({ phone: "13911110001", lastCertifiedOn: "2025-02-11", ...overrides });
  await importPeople(sandbox.app, [person]);
  return person;
}

function shown(
  person: TestPerson,
  overrides: Partial<EvidenceInput["identityDocument"]> = {},
): EvidenceInput {
  return { identityDocument: { document: person.document, expiresOn: "2030-01-01", ...overrides } };
}

async function record(
  client: GraphQLClient,
  person: TestPerson,
  overrides: Partial<CertificationRecordInput> = {},
) {
  const input: CertificationRecordInput = {
    idempotencyKey: randomUUID(),
    subject: subjectOf(person),
    method: "IN_PERSON",
    operator: "窗口07",
    evidence: [shown(person)],
    ...overrides,
  };
  return (await client.request(CertificationRecordDocument, { input })).certificationRecord;
}

function machine(
  person: TestPerson,
  cameraKind: "MONOCULAR" | "BINOCULAR" = "BINOCULAR",
): Partial<CertificationRecordInput> {
  return { method: "KIOSK", operator: null, evidence: [shown(person, { cameraKind })] };
}

describe.each([
  ["AGENCY_COUNTER", "IN_PERSON", "OPERATOR"],
  ["PARTNER_BANK_COUNTER", "IN_PERSON", "OPERATOR"],
  ["ICBC_KIOSK", "KIOSK", "MACHINE"],
  ["PSBC_KIOSK", "KIOSK", "MACHINE"],
  ["BOCOM_KIOSK", "KIOSK", "MACHINE"],
] as const)("%s", (code, method, actor) => {
  let client: GraphQLClient;
  const asHere = (person: TestPerson): Partial<CertificationRecordInput> =>
    method === "KIOSK" ? machine(person) : {};

  beforeAll(async () => {
    client = await sandbox.signIn(code);
  });

  test("E3 certifies whoever shows a valid document, from any district", async () => {
    const person = await importOverdue({ benefits: [buildBenefit({ districtCode: "110117" })] });
    const { certification, userErrors } = await record(client, person, {
      ...asHere(person),
      contactPhone: "13822220002",
    });
    expect(userErrors).toEqual([]);
    expect(certification).toMatchObject({
      state: "PASSED",
      method,
      actor,
      channel: { code },
      validThrough: "2027-06-30",
      pensioner: {
        certificationStatus: { state: "VALID", validThrough: "2027-06-30" },
        paymentStatus: { state: "PAYING", backPayMonths: ["2026-03", "2026-04", "2026-05", "2026-06"] },
      },
    });
    const [message] = await readMessages(sandbox.app, certification?.pensioner.id ?? "");
    expect(message).toMatchObject({ kind: "CERTIFICATION_SUCCEEDED", phone: "13822220002" });
    expect(message?.body).toContain("2027年06月月末");
  });

  test("V6 its own time decides the month, up to 24 hours back", async () => {
    const person = await importOverdue();
    const { certification } = await record(client, person, {
      ...asHere(person),
      occurredAt: "2026-05-31T15:59:59.000Z",
    });
    expect(certification).toMatchObject({
      validThrough: "2027-05-31",
      occurredAt: "2026-05-31T15:59:59.000Z",
    });
  });

  test.each([
    ["V6 TOO_OLD", "2026-05-31T01:59:00.000Z", "TOO_OLD"],
    ["V6 INVALID_INPUT for the future", "2026-06-01T03:00:00.000Z", "INVALID_INPUT"],
  ])("%s is refused and nothing is stored", async (_, occurredAt, refusal) => {
    const person = await importOverdue();
    const { certification, userErrors } = await record(client, person, { ...asHere(person), occurredAt });
    expect(certification).toBeNull();
    expect(userErrors).toMatchObject([{ code: refusal, path: ["input", "occurredAt"] }]);
    expect((await readStatus(client, person)).certificationStatus.lastCertifiedOn).toBe("2025-02-11");
  });

  test("E3, E8 an expired document gives REJECTED and changes nothing", async () => {
    const person = await importOverdue();
    const evidence = [
      shown(person, { ...asHere(person).evidence?.[0]?.identityDocument, expiresOn: "2026-05-31" }),
    ];
    const { certification, userErrors } = await record(client, person, { ...asHere(person), evidence });
    expect(userErrors).toEqual([]);
    expect(certification).toMatchObject({
      state: "REJECTED",
      validThrough: null,
      rejection: { code: "DOCUMENT_EXPIRED", message: "证件已过有效期，请先换领证件。" },
      pensioner: { certificationStatus: { validThrough: "2026-02-28" } },
    });
    expect(certification?.rejection?.nextChannels.map((next) => next.code)).toEqual([
      "JINGTONG_WECHAT",
      "STREET_SERVICE_CENTER",
    ]);
  });

  test("E3 a document that expires today is still valid", async () => {
    const person = await importOverdue();
    const evidence = [
      shown(person, { ...asHere(person).evidence?.[0]?.identityDocument, expiresOn: "2026-06-01" }),
    ];
    const { certification } = await record(client, person, { ...asHere(person), evidence });
    expect(certification?.state).toBe("PASSED");
  });

  test("E3 another person's document gives DOCUMENT_INVALID", async () => {
    const [person, other] = [await importOverdue(), await importOverdue()];
    const evidence = asHere(other).evidence ?? [shown(other)];
    const { certification } = await record(client, person, { ...asHere(person), evidence });
    expect(certification?.rejection?.code).toBe("DOCUMENT_INVALID");
  });

  test.each(["FACE", "HOME_VISIT", "DATA_MATCH"] as const)("does not certify by %s", async (wrong) => {
    const person = await importOverdue();
    const { userErrors } = await record(client, person, { ...asHere(person), method: wrong });
    expect(userErrors).toMatchObject([{ code: "METHOD_NOT_ALLOWED", path: ["input", "method"] }]);
  });

  test("S2 wrong name, wrong number and unknown person get one answer", async () => {
    const person = await importOverdue();
    const stranger = buildPerson();
    const misnamed = { ...person, name: "测试别人" };
    const answers = [stranger, misnamed].map((each) => record(client, each, asHere(each)));
    const [first, second] = await Promise.all(answers);
    expect(first?.userErrors).toMatchObject([{ code: "NOT_IN_SCOPE" }]);
    expect(second).toEqual(first);
  });

  test("repeated with its key it gives the one certification, with another input it is refused", async () => {
    const person = await importOverdue();
    const idempotencyKey = randomUUID();
    const first = await record(client, person, { ...asHere(person), idempotencyKey });
    const second = await record(client, person, { ...asHere(person), idempotencyKey });
    expect(second.certification?.id).toBe(first.certification?.id);
    const other = record(client, person, { ...asHere(person), idempotencyKey, contactPhone: "13800000009" });
    await expect(other).rejects.toThrow("IDEMPOTENCY_KEY_REUSED");
  });

  test("V4 ALREADY_VALID when the channel wants to ask first", async () => {
    const person = await importOverdue({ lastCertifiedOn: "2026-04-09" });
    const { userErrors } = await record(client, person, { ...asHere(person), recertifyWhenValid: false });
    expect(userErrors).toMatchObject([
      { code: "ALREADY_VALID", message: expect.stringContaining("2026年4月9日") },
    ]);
  });

  test("E3 a face may be added, made for this record", async () => {
    const person = await importOverdue();
    const idempotencyKey = randomUUID();
    const assertionOf = (challenge: string, outcome = "match") =>
      signAssertion(sandbox, buildClaims(sandbox, { challenge }, { outcome }));
    const withFace = async (assertion: string, key: string) => {
      const evidence = [...(asHere(person).evidence ?? [shown(person)]), { faceAssertion: assertion }];
      return record(client, person, { ...asHere(person), idempotencyKey: key, evidence });
    };
    const foreign = await withFace(await assertionOf(randomUUID()), idempotencyKey);
    expect(foreign.userErrors).toMatchObject([
      { code: "EVIDENCE_REJECTED", path: ["input", "evidence", "1", "faceAssertion"] },
    ]);
    const failing = randomUUID();
    const mismatch = await withFace(await assertionOf(failing, "mismatch"), failing);
    expect(mismatch.certification?.rejection?.code).toBe("FACE_MISMATCH");
    const matching = await withFace(await assertionOf(idempotencyKey), idempotencyKey);
    expect(matching.certification?.state).toBe("PASSED");
  });

  test.each([
    ["nothing", []],
    ["a document of the employer's", [{ document: { kind: "CERTIFICATION_FORM", sha256: "0".repeat(64) } }]],
    [
      "a trace in data",
      [{ dataSource: { source: "INPATIENT_STAY", eventAt: "2026-05-30T00:00:00Z", sourceReference: "x" } }],
    ],
  ] as const)("E3 %s is no evidence here", async (_, evidence) => {
    const person = await importOverdue();
    const { certification, userErrors } = await record(client, person, {
      ...asHere(person),
      evidence: [...evidence] as EvidenceInput[],
    });
    expect(certification).toBeNull();
    expect(userErrors[0]?.code).toBe(evidence.length === 0 ? "EVIDENCE_REQUIRED" : "EVIDENCE_NOT_ADMISSIBLE");
  });
});

test("E3 ICBC's machines must be binocular, the others' need not", async () => {
  const person = await importOverdue();
  const icbc = await sandbox.signIn("ICBC_KIOSK");
  const { certification, userErrors } = await record(icbc, person, machine(person, "MONOCULAR"));
  expect(certification).toBeNull();
  expect(userErrors).toMatchObject([
    { code: "EVIDENCE_NOT_ADMISSIBLE", path: ["input", "evidence", "0", "identityDocument", "cameraKind"] },
  ]);
  const psbc = await sandbox.signIn("PSBC_KIOSK");
  expect((await record(psbc, person, machine(person, "MONOCULAR"))).certification?.state).toBe("PASSED");
});

test("E3 a machine says which camera it has", async () => {
  const person = await importOverdue();
  const { userErrors } = await record(await sandbox.signIn("BOCOM_KIOSK"), person, {
    method: "KIOSK",
    evidence: [shown(person)],
  });
  expect(userErrors).toMatchObject([{ code: "EVIDENCE_REQUIRED" }]);
});

test("a counter names its operator", async () => {
  const person = await importOverdue();
  const { userErrors } = await record(await sandbox.signIn("AGENCY_COUNTER"), person, { operator: null });
  expect(userErrors).toMatchObject([{ code: "INVALID_INPUT", path: ["input", "operator"] }]);
});

test.each(["ICBC_APP", "EMPLOYER", "STREET_SERVICE_CENTER", "DATA_MATCH"])(
  "CHANNEL_NOT_ALLOWED: %s records nothing",
  async (code) => {
    const person = await importOverdue();
    const { userErrors } = await record(await sandbox.signIn(code), person);
    expect(userErrors).toMatchObject([{ code: "CHANNEL_NOT_ALLOWED" }]);
  },
);
