import { createHash } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SANDBOX_VERIFIER } from "../src/sandbox/sandbox-control.js";
import { accessLog } from "../src/storage/tables.js";
import {
  advanceClock,
  type CertificationAnswer,
  completeSession,
  faceAssertionFor,
  startSession,
} from "./testkit/certify.js";
import { ReviewQueueDocument, type ReviewQueueQueryVariables } from "./testkit/gql/graphql.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { buildPeople, buildPerson, importPeople } from "./testkit/people.js";
import { keyOf } from "./testkit/records.js";
import { decide } from "./testkit/review.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

/** Two submitted on 20 May, two on 23 May; the sandbox's own one on the day it was made. */
const people = buildPeople(4, { lastCertifiedOn: "2025-05-08" });
const SANDBOXES_OWN = 1;
const pending: CertificationAnswer[] = [];
let firstAssertion = "";
let sandbox: SandboxServer;
let reviewer: GraphQLClient;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-05-20T02:00:00Z" });
  await importPeople(sandbox.app, people);
  const consular = await sandbox.signIn("CHINA_CONSULAR_APP");
  reviewer = await sandbox.signIn("sandbox-staff");
  for (const [index, person] of people.entries()) {
    if (index === 2) await advanceClock(reviewer, "2026-05-23T02:00:00Z");
    const session = await startSession(consular, person);
    const assertion = await faceAssertionFor(consular, session.id);
    firstAssertion ||= assertion;
    const { certification } = await completeSession(consular, session.id, assertion);
    if (!certification) throw new Error("not submitted");
    pending.push(certification);
  }
});

afterAll(() => sandbox[Symbol.asyncDispose]());

async function queue(variables: Partial<ReviewQueueQueryVariables> = {}, client = reviewer) {
  return (await client.request(ReviewQueueDocument, { first: 50, ...variables })).reviewQueue;
}

const idsOf = (answers: readonly { readonly id: string }[]) => answers.map(({ id }) => id);

test("E6 lists what waits, the earliest due day first, with its age in days", async () => {
  await advanceClock(reviewer, "2026-05-25T02:00:00Z");
  const { nodes } = await queue();
  expect(nodes).toHaveLength(4 + SANDBOXES_OWN);
  expect(nodes.every(({ state }) => state === "PENDING")).toBe(true);
  expect(nodes.map(({ reviewDueOn, waitingDays }) => [reviewDueOn, waitingDays])).toEqual([
    ["2026-06-04", 5],
    ["2026-06-04", 5],
    ["2026-06-04", 5],
    ["2026-06-07", 2],
    ["2026-06-07", 2],
  ]);
  expect(idsOf(nodes)).toEqual(expect.arrayContaining(idsOf(pending)));
});

test("shows a reviewer what a submission rests on: no document number, no name", async () => {
  const { nodes } = await queue();
  const first = nodes.find(({ id }) => id === pending[0]?.id);
  expect(first?.evidence).toEqual([
    {
      kind: "FACE_ASSERTION",
      capturedAt: expect.stringMatching(/^2026-05-20T02:0\d:\d\d\.000Z$/),
      shows: [],
      cameraKind: null,
      expiresOn: null,
      verifier: SANDBOX_VERIFIER,
      sha256: createHash("sha256").update(firstAssertion).digest("hex"),
    },
  ]);
  const person = people[0] ?? buildPerson();
  expect(JSON.stringify(nodes)).not.toContain(person.document.number);
  expect(JSON.stringify(nodes)).not.toContain(person.name);
});

describe("filters", () => {
  test("by channel", async () => {
    expect((await queue({ filter: { channel: "CHINA_CONSULAR_APP" } })).nodes).toHaveLength(5);
    expect((await queue({ filter: { channel: "EMPLOYER" } })).nodes).toEqual([]);
  });

  test("by due day, the day itself not included", async () => {
    expect((await queue({ filter: { dueBefore: "2026-06-04" } })).nodes).toEqual([]);
    expect((await queue({ filter: { dueBefore: "2026-06-07" } })).nodes).toHaveLength(3);
    expect((await queue({ filter: { dueBefore: "2026-06-08" } })).nodes).toHaveLength(5);
  });

  test("by the employer that handed it in", async () => {
    expect((await queue({ filter: { employerCode: "E-1" } })).nodes).toEqual([]);
  });
});

describe("pages", () => {
  test("one after the other they are the whole, none twice", async () => {
    const whole = idsOf((await queue()).nodes);
    const paged: string[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const { nodes, pageInfo }: Awaited<ReturnType<typeof queue>> = await queue({ first: 2, after });
      paged.push(...idsOf(nodes));
      after = pageInfo.endCursor ?? null;
      more = pageInfo.hasNextPage;
    }
    expect(paged).toEqual(whole);
  });

  test("a cursor goes on behind a submission that was decided meanwhile", async () => {
    const [extra = buildPerson()] = buildPeople(1, { lastCertifiedOn: "2025-05-08" });
    await importPeople(sandbox.app, [extra]);
    const consular = await sandbox.signIn("CHINA_CONSULAR_APP");
    const session = await startSession(consular, extra);
    const { certification } = await completeSession(
      consular,
      session.id,
      await faceAssertionFor(consular, session.id),
    );
    const whole = idsOf((await queue()).nodes);
    expect(whole.at(-1)).toBe(certification?.id);
    const { pageInfo } = await queue({ first: whole.length - 1 });
    const { pageInfo: atTheEnd } = await queue({ first: 1, after: pageInfo.endCursor ?? null });
    await decide(reviewer, certification?.id ?? "", "REJECT");
    expect((await queue({ first: 50, after: atTheEnd.endCursor ?? null })).nodes).toEqual([]);
    expect((await queue({ first: 50, after: pageInfo.endCursor ?? null })).nodes).toEqual([]);
  });

  test.each([
    ["0", { first: 0 }],
    ["501", { first: 501 }],
    ["a cursor of another filter", { filter: { channel: "CHINA_CONSULAR_APP" as const } }],
    ["a damaged cursor", { after: "bm90IG91cnM" }],
    ["a code with a control character", { filter: { employerCode: "x\u0000" }, after: null }],
    ["a day that does not exist", { filter: { dueBefore: "2026-02-30" }, after: null }],
  ])("%s is refused", async (_, variables) => {
    const { pageInfo } = await queue({ first: 1 });
    const answer = await reviewer.refused(ReviewQueueDocument, {
      first: 50,
      after: pageInfo.endCursor ?? null,
      ...variables,
    });
    expect(answer.errors[0]?.extensions.code).toBe("BAD_USER_INPUT");
  });
});

test("every person listed is logged as read, and once more as someone whose evidence was looked at", async () => {
  const { db } = sandbox.app.database;
  const { pensionerId } = keyOf(pending[3]?.pensioner.id ?? "");
  const logged = async () => {
    const rows = await db.select().from(accessLog).where(eq(accessLog.pensionerId, pensionerId));
    return rows.map(({ operation }) => operation);
  };
  const count = (operations: readonly string[], name: string) =>
    operations.filter((operation) => operation === name).length;
  const before = await logged();
  await queue();
  const after = await logged();
  for (const name of ["reviewQueue", "evidence"]) expect(count(after, name) - count(before, name)).toBe(1);
});

test("what is decided leaves the queue", async () => {
  await decide(reviewer, pending[0]?.id ?? "", "PASS");
  await decide(reviewer, pending[3]?.id ?? "", "REJECT");
  const left = idsOf((await queue()).nodes);
  expect(left).toHaveLength(3);
  expect(left).not.toContain(pending[0]?.id);
  expect(left).not.toContain(pending[3]?.id);
});
