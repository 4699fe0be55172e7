import { randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessLog, auditEntry } from "../src/storage/tables.js";
import { advanceClock, certify, readStatus, showFace, startSession } from "./testkit/certify.js";
import { sha256Of, submit } from "./testkit/employer.js";
import {
  CertificationDocument,
  PensionerStatusDocument,
  ReviewQueueDocument,
} from "./testkit/gql/graphql.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { expectGuarded, languages } from "./testkit/guarded-answer.js";
import { buildPerson, importPeople, subjectOf, type TestPerson } from "./testkit/people.js";
import { keyOf, readMessages, readRecords } from "./testkit/records.js";
import { decide } from "./testkit/review.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

let sandbox: SandboxServer;
let consular: GraphQLClient;
let bank: GraphQLClient;
let reviewer: GraphQLClient;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-05-20T02:00:00Z" });
  consular = await sandbox.signIn("CHINA_CONSULAR_APP");
  bank = await sandbox.signIn("ICBC_APP");
  reviewer = await sandbox.signIn("sandbox-staff");
});

afterAll(() => sandbox[Symbol.asyncDispose]());

/** Valid through 2026-05-31. */
async function importPerson(overrides: Partial<TestPerson> = {}): Promise<TestPerson> {
  const person = buildPerson({ phone: "13911110001", lastCertifiedOn: "2025-05-08", ...overrides });
  await importPeople(sandbox.app, [person]);
  return person;
}

async function submitted(overrides: Partial<TestPerson> = {}) {
  const person = await importPerson(overrides);
  return { person, pending: await certify(consular, person, { contactPhone: "+8190000000077" }) };
}

describe("a submission from abroad", () => {
  test("E6 waits, is passed, and counts in the month of the decision", async () => {
    const { person, pending } = await submitted();
    expect(pending).toMatchObject({
      state: "PENDING",
      decidedAt: null,
      reviewDueOn: "2026-06-04",
      validThrough: null,
      pensioner: { certificationStatus: { validThrough: "2026-05-31" } },
    });
    const { pensionerStatus } = await consular.request(PensionerStatusDocument, {
      subject: subjectOf(person),
    });
    expect(pensionerStatus.notice).toMatchObject({ code: "UNDER_REVIEW" });
    expect(pensionerStatus.pensioner?.certificationStatus.pending).toMatchObject({
      id: pending.id,
      state: "PENDING",
    });
    expect(pensionerStatus.pensioner?.maskedPhone).toBe("139****0001");
    expect(await readMessages(sandbox.app, pending.pensioner.id)).toEqual([]);

    await advanceClock(reviewer, "2026-06-02T03:00:00Z");
    const { certification, userErrors } = await decide(reviewer, pending.id, "PASS", { reason: "材料齐全" });
    expect(userErrors).toEqual([]);
    expect(certification).toMatchObject({
      id: pending.id,
      state: "PASSED",
      receivedAt: pending.receivedAt,
      reviewDueOn: null,
      validThrough: "2027-06-30",
      decidedBy: "sandbox-staff",
      decisionReason: "材料齐全",
      pensioner: {
        certificationStatus: { anchorMonth: "2026-06", lastCertifiedOn: "2026-06-02", pending: null },
        paymentStatus: { state: "PAYING", unpaidMonths: [], backPayMonths: [], resumesMonth: null },
      },
    });
    expect(certification?.occurredAt).toBe(certification?.decidedAt);
    expect(certification?.occurredAt.slice(0, 16)).toBe("2026-06-02T03:00");
    // C2, R4: the phone of the session becomes the contact phone now, and the success text goes to it.
    expect(certification?.pensioner.maskedPhone).toMatch(/0077$/);
    expect(await readMessages(sandbox.app, pending.pensioner.id)).toMatchObject([
      {
        kind: "CERTIFICATION_SUCCEEDED",
        phone: "+8190000000077",
        body: expect.stringContaining("2027年06月"),
      },
    ]);
  });

  test("E6, E8 is rejected: nothing changes, the channel reads why and where to turn, not the reviewer's words", async () => {
    const { person, pending } = await submitted({ employerCode: "E-1" });
    const before = await readRecords(sandbox.app, pending.pensioner.id);
    const { certification } = await decide(reviewer, pending.id, "REJECT", { reason: "照片为翻拍" });
    expect(certification).toMatchObject({
      state: "REJECTED",
      validThrough: null,
      decisionReason: "照片为翻拍",
      rejection: { code: "REVIEW_REJECTED", message: "审核未通过。" },
    });
    const after = await readRecords(sandbox.app, pending.pensioner.id);
    expect({ ...after, certifications: [] }).toEqual({ ...before, certifications: [] });
    const told = await consular.send<Record<string, unknown>>({
      query: `{ certification(id: "${pending.id}") { state decidedBy decisionReason evidence { kind } rejection { code nextChannels { code } } } }`,
    });
    expect(told.data?.["certification"]).toEqual({
      state: "REJECTED",
      decidedBy: null,
      decisionReason: null,
      evidence: [],
      rejection: {
        code: "REVIEW_REJECTED",
        nextChannels: [
          { code: "JINGTONG_WECHAT" },
          { code: "AGENCY_COUNTER" },
          { code: "PARTNER_BANK_COUNTER" },
          { code: "STREET_SERVICE_CENTER" },
        ],
      },
    });
    expect((await readStatus(consular, person)).certificationStatus.pending).toBeNull();
    // Whoever was rejected may submit again.
    expect((await certify(consular, person)).state).toBe("PENDING");
  });

  test("E6 a second one while the first waits is refused, and the session stays open", async () => {
    const { person } = await submitted();
    const session = await startSession(consular, person);
    await expect(showFace(consular, session.id)).rejects.toThrow("WRONG_STATE");
  });

  test("is seen by its own channel and by staff, and by no other", async () => {
    const { person, pending } = await submitted();
    expect((await bank.request(CertificationDocument, { id: pending.id })).certification).toBeNull();
    expect((await readStatus(bank, person)).certificationStatus.pending).toBeNull();
    const seen = await reviewer.request(CertificationDocument, { id: pending.id });
    expect(seen.certification?.state).toBe("PENDING");
    expect((await readStatus(reviewer, person)).certificationStatus.pending?.id).toBe(pending.id);
  });
});

describe("documents that an employer handed in", () => {
  test("E6 are in the queue with what each shows, are passed, and no employer reads who decided", async () => {
    const person = await importPerson({ employerCode: "E-REVIEW" });
    const employer = await sandbox.signIn("EMPLOYER");
    const { results } = await submit(employer, [person]);
    const id = results[0]?.certification?.id ?? "";
    const filter = { channel: "EMPLOYER", employerCode: "E-REVIEW" } as const;
    const { nodes } = (await reviewer.request(ReviewQueueDocument, { filter, first: 10 })).reviewQueue;
    expect(nodes.map((node) => node.id)).toEqual([id]);
    expect(nodes[0]?.evidence).toMatchObject([
      { kind: "CERTIFICATION_FORM", capturedAt: null, shows: [], sha256: sha256Of("form") },
      { kind: "ID_COPY_BOTH_SIDES", sha256: sha256Of("copy") },
      {
        kind: "HOLDING_ID_PHOTO",
        capturedAt: "2026-05-11T01:00:00.000Z",
        shows: ["FACE", "TIME", "DOCUMENT"],
        sha256: sha256Of("photo"),
      },
    ]);
    const { certification } = await decide(reviewer, id, "PASS");
    expect(certification).toMatchObject({ state: "PASSED", method: "EMPLOYER_DOCUMENTS", actor: "EMPLOYER" });
    const told = await employer.send<{ certification: object }>({
      query: `{ certification(id: "${id}") { state decidedBy evidence { kind } } }`,
    });
    expect(told.data?.certification).toEqual({ state: "PASSED", decidedBy: null, evidence: [] });
  });
});

describe("what is refused", () => {
  test.each([
    ["no reason to reject", { decision: "REJECT", reason: null }, "INVALID_INPUT", "reason"],
    ["a blank reason to reject", { decision: "REJECT", reason: " \n " }, "INVALID_INPUT", "reason"],
    ["a reason of 501 characters", { decision: "PASS", reason: "好".repeat(501) }, "INVALID_INPUT", "reason"],
    [
      "a reason with a control character",
      { decision: "REJECT", reason: "x\u0007" },
      "INVALID_INPUT",
      "reason",
    ],
    ["an id that is none", { decision: "PASS", certificationId: "cert_0" }, "NOT_FOUND", "certificationId"],
    ["a session's id", { decision: "PASS", certificationId: "sess_0" }, "NOT_FOUND", "certificationId"],
  ] as const)("%s", async (_, overrides, code, field) => {
    const { pending } = await submitted();
    for (const language of languages) {
      const answer = await decide(reviewer.in(language), pending.id, overrides.decision, overrides);
      expect(answer.certification).toBeNull();
      expect(answer.userErrors).toMatchObject([{ code, path: ["input", field] }]);
      expectGuarded(JSON.stringify(answer), language, []);
    }
    const { certifications } = await readRecords(sandbox.app, pending.pensioner.id);
    expect(certifications).toMatchObject([{ state: "PENDING", decidedBy: null }]);
  });

  test.each(["PASS", "REJECT"] as const)("%s of what is decided already", async (decision) => {
    const { pending } = await submitted();
    await decide(reviewer, pending.id, "REJECT");
    const { userErrors } = await decide(reviewer, pending.id, decision);
    expect(userErrors).toMatchObject([{ code: "WRONG_STATE", path: ["input", "certificationId"] }]);
  });

  test("a pass that never waited", async () => {
    const passed = await certify(bank, await importPerson());
    expect((await decide(reviewer, passed.id, "REJECT")).userErrors).toMatchObject([{ code: "WRONG_STATE" }]);
  });
});

test("decided twice with one key it is decided once, in one answer; another decision under the key is refused", async () => {
  const { pending } = await submitted();
  const idempotencyKey = randomUUID();
  const first = await decide(reviewer, pending.id, "PASS", { idempotencyKey });
  expect(await decide(reviewer, pending.id, "PASS", { idempotencyKey })).toEqual(first);
  const { pensioner } = await readRecords(sandbox.app, pending.pensioner.id);
  expect(pensioner[0]?.version).toBe(2);
  await expect(decide(reviewer, pending.id, "REJECT", { idempotencyKey })).rejects.toThrow(
    "IDEMPOTENCY_KEY_REUSED",
  );
});

test("the decision is in the audit chain, the reads are in the access log, the reason is nowhere in clear", async () => {
  const { pending } = await submitted();
  await decide(reviewer, pending.id, "REJECT", { reason: "只此一处的理由" });
  const { db } = sandbox.app.database;
  const { pensionerId } = keyOf(pending.pensioner.id);
  const entries = (await db.select().from(auditEntry)).map(({ entry }) => JSON.parse(entry));
  expect(entries.filter((entry) => entry.pensionerId === pensionerId)).toMatchObject([
    { operation: "certificationStart", outcome: "OPEN" },
    { operation: "certificationComplete", outcome: "PENDING", clientId: "sandbox-china-consular-app" },
    { operation: "certificationDecide", outcome: "REVIEW_REJECTED", clientId: "sandbox-staff" },
  ]);
  const reads = await db
    .select()
    .from(accessLog)
    .where(and(eq(accessLog.pensionerId, pensionerId), eq(accessLog.clientId, "sandbox-staff")));
  expect(reads.map(({ operation }) => operation)).toContain("certificationDecide");
  const { certifications } = await readRecords(sandbox.app, pending.pensioner.id);
  const sealed = certifications[0]?.decisionReasonSealed;
  expect(sealed?.length).toBeGreaterThan(0);
  expect(sealed?.includes("只此一处")).toBe(false);
});
