import { readFile } from "node:fs/promises";
import { sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { beijingMonthOf } from "../src/domain/calendar.js";
import { foldTally, readTally } from "../src/storage/expiry-tally.js";
import { newId } from "../src/storage/ids.js";
import { pensioner } from "../src/storage/tables.js";
import { advanceClock, certify, readStatus } from "./testkit/certify.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { buildPeople, importPeople, type TestPerson } from "./testkit/people.js";
import { keyOf } from "./testkit/records.js";
import { decide, revoke } from "./testkit/review.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

let sandbox: SandboxServer;
let bank: GraphQLClient;
let consular: GraphQLClient;
let staff: GraphQLClient;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-06-15T02:00:00Z", jobs: [] });
  [bank, consular, staff] = await Promise.all([
    sandbox.signIn("ICBC_APP"),
    sandbox.signIn("CHINA_CONSULAR_APP"),
    sandbox.signIn("sandbox-staff"),
  ]);
});

afterAll(() => sandbox[Symbol.asyncDispose]());

const nobody = { deadlines: 0, certified: 0, suspended: 0 };

async function tallied(month = thisMonth()) {
  const days = await readTally(sandbox.app.database.db, { first: "1900-01-01", last: "2999-12-31" }, month);
  return [...days].filter(([, tally]) => Object.values(tally).some((count) => count !== 0)).sort();
}

function thisMonth(): string {
  return beijingMonthOf(sandbox.app.services.now()).toString();
}

/** The same, counted from the people and their certifications themselves. */
async function counted(month = thisMonth()) {
  const { rows } = (await sandbox.app.database.db.execute(sql`
    select day::text as day, sum(deadlines)::int as deadlines, sum(certified)::int as certified,
      sum(suspended)::int as suspended from (
      select valid_through as day, 1 as deadlines, 0 as certified, (exists (
        select 1 from payment_hold h where h.bucket = p.bucket and h.pensioner_id = p.id and h.reason = 'NOT_CERTIFIED'
          and h.resumes_month is null and h.from_month <= ${month}))::int as suspended from pensioner p
      union all
      select replaced_valid_through, 0, 1, 0 from certification
      where state = 'PASSED' and replaced_valid_through <> valid_through) each_one
    group by 1`)) as unknown as { rows: (Record<keyof typeof nobody, number> & { day: string })[] };
  return rows.map(({ day, ...rest }) => [day, { ...nobody, ...rest }] as const).sort();
}

const steps = {
  PASS: (person: TestPerson) => certify(bank, person),
  SUBMIT_AND_PASS: async (person: TestPerson) => decide(staff, (await certify(consular, person)).id, "PASS"),
  SUBMIT_AND_REJECT: async (person: TestPerson) =>
    decide(staff, (await certify(consular, person)).id, "REJECT"),
  PASS_AND_REVOKE: async (person: TestPerson) => revoke(staff, (await certify(bank, person)).id),
  SUSPEND: (person: TestPerson) => suspend(person),
  REGISTER_KNOWS_BETTER: (person: TestPerson) =>
    importPeople(sandbox.app, [{ ...person, lastCertifiedOn: "2026-06-02" }]),
  MONTH: () => {
    const next = sandbox.app.services.now().add({ hours: 24 * 31 });
    return advanceClock(bank, next.toString());
  },
  FOLD: () => sandbox.app.database.transact(foldTally),
} as const;
/** As a batch does, from the next month on; not twice. */
async function suspend(person: TestPerson): Promise<void> {
  const { bucket, pensionerId } = keyOf((await readStatus(staff, person)).id);
  const from = beijingMonthOf(sandbox.app.services.now()).add({ months: 1 }).toString();
  await sandbox.app.database.db.execute(sql`
    insert into payment_hold (bucket, pensioner_id, id, reason, from_month, batch_month, opened_at)
    select ${bucket}::smallint, ${pensionerId}::uuid, ${newId()}::uuid, 'NOT_CERTIFIED', ${from}, ${from}, now()
    where not exists (select 1 from payment_hold where bucket = ${bucket} and pensioner_id = ${pensionerId}::uuid
      and reason = 'NOT_CERTIFIED' and resumes_month is null)`);
}

type Step = keyof typeof steps;

test("what is tallied is what there is, whatever has been done", async () => {
  const anyStep = fc.constantFrom(...(Object.keys(steps) as Step[]));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat({ max: 3 }), anyStep), { maxLength: 6 }), async (done) => {
      const people = buildPeople(4, { lastCertifiedOn: "2025-08-08", phone: "13911110001" });
      await importPeople(sandbox.app, people);
      for (const [who, step] of done) {
        const person = people[who];
        if (person) await steps[step](person);
        for (const month of [thisMonth(), "2026-06", "2027-12"])
          expect(await tallied(month)).toEqual(await counted(month));
      }
    }),
    { numRuns: 20, endOnFailure: true },
  );
});

test("folded, there is one row for what counts the same", async () => {
  const { database } = sandbox.app;
  const before = await tallied();
  await database.transact(foldTally);
  expect(await tallied()).toEqual(before);
  const { rows } = (await database.db.execute(sql`
    select 1 from expiry_tally group by kind, last_day, from_month having count(*) > 1`)) as unknown as {
    rows: unknown[];
  };
  expect(rows).toEqual([]);
});

test("what was there before the tally was, is counted by the migration; who is removed is not counted any more", async () => {
  const { database } = sandbox.app;
  const before = await tallied();
  const migration = await readFile("drizzle/0004_expiry_tally.sql", "utf8");
  await database.transact(async (tx) => {
    await tx.execute(sql`delete from expiry_tally`);
    for (const statement of migration.split("--> statement-breakpoint").slice(-3))
      await tx.execute(sql.raw(statement));
  });
  expect(await tallied()).toEqual(before);
  await database.db.delete(pensioner);
  expect(await tallied()).toEqual(await counted());
});
