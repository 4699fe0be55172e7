import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { certify, completeSession, faceAssertionFor, readStatus, startSession } from "../testkit/certify.js";
import { matchOf, submitMatches } from "../testkit/data-matches.js";
import type { GraphQLClient } from "../testkit/graphql-client.js";
import { buildPeople, buildPerson, importPeople, type TestPerson } from "../testkit/people.js";
import { readRecords } from "../testkit/records.js";
import { readAndRederive } from "../testkit/rederive.js";
import { type Decided, decide, type Revoked, revoke } from "../testkit/review.js";
import { type SandboxServer, startSandbox } from "../testkit/sandbox-server.js";

let sandbox: SandboxServer;
let consular: GraphQLClient;
let bank: GraphQLClient;
let agency: GraphQLClient;
let reviewer: GraphQLClient;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-06-15T02:00:00Z" });
  consular = await sandbox.signIn("CHINA_CONSULAR_APP");
  bank = await sandbox.signIn("ICBC_APP");
  agency = await sandbox.signIn("DATA_MATCH");
  reviewer = await sandbox.signIn("sandbox-staff");
});

afterAll(async () => {
  const { stored, derived } = await readAndRederive(sandbox.app);
  expect(stored).toEqual(derived);
  await sandbox[Symbol.asyncDispose]();
});

/** Unpaid since 2026-03. */
async function importOverdue(count = 1): Promise<TestPerson[]> {
  const people = buildPeople(count, { phone: "13911110001", lastCertifiedOn: "2025-02-11" });
  await importPeople(sandbox.app, people);
  return people;
}

async function submitted() {
  const [person = buildPerson()] = await importOverdue();
  return { person, pending: await certify(consular, person) };
}

function outcomesOf(answers: readonly (Decided | Revoked)[]): (string | undefined)[] {
  return answers.map(({ certification, userErrors }) => certification?.state ?? userErrors[0]?.code).sort();
}

const released = ["2026-03", "2026-04", "2026-05", "2026-06"];

describe("the review desk", () => {
  test.each(Array.from({ length: 3 }, (_, round) => round))(
    "E6 several reviewers decide at once: one decision counts (round %i)",
    async () => {
      const { pending } = await submitted();
      const decisions = (["PASS", "REJECT", "PASS", "REJECT", "PASS", "REJECT"] as const).map((decision) =>
        decide(reviewer, pending.id, decision),
      );
      const outcomes = outcomesOf(await Promise.all(decisions));
      expect(outcomes.filter((outcome) => outcome === "WRONG_STATE")).toHaveLength(5);
      const { certifications, backPay, messages } = await readRecords(sandbox.app, pending.pensioner.id);
      expect(certifications).toMatchObject([
        { state: outcomes.find((outcome) => outcome !== "WRONG_STATE") },
      ]);
      const passed = certifications[0]?.state === "PASSED";
      expect(backPay.map(({ month }) => month)).toEqual(passed ? released : []);
      expect(messages).toHaveLength(passed ? 1 : 0);
    },
  );

  test("E6 P4 a decision against a pass through another channel: both stand, the months are paid back once", async () => {
    const { person, pending } = await submitted();
    const session = await startSession(bank, person);
    const assertion = await faceAssertionFor(bank, session.id);
    const [decided, completed] = await Promise.all([
      decide(reviewer, pending.id, "PASS"),
      completeSession(bank, session.id, assertion),
    ]);
    expect([decided.certification?.state, completed.certification?.state]).toEqual(["PASSED", "PASSED"]);
    const { holds, backPay } = await readRecords(sandbox.app, pending.pensioner.id);
    expect(holds).toHaveLength(1);
    expect(backPay.map(({ month }) => month)).toEqual(released);
  });

  test("E9 a pass revoked by several at once is revoked once", async () => {
    const [person = buildPerson()] = await importOverdue();
    const passed = await certify(bank, person);
    const answers = await Promise.all(Array.from({ length: 5 }, () => revoke(reviewer, passed.id)));
    expect(outcomesOf(answers)).toEqual(["REVOKED", ...Array.from({ length: 4 }, () => "WRONG_STATE")]);
    const { pensioner } = await readRecords(sandbox.app, passed.pensioner.id);
    expect(pensioner[0]?.version).toBe(3);
  });

  test("E9 P4 a revocation against a new pass: whichever comes first, the months are paid back once", async () => {
    for (let round = 0; round < 3; round += 1) {
      const [person = buildPerson()] = await importOverdue();
      const passed = await certify(bank, person);
      const session = await startSession(bank, person);
      const assertion = await faceAssertionFor(bank, session.id);
      await Promise.all([revoke(reviewer, passed.id), completeSession(bank, session.id, assertion)]);
      const { backPay } = await readRecords(sandbox.app, passed.pensioner.id);
      expect(backPay.map(({ month }) => month)).toEqual(released);
      expect((await readStatus(bank, person)).paymentStatus.state).toBe("PAYING");
    }
  });
});

describe("data matches", () => {
  test("E7 the same traces in several batches at once, in different orders: one certification each", async () => {
    const people = await importOverdue(30);
    const items = people.map((person, index) =>
      matchOf(person, "2026-06-01T02:00:00Z", "TRAVEL_RECORD", `RACE-${index}`),
    );
    const orders = [items, items.toReversed(), [...items.slice(15), ...items.slice(0, 15)]];
    const answers = await Promise.all(orders.map((order) => submitMatches(agency, order)));
    for (const { results } of answers) {
      expect(results.map(({ certification }) => certification?.state)).toEqual(people.map(() => "PASSED"));
    }
    const idsOf = (position: number) =>
      new Set(answers[position]?.results.map(({ certification }) => certification?.id));
    expect(idsOf(1)).toEqual(idsOf(0));
    expect(idsOf(2)).toEqual(idsOf(0));
    expect(idsOf(0).size).toBe(30);
  });

  test("E7 P4 a batch against passes of the same people: no month is paid back twice", async () => {
    const people = await importOverdue(6);
    const items = people.map((person) => matchOf(person, "2026-06-01T02:00:00Z"));
    await Promise.all([submitMatches(agency, items), ...people.map((person) => certify(bank, person))]);
    for (const person of people) {
      const { id } = await readStatus(bank, person);
      const { backPay, certifications } = await readRecords(sandbox.app, id);
      expect(certifications).toHaveLength(2);
      expect(backPay.map(({ month }) => month)).toEqual(released);
    }
  });
});
