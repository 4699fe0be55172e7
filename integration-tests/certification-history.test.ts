import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessLog } from "../src/storage/tables.js";
import { type CertificationAnswer, certify, readStatus, showFace, startSession } from "./testkit/certify.js";
import {
  CertificationDocument,
  NodeDocument,
  PensionerHistoryDocument,
  type PensionerHistoryQueryVariables,
} from "./testkit/gql/graphql.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { buildPeople, buildPerson, importPeople, subjectOf } from "./testkit/people.js";
import { keyOf } from "./testkit/records.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

const [person = buildPerson(), stranger = buildPerson()] = buildPeople(2);
let sandbox: SandboxServer;
let wechat: GraphQLClient;
let icbc: GraphQLClient;
let staff: GraphQLClient;
/** In the order in which they were made; the channels take turns, the third one fails. */
const made: CertificationAnswer[] = [];

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-06-15T02:00:00Z" });
  await importPeople(sandbox.app, [person, stranger]);
  wechat = await sandbox.signIn("JINGTONG_WECHAT");
  icbc = await sandbox.signIn("ICBC_APP");
  staff = await sandbox.signIn("sandbox-staff");
  for (const [turn, client] of [wechat, icbc, wechat, icbc, wechat].entries()) {
    const session = await startSession(client, person);
    made.push(await showFace(client, session.id, turn === 2 ? "MISMATCH" : "MATCH"));
  }
});

afterAll(() => sandbox[Symbol.asyncDispose]());

type Page = Omit<PensionerHistoryQueryVariables, "subject">;

async function history(client: GraphQLClient, page: Page = {}, of = person) {
  const variables = { subject: subjectOf(of), ...page };
  const { pensionerStatus } = await client.request(PensionerHistoryDocument, variables);
  if (!pensionerStatus.pensioner) throw new Error(`${of.name} is not in scope`);
  const { nodes, pageInfo } = pensionerStatus.pensioner.certifications;
  return { ids: nodes.map(({ id }) => id), nodes, pageInfo };
}

function idsOfTurns(...turns: number[]): (string | undefined)[] {
  return turns.map((turn) => made[turn]?.id);
}

describe("a person's certifications", () => {
  test("are listed latest first, failed ones too; a channel sees its own, staff see all", async () => {
    expect((await history(wechat)).ids).toEqual(idsOfTurns(4, 2, 0));
    expect((await history(icbc)).ids).toEqual(idsOfTurns(3, 1));
    expect((await history(staff)).ids).toEqual(idsOfTurns(4, 3, 2, 1, 0));
    const { pensioner: _, ...rejected } = made[2] ?? {};
    expect((await history(wechat)).nodes[1]).toEqual(rejected);
  });

  test("come in pages that lose nothing and repeat nothing", async () => {
    const pages = [];
    let after: string | null = null;
    do {
      const { ids, pageInfo } = await history(staff, { first: 2, after });
      pages.push(ids);
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    expect(pages).toEqual([idsOfTurns(4, 3), idsOfTurns(2, 1), idsOfTurns(0)]);
  });

  test("say so when the last page is full, and when there is none", async () => {
    expect((await history(icbc, { first: 2 })).pageInfo.hasNextPage).toBe(false);
    expect(await history(wechat, {}, stranger)).toMatchObject({
      ids: [],
      pageInfo: { hasNextPage: false, endCursor: null },
    });
  });

  test("go on from a cursor though more have been added in between", async () => {
    const { pageInfo } = await history(icbc, { first: 1 });
    const added = await certify(icbc, person);
    expect((await history(icbc, { first: 1 })).ids).toEqual([added.id]);
    expect((await history(icbc, { after: pageInfo.endCursor })).ids).toEqual(idsOfTurns(1));
  });

  test.each([
    ["first 0", { first: 0 }],
    ["first 101", { first: 101 }],
    ["a negative first", { first: -1 }],
    ["a cursor that is none", { first: 2, after: "cursor" }],
    ["an empty cursor", { first: 2, after: "" }],
  ])("are refused for %s", async (_, page) => {
    const { errors } = await wechat.refused(PensionerHistoryDocument, {
      subject: subjectOf(person),
      ...page,
    });
    expect(errors).toMatchObject([{ extensions: { code: "BAD_USER_INPUT" } }]);
  });

  test("are refused for the cursor of another person's list", async () => {
    const { pageInfo } = await history(wechat, { first: 1 });
    const variables = { subject: subjectOf(stranger), first: 1, after: pageInfo.endCursor };
    const { errors } = await wechat.refused(PensionerHistoryDocument, variables);
    expect(errors).toMatchObject([{ extensions: { code: "BAD_USER_INPUT" } }]);
  });
});

describe("one certification by its id", () => {
  const read = async (client: GraphQLClient, id: string) => ({
    certification: (await client.request(CertificationDocument, { id })).certification,
    node: (await client.request(NodeDocument, { id })).node,
  });

  test("is the client's own or any to staff; to other clients it does not exist", async () => {
    const [own] = made;
    if (!own) throw new Error("nothing was made");
    const { pensioner, ...summary } = own;
    const seen = {
      certification: {
        ...summary,
        receipt: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
        pensioner: { maskedName: pensioner.maskedName },
      },
      node: { __typename: "Certification", id: own.id, outcome: "PASSED" },
    };
    expect(await read(wechat, own.id)).toEqual(seen);
    expect(await read(staff, own.id)).toEqual(seen);
    expect(await read(icbc, own.id)).toEqual({ certification: null, node: null });
  });

  test.each([
    ["an id of nothing", "cert_0000000000000000000000000000000000000000000000000000000"],
    ["text", "certification"],
    ["nothing", ""],
  ])("is null for %s", async (_, id) => {
    expect(await read(staff, id)).toEqual({ certification: null, node: null });
  });

  test("is null when the id is of another kind", async () => {
    const { id } = await readStatus(wechat, person);
    expect((await staff.request(CertificationDocument, { id })).certification).toBeNull();
  });
});

describe("other things by their id", () => {
  test("a session is for the client that began it, and for no one else", async () => {
    const { id } = await startSession(wechat, person);
    const own = { __typename: "CertificationSession", id, sessionState: "OPEN" };
    expect((await wechat.request(NodeDocument, { id })).node).toEqual(own);
    expect((await icbc.request(NodeDocument, { id })).node).toBeNull();
    expect((await staff.request(NodeDocument, { id })).node).toBeNull();
  });

  test("a pensioner is for staff: a channel names the person", async () => {
    const { id, maskedName } = await readStatus(wechat, person);
    expect((await wechat.request(NodeDocument, { id })).node).toBeNull();
    expect((await staff.request(NodeDocument, { id })).node).toEqual({
      __typename: "Pensioner",
      id,
      maskedName,
    });
  });
});

test("reads by id are recorded, and those that showed nothing are not", async () => {
  const { id } = await readStatus(wechat, person);
  const [own] = made;
  if (!own) throw new Error("nothing was made");
  const logged = async () => {
    const { bucket, pensionerId } = keyOf(id);
    const rows = await sandbox.app.database.db
      .select()
      .from(accessLog)
      .where(and(eq(accessLog.bucket, bucket), eq(accessLog.pensionerId, pensionerId)))
      .orderBy(accessLog.id);
    return rows.map(({ clientId, operation }) => ({ clientId, operation }));
  };
  const before = await logged();
  await icbc.request(NodeDocument, { id: own.id });
  await icbc.request(NodeDocument, { id });
  await staff.request(NodeDocument, { id });
  await staff.request(CertificationDocument, { id: own.id });
  await wechat.request(NodeDocument, { id: own.id });
  expect((await logged()).slice(before.length)).toEqual([
    { clientId: "sandbox-staff", operation: "node" },
    { clientId: "sandbox-staff", operation: "certification" },
    { clientId: "sandbox-jingtong-wechat", operation: "node" },
  ]);
});
