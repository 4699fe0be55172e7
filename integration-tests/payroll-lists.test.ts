import { createHash } from "node:crypto";
import { desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PensionerKey } from "../src/storage/ids.js";
import { accessLog, backPayMonth, paymentHold } from "../src/storage/tables.js";
import {
  PayrollHoldsDocument,
  type PayrollHoldsQuery,
  PayrollReleasesDocument,
} from "./testkit/gql/graphql.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { cutMonth, insertBackPay, insertHold, readKeys } from "./testkit/payroll.js";
import { buildPeople, importPeople } from "./testkit/people.js";
import { keyOf } from "./testkit/records.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

let sandbox: SandboxServer;
let clerk: GraphQLClient;
let keys: PensionerKey[];

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-06-12T02:00:00Z" });
  clerk = await sandbox.signIn("sandbox-payroll");
  await importPeople(sandbox.app, buildPeople(5));
  const { database } = sandbox.app;
  for (const table of [paymentHold, backPayMonth]) await database.db.delete(table);
  keys = (await readKeys(database)).slice(0, 5);
  for (const key of keys) await insertHold(database, key, { from: "2026-05" });
  const [first] = keys;
  if (first) await insertHold(database, first, { from: "2026-03", reason: "IN_PRISON" });
});

afterAll(() => sandbox[Symbol.asyncDispose]());

async function readHolds(month: string, first = 2) {
  const pages = [];
  for (let after: string | null = null; ; ) {
    const { payrollHolds }: PayrollHoldsQuery = await clerk.request(PayrollHoldsDocument, {
      month,
      first,
      after,
    });
    pages.push(payrollHolds);
    after = payrollHolds.pageInfo.endCursor ?? null;
    if (!payrollHolds.pageInfo.hasNextPage) return pages;
  }
}

describe("payroll's lists", () => {
  test("P8 before the cut as things stand, afterwards as they stood, with a checksum that anyone can count", async () => {
    const [before] = await readHolds("2026-06", 500);
    expect(before).toMatchObject({ state: "PROVISIONAL", cutAt: null, total: 5, checksum: null });
    await cutMonth(sandbox.app.database, "2026-06");
    const pages = await readHolds("2026-06");
    expect(pages).toHaveLength(3);
    expect(pages[0]).toMatchObject({ state: "CUT", cutAt: "2026-05-28T02:00:00.000Z", total: 5 });
    const nodes = pages.flatMap((page) => page.nodes);
    expect(nodes).toEqual(before?.nodes);
    expect(nodes[0]).toMatchObject({ reasons: ["IN_PRISON", "NOT_CERTIFIED"], fromMonth: "2026-03" });
    const lines = nodes.map(
      ({ pensioner, month, reasons, fromMonth }) =>
        `${pensioner.id};${month};${reasons.join(",")};${fromMonth}\n`,
    );
    expect(pages[0]?.checksum).toBe(createHash("sha256").update(lines.join("")).digest("hex"));
    await sandbox.app.database.db.update(paymentHold).set({ resumesMonth: "2026-07", voided: true });
    expect(await readHolds("2026-06")).toEqual(pages);
  });

  test("P4, P8 the months paid with the next", async () => {
    const { database } = sandbox.app;
    for (const key of keys.slice(1)) await insertBackPay(database, key, "2026-07", ["2026-06", "2026-05"]);
    const variables = { month: "2026-07", first: 10 };
    const { payrollReleases } = await clerk.request(PayrollReleasesDocument, variables);
    expect(payrollReleases).toMatchObject({ state: "PROVISIONAL", total: 5 });
    expect(
      payrollReleases.nodes.map(({ resumesMonth, backPayMonths }) => [resumesMonth, backPayMonths]),
    ).toEqual([["2026-07", []], ...Array.from({ length: 4 }, () => ["2026-07", ["2026-05", "2026-06"]])]);
  });

  test("every person listed is logged as read, not the one beyond the page", async () => {
    const answer = await clerk.send<{ payrollHolds: { nodes: { pensioner: { id: string } }[] } }>({
      query: '{ payrollHolds(month: "2026-06", first: 2) { nodes { pensioner { id } } } }',
    });
    const ids = answer.data?.payrollHolds.nodes.map(({ pensioner }) => keyOf(pensioner.id).pensionerId);
    const reads = await sandbox.app.database.db
      .select()
      .from(accessLog)
      .where(eq(accessLog.operation, "payrollHolds"))
      .orderBy(desc(accessLog.id))
      .limit(3);
    const [latest] = reads;
    const ours = reads.filter(({ requestId }) => requestId === latest?.requestId);
    expect(ours.map(({ pensionerId }) => pensionerId).sort()).toEqual([...(ids ?? [])].sort());
  });

  test("pages of 1 to 500; a cursor belongs to its list and month", async () => {
    const cursor = (await readHolds("2026-06"))[0]?.pageInfo.endCursor ?? "";
    for (const [field, month, first, after] of [
      ["payrollHolds", "2026-06", 0, null],
      ["payrollHolds", "2026-06", 501, null],
      ["payrollHolds", "2026-07", 2, cursor],
      ["payrollReleases", "2026-06", 2, cursor],
      ["payrollHolds", "2026-06", 2, "x"],
    ] as const) {
      const query = `query($m: YearMonth!, $f: Int!, $a: String) { ${field}(month: $m, first: $f, after: $a) { total } }`;
      const answer = await clerk.send({ query, variables: { m: month, f: first, a: after } });
      expect(answer.errors[0]?.extensions.code, `${field} ${month} ${first}`).toBe("BAD_USER_INPUT");
    }
  });

  test.each(["sandbox-staff", "sandbox-payroll", "sandbox-auditor"])("%s reads them", async (id) => {
    const client = await sandbox.signIn(id);
    const { payrollHolds } = await client.request(PayrollHoldsDocument, { month: "2026-06", first: 1 });
    expect(payrollHolds.total).toBe(5);
  });
});
