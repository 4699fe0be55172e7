import { randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { idempotencyKey } from "../../src/storage/tables.js";
import {
  buildStart,
  certify,
  completeSession,
  faceAssertionFor,
  readStatus,
  startSession,
} from "../testkit/certify.js";
import {
  CertificationCancelDocument,
  CertificationCompleteDocument,
  CertificationStartDocument,
  SandboxClockAdvanceDocument,
} from "../testkit/gql/graphql.js";
import type { GraphQLClient } from "../testkit/graphql-client.js";
import { buildPerson, importPeople, type TestPerson } from "../testkit/people.js";
import { countRows, readRecords } from "../testkit/records.js";
import { type SandboxServer, startSandbox } from "../testkit/sandbox-server.js";

const CALLS = 64;

let sandbox: SandboxServer;
let channel: GraphQLClient;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-06-15T02:00:00Z", jobs: [] });
  channel = await sandbox.signIn("JINGTONG_WECHAT");
});

afterAll(() => sandbox[Symbol.asyncDispose]());

/** Someone overdue, so that a pass writes into every table that a pass can write into. */
async function importOverdue(): Promise<TestPerson> {
  const person = buildPerson({ phone: "13911110001", lastCertifiedOn: "2025-02-11" });
  await importPeople(sandbox.app, [person]);
  return person;
}

/** The answers of many calls at once, which must all be the same. */
async function oneAnswerOf<T>(call: () => Promise<T>): Promise<T> {
  const [first, ...others] = await Promise.all(Array.from({ length: CALLS }, call));
  if (first === undefined) throw new Error("no answer");
  for (const other of others) expect(other).toEqual(first);
  return first;
}

/** How many rows the work added, by table; tables without any are left out. */
async function rowsAddedBy(work: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = await countRows(sandbox.app.database.db);
  await work();
  const after = await countRows(sandbox.app.database.db);
  const added = Object.entries(after).map(([name, rows]) => [name, rows - (before[name] ?? 0)] as const);
  return Object.fromEntries(added.filter(([, rows]) => rows !== 0));
}

async function replaysOf(operation: string, key: string): Promise<number | undefined> {
  const { database, sealing } = sandbox.app;
  const keyIndex = sealing.index("idempotency-key", key);
  const [row] = await database.db
    .select({ replays: idempotencyKey.replays })
    .from(idempotencyKey)
    .where(and(eq(idempotencyKey.operation, operation), eq(idempotencyKey.keyIndex, keyIndex)));
  return row?.replays;
}

describe(`${CALLS} equal calls at once have one effect and one answer`, () => {
  test("certificationStart", async () => {
    const person = await importOverdue();
    const input = buildStart(person, { contactPhone: "13822220002" });
    const added = await rowsAddedBy(async () => {
      const { certificationStart } = await oneAnswerOf(() =>
        channel.request(CertificationStartDocument, { input }),
      );
      expect(certificationStart).toMatchObject({ session: { state: "OPEN" }, userErrors: [] });
    });
    expect(added).toEqual({
      certificationSession: 1,
      servedPerson: 1,
      idempotencyKey: 1,
      auditEntry: 1,
      accessLog: CALLS,
    });
    expect(await replaysOf("certificationStart", input.idempotencyKey)).toBe(CALLS - 1);
  });

  test.each([
    [
      "that passes",
      "MATCH",
      { certification: 1, evidence: 1, usedFaceAssertion: 1, event: 2, message: 1, backPayMonth: 4 },
      {
        version: 2,
        paymentStatus: { state: "PAYING", backPayMonths: ["2026-03", "2026-04", "2026-05", "2026-06"] },
      },
    ],
    [
      "that does not pass",
      "MISMATCH",
      { certification: 1, event: 1, evidence: 1, usedFaceAssertion: 1 },
      { version: 1, paymentStatus: { state: "SUSPENDED" } },
    ],
  ] as const)("certificationComplete %s", async (_, outcome, effect, status) => {
    const person = await importOverdue();
    const session = await startSession(channel, person);
    const faceAssertion = await faceAssertionFor(channel, session.id, outcome);
    const input = { idempotencyKey: randomUUID(), sessionId: session.id, evidence: [{ faceAssertion }] };
    const added = await rowsAddedBy(async () => {
      const answer = await oneAnswerOf(() => channel.request(CertificationCompleteDocument, { input }));
      const state = outcome === "MATCH" ? "PASSED" : "REJECTED";
      expect(answer.certificationComplete).toMatchObject({ certification: { state }, userErrors: [] });
    });
    expect(added).toEqual({ ...effect, idempotencyKey: 1, auditEntry: 1, accessLog: CALLS });
    expect(await replaysOf("certificationComplete", input.idempotencyKey)).toBe(CALLS - 1);
    expect(await readStatus(channel, person)).toMatchObject(status);
  });

  test("certificationCancel", async () => {
    const session = await startSession(channel, await importOverdue());
    const input = { idempotencyKey: randomUUID(), sessionId: session.id };
    const added = await rowsAddedBy(async () => {
      const answer = await oneAnswerOf(() => channel.request(CertificationCancelDocument, { input }));
      expect(answer.certificationCancel).toMatchObject({ session: { state: "CANCELLED" }, userErrors: [] });
    });
    expect(added).toEqual({ idempotencyKey: 1, auditEntry: 1, accessLog: CALLS });
    expect(await replaysOf("certificationCancel", input.idempotencyKey)).toBe(CALLS - 1);
  });

  test.each([16, 17, 18, 19, 20])("sandboxClockAdvance to June %i", async (day) => {
    const to = `2026-06-${day}T02:00:00.000Z`;
    const input = { idempotencyKey: randomUUID(), to };
    const added = await rowsAddedBy(async () => {
      const answer = await oneAnswerOf(() => channel.request(SandboxClockAdvanceDocument, { input }));
      expect(answer.sandboxClockAdvance).toEqual({ now: to, runs: 0, userErrors: [] });
    });
    expect(added).toEqual({ idempotencyKey: 1, auditEntry: 1 });
    expect(await replaysOf("sandboxClockAdvance", input.idempotencyKey)).toBe(CALLS - 1);
  });
});

describe("a key that was used", () => {
  test("is refused with another input, which then has no effect", async () => {
    const [person, other] = [await importOverdue(), await importOverdue()];
    const input = buildStart(person);
    await channel.request(CertificationStartDocument, { input });
    for (const changed of [
      { ...input, subject: buildStart(other).subject },
      { ...input, contactPhone: "13822220003" },
      { ...input, recertifyWhenValid: false },
    ]) {
      const added = await rowsAddedBy(async () => {
        const { errors, data } = await channel.refused(CertificationStartDocument, { input: changed });
        expect(errors).toMatchObject([{ extensions: { code: "IDEMPOTENCY_KEY_REUSED", retryable: false } }]);
        expect(data).toBeNull();
      });
      expect(added).toEqual({});
    }
  });

  test("is refused with another input at the same time: one of the two has its effect, once", async () => {
    const [person, other] = [await importOverdue(), await importOverdue()];
    const input = buildStart(person);
    const inputs = [input, { ...input, subject: buildStart(other).subject }];
    const added = await rowsAddedBy(async () => {
      const answers = await Promise.all(
        Array.from({ length: CALLS }, (_, position) =>
          channel.send<{ certificationStart: { session: { id: string } } }>({
            query: CertificationStartDocument.toString(),
            variables: { input: inputs[position % 2] },
          }),
        ),
      );
      const refused = answers.filter(({ errors }) => errors.length > 0);
      expect(refused).toHaveLength(CALLS / 2);
      for (const { errors } of refused) expect(errors[0]?.extensions.code).toBe("IDEMPOTENCY_KEY_REUSED");
      const begun = answers.filter(({ errors }) => errors.length === 0);
      expect(new Set(begun.map(({ data }) => data?.certificationStart.session.id)).size).toBe(1);
    });
    expect(added).toMatchObject({ certificationSession: 1, idempotencyKey: 1 });
  });

  test("is another key to another client and to another operation", async () => {
    const person = await importOverdue();
    const input = buildStart(person);
    const { certificationStart } = await channel.request(CertificationStartDocument, { input });
    const foreigner = await sandbox.signIn("APP_12333");
    const foreign = await foreigner.request(CertificationStartDocument, { input });
    expect(foreign.certificationStart.session?.id).toEqual(expect.any(String));
    expect(foreign.certificationStart.session?.id).not.toBe(certificationStart.session?.id);
    const cancelled = await channel.request(CertificationCancelDocument, {
      input: { idempotencyKey: input.idempotencyKey, sessionId: certificationStart.session?.id ?? "" },
    });
    expect(cancelled.certificationCancel.session?.state).toBe("CANCELLED");
  });
});

describe("a refused write leaves its key free", () => {
  test("for certificationStart: asked first, then confirmed under the same key", async () => {
    const person = await importOverdue();
    await certify(channel, person);
    const input = buildStart(person, { recertifyWhenValid: false });
    const added = await rowsAddedBy(async () => {
      const { certificationStart } = await channel.request(CertificationStartDocument, { input });
      expect(certificationStart.userErrors).toMatchObject([{ code: "ALREADY_VALID" }]);
    });
    const { accessLog: _, ...written } = added;
    expect(written).toEqual({});
    const confirmed = { ...input, recertifyWhenValid: true };
    const { certificationStart } = await channel.request(CertificationStartDocument, { input: confirmed });
    expect(certificationStart).toMatchObject({ session: { state: "OPEN" }, userErrors: [] });
  });

  test("for certificationComplete: first a used assertion, then a fresh one under the same key", async () => {
    const session = await startSession(channel, await importOverdue());
    const used = await faceAssertionFor(channel, session.id, "MISMATCH");
    await completeSession(channel, session.id, used);
    const key = randomUUID();
    const refused = await completeSession(channel, session.id, used, key);
    expect(refused).toMatchObject({ certification: null, userErrors: [{ code: "EVIDENCE_REJECTED" }] });
    const fresh = await faceAssertionFor(channel, session.id);
    const { certification } = await completeSession(channel, session.id, fresh, key);
    expect(certification?.state).toBe("PASSED");
  });
});

test("replays are answered with the state of now: the session that was opened is completed by then", async () => {
  const person = await importOverdue();
  const input = buildStart(person);
  const session = await startSession(channel, person, input);
  await completeSession(channel, session.id, await faceAssertionFor(channel, session.id));
  const { certificationStart } = await channel.request(CertificationStartDocument, { input });
  expect(certificationStart.session).toMatchObject({ id: session.id, state: "COMPLETED" });
  const { certifications } = await readRecords(sandbox.app, (await readStatus(channel, person)).id);
  expect(certifications).toHaveLength(1);
});
