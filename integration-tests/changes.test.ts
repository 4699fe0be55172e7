import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { certify, startSession } from "./testkit/certify.js";
import { submitMatch } from "./testkit/data-matches.js";
import { submit } from "./testkit/employer.js";
import { ChangesDocument } from "./testkit/gql/graphql.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { buildPerson, importPeople, type TestPerson } from "./testkit/people.js";
import { decide, revoke } from "./testkit/review.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

let sandbox: SandboxServer;
let bank: GraphQLClient;
let consular: GraphQLClient;
let staff: GraphQLClient;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-05-20T02:00:00Z" });
  bank = await sandbox.signIn("ICBC_APP");
  consular = await sandbox.signIn("CHINA_CONSULAR_APP");
  staff = await sandbox.signIn("sandbox-staff");
});

afterAll(() => sandbox[Symbol.asyncDispose]());

async function importPerson(overrides: Partial<TestPerson> = {}): Promise<TestPerson> {
  const person = buildPerson({ phone: "13911110001", lastCertifiedOn: "2025-05-08", ...overrides });
  await importPeople(sandbox.app, [person]);
  return person;
}

async function page(client: GraphQLClient, after: string | null, first = 100) {
  return (await client.request(ChangesDocument, { first, after })).changes;
}

/** Where the feed ends now. */
async function endOf(client: GraphQLClient): Promise<string> {
  for (let after: string | null = null; ; ) {
    const { pageInfo } = await page(client, after);
    if (!pageInfo.endCursor) throw new Error("no cursor");
    if (!pageInfo.hasNextPage) return pageInfo.endCursor;
    after = pageInfo.endCursor;
  }
}

describe("what is told", () => {
  test("a submission that waits, is passed and taken back, to its channel and to staff", async () => {
    const [here, there] = [await endOf(consular), await endOf(staff)];
    const person = await importPerson();
    const pending = await certify(consular, person);
    await decide(staff, pending.id, "PASS");
    await revoke(staff, pending.id);
    const expected = ["CERTIFICATION_PENDING", "CERTIFICATION_PASSED", "CERTIFICATION_REVOKED"].map(
      (type, index) => ({
        type,
        sequence: index + 1,
        pensionerId: pending.pensioner.id,
        subjectId: pending.id,
        certificationId: pending.id,
      }),
    );
    expect((await page(consular, here)).nodes).toMatchObject(expected);
    expect((await page(staff, there)).nodes).toMatchObject(expected);
  });

  test("a rejection", async () => {
    const cursor = await endOf(consular);
    const pending = await certify(consular, await importPerson());
    await decide(staff, pending.id, "REJECT");
    const { nodes } = await page(consular, cursor);
    expect(nodes.map(({ type }) => type)).toEqual(["CERTIFICATION_PENDING", "CERTIFICATION_REJECTED"]);
  });

  test("batches, one event for each item", async () => {
    const employer = await sandbox.signIn("EMPLOYER");
    const agency = await sandbox.signIn("DATA_MATCH");
    const [employers, agencys] = [await endOf(employer), await endOf(agency)];
    const people = [await importPerson({ employerCode: "E-1" }), await importPerson({ employerCode: "E-1" })];
    await submit(employer, people, { employerCode: "E-1" });
    // From here on it has its place: who serves the person later is not told of it.
    expect((await page(employer, employers)).nodes).toHaveLength(2);
    const [traced] = people;
    if (!traced) throw new Error("no one");
    await submitMatch(agency, traced, "2026-05-18T02:00:00Z");
    expect((await page(employer, employers)).nodes.map(({ type, sequence }) => [type, sequence])).toEqual([
      ["CERTIFICATION_PENDING", 1],
      ["CERTIFICATION_PENDING", 1],
      // Of a person whom it has served it hears what others do, too.
      ["CERTIFICATION_PASSED", 2],
    ]);
    expect((await page(agency, agencys)).nodes).toMatchObject([
      { type: "CERTIFICATION_PASSED", sequence: 2 },
    ]);
  });

  test("to a channel of nobody whom it has not served, nor of what happened before it did", async () => {
    const cursor = await endOf(consular);
    const person = await importPerson();
    await certify(bank, person);
    expect((await page(consular, cursor)).nodes).toEqual([]);
    await startSession(consular, person);
    expect((await page(consular, cursor)).nodes).toEqual([]);
    await certify(bank, person);
    expect((await page(consular, cursor)).nodes).toMatchObject([
      { type: "CERTIFICATION_PASSED", sequence: 2 },
    ]);
  });
});

describe("the cursor", () => {
  test("leads through the feed page by page, and on from its end", async () => {
    const start = await endOf(bank);
    const person = await importPerson();
    for (let count = 0; count < 3; count += 1) await certify(bank, person);
    const first = await page(bank, start, 2);
    expect(first.nodes.map(({ sequence }) => sequence)).toEqual([1, 2]);
    expect(first.pageInfo.hasNextPage).toBe(true);
    const second = await page(bank, first.pageInfo.endCursor ?? null, 2);
    expect(second.nodes.map(({ sequence }) => sequence)).toEqual([3]);
    const end = second.pageInfo.endCursor ?? null;
    const empty = await page(bank, end, 2);
    expect(empty).toEqual({ nodes: [], pageInfo: { hasNextPage: false, endCursor: end } });
    await certify(bank, person);
    expect((await page(bank, empty.pageInfo.endCursor ?? null)).nodes).toMatchObject([{ sequence: 4 }]);
    expect((await page(bank, start)).nodes).toHaveLength(4);
  });

  test("is its client's, and no other text is one", async () => {
    const cursor = await endOf(bank);
    for (const after of [cursor, "x", ""])
      await expect(page(consular, after)).rejects.toThrow("BAD_USER_INPUT");
    await expect(page(bank, null, 101)).rejects.toThrow("BAD_USER_INPUT");
  });

  test("of a client that has served no one leads on as well", async () => {
    const counter = await sandbox.signIn("AGENCY_COUNTER");
    const { nodes, pageInfo } = await page(counter, null);
    expect(nodes).toEqual([]);
    expect(pageInfo.endCursor).toEqual(expect.any(String));
    expect((await page(counter, pageInfo.endCursor ?? null)).nodes).toEqual([]);
  });
});
