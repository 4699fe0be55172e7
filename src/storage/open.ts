import { existsSync } from "node:fs";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { type Database, openEmbedded, openPostgres } from "./database.js";
import { lockDataDir } from "./embedded-lock.js";
import { openEmbeddedDatabase } from "./embedded-template.js";
import { forgetKilledRuns } from "./job-run-list.js";
import { forgetKeyHolders } from "./key-versions.js";
import { migratePostgres } from "./migrate.js";

export interface StorageOptions {
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  readonly poolSize: number;
  readonly onIdleError?: (error: Error) => void;
}

/** Opens and migrates PostgreSQL, or takes the lock of the embedded database and opens and migrates that. */
export async function openStorage(options: StorageOptions): Promise<Database> {
  if (options.databaseUrl === undefined) return openEmbeddedDir(options.dataDir);
  const database = openPostgres({
    url: options.databaseUrl,
    poolSize: options.poolSize,
    ...(options.onIdleError ? { onIdleError: options.onIdleError } : {}),
  });
  try {
    await migratePostgres(database.pool);
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw error;
  }
  return database;
}

async function openEmbeddedDir(dataDir: string): Promise<Database> {
  const release = await lockDataDir(dataDir);
  try {
    const database = openEmbedded(await openEmbeddedDatabase(join(dataDir, "pglite")), release);
    // The lock says that there is no other process: one that was killed holds nothing any more.
    await forgetKeyHolders(database.db);
    await forgetKilledRuns(database.db);
    return database;
  } catch (error) {
    await release();
    throw error;
  }
}

/**
 * Opens what there is and changes nothing: neither migrates it nor makes it. Null where the embedded database has not been
 * made yet.
 */
export async function openUnchanged({
  databaseUrl,
  dataDir,
  poolSize,
}: StorageOptions): Promise<Database | null> {
  if (databaseUrl !== undefined) return openPostgres({ url: databaseUrl, poolSize });
  const directory = join(dataDir, "pglite");
  if (!existsSync(directory) || existsSync(`${directory}.unfinished`)) return null;
  const release = await lockDataDir(dataDir);
  try {
    return openEmbedded(await PGlite.create(directory), release);
  } catch (error) {
    await release();
    throw error;
  }
}
