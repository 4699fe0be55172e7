import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openPostgres } from "../../src/storage/database.js";
import { migratePostgres } from "../../src/storage/migrate.js";
import {
  administer,
  createPostgresDatabase,
  type PostgresDatabase,
  postgresAdminUrl,
} from "../testkit/database.js";

let created: PostgresDatabase;

beforeEach(async () => {
  created = await createPostgresDatabase(postgresAdminUrl());
});

afterEach(() => created[Symbol.asyncDispose]());

async function migrateWithOwnPool(poolSize: number): Promise<void> {
  await using database = openPostgres({ url: created.url, poolSize });
  await migratePostgres(database.pool);
}

async function appliedMigrations(): Promise<number> {
  const [row] = await administer(
    created.url,
    "select count(*)::int as all, count(distinct hash)::int as distinct from drizzle.__drizzle_migrations",
  );
  expect(row?.all).toBe(row?.distinct);
  return Number(row?.all);
}

test("four processes that start at once on an empty database migrate it once", async () => {
  await Promise.all(Array.from({ length: 4 }, () => migrateWithOwnPool(2)));
  expect(await appliedMigrations()).toBeGreaterThan(0);
  expect(await administer(created.url, "select * from pensioner")).toEqual([]);
});

test("one connection and one transaction are enough", async () => {
  await using database = openPostgres({ url: created.url, poolSize: 1 });
  const warnings: string[] = [];
  database.pool.on("connect", (client) =>
    client.on("notice", ({ severity, message }) => {
      if (severity === "WARNING") warnings.push(message ?? "");
    }),
  );
  await migratePostgres(database.pool);
  expect(await appliedMigrations()).toBeGreaterThan(0);
  expect(warnings).toEqual([]);
});

test("callers that share a pool wait for each other", async () => {
  await using database = openPostgres({ url: created.url, poolSize: 2 });
  await Promise.all(Array.from({ length: 4 }, () => migratePostgres(database.pool)));
  expect(await appliedMigrations()).toBeGreaterThan(0);
});

test("a migration that fails half-way leaves nothing and lets the next one try", async () => {
  await administer(created.url, "create table setting (in_the_way boolean)");
  await expect(migrateWithOwnPool(2)).rejects.toThrow();
  expect(
    await administer(created.url, "select tablename from pg_tables where schemaname = 'public'"),
  ).toEqual([{ tablename: "setting" }]);
  await administer(created.url, "drop table setting");
  await migrateWithOwnPool(2);
  expect(await appliedMigrations()).toBeGreaterThan(0);
});

test("a migrator waits longer for its turn than a request waits for a lock", async () => {
  await using other = openPostgres({ url: created.url, poolSize: 1 });
  let waiting: Promise<void> = Promise.resolve();
  await other.transact(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('changqing migration', 0))`);
    waiting = migrateWithOwnPool(1);
    await sleep(2_500);
    expect(await appliedMigrations().catch(() => 0)).toBe(0);
  });
  await waiting;
  expect(await appliedMigrations()).toBeGreaterThan(0);
});
