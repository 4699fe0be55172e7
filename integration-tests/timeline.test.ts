import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "../src/storage/ids.js";
import { backPayMonth, message, paymentHold } from "../src/storage/tables.js";
import { certify, readStatus } from "./testkit/certify.js";
import { PensionerTimelineDocument } from "./testkit/gql/graphql.js";
import { requestedVisit } from "./testkit/home-visits.js";
import { buildPerson, importPeople } from "./testkit/people.js";
import { keyOf } from "./testkit/records.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

let sandbox: SandboxServer;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-06-15T02:00:00Z" });
});

afterAll(() => sandbox[Symbol.asyncDispose]());

test("P4 P5 R7 every record once, newest first, in both languages, page by page at equal instants", async () => {
  const bank = await sandbox.signIn("ICBC_APP");
  const auditor = await sandbox.signIn("sandbox-auditor");
  const person = buildPerson({ lastCertifiedOn: "2026-02-11" });
  await importPeople(sandbox.app, [person]);
  await requestedVisit(bank, person);
  const passed = await certify(bank, person);
  const { id: pensionerId } = await readStatus(bank, person);
  const key = keyOf(pensionerId);
  const at = new Date("2026-06-20T00:00:00Z");
  const { db } = sandbox.app.database;
  await db.insert(paymentHold).values({
    ...key,
    id: newId(),
    reason: "IN_PRISON",
    fromMonth: "2026-03",
    resumesMonth: "2026-05",
    openedAt: at,
    closedAt: at,
  });
  const months = ["2026-03", "2026-04"];
  await db.insert(backPayMonth).values(months.map((month) => ({ ...key, month, paidWithMonth: "2026-05" })));
  const sms = { kind: "REMINDER", recipient: "PENSIONER", bodySealed: Buffer.from("x") } as const;
  await db.insert(message).values(
    months.map((month) => ({
      ...sms,
      ...key,
      id: newId(),
      month,
      state: "DELIVERED" as const,
      createdAt: at,
      sentAt: at,
      settledAt: at,
    })),
  );
  const ask = async (first: number, after: string | null, client = auditor) =>
    (await client.request(PensionerTimelineDocument, { pensionerId, first, after })).timeline;
  const whole = (await ask(100, null)).nodes;
  expect(whole.slice(0, 9).map(({ kind }) => kind)).toEqual([
    ...Array(2).fill("MESSAGE_DELIVERED"),
    ...Array(2).fill("MESSAGE_SENT"),
    ...Array(2).fill("MESSAGE_PLANNED"),
    "BACK_PAY_RELEASED",
    "PAYMENT_HOLD_CLOSED",
    "PAYMENT_HOLD_OPENED",
  ]);
  const kinds = whole.map(({ kind }) => kind);
  for (const kind of ["REGISTERED", "LOOKED_UP", "HOME_VISIT_REQUESTED", "SESSION_STARTED"])
    expect(kinds).toContain(kind);
  expect(whole.find(({ kind }) => kind === "CERTIFICATION_DECIDED")?.subjectId).toBe(passed.id);
  const times = whole.map((entry) => entry.at);
  expect(times).toEqual([...times].sort().reverse());
  const seen: unknown[] = [];
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof ask>> = await ask(2, after);
    seen.push(...page.nodes.filter(({ detail }) => !detail?.includes("timeline")));
    after = page.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? null) : null;
  } while (after);
  expect(seen).toEqual(whole);
  const english = (await ask(100, null, auditor.in("en"))).nodes;
  expect(english[6]).toMatchObject({
    title: "Back-pay released",
    detail: "March 2026 April 2026 paid with May 2026",
    rule: ["P4"],
  });
  expect(whole[6]?.title).toBe("补发");
  const reads = english.filter(({ detail }) => detail?.endsWith("timeline"));
  expect(reads.length).toBeGreaterThan(5);
  const field = "{ timeline(first: 5) { nodes { at } } }";
  const query = `query($id: ID!) { node(id: $id) { ... on Pensioner ${field} } }`;
  const own = async (name: string) => {
    const client = await sandbox.signIn(name);
    const answer = await client.send<{ node: { timeline: { nodes: object[] } | null } }>({
      query,
      variables: { id: pensionerId },
    });
    return answer.data?.node.timeline?.nodes.length;
  };
  expect(await own("sandbox-payroll")).toBeUndefined();
  expect(await own("sandbox-staff")).toBe(5);
});
