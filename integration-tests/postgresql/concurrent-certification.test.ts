import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { usedFaceAssertion } from "../../src/storage/tables.js";
import {
  type Completion,
  certify,
  completeSession,
  faceAssertionFor,
  readStatus,
  startSession,
} from "../testkit/certify.js";
import type { GraphQLClient } from "../testkit/graphql-client.js";
import { buildBenefit, buildPeople, buildPerson, importPeople, type TestPerson } from "../testkit/people.js";
import { readRecords } from "../testkit/records.js";
import { readAndRederive } from "../testkit/rederive.js";
import { type SandboxServer, startSandbox } from "../testkit/sandbox-server.js";

let sandbox: SandboxServer;
let channel: GraphQLClient;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-06-15T02:00:00Z" });
  channel = await sandbox.signIn("JINGTONG_WECHAT");
});

afterAll(() => sandbox[Symbol.asyncDispose]());

async function importOverdue(): Promise<TestPerson> {
  const person = buildPerson({ phone: "13911110001", lastCertifiedOn: "2025-02-11" });
  await importPeople(sandbox.app, [person]);
  return person;
}

function statesOf(completions: readonly Completion[]): (string | undefined)[] {
  return completions
    .map(({ certification, userErrors }) => certification?.state ?? userErrors[0]?.code)
    .sort();
}

describe("one face assertion under several keys at once", () => {
  test("E2 passes once; by then the session is closed to the others", async () => {
    const session = await startSession(channel, await importOverdue());
    const assertion = await faceAssertionFor(channel, session.id);
    const completions = await Promise.all(
      Array.from({ length: 8 }, () => completeSession(channel, session.id, assertion)),
    );
    expect(statesOf(completions)).toEqual(["PASSED", ...Array.from({ length: 7 }, () => "SESSION_NOT_OPEN")]);
  });

  test("E2 E8 is rejected once when it does not match; the others are refused as evidence", async () => {
    const person = await importOverdue();
    const session = await startSession(channel, person);
    const assertion = await faceAssertionFor(channel, session.id, "MISMATCH");
    const used = await sandbox.app.database.db.select().from(usedFaceAssertion);
    const completions = await Promise.all(
      Array.from({ length: 8 }, () => completeSession(channel, session.id, assertion)),
    );
    expect(statesOf(completions)).toEqual([
      ...Array.from({ length: 7 }, () => "EVIDENCE_REJECTED"),
      "REJECTED",
    ]);
    expect(await sandbox.app.database.db.select().from(usedFaceAssertion)).toHaveLength(used.length + 1);
    const { certifications } = await readRecords(sandbox.app, (await readStatus(channel, person)).id);
    expect(certifications).toMatchObject([{ failedFaces: 1 }]);
  });
});

test("E8 failed faces at once are all counted", async () => {
  const person = await importOverdue();
  const session = await startSession(channel, person);
  const assertions = [];
  for (const outcome of ["MISMATCH", "LIVENESS_FAILED", "MISMATCH", "MISMATCH"] as const) {
    assertions.push(await faceAssertionFor(channel, session.id, outcome));
  }
  await Promise.all(assertions.map((assertion) => completeSession(channel, session.id, assertion)));
  const { certifications } = await readRecords(sandbox.app, (await readStatus(channel, person)).id);
  expect(certifications.map(({ failedFaces }) => failedFaces).sort()).toEqual([1, 2, 3, 4]);
});

test("V3 P4 R7 two sessions of one person at once: both are recorded, back-pay and message are not doubled", async () => {
  const person = await importOverdue();
  const other = await sandbox.signIn("ICBC_APP");
  const attempts = [];
  for (const client of [channel, other, channel, other]) {
    const { id } = await startSession(client, person);
    attempts.push({ client, id, assertion: await faceAssertionFor(client, id) });
  }
  const completions = await Promise.all(
    attempts.map(({ client, id, assertion }) => completeSession(client, id, assertion)),
  );
  expect(statesOf(completions)).toEqual(["PASSED", "PASSED", "PASSED", "PASSED"]);
  const status = await readStatus(channel, person);
  const backPayMonths = ["2026-03", "2026-04", "2026-05", "2026-06"];
  expect(status).toMatchObject({
    version: 5,
    certificationStatus: { anchorMonth: "2026-06", validThrough: "2027-06-30" },
    paymentStatus: { state: "PAYING", resumesMonth: "2026-07", backPayMonths },
  });
  const records = await readRecords(sandbox.app, status.id);
  expect(records.backPay.map(({ month }) => month)).toEqual(backPayMonths);
  expect(records.holds).toMatchObject([{ fromMonth: "2026-03", resumesMonth: "2026-07" }]);
  expect(records.messages).toHaveLength(1);
  // Exactly one pass replaced the missed deadline.
  const replaced = records.certifications.map(({ replacedValidThrough }) => replacedValidThrough);
  expect(replaced.sort()).toEqual(["2026-02-28", "2027-06-30", "2027-06-30", "2027-06-30"]);
});

test("C1 twelve pensioners of one helper at once: exactly ten pass", async () => {
  const people = buildPeople(12, { lastCertifiedOn: "2025-02-11" });
  await importPeople(sandbox.app, people);
  const { name, document } = buildPerson();
  const actor = { helper: { name, document, relation: "CHILD", consented: true } } as const;
  const attempts = [];
  for (const person of people) {
    const { id } = await startSession(channel, person, { actor });
    attempts.push({ id, assertion: await faceAssertionFor(channel, id) });
  }
  const completions = await Promise.all(
    attempts.map(({ id, assertion }) => completeSession(channel, id, assertion)),
  );
  const passed = Array.from({ length: 10 }, () => "PASSED");
  expect(statesOf(completions)).toEqual(["HELPER_LIMIT_REACHED", "HELPER_LIMIT_REACHED", ...passed]);
  // The refused two have lost nothing: their sessions are open, and they certify without the helper.
  for (const [position, { certification }] of completions.entries()) {
    const person = people[position];
    if (certification || !person) continue;
    expect((await readStatus(channel, person)).version).toBe(1);
    expect((await certify(channel, person)).state).toBe("PASSED");
  }
});

test("V1 V3 C2 certifications and imports of the same people at once: no write is lost", async () => {
  const people = buildPeople(6, { phone: "13911110002", lastCertifiedOn: "2025-02-11" });
  await importPeople(sandbox.app, people);
  const later = people.map((person) => ({
    ...person,
    phone: "13911110003",
    benefits: [buildBenefit({ type: "LIVING_CARE_ALLOWANCE", approvedMonth: "2026-01" })],
    lastCertifiedOn: "2025-08-11",
  }));
  const contactPhone = "13822220002";
  await Promise.all([
    ...people.map((person) => certify(channel, person, { contactPhone })),
    importPeople(sandbox.app, later),
    importPeople(sandbox.app, later.toReversed()),
    ...people.map((person) => certify(channel, person, { contactPhone })),
  ]);
  for (const person of people) {
    expect(await readStatus(channel, person)).toMatchObject({
      maskedPhone: "138****0002",
      benefits: [{ approvedMonth: "2019-08" }, { approvedMonth: "2026-01" }],
      certificationStatus: { validThrough: "2027-06-30", lastCertifiedOn: "2026-06-15" },
      version: expect.toSatisfy((version: number) => version >= 4),
    });
  }
  const { stored, derived } = await readAndRederive(sandbox.app);
  expect(stored).toEqual(derived);
});
