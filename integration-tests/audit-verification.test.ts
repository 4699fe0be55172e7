import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { and, asc, desc, eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runAudit } from "../src/commands/audit-command.js";
import { readConfig } from "../src/config.js";
import { appendAudit, createAuditChains } from "../src/storage/audit.js";
import { countAuditEntries, verifyAudit } from "../src/storage/audit-verification.js";
import type { Database, Executor } from "../src/storage/database.js";
import { newPensionerKey } from "../src/storage/ids.js";
import { openStorage } from "../src/storage/open.js";
import { auditChain, auditEntry } from "../src/storage/tables.js";
import { readStatus } from "./testkit/certify.js";
import { recordCommand } from "./testkit/command-recorder.js";
import { openTestDatabase } from "./testkit/database.js";
import { IdentityRevealDocument } from "./testkit/gql/graphql.js";
import { type ImportEnvironment, importCommand, newImportEnvironment } from "./testkit/import-environment.js";
import { buildRecord, csvFile } from "./testkit/register-text.js";
import { startSandbox } from "./testkit/sandbox-server.js";

const ENTRIES = 2_500;

/** Writes of many persons, in each of the chains. */
async function write(database: Database, entries: number): Promise<void> {
  await database.transact(async (tx) => {
    await createAuditChains(tx);
    for (let entry = 0; entry < entries; entry += 1) {
      const key = newPensionerKey();
      await appendAudit(tx, {
        ...key,
        bucket: entry % 16 === 0 ? 3 : key.bucket,
        clientId: "bank",
        operation: "certificationComplete",
        requestId: `request-${entry}`,
        at: "2026-06-15T02:00:00Z",
        subjectId: key.pensionerId,
        outcome: "PASSED",
      });
    }
  });
}

async function verified(db: Executor, noted?: Parameters<typeof verifyAudit>[1]) {
  const chains = await Array.fromAsync(verifyAudit(db, noted));
  return {
    heads: chains.map(({ head }) => head),
    broken: chains.flatMap(({ broken }) => (broken ? [broken] : [])),
  };
}

describe("tampering is found and named", () => {
  let database: Database;
  const CHAIN = 3;

  beforeAll(async () => {
    database = await openTestDatabase();
    await write(database, ENTRIES);
  });

  afterAll(() => database[Symbol.asyncDispose]());

  beforeEach(async () => {
    const { heads, broken } = await verified(database.db);
    expect(broken).toEqual([]);
    expect(heads).toHaveLength(16);
  });

  const row = (seq: number, chain = CHAIN) => and(eq(auditEntry.chain, chain), eq(auditEntry.seq, seq));
  const head = eq(auditChain.chain, CHAIN);

  /** Does harm, looks, and puts everything back. */
  async function afterHarm(
    harm: (db: Executor) => Promise<unknown>,
    noted?: Parameters<typeof verifyAudit>[1],
  ): Promise<readonly object[]> {
    const undo = new Error("undo");
    let broken: readonly object[] = [];
    await database
      .transact(async (tx) => {
        await harm(tx);
        broken = (await verified(tx, noted)).broken;
        throw undo;
      })
      .catch((error: unknown) => {
        if (error !== undo) throw error;
      });
    return broken;
  }

  test("nothing: all entries are walked, also beyond a page", async () => {
    const { heads } = await verified(database.db);
    expect(heads.reduce((sum, { seq }) => sum + seq, 0)).toBe(ENTRIES);
    expect(await countAuditEntries(database.db)).toBe(ENTRIES);
  });

  test.each([1, 7, 100])("an entry that was changed (%i)", async (seq) => {
    const broken = await afterHarm((db) =>
      db.update(auditEntry).set({ entry: sql`replace(entry, 'PASSED', 'REJECTED')` }).where(row(seq)),
    );
    expect(broken).toEqual([{ chain: CHAIN, seq, fault: "ENTRY_CHANGED" }]);
  });

  test("a blank more in an entry", async () => {
    const broken = await afterHarm((db) =>
      db.update(auditEntry).set({ entry: sql`entry || ' '` }).where(row(5)),
    );
    expect(broken).toEqual([{ chain: CHAIN, seq: 5, fault: "ENTRY_CHANGED" }]);
  });

  test("an entry whose hash was made to fit", async () => {
    const broken = await afterHarm((db) =>
      db.execute(sql`
        update audit_entry e set entry = 'x', hash = sha256(p.hash || convert_to('x', 'UTF8'))
        from audit_entry p where e.chain = ${CHAIN} and e.seq = 9 and p.chain = ${CHAIN} and p.seq = 8`),
    );
    expect(broken).toEqual([{ chain: CHAIN, seq: 10, fault: "ENTRY_CHANGED" }]);
  });

  test.each([1, 7])("an entry that was removed (%i)", async (seq) => {
    const broken = await afterHarm((db) => db.delete(auditEntry).where(row(seq)));
    expect(broken).toEqual([{ chain: CHAIN, seq, fault: "ENTRY_MISSING" }]);
  });

  test("the last entry removed", async () => {
    const [last] = await database.db
      .select({ seq: auditEntry.seq })
      .from(auditEntry)
      .where(eq(auditEntry.chain, CHAIN))
      .orderBy(desc(auditEntry.seq))
      .limit(1);
    const seq = last?.seq ?? 0;
    const broken = await afterHarm((db) => db.delete(auditEntry).where(row(seq)));
    expect(broken).toEqual([{ chain: CHAIN, seq, fault: "ENTRY_MISSING" }]);
  });

  test("two entries swapped", async () => {
    const broken = await afterHarm(async (db) => {
      for (const [from, to] of [
        [20, -1],
        [21, 20],
        [-1, 21],
      ] as const)
        await db.update(auditEntry).set({ seq: to }).where(row(from));
    });
    expect(broken).toEqual([{ chain: CHAIN, seq: 20, fault: "ENTRY_CHANGED" }]);
  });

  test("an entry moved to another chain, and one added to a chain that there is not", async () => {
    const broken = await afterHarm(async (db) => {
      await db.update(auditEntry).set({ chain: 99 }).where(row(30));
    });
    expect(broken).toEqual([
      { chain: CHAIN, seq: 30, fault: "ENTRY_MISSING" },
      { chain: 99, seq: 30, fault: "UNKNOWN_CHAIN" },
    ]);
  });

  test.each<[string, (db: Executor) => Promise<unknown>, string]>([
    [
      "whose hash was changed",
      (db) =>
        db
          .update(auditChain)
          .set({ hash: Buffer.alloc(32, 1) })
          .where(head),
      "HEAD_CHANGED",
    ],
    ["that was set back", (db) => db.update(auditChain).set({ seq: 4 }).where(head), "HEAD_CHANGED"],
    [
      "that was set forward",
      (db) => db.update(auditChain).set({ seq: 100_000 }).where(head),
      "ENTRY_MISSING",
    ],
    ["that was removed", (db) => db.delete(auditChain).where(head), "HEAD_MISSING"],
  ])("a head %s", async (_, harm, fault) => {
    expect(await afterHarm(harm)).toMatchObject([{ chain: CHAIN, fault }]);
  });

  test("entries cut off and the head set back to fit: found by what was noted", async () => {
    const { heads } = await verified(database.db);
    const cut = async (db: Executor) => {
      const [kept] = await db.select().from(auditEntry).where(row(50));
      await db.delete(auditEntry).where(and(eq(auditEntry.chain, CHAIN), sql`${auditEntry.seq} > 50`));
      await db
        .update(auditChain)
        .set({ seq: 50, hash: kept?.hash ?? Buffer.alloc(0) })
        .where(head);
    };
    expect(await afterHarm(cut)).toEqual([]);
    expect(await afterHarm(cut, heads)).toEqual([{ chain: CHAIN, seq: 51, fault: "NOT_AS_NOTED" }]);
  });

  test("a chain rewritten from an entry on: found by what was noted", async () => {
    const { heads } = await verified(database.db);
    const rewrite = async (db: Executor) => {
      const entries = await db
        .select()
        .from(auditEntry)
        .where(eq(auditEntry.chain, CHAIN))
        .orderBy(asc(auditEntry.seq));
      await db.delete(auditEntry).where(eq(auditEntry.chain, CHAIN));
      await db
        .update(auditChain)
        .set({ seq: 0, hash: Buffer.alloc(32) })
        .where(head);
      for (const { entry } of entries) {
        const fact = JSON.parse(entry) as Parameters<typeof appendAudit>[1];
        await appendAudit(db, { ...fact, bucket: CHAIN, clientId: "someone-else" });
      }
    };
    expect(await afterHarm(rewrite)).toEqual([]);
    expect(await afterHarm(rewrite, heads)).toMatchObject([{ chain: CHAIN, fault: "NOT_AS_NOTED" }]);
  });

  test("nothing is written without a trace: a write fails when its chain has no head", async () => {
    await expect(
      database.transact(async (tx) => {
        await tx.delete(auditChain).where(head);
        await appendAudit(tx, {
          ...newPensionerKey(),
          bucket: CHAIN,
          clientId: "bank",
          operation: "x",
          requestId: "x",
          at: "x",
          subjectId: "x",
          outcome: "x",
        });
      }),
    ).rejects.toThrow(/head of audit chain 3 is missing/);
  });
});

describe("npm run cli -- audit", () => {
  let environment: ImportEnvironment;
  let directory: string;
  const audit = (...args: string[]) => recordCommand((output) => runAudit(args, environment.env, output));

  beforeAll(async () => {
    environment = await newImportEnvironment({ migrated: true });
    directory = await mkdtemp(join(tmpdir(), "changqing-audit-"));
  });

  afterAll(async () => {
    await environment[Symbol.asyncDispose]();
    await rm(directory, { recursive: true, force: true });
  });

  test("says all is well with counts, and names the first bad row otherwise", async () => {
    const register = join(directory, "register.csv");
    await writeFile(register, csvFile(buildRecord(), buildRecord()));
    expect((await importCommand([register, "--quiet"], environment.env)).exitCode).toBe(0);
    const heads = join(directory, "heads.json");
    const well = await audit("verify", "--heads", heads);
    expect(well).toMatchObject({ exitCode: 0, stderr: "" });
    // The import's beginning and its end.
    expect(well.stdout).toMatch(/^all well: 2 entries in 16 chains, heads sha256:[0-9a-f]{64}\n$/);
    expect(JSON.parse(await readFile(heads, "utf8")).heads).toHaveLength(16);
    expect((await audit("verify", "--against", heads)).exitCode).toBe(0);
    {
      await using database = await openStorage(readConfig(environment.env));
      const entries = await database.db.select().from(auditEntry).orderBy(asc(auditEntry.seq));
      expect(entries.map(({ entry }) => JSON.parse(entry))).toMatchObject([
        { operation: "registerImport", clientId: "cli", outcome: "STARTED" },
        { operation: "registerImport", outcome: "FINISHED lines=2 added=2 updated=0 unchanged=0 failed=0" },
      ]);
      await database.db
        .update(auditEntry)
        .set({ entry: sql`replace(entry, 'added=2', 'added=1')` })
        .where(eq(auditEntry.seq, 2));
    }
    expect(await audit("verify")).toEqual({
      exitCode: 1,
      stdout: "broken: chain 0, seq 2: the entry or its hash was changed, or entries were swapped\n",
      stderr: "audit: 1 of 16 chains are broken\n",
    });
  });

  test("tells why identities were shown, and that it was asked", async () => {
    const { env } = environment;
    const reason = "本人来信申诉，核对证件号码";
    let id = "";
    {
      await using sandbox = await startSandbox({
        environment: { ...env },
        database: await openStorage(readConfig(env)),
      });
      const staff = await sandbox.signIn("sandbox-staff");
      const document = { type: "RESIDENT_ID" as const, number: "110108195203149011" };
      ({ id } = await readStatus(staff, { name: "王建国", document }));
      const input = { idempotencyKey: "reveal-1", pensionerId: id, reason };
      await staff.request(IdentityRevealDocument, { input });
    }
    const { exitCode, stdout } = await audit("reasons", id);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(new RegExp(`^\\S+Z\tsandbox-staff\t[\\w-]{36}\t${reason}\n$`));
    await using database = await openStorage(readConfig(env));
    const entries = await database.db.select().from(auditEntry);
    expect(entries.filter(({ entry }) => entry.includes('"auditReasons"'))).toHaveLength(1);
  });

  test.each([[[]], [["verify", "x"]], [["verify", "--fast"]], [["reasons"]], [["nonsense"]]])(
    "%j is no command",
    async (args) => {
      expect(await audit(...args)).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/^usage/) });
    },
  );
});
