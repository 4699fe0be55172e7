import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { benefitTypes } from "../src/domain/benefits.js";
import { todayOf } from "../src/operations/operation.js";
import { sandboxPeople } from "../src/sandbox/sandbox-people.js";
import { ownedOpaqueId } from "../src/storage/ids.js";
import { advanceClock, readStatus, showFace, startSession } from "./testkit/certify.js";
import { matchOf, submitMatches } from "./testkit/data-matches.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { buildBenefit, buildPeople, buildPerson, importPeople, type TestPerson } from "./testkit/people.js";
import { readRecords } from "./testkit/records.js";
import { readAndRederive } from "./testkit/rederive.js";
import { revoke } from "./testkit/review.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

const PEOPLE = 3;

let sandbox: SandboxServer;
let channels: GraphQLClient[];
let agency: GraphQLClient;
let reviewer: GraphQLClient;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-06-15T02:00:00Z" });
  channels = await Promise.all(["JINGTONG_WECHAT", "ICBC_APP"].map((code) => sandbox.signIn(code)));
  agency = await sandbox.signIn("DATA_MATCH");
  reviewer = await sandbox.signIn("sandbox-staff");
});

afterAll(() => sandbox[Symbol.asyncDispose]());

test("V1 V2 V3 V7 the sandbox's own people are stored as their records say", async () => {
  const { stored, derived } = await readAndRederive(sandbox.app);
  expect(stored).toHaveLength(sandboxPeople.length);
  expect(stored).toEqual(derived);
});

const who = fc.nat({ max: PEOPLE - 1 });

// A sandbox's register may run ahead of its clock, so some of these months are still to come.
const registerLine = fc.record({
  who,
  type: fc.constantFrom(...benefitTypes),
  approvedMonthsAgo: fc.integer({ min: -15, max: 60 }),
  certifiedMonthsAgo: fc.option(fc.integer({ min: -15, max: 30 }), { freq: 3 }),
});

type RegisterLine = typeof registerLine extends fc.Arbitrary<infer T> ? T : never;

async function importLine(people: readonly TestPerson[], line: RegisterLine): Promise<void> {
  const thisMonth = todayOf(sandbox.app.services.now()).today.toPlainYearMonth();
  const monthsAgo = (months: number) => thisMonth.subtract({ months }).toString();
  const person = people[line.who] ?? buildPerson();
  const benefits = [buildBenefit({ type: line.type, approvedMonth: monthsAgo(line.approvedMonthsAgo) })];
  const lastCertifiedOn =
    line.certifiedMonthsAgo === null ? null : `${monthsAgo(line.certifiedMonthsAgo)}-15`;
  await importPeople(sandbox.app, [{ ...person, benefits, lastCertifiedOn }]);
}

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("certify"), who, channel: fc.nat({ max: 1 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("fail"), who, channel: fc.nat({ max: 1 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("import"), line: registerLine }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("revoke"), who, which: fc.nat({ max: 5 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("match"), who, daysAgo: fc.nat({ max: 500 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("wait"), days: fc.integer({ min: 1, max: 150 }) }) },
);

test("V1 V2 V3 V7 E7 E8 E9 any series of certifications, revocations and imports leaves every row as its records say", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(registerLine, { maxLength: PEOPLE }),
      fc.array(step, { minLength: 4, maxLength: 14 }),
      async (lines, steps) => {
        const people = buildPeople(PEOPLE);
        await importPeople(sandbox.app, people);
        for (const line of lines) await importLine(people, line);
        for (const each of steps) await takeStep(each, people);
        const { stored, derived } = await readAndRederive(sandbox.app);
        expect(stored).toEqual(derived);
      },
    ),
    // What went before stays in the sandbox, so a smaller series would not be the same one.
    { numRuns: 12, endOnFailure: true },
  );
}, 120_000);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function takeStep(each: Step, people: readonly TestPerson[]): Promise<void> {
  if ("line" in each) return importLine(people, each.line);
  if ("which" in each) return revokeOne(people[each.who] ?? buildPerson(), each.which);
  if ("daysAgo" in each) {
    const eventAt = sandbox.app.services.now().subtract({ hours: 24 * each.daysAgo });
    await submitMatches(agency, [matchOf(people[each.who] ?? buildPerson(), eventAt.toString())]);
    return;
  }
  const [client] = channels;
  if (!client) throw new Error("no channel");
  if ("days" in each) {
    const later = sandbox.app.services.now().add({ hours: each.days * 24 });
    return advanceClock(client, later.toString());
  }
  const channel = channels[each.channel] ?? client;
  const session = await startSession(channel, people[each.who] ?? buildPerson());
  await showFace(channel, session.id, each.kind === "fail" ? "MISMATCH" : "MATCH");
}

async function revokeOne(person: TestPerson, which: number): Promise<void> {
  const { id } = await readStatus(reviewer, person);
  const { certifications } = await readRecords(sandbox.app, id);
  const passed = certifications.filter(({ state }) => state === "PASSED");
  const chosen = passed[which % Math.max(1, passed.length)];
  if (!chosen) return;
  const { certification } = await revoke(reviewer, ownedOpaqueId("certification", chosen));
  expect(certification?.state).toBe("REVOKED");
}
