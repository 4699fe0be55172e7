import { afterAll, beforeAll, expect, test } from "vitest";
import { certify, readStatus } from "../testkit/certify.js";
import type { GraphQLClient } from "../testkit/graphql-client.js";
import {
  correct,
  cutPayroll,
  decideCase,
  openCase,
  reported,
  suspend,
  takeBack,
} from "../testkit/life-events.js";
import { buildPerson, importPeople, type TestPerson } from "../testkit/people.js";
import { readRecords } from "../testkit/records.js";
import { type SandboxServer, startSandbox } from "../testkit/sandbox-server.js";

let sandbox: SandboxServer;
let counter: GraphQLClient;
let centre: GraphQLClient;
let bank: GraphQLClient;
let staff: GraphQLClient;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-07-15T02:00:00Z" });
  counter = await sandbox.signIn("AGENCY_COUNTER");
  centre = await sandbox.signIn("STREET_SERVICE_CENTER");
  bank = await sandbox.signIn("ICBC_APP");
  staff = await sandbox.signIn("sandbox-staff");
  await cutPayroll(sandbox.app, "2026-05");
});

afterAll(() => sandbox[Symbol.asyncDispose]());

async function importPerson(): Promise<TestPerson> {
  const person = buildPerson({ lastCertifiedOn: "2026-02-11" });
  await importPeople(sandbox.app, [person]);
  return person;
}

const rounds = Array.from({ length: 3 }, (_, round) => round);

test.each(rounds)("C5 two sources that left a doubt report at once: both act (round %i)", async () => {
  const person = await importPerson();
  const renamed = { ...person, name: "另一人" };
  await Promise.all([
    reported(counter, renamed, { source: "CIVIL_AFFAIRS" }),
    reported(centre, renamed, { source: "FAMILY" }),
  ]);
  const { holds } = await readRecords(sandbox.app, (await readStatus(bank, person)).id);
  expect(holds.map(({ reason, resumesMonth }) => [reason, resumesMonth])).toEqual([
    ["DEATH_REPORTED", null],
    ["DEATH_REPORTED", null],
  ]);
});

test("C5 one report sent several times at once under one reference is one", async () => {
  const person = await importPerson();
  const sent = await Promise.all(
    Array.from({ length: 4 }, () => reported(counter, person, { sourceReference: "RACE-1" })),
  );
  expect(new Set(sent.map(({ id }) => id)).size).toBe(1);
  const { holds } = await readRecords(sandbox.app, (await readStatus(bank, person)).id);
  expect(holds).toHaveLength(1);
});

test.each(rounds)(
  "C5 a report against a certification: both are stored, payment is stopped (round %i)",
  async () => {
    const person = await importPerson();
    const [passed] = await Promise.all([certify(bank, person), reported(counter, person)]);
    expect(passed.state).toBe("PASSED");
    const { holds, certifications } = await readRecords(sandbox.app, passed.pensioner.id);
    expect(certifications).toHaveLength(1);
    expect(holds).toMatchObject([{ reason: "DEATH_REPORTED", resumesMonth: null }]);
  },
);

test.each(rounds)(
  "C5, P4 taken back by its source and corrected by staff at once: paid once (round %i)",
  async () => {
    const person = await importPerson();
    const death = await reported(counter, person, { occurredOn: "2026-05-02" });
    await Promise.all([
      takeBack(counter, death.id),
      takeBack(staff, death.id),
      correct(staff, death.id, { occurredOn: "2026-06-03" }),
    ]);
    const { holds, backPay } = await readRecords(sandbox.app, (await readStatus(bank, person)).id);
    expect(holds.every(({ resumesMonth }) => resumesMonth !== null)).toBe(true);
    expect(backPay.map(({ month }) => month)).toEqual(["2026-06", "2026-07"]);
  },
);

test("P7, P4 a case decided by several at once is decided once", async () => {
  const passed = await certify(bank, await importPerson());
  await suspend(sandbox.app, passed.pensioner.id, "2026-05");
  const id = await openCase(sandbox.app, passed.id, "LONG_SUSPENSION");
  const answers = await Promise.all(
    (["RELEASE", "KEEP", "RELEASE", "KEEP"] as const).map((decision) => decideCase(staff, id, decision)),
  );
  const decided = answers.flatMap(({ reviewCase }) => reviewCase?.decision ?? []);
  expect(decided).toHaveLength(1);
  const { backPay } = await readRecords(sandbox.app, passed.pensioner.id);
  expect(backPay).toHaveLength(decided[0] === "RELEASE" ? 2 : 0);
});
