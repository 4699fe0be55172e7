import { fileURLToPath } from "node:url";
import { drizzle as drizzlePg } from "drizzle-orm/node-postgres";
import { migrate as migratePg } from "drizzle-orm/node-postgres/migrator";
import { drizzle as drizzlePglite } from "drizzle-orm/pglite";
import { migrate as migratePglite } from "drizzle-orm/pglite/migrator";
import type { PGlite } from "@electric-sql/pglite";
import type pg from "pg";

const migrationsFolder = fileURLToPath(new URL("../../drizzle", import.meta.url));
const LOCK_NAME = "changqing migration";

/** Brings the schema up to date. One migrator at a time: drizzle's own migrator takes no lock. */
export async function migratePostgres(pool: pg.Pool): Promise<void> {
  const holder = await pool.connect();
  let failed = true;
  try {
    // A transaction-level lock on a connection of its own also holds behind a transaction pooler.
    await holder.query("begin");
    await holder.query("set local lock_timeout = '10min'");
    await holder.query("set local statement_timeout = '10min'");
    await holder.query("set local idle_in_transaction_session_timeout = 0");
    await holder.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [LOCK_NAME]);
    await migratePg(drizzlePg(pool), { migrationsFolder });
    await holder.query("commit");
    failed = false;
  } finally {
    holder.release(failed);
  }
}

export async function migrateEmbedded(client: PGlite): Promise<void> {
  await migratePglite(drizzlePglite({ client }), { migrationsFolder });
}
