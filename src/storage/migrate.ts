import { fileURLToPath } from "node:url";
import type { PGlite } from "@electric-sql/pglite";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { NodePgSession, NodePgTransaction } from "drizzle-orm/node-postgres";
import { PgDialect } from "drizzle-orm/pg-core";
import { drizzle as drizzlePglite } from "drizzle-orm/pglite";
import { migrate as migratePglite } from "drizzle-orm/pglite/migrator";
import type pg from "pg";

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
}

async function applyMigrations(client: pg.PoolClient): Promise<void> {
  const dialect = new PgDialect();
  const session = new NodePgSession<Record<string, never>, Record<string, never>>(client, dialect, undefined);
  const tx = new NodePgTransaction<Record<string, never>, Record<string, never>>(dialect, session, undefined);
  // The migrator's own transaction becomes a savepoint: a second BEGIN is a warning, and its COMMIT would free the lock.
  session.transaction = (work) => tx.transaction(work);
  await dialect.migrate(readMigrationFiles({ migrationsFolder }), session, { migrationsFolder });
}

export async function migrateEmbedded(client: PGlite): Promise<void> {
  await migratePglite(drizzlePglite({ client }), { migrationsFolder });
}
