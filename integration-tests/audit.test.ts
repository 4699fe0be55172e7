import { and, asc, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseOpaqueId } from "../src/storage/ids.js";
import { auditChain, auditEntry } from "../src/storage/tables.js";
import { brokenChains, CHAINS } from "./testkit/audit-chains.js";
import {
  buildStart,
  certify,
  completeSession,
  faceAssertionFor,
  readStatus,
  showFace,
  startSession,
} from "./testkit/certify.js";
import { CertificationCancelDocument, CertificationStartDocument } from "./testkit/gql/graphql.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { buildPeople, buildPerson, importPeople, type TestPerson } from "./testkit/people.js";
import { keyOf } from "./testkit/records.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

let sandbox: SandboxServer;
let channel: GraphQLClient;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-06-15T02:00:00Z" });
  channel = await sandbox.signIn("E_SOCIAL_SECURITY_CARD");
});

afterAll(() => sandbox[Symbol.asyncDispose]());

async function imported(overrides: Partial<TestPerson> = {}): Promise<TestPerson> {
  const person = buildPerson({ lastCertifiedOn: "2025-02-11", ...overrides });
  await importPeople(sandbox.app, [person]);
  return person;
}

const entries = () =>
  sandbox.app.database.db.select().from(auditEntry).orderBy(asc(auditEntry.chain), asc(auditEntry.seq));

type Entry = Awaited<ReturnType<typeof entries>>[number];

/** The entries that the work added, as an auditor reads them. */
async function entriesAddedBy(work: () => Promise<unknown>): Promise<Record<string, unknown>[]> {
  const nameOf = ({ chain, seq }: Entry) => `${chain}/${seq}`;
  const before = new Set((await entries()).map(nameOf));
  await work();
  const added = (await entries()).filter((entry) => !before.has(nameOf(entry)));
  return added.map(({ entry }) => JSON.parse(entry) as Record<string, unknown>);
}

function uuidOf(opaque: string | undefined): string {
  const key = parseOpaqueId(opaque ?? "");
  if (!key || key.kind === "pensioner") throw new Error(`${opaque} is no such id`);
  return key.id;
}

describe("each write adds one entry", () => {
  test("of who did what to whom, when, and with which outcome", async () => {
    const person = await imported();
    const { id } = await readStatus(channel, person);
    const common = {
      ...keyOf(id),
      clientId: "sandbox-e-social-security-card",
      requestId: expect.any(String),
    };
    const sessions: string[] = [];

    const started = await entriesAddedBy(async () => {
      sessions.push((await startSession(channel, person)).id);
      sessions.push((await startSession(channel, person)).id);
    });
    expect(started).toEqual(
      sessions.map((session) => ({
        ...common,
        operation: "certificationStart",
        subjectId: uuidOf(session),
        outcome: "OPEN",
        at: expect.stringMatching(/^2026-06-15T02:\d\d:\d\d(\.\d+)?Z$/),
      })),
    );

    const made: string[] = [];
    const completed = await entriesAddedBy(async () => {
      for (const outcome of ["MISMATCH", "LIVENESS_FAILED", "MATCH"] as const) {
        made.push((await showFace(channel, sessions[0] ?? "", outcome)).id);
      }
    });
    const outcomes = ["FACE_MISMATCH", "LIVENESS_FAILED", "PASSED"];
    expect(completed).toMatchObject(
      made.map((certification, position) => ({
        ...common,
        operation: "certificationComplete",
        subjectId: uuidOf(certification),
        outcome: outcomes[position],
      })),
    );

    const cancelled = await entriesAddedBy(() =>
      channel.request(CertificationCancelDocument, {
        input: { idempotencyKey: "cancel-1", sessionId: sessions[1] ?? "" },
      }),
    );
    expect(cancelled).toMatchObject([
      { ...common, operation: "certificationCancel", subjectId: uuidOf(sessions[1]), outcome: "CANCELLED" },
    ]);
    expect(await brokenChains(sandbox.app)).toEqual([]);
  });

  test("and a repeated or a refused one adds none", async () => {
    const person = await imported();
    const input = buildStart(person);
    const session = await startSession(channel, person, input);
    const assertion = await faceAssertionFor(channel, session.id);
    await completeSession(channel, session.id, assertion, "complete-1");
    const added = await entriesAddedBy(async () => {
      await channel.request(CertificationStartDocument, { input });
      await completeSession(channel, session.id, assertion, "complete-1");
      const refused = await completeSession(channel, session.id, assertion, "complete-2");
      expect(refused.userErrors).toHaveLength(1);
      const unconfirmed = buildStart(person, { recertifyWhenValid: false });
      await channel.request(CertificationStartDocument, { input: unconfirmed });
      await channel.request(CertificationStartDocument, { input: buildStart(buildPerson()) });
    });
    expect(added).toEqual([]);
  });

  test("in the chain of the person's bucket", async () => {
    const person = await imported();
    const { bucket, pensionerId } = keyOf((await certify(channel, person)).pensioner.id);
    const own = (await entries()).filter(({ entry }) => entry.includes(pensionerId));
    expect(own.map(({ chain }) => chain)).toEqual([bucket % CHAINS, bucket % CHAINS]);
  });
});

test("entries hold nothing personal", async () => {
  const person = await imported({ name: "欧阳审计", phone: "13911110077" });
  const helper = buildPerson({ name: "司马帮办" });
  const contactPhone = "13822220088";
  const { name, document } = helper;
  const actor = { helper: { name, document, relation: "CHILD", consented: true } } as const;
  const session = await startSession(channel, person, { actor, contactPhone });
  await showFace(channel, session.id);
  const written = await entries();
  expect(written.length).toBeGreaterThan(0);
  for (const { entry } of written) {
    expect(Object.keys(JSON.parse(entry) as object)).toEqual([
      "at",
      "bucket",
      "clientId",
      "operation",
      "outcome",
      "pensionerId",
      "requestId",
      "subjectId",
    ]);
  }
  const text = written.map(({ entry }) => entry).join("\n");
  const personal = [person.name, person.document.number, "13911110077", name, document.number, contactPhone];
  for (const secret of [...personal, session.challenge]) expect(text).not.toContain(secret);
});

describe("the chains", () => {
  test("stay whole when many certify at once", async () => {
    const people = buildPeople(24, { lastCertifiedOn: "2025-02-11" });
    await importPeople(sandbox.app, people);
    const added = await entriesAddedBy(() => Promise.all(people.map((person) => certify(channel, person))));
    expect(added).toHaveLength(48);
    expect(await brokenChains(sandbox.app)).toEqual([]);
  });

  test("show an entry that was changed, one that was removed, and a head that was set back", async () => {
    const { db } = sandbox.app.database;
    const [first] = await entries();
    if (!first) throw new Error("nothing was written");
    const isFirst = and(eq(auditEntry.chain, first.chain), eq(auditEntry.seq, first.seq));
    await db
      .update(auditEntry)
      .set({ entry: first.entry.replace("OPEN", "PASSED") })
      .where(isFirst);
    expect(await brokenChains(sandbox.app)).toEqual([first.chain]);
    await db.delete(auditEntry).where(isFirst);
    expect(await brokenChains(sandbox.app)).toEqual([first.chain]);
    await db.insert(auditEntry).values(first);
    expect(await brokenChains(sandbox.app)).toEqual([]);
    const [head] = await db.select().from(auditChain).where(eq(auditChain.chain, first.chain));
    await db.update(auditChain).set({ seq: 0 }).where(eq(auditChain.chain, first.chain));
    expect(await brokenChains(sandbox.app)).toEqual([first.chain]);
    await db
      .update(auditChain)
      .set({ seq: head?.seq ?? 0 })
      .where(eq(auditChain.chain, first.chain));
  });
});
