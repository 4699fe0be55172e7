import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { beijingDateOf } from "../../src/domain/calendar.js";
import {
  parseRegisterRow,
  type RegisterLine,
  type RegisterRecord,
  registerHorizon,
} from "../../src/domain/register-row.js";
import { importRegister } from "../../src/operations/import-register.js";
import { type Database, openPostgres } from "../../src/storage/database.js";
import { Sealing } from "../../src/storage/sealing.js";
import { benefit, identityDocument, pensioner } from "../../src/storage/tables.js";
import { createPostgresDatabase, type PostgresDatabase } from "../testkit/database.js";
import { type LossyProxy, startLossyProxy } from "../testkit/lossy-proxy.js";
import { buildRecord } from "../testkit/register-text.js";

const now = Temporal.Instant.from("2026-04-15T02:00:00Z");
const sealing = new Sealing({
  current: 1,
  keys: new Map([[1, Buffer.alloc(16, 3)]]),
  index: { current: 1, keys: new Map([[1, Buffer.alloc(32, 5)]]) },
});

let created: PostgresDatabase;
let direct: Database;
let proxy: LossyProxy;
let throughProxy: Database;

beforeAll(async () => {
  const backend = inject("backend");
  if (backend.kind !== "postgresql") throw new Error("only PostgreSQL has several connections");
  created = await createPostgresDatabase(backend.adminUrl, backend.template);
  direct = openPostgres({ url: created.url, poolSize: 10 });
  const url = new URL(created.url);
  proxy = await startLossyProxy(Number(url.port));
  url.port = String(proxy.port);
  throughProxy = openPostgres({ url: url.href, poolSize: 2 });
});

afterAll(async () => {
  await throughProxy[Symbol.asyncDispose]();
  await proxy[Symbol.asyncDispose]();
  await direct[Symbol.asyncDispose]();
  await created[Symbol.asyncDispose]();
});

function importRecords(database: Database, records: readonly RegisterRecord[], batchLines = 5) {
  const today = beijingDateOf(now);
  const horizon = registerHorizon({ sandbox: false, serviceDay: today, wallDay: today });
  async function* lines(): AsyncGenerator<RegisterLine[]> {
    yield records.map((record, position) => ({
      number: position + 1,
      parsed: parseRegisterRow(record, horizon),
      readBytes: 0,
    }));
  }
  return importRegister({ database, sealing, now, batchLines }, lines());
}

function countRows(): Promise<number[]> {
  return Promise.all([pensioner, identityDocument, benefit].map((table) => direct.db.$count(table)));
}

describe.each(["lose the answer", "lose the request"] as const)(
  "when the network happens to %s of COMMIT",
  (how) => {
    test("the batch is asked after, and goes in and is counted once", async () => {
      const records = Array.from({ length: 12 }, () => buildRecord());
      const before = await countRows();
      let transactions = 0;
      const losing: Database = {
        ...throughProxy,
        transact: async (work) => {
          transactions += 1;
          proxy.onCommit = transactions === 2 ? how : "pass";
          return throughProxy.transact(work);
        },
      };
      const result = await importRecords(losing, records);
      expect(result).toMatchObject({ lines: 12, added: 12, benefitsAdded: 12, duplicates: 0, failed: 0 });
      expect(transactions).toBe(how === "lose the answer" ? 4 : 5);
      expect(await countRows()).toEqual(before.map((rows) => rows + 12));
    });
  },
);

test("two imports of the same people at once give each of them once", async () => {
  const records = Array.from({ length: 300 }, () => buildRecord());
  const before = await countRows();
  const results = await Promise.all([
    importRecords(direct, records, 40),
    importRecords(direct, records.toReversed(), 30),
    importRecords(direct, records, 50),
  ]);
  expect(await countRows()).toEqual(before.map((rows) => rows + 300));
  expect(results.reduce((sum, { added }) => sum + added, 0)).toBe(300);
  for (const { added, updated, unchanged, failed } of results) {
    expect([added + unchanged, updated, failed]).toEqual([300, 0, 0]);
  }
});

test("the import waits for whoever holds a person, and then takes what was written into account", async () => {
  const record = buildRecord();
  await importRecords(direct, [record]);
  const person = sql`id = (select id from ${pensioner} order by created_at desc, id desc limit 1)`;
  const holding = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const writing = direct.transact(async (tx) => {
    await tx.execute(sql`select 1 from ${pensioner} where ${person} for update`);
    held.resolve();
    await holding.promise;
    await tx.execute(
      sql`update ${pensioner} set employer_code = 'WRITTEN', version = version + 1 where ${person}`,
    );
  });
  await held.promise;
  const importing = importRecords(direct, [{ ...record, employer_code: "", benefit_type: "OTHER" }]);
  await new Promise((resolve) => setTimeout(resolve, 300));
  holding.resolve();
  await writing;
  expect(await importing).toMatchObject({ updated: 1, benefitsAdded: 1 });
  const written = await direct.db.select().from(pensioner).where(eq(pensioner.employerCode, "WRITTEN"));
  expect(written).toMatchObject([{ version: 3 }]);
});
