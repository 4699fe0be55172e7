import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ownedOpaqueId } from "../src/storage/ids.js";
import { auditEntry } from "../src/storage/tables.js";
import { advanceClock, certify, readStatus, showFace, startSession } from "./testkit/certify.js";
import { submitMatch } from "./testkit/data-matches.js";
import { CertificationDocument, ExpiryCalendarDocument } from "./testkit/gql/graphql.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { expectGuarded, languages } from "./testkit/guarded-answer.js";
import { buildPerson, importPeople, type TestPerson } from "./testkit/people.js";
import { keyOf, readRecords } from "./testkit/records.js";
import { readAndRederive } from "./testkit/rederive.js";
import { revoke } from "./testkit/review.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

let sandbox: SandboxServer;
let bank: GraphQLClient;
let reviewer: GraphQLClient;

/** Unpaid from 2026-06: passes on 2026-09-10, by months that follow each other in these tests. */
const suspended = buildPerson({ lastCertifiedOn: "2025-05-08" });
const sameMonth = buildPerson({ lastCertifiedOn: "2025-05-08" });
const renewed = buildPerson({ lastCertifiedOn: "2025-10-08", employerCode: "E-E9" });

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-09-10T02:00:00Z" });
  bank = await sandbox.signIn("ICBC_APP");
  reviewer = await sandbox.signIn("sandbox-staff");
  await importPeople(sandbox.app, [suspended, sameMonth, renewed]);
});

afterAll(async () => {
  const { stored, derived } = await readAndRederive(sandbox.app);
  expect(stored).toEqual(derived);
  await sandbox[Symbol.asyncDispose]();
});

async function backPaid(person: TestPerson) {
  const { id } = await readStatus(reviewer, person);
  const { backPay } = await readRecords(sandbox.app, id);
  return backPay.map(({ month, paidWithMonth }) => [month, paidWithMonth]);
}

test("E9 revoked before the back-pay has gone out: it is withdrawn, and a later pass gives it", async () => {
  const fraud = await certify(bank, sameMonth);
  expect(fraud.pensioner.paymentStatus.backPayMonths).toEqual(["2026-06", "2026-07", "2026-08", "2026-09"]);
  const { certification } = await revoke(reviewer, fraud.id);
  expect(certification).toMatchObject({
    state: "REVOKED",
    overpaidMonths: ["2026-06", "2026-07", "2026-08", "2026-09"],
    pensioner: {
      certificationStatus: { state: "OVERDUE", validThrough: "2026-05-31", lastCertifiedOn: "2025-05-08" },
      paymentStatus: { state: "SUSPENDED", unpaidMonths: ["2026-06", "2026-07", "2026-08", "2026-09"] },
    },
  });
  expect(await backPaid(sameMonth)).toEqual([]);
  await certify(bank, sameMonth);
  expect(await backPaid(sameMonth)).toEqual([
    ["2026-06", "2026-10"],
    ["2026-07", "2026-10"],
    ["2026-08", "2026-10"],
    ["2026-09", "2026-10"],
  ]);
});

test("E9 the older of two passes of one month is revoked: nothing changes, and its back-pay stands", async () => {
  const first = await certify(bank, suspended);
  const second = await certify(bank, suspended);
  const before = await readStatus(reviewer, suspended);
  const { certification } = await revoke(reviewer, first.id);
  expect(certification?.overpaidMonths).toEqual([]);
  const after = await readStatus(reviewer, suspended);
  expect(after).toEqual({ ...before, version: before.version + 1 });
  expect(await backPaid(suspended)).toHaveLength(4);
  const { certifications } = await readRecords(sandbox.app, after.id);
  expect(certifications.map(({ state }) => state)).toEqual(["REVOKED", "PASSED"]);
  expect((await bank.request(CertificationDocument, { id: second.id })).certification?.state).toBe("PASSED");
});

describe("revoked after payment has resumed", () => {
  let fraudId = "";

  test("E9 it lists the back-paid months and those paid since; nothing that was paid is unpaid again", async () => {
    await advanceClock(reviewer, "2026-11-05T02:00:00Z");
    const { certifications } = await readStatusWithCertifications(suspended);
    fraudId = certifications.find(({ state }) => state === "PASSED")?.id ?? "";
    const { certification } = await revoke(reviewer, fraudId, { reason: "经核查系冒名" });
    expect(certification).toMatchObject({
      state: "REVOKED",
      decidedBy: "sandbox-staff",
      decisionReason: "经核查系冒名",
      overpaidMonths: ["2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11"],
      pensioner: {
        certificationStatus: { state: "OVERDUE", validThrough: "2026-05-31" },
        // P3: payment stops with the next batch, not by the revocation.
        paymentStatus: { state: "PAYING", firstUnpaidMonth: null, unpaidMonths: [] },
      },
    });
    expect(await backPaid(suspended)).toHaveLength(4);
  });

  test("E9 its own channel sees that it was revoked, not why, nor the months", async () => {
    const query = `{ certification(id: "${fraudId}") { state decidedBy decisionReason overpaidMonths } }`;
    const told = await bank.send<Record<string, unknown>>({ query });
    expect(told.data?.["certification"]).toEqual({
      state: "REVOKED",
      decidedBy: null,
      decisionReason: null,
      overpaidMonths: null,
    });
  });

  test("E9, P4 a later pass pays back only the months since, and no month is paid twice", async () => {
    await advanceClock(reviewer, "2027-01-12T02:00:00Z");
    expect((await readStatus(reviewer, suspended)).paymentStatus).toMatchObject({
      state: "SUSPENDED",
      unpaidMonths: ["2026-12", "2027-01"],
    });
    const genuine = await certify(bank, suspended);
    expect(genuine.pensioner.paymentStatus).toMatchObject({
      state: "PAYING",
      resumesMonth: "2027-02",
      backPayMonths: ["2026-12", "2027-01"],
    });
    expect(await backPaid(suspended)).toEqual([
      ["2026-06", "2026-10"],
      ["2026-07", "2026-10"],
      ["2026-08", "2026-10"],
      ["2026-09", "2026-10"],
      ["2026-12", "2027-02"],
      ["2027-01", "2027-02"],
    ]);
  });
});

test("E9 the calendar counts the next pass against the deadline that it really met", async () => {
  // Valid through 2026-10-31; one pass in time, in October, is taken back; the other came in January.
  const calendar = async () => {
    const filter = { from: "2026-10", through: "2028-12", employerCode: "E-E9" } as const;
    const { expiryCalendar } = await reviewer.request(ExpiryCalendarDocument, { filter });
    return expiryCalendar
      .filter(({ deadlines }) => deadlines > 0)
      .map(({ month, certified, outstanding, suspended }) => [month, certified, outstanding, suspended]);
  };
  const { certification } = await recordedIn("2026-10-20", renewed);
  await certify(bank, renewed);
  expect(await calendar()).toEqual([
    ["2026-10", 1, 0, 0],
    ["2027-10", 1, 0, 0],
    ["2028-01", 0, 1, 0],
  ]);
  await revoke(reviewer, certification?.id ?? "");
  expect(await calendar()).toEqual([
    ["2026-10", 1, 0, 0],
    ["2028-01", 0, 1, 0],
  ]);
});

/** A pass of an earlier day: a trace of that day, received now. */
async function recordedIn(day: string, person: TestPerson) {
  const agency = await sandbox.signIn("DATA_MATCH");
  return submitMatch(agency, person, `${day}T02:00:00Z`);
}

async function readStatusWithCertifications(person: TestPerson) {
  const { id } = await readStatus(reviewer, person);
  const { certifications } = await readRecords(sandbox.app, id);
  return {
    certifications: certifications.map((record) => ({
      id: ownedOpaqueId("certification", record),
      state: record.state,
    })),
  };
}

describe("what is refused", () => {
  test.each([
    ["a blank reason", { reason: "  " }, "INVALID_INPUT", "reason"],
    ["a reason of 501 characters", { reason: "x".repeat(501) }, "INVALID_INPUT", "reason"],
    ["an id that is none", { certificationId: "cert_0" }, "NOT_FOUND", "certificationId"],
    ["a person's id", { certificationId: "pen_0" }, "NOT_FOUND", "certificationId"],
  ])("%s", async (_, overrides, code, field) => {
    const person = buildPerson({ lastCertifiedOn: "2026-05-08" });
    await importPeople(sandbox.app, [person]);
    const passed = await certify(bank, person);
    const { certificationId = passed.id, ...rest } = overrides as {
      certificationId?: string;
      reason?: string;
    };
    for (const language of languages) {
      const answer = await revoke(reviewer.in(language), certificationId, rest);
      expect(answer.userErrors).toMatchObject([{ code, path: ["input", field] }]);
      expectGuarded(JSON.stringify(answer), language, []);
    }
    expect((await bank.request(CertificationDocument, { id: passed.id })).certification?.state).toBe(
      "PASSED",
    );
  });

  test("E9 what did not pass, or was revoked already", async () => {
    const person = buildPerson({ lastCertifiedOn: "2026-05-08" });
    await importPeople(sandbox.app, [person]);
    const pending = await certify(await sandbox.signIn("CHINA_CONSULAR_APP"), person);
    const session = await startSession(bank, person);
    const rejected = await showFace(bank, session.id, "MISMATCH");
    const passed = await certify(bank, person);
    await revoke(reviewer, passed.id);
    for (const { id } of [pending, rejected, passed]) {
      expect((await revoke(reviewer, id)).userErrors).toMatchObject([{ code: "WRONG_STATE" }]);
    }
  });
});

test("repeated with its key it is done once; it stands in the audit chain", async () => {
  const person = buildPerson({ lastCertifiedOn: "2026-05-08" });
  await importPeople(sandbox.app, [person]);
  const passed = await certify(bank, person);
  const idempotencyKey = randomUUID();
  const first = await revoke(reviewer, passed.id, { idempotencyKey });
  expect(await revoke(reviewer, passed.id, { idempotencyKey })).toEqual(first);
  const { pensionerId } = keyOf(passed.pensioner.id);
  const entries = (await sandbox.app.database.db.select().from(auditEntry)).map(({ entry }) =>
    JSON.parse(entry),
  );
  expect(
    entries.filter((entry) => entry.pensionerId === pensionerId && entry.operation === "certificationRevoke"),
  ).toMatchObject([{ outcome: "REVOKED", clientId: "sandbox-staff" }]);
});
