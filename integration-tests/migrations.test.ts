import type { PGlite } from "@electric-sql/pglite";
import { is, sql } from "drizzle-orm";
import { PgTable } from "drizzle-orm/pg-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../src/storage/database.js";
import { migrateEmbedded, migratePostgres } from "../src/storage/migrate.js";
import * as tables from "../src/storage/tables.js";
import { openTestDatabase } from "./testkit/database.js";

let database: Database;

beforeAll(async () => {
  database = await openTestDatabase();
});

afterAll(() => database[Symbol.asyncDispose]());

async function migrate(): Promise<void> {
  if (database.pool) await migratePostgres(database.pool);
  else await migrateEmbedded((database.db as unknown as { $client: PGlite }).$client);
}

async function schema(): Promise<unknown> {
  const { rows } = (await database.db.execute(sql`
    select 'column' as kind, table_name || '.' || column_name as name, data_type || ' ' || is_nullable as definition
      from information_schema.columns where table_schema = 'public'
    union all
    select 'index', indexname, indexdef from pg_indexes where schemaname = 'public'
    union all
    select 'constraint', conname, pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace
    union all
    select 'migration', hash, created_at::text from drizzle.__drizzle_migrations
    order by 1, 2`)) as unknown as { rows: readonly unknown[] };
  return rows;
}

test("migrating a migrated database changes neither its schema nor its rows", async () => {
  await database.db.insert(tables.setting).values({ name: "kept", value: { yes: true } });
  const before = await schema();
  await migrate();
  await migrate();
  expect(await schema()).toEqual(before);
  expect(await database.db.select().from(tables.setting)).toEqual([{ name: "kept", value: { yes: true } }]);
});

test.each(Object.entries(tables).filter(([, table]) => is(table, PgTable)))(
  "%s can be read",
  async (_, table) => {
    await expect(
      database.db
        .select()
        .from(table as PgTable)
        .limit(1),
    ).resolves.toBeInstanceOf(Array);
  },
);
