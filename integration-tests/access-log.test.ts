import { randomUUID } from "node:crypto";
import { and, eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newPensionerKey, pensionerOpaqueId } from "../src/storage/ids.js";
import { places } from "../src/storage/sealing.js";
import { accessLog, auditEntry } from "../src/storage/tables.js";
import { certify, readStatus } from "./testkit/certify.js";
import { AccessLogDocument, IdentityRevealDocument } from "./testkit/gql/graphql.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { expectGuarded, languages } from "./testkit/guarded-answer.js";
import { buildPerson, importPeople, type TestPerson } from "./testkit/people.js";
import { keyOf } from "./testkit/records.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

const REASON = "本人来信申诉，核对证件号码";

let sandbox: SandboxServer;
let bank: GraphQLClient;
let staff: GraphQLClient;
let auditor: GraphQLClient;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-06-15T02:00:00Z", environment: { AUDIT: "relaxed" } });
  bank = await sandbox.signIn("ICBC_APP");
  staff = await sandbox.signIn("sandbox-staff");
  auditor = await sandbox.signIn("sandbox-auditor");
});

afterAll(() => sandbox[Symbol.asyncDispose]());

async function imported(): Promise<{ person: TestPerson; id: string }> {
  const person = buildPerson({ lastCertifiedOn: "2025-02-11", phone: "13911110001" });
  await importPeople(sandbox.app, [person]);
  return { person, id: (await readStatus(bank, person)).id };
}

async function logOf(pensionerId: string, first = 100, after: string | null = null, client = auditor) {
  return (await client.request(AccessLogDocument, { pensionerId, first, after })).accessLog;
}

/** Under relaxed audit an answer does not wait for its record. */
async function settledLog(pensionerId: string, entries: number) {
  await expect.poll(async () => (await rowsOf(pensionerId)).length).toBeGreaterThanOrEqual(entries);
  return (await logOf(pensionerId)).nodes;
}

function rowsOf(pensionerId: string) {
  const key = keyOf(pensionerId);
  const { db } = sandbox.app.database;
  const own = and(eq(accessLog.bucket, key.bucket), eq(accessLog.pensionerId, key.pensionerId));
  return db.select().from(accessLog).where(own);
}

async function reveal(pensionerId: string, overrides: Record<string, unknown> = {}, client = staff) {
  const input = { idempotencyKey: randomUUID(), pensionerId, reason: REASON, ...overrides };
  return (await client.request(IdentityRevealDocument, { input })).identityReveal;
}

describe("accessLog", () => {
  test("tells who read the person, when and by what, latest first, and is itself a reading", async () => {
    const { person, id } = await imported();
    await certify(bank, person);
    await readStatus(staff, person);
    const entries = await settledLog(id, 4);
    expect(entries.map(({ operation, clientId }) => [operation, clientId])).toEqual([
      ["pensionerStatus", "sandbox-staff"],
      ["certificationComplete", "sandbox-icbc-app"],
      ["certificationStart", "sandbox-icbc-app"],
      ["pensionerStatus", "sandbox-icbc-app"],
    ]);
    expect(entries[0]).toEqual({
      at: expect.stringMatching(/^2026-06-15T02:/),
      clientId: "sandbox-staff",
      clientName: "沙箱经办人员",
      operation: "pensionerStatus",
      requestId: expect.stringMatching(/^[\w-]{36}$/),
    });
    await expect.poll(async () => (await logOf(id)).nodes[0]?.operation).toBe("accessLog");
    expect((await logOf(id)).nodes[0]?.clientId).toBe("sandbox-auditor");
  });

  test("pages on without gap or repetition, by a cursor of this person's log alone", async () => {
    const { person, id } = await imported();
    for (let read = 0; read < 6; read += 1) await readStatus(bank, person);
    await expect.poll(async () => (await rowsOf(id)).length).toBe(7);
    const whole = (await rowsOf(id)).map(({ requestId }) => requestId);
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { nodes, pageInfo }: Awaited<ReturnType<typeof logOf>> = await logOf(id, 3, after);
      seen.push(
        ...nodes.filter(({ operation }) => operation !== "accessLog").map(({ requestId }) => requestId),
      );
      after = pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null;
    } while (after);
    expect([...seen].sort()).toEqual([...whole].sort());
    const { pageInfo } = await logOf(id, 3);
    const other = await imported();
    for (const language of languages) {
      const answer = await auditor.in(language).refused(AccessLogDocument, {
        pensionerId: other.id,
        first: 3,
        after: pageInfo.endCursor,
      });
      expect(answer.errors[0]?.extensions.code).toBe("BAD_USER_INPUT");
      expectGuarded(answer.raw, language);
    }
  });

  test.each([0, -1, 101, 2_000])("a page of %i is refused", async (first) => {
    const { id } = await imported();
    const answer = await auditor.refused(AccessLogDocument, { pensionerId: id, first });
    expect(["BAD_USER_INPUT", "QUERY_TOO_COMPLEX"]).toContain(answer.errors[0]?.extensions.code);
  });

  test("of whoever there is not is empty and leaves nothing behind", async () => {
    const unknown = pensionerOpaqueId(newPensionerKey());
    const nothing = { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } };
    for (const id of [unknown, "pen_0", "x", "", "sess_0"]) expect(await logOf(id)).toEqual(nothing);
    expect(await rowsOf(unknown)).toEqual([]);
  });

  test("is not for channels", async () => {
    const { id } = await imported();
    const answer = await bank.refused(AccessLogDocument, { pensionerId: id, first: 1 });
    expect(answer.errors[0]?.extensions.code).toBe("FORBIDDEN");
  });
});

describe("identityReveal", () => {
  test("shows the identity in full and leaves who, when and, sealed, why", async () => {
    const { person, id } = await imported();
    expect(await reveal(id)).toEqual({
      identity: { name: person.name, documents: [person.document], phone: person.phone },
      userErrors: [],
    });
    // Also under relaxed audit the record was committed before the answer.
    expect((await rowsOf(id)).filter(({ operation }) => operation === "identityReveal")).toHaveLength(1);
    const { pensionerId } = keyOf(id);
    const written = (await sandbox.app.database.db.select().from(auditEntry))
      .map(({ entry }) => JSON.parse(entry) as Record<string, string>)
      .filter((entry) => entry["pensionerId"] === pensionerId);
    expect(written).toHaveLength(1);
    const [entry = {}] = written;
    expect(entry).toMatchObject({
      operation: "identityReveal",
      clientId: "sandbox-staff",
      outcome: "REVEALED",
    });
    expect(JSON.stringify(entry)).not.toContain("来信");
    const sealed = Buffer.from(entry["reasonSealed"] ?? "", "base64");
    const place = places.identityRevealReason(entry["subjectId"] ?? "");
    expect(sandbox.app.sealing.open(sealed, place)).toBe(REASON);
  });

  test("repeated with its key it is one entry of the chain, and logged as read each time", async () => {
    const { id } = await imported();
    const idempotencyKey = randomUUID();
    const first = await reveal(id, { idempotencyKey });
    expect(await reveal(id, { idempotencyKey })).toEqual(first);
    expect((await rowsOf(id)).filter(({ operation }) => operation === "identityReveal")).toHaveLength(2);
    const other = reveal(id, { idempotencyKey, reason: `${REASON}，第二次` });
    await expect(other).rejects.toThrow("IDEMPOTENCY_KEY_REUSED");
  });

  test.each([
    ["nothing", ""],
    ["nine characters", "123456789"],
    ["blanks around nine characters", "     123456789     "],
    ["501 characters", "因".repeat(501)],
    ["a control character", `${REASON}\u0007`],
    ["U+0000", `${REASON}\0`],
  ])("%s is no reason", async (_, reason) => {
    const { person, id } = await imported();
    for (const language of languages) {
      const input = { idempotencyKey: randomUUID(), pensionerId: id, reason };
      const answer = await staff
        .in(language)
        .send({ query: IdentityRevealDocument.toString(), variables: { input } });
      expect(answer.data).toMatchObject({
        identityReveal: {
          identity: null,
          userErrors: [{ code: "INVALID_INPUT", path: ["input", "reason"] }],
        },
      });
      expectGuarded(answer.raw, language, [person.name, person.document.number]);
    }
    expect((await rowsOf(id)).filter(({ operation }) => operation === "identityReveal")).toEqual([]);
  });

  test("500 characters are a reason", async () => {
    const { id } = await imported();
    expect((await reveal(id, { reason: "因".repeat(500) })).userErrors).toEqual([]);
  });

  test("whoever there is not is NOT_FOUND, whatever the id", async () => {
    const answers = [];
    for (const id of [pensionerOpaqueId(newPensionerKey()), "pen_0", "", "sess_0"])
      answers.push(await reveal(id));
    expect(answers[0]).toMatchObject({ identity: null, userErrors: [{ code: "NOT_FOUND" }] });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  test.each(["ICBC_APP", "sandbox-payroll", "sandbox-auditor", "sandbox-security-admin"])(
    "is not for %s",
    async (id) => {
      const client = await sandbox.signIn(id);
      const { person, id: pensionerId } = await imported();
      const input = { idempotencyKey: randomUUID(), pensionerId, reason: REASON };
      const answer = await client.refused(IdentityRevealDocument, { input });
      expect(answer.errors[0]?.extensions.code).toBe("FORBIDDEN");
      expect(answer.raw).not.toContain(person.name);
    },
  );

  test.each([
    ["the access log", "access_log"],
    ["the audit chain", "audit_entry"],
  ])("is not answered when %s cannot be written", async (_, table) => {
    const { person, id } = await imported();
    await expect.poll(async () => (await rowsOf(id)).length).toBe(1);
    const { db } = sandbox.app.database;
    await db.execute(sql.raw(`alter table ${table} rename to ${table}_away`));
    try {
      const input = { idempotencyKey: randomUUID(), pensionerId: id, reason: REASON };
      const answer = await staff.refused(IdentityRevealDocument, { input });
      expect(answer.errors[0]?.extensions.code).toBe("INTERNAL_SERVER_ERROR");
      for (const secret of [person.name, person.document.number, "13911110001"])
        expect(answer.raw).not.toContain(secret);
    } finally {
      await db.execute(sql.raw(`alter table ${table}_away rename to ${table}`));
    }
    expect((await reveal(id)).identity?.name).toBe(person.name);
  });
});
