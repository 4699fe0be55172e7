import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { PGlite } from "@electric-sql/pglite";
import { sql } from "drizzle-orm";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { NodePgSession, NodePgTransaction } from "drizzle-orm/node-postgres";
import { PgDialect } from "drizzle-orm/pg-core";
import { drizzle as drizzlePglite } from "drizzle-orm/pglite";
import { migrate as migratePglite } from "drizzle-orm/pglite/migrator";
import type pg from "pg";
import { prepareAlarmSchema } from "./alarm-schema.js";
import type { Executor } from "./database.js";
import { readRows } from "./read-rows.js";

const migrationsFolder = fileURLToPath(new URL("../../drizzle", import.meta.url));
const LOCK_NAME = "changqing migration";

/** Brings the schema up to date. One migrator at a time: drizzle's own migrator takes no lock. */
export async function migratePostgres(pool: pg.Pool): Promise<void> {
  const holder = await pool.connect();
  let failed = true;
  try {
    // All of it is one transaction on one connection, so that the lock also holds behind a transaction pooler.
    await holder.query("begin");
    await holder.query("set local lock_timeout = '10min'");
    await holder.query("set local statement_timeout = '10min'");
    await holder.query("set local idle_in_transaction_session_timeout = 0");
    await holder.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [LOCK_NAME]);
    // Requests queue behind a schema change that waits for a lock; it had better fail than wait long.
    await holder.query("set local lock_timeout = '5s'");
    await applyMigrations(holder);
    await holder.query("commit");
    failed = false;
  } finally {
    holder.release(failed);
  }
  // It takes a lock of its own, in transactions of its own.
  await prepareAlarmSchema(pool);
}

async function applyMigrations(client: pg.PoolClient): Promise<void> {
  if (await isCurrent(client)) return;
  const dialect = new PgDialect();
  const session = new NodePgSession<Record<string, never>, Record<string, never>>(client, dialect, undefined);
  const tx = new NodePgTransaction<Record<string, never>, Record<string, never>>(dialect, session, undefined);
  // The migrator's own transaction becomes a savepoint: a second BEGIN is a warning, and its COMMIT would free the lock.
  session.transaction = (work) => tx.transaction(work);
  await dialect.migrate(readMigrationFiles({ migrationsFolder }), session, { migrationsFolder });
}

/** A role that may not change the schema serves a database that the owner has migrated. */
async function isCurrent(client: pg.PoolClient): Promise<boolean> {
  const table = await client.query("select to_regclass('drizzle.__drizzle_migrations') is not null as made");
  if (table.rows[0]?.made !== true) return false;
  const applied = await client.query(
    "select max(created_at)::text as latest from drizzle.__drizzle_migrations",
  );
  const newest = readMigrationFiles({ migrationsFolder }).at(-1)?.folderMillis;
  return newest !== undefined && Number(applied.rows[0]?.latest) >= newest;
}

export async function migrateEmbedded(client: PGlite): Promise<void> {
  await migratePglite(drizzlePglite({ client }), { migrationsFolder });
}

/** How far a database's schema is, by the migrations that this program brings. */
export interface MigrationState {
  /** How many this program brings. */
  readonly shipped: number;
  /** Names of those that the database lacks, in order. */
  readonly missing: readonly string[];
  /** How many the database has that this program does not know: it was migrated by a newer one. */
  readonly unknown: number;
}

interface Journal {
  readonly entries: readonly { readonly tag: string; readonly when: number }[];
}

/** Changes nothing. As the migrator decides: what is newer than the newest that was applied is missing. */
export async function readMigrationState(db: Executor): Promise<MigrationState> {
  const journal = JSON.parse(await readFile(`${migrationsFolder}/meta/_journal.json`, "utf8")) as Journal;
  const shipped = journal.entries;
  const [table] = await readRows<{ made: boolean }>(
    db,
    sql`select to_regclass('drizzle.__drizzle_migrations') is not null as made`,
  );
  const applied = table?.made
    ? await readRows<{ at: string }>(db, sql`select created_at::text as at from drizzle.__drizzle_migrations`)
    : [];
  const newest = Math.max(-1, ...applied.map(({ at }) => Number(at)));
  const known = new Set(shipped.map(({ when }) => when));
  return {
    shipped: shipped.length,
    missing: shipped.filter(({ when }) => when > newest).map(({ tag }) => tag),
    unknown: applied.filter(({ at }) => !known.has(Number(at))).length,
  };
}
