import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ToldResult } from "../../src/operations/line-results.js";
import { certification } from "../../src/storage/tables.js";
import { brokenChains } from "../testkit/audit-chains.js";
import { openTestDatabase } from "../testkit/database.js";
import { buildItem, outcomesOf, submit } from "../testkit/employer.js";
import { EmployerCertificationsSubmitDocument } from "../testkit/gql/graphql.js";
import type { GraphQLClient } from "../testkit/graphql-client.js";
import { buildPeople, buildPerson, importPeople, type TestPerson } from "../testkit/people.js";
import { countRows } from "../testkit/records.js";
import { type SandboxServer, startSandbox } from "../testkit/sandbox-server.js";

const CALLS = 64;

let sandbox: SandboxServer;
let portal: GraphQLClient;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-05-12T02:00:00Z" });
  portal = await sandbox.signIn("EMPLOYER");
});

afterAll(() => sandbox[Symbol.asyncDispose]());

async function importEmployees(count: number, employerCode: string): Promise<TestPerson[]> {
  const people = buildPeople(count, { employerCode, lastCertifiedOn: "2025-02-11" });
  await importPeople(sandbox.app, people);
  return people;
}

async function rowsAddedBy(work: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = await countRows(sandbox.app.database.db);
  await work();
  const after = await countRows(sandbox.app.database.db);
  const added = Object.entries(after).map(([name, rows]) => [name, rows - (before[name] ?? 0)] as const);
  return Object.fromEntries(added.filter(([, rows]) => rows !== 0));
}

test(`E4 ${CALLS} equal calls at once have one effect and one answer`, async () => {
  const people = await importEmployees(20, "E-EQUAL");
  const idempotencyKey = randomUUID();
  const all = [...people, buildPerson()];
  const added = await rowsAddedBy(async () => {
    const [first, ...others] = await Promise.all(
      Array.from({ length: CALLS }, () => submit(portal, all, { idempotencyKey })),
    );
    if (!first) throw new Error("no answer");
    expect(outcomesOf(first)).toEqual([...Array(20).fill("PENDING"), "NOT_IN_SCOPE"]);
    for (const other of others) expect(other).toEqual(first);
  });
  expect(added).toEqual({
    certification: 20,
    event: 20,
    servedPerson: 20,
    evidence: 60,
    auditEntry: 20,
    idempotencyKey: 1,
    accessLog: 20 * CALLS,
  });
  expect(await brokenChains(sandbox.app)).toEqual([]);
});

test("E4 the same people under other keys and in other orders: each is under review once", async () => {
  const people = await importEmployees(60, "E-CROSS");
  const orders = [people, people.toReversed(), people.slice(20), people.slice(0, 40).toReversed()];
  const submissions = await Promise.all([...orders, ...orders].map((order) => submit(portal, order)));
  const outcomes = submissions.flatMap(outcomesOf);
  expect(outcomes.filter((outcome) => outcome === "PENDING")).toHaveLength(60);
  expect(new Set(outcomes)).toEqual(new Set(["PENDING", "WRONG_STATE"]));
  const rows = await sandbox.app.database.db.select().from(certification);
  const pending = rows.filter(({ employerCode }) => employerCode === "E-CROSS");
  expect(new Set(pending.map(({ pensionerId }) => pensionerId)).size).toBe(60);
  expect(pending).toHaveLength(60);
  expect(await brokenChains(sandbox.app)).toEqual([]);
});

test("equal files sent at once under one key: one effect, equal results", async () => {
  const people = await importEmployees(230, "E-FILES");
  const key = randomUUID();
  const body = people.map((person) => `${JSON.stringify(buildItem(person))}\n`).join("");
  const send = async () => {
    const response = await fetch(`${portal.address}/employer-batches?employerCode=E-FILES`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${portal.token}`,
        "content-type": "application/x-ndjson",
        "idempotency-key": key,
      },
      body,
    });
    expect(response.status).toBe(200);
    return (await response.text())
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as ToldResult);
  };
  const added = await rowsAddedBy(async () => {
    const [first, ...others] = await Promise.all([send(), send(), send(), send()]);
    expect(first?.map(({ outcome }) => outcome)).toEqual(Array(230).fill("PENDING"));
    for (const other of others) expect(other).toEqual(first);
  });
  expect(added).toMatchObject({ certification: 230, evidence: 690, auditEntry: 230, idempotencyKey: 230 });
  expect(await brokenChains(sandbox.app)).toEqual([]);
});

describe("a technical fault", () => {
  test("rolls the whole call back, and the same key may be tried again", async () => {
    const people = await importEmployees(5, "E-FAULT");
    const { db } = sandbox.app.database;
    const idempotencyKey = randomUUID();
    const input = {
      idempotencyKey,
      employerCode: "E-FAULT",
      items: people.map((person) => buildItem(person)),
    };
    await db.execute(sql`alter table evidence add constraint no_more check (position < 2) not valid`);
    const added = await rowsAddedBy(async () => {
      const { errors } = await portal.refused(EmployerCertificationsSubmitDocument, { input });
      expect(errors).toMatchObject([{ extensions: { code: "INTERNAL_SERVER_ERROR", retryable: true } }]);
    });
    expect(added).toEqual({});
    await db.execute(sql`alter table evidence drop constraint no_more`);
    expect(outcomesOf(await submit(portal, people, { idempotencyKey }))).toEqual(Array(5).fill("PENDING"));
  });

  test("in a file: the lines of the group and all after it are told to be sent again", async () => {
    const people = await importEmployees(210, "E-BROKEN");
    const { db } = sandbox.app.database;
    const body = people.map((person) => JSON.stringify(buildItem(person))).join("\n");
    const key = randomUUID();
    const send = async () => {
      const response = await fetch(`${portal.address}/employer-batches?employerCode=E-BROKEN`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${portal.token}`,
          "content-type": "application/x-ndjson",
          "idempotency-key": key,
        },
        body,
      });
      const lines = (await response.text()).split("\n").filter(Boolean);
      return lines.map((line) => JSON.parse(line) as ToldResult);
    };
    await db.execute(sql`alter table evidence add constraint no_more check (position < 2) not valid`);
    const failed = await send();
    await db.execute(sql`alter table evidence drop constraint no_more`);
    expect(failed).toHaveLength(210);
    expect(new Set(failed.map(({ outcome, errors }) => `${outcome} ${errors[0]?.code}`))).toEqual(
      new Set(["FAILED INTERNAL_SERVER_ERROR"]),
    );
    expect((await send()).map(({ outcome }) => outcome)).toEqual(Array(210).fill("PENDING"));
  });
});

test("a transaction sends the same few statements for 200 persons as for two", async () => {
  const database = await openTestDatabase();
  const sent: string[] = [];
  database.pool?.on("connect", (client) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    client.query = ((...args: [string | pg.QueryConfig, ...unknown[]]) => {
      const [statement] = args;
      sent.push(typeof statement === "string" ? statement : statement.text);
      return query(...args);
    }) as unknown as typeof client.query;
  });
  await using counted = await startSandbox({ clock: "2026-05-12T02:00:00Z", database });
  const people = buildPeople(202, { employerCode: "E1", lastCertifiedOn: "2025-02-11" });
  await importPeople(counted.app, people);
  const client = await counted.signIn("EMPLOYER");
  const transactionOf = async (some: readonly TestPerson[]) => {
    sent.length = 0;
    expect(outcomesOf(await submit(client, some))).toEqual(some.map(() => "PENDING"));
    // The clock asks every second whether another process has moved it.
    const asked = sent.filter((text) => !text.includes('from "setting"'));
    return asked.slice(asked.indexOf("begin"), asked.indexOf("commit") + 1);
  };
  const forTwo = await transactionOf(people.slice(200));
  const forAll = await transactionOf(people.slice(0, 200));
  expect(forAll).toEqual(forTwo);
  expect(forAll.length).toBeLessThanOrEqual(13);
});
