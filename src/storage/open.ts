import { join } from "node:path";
import { type Database, openEmbedded, openPostgres } from "./database.js";
import { lockDataDir } from "./embedded-lock.js";
import { openEmbeddedDatabase } from "./embedded-template.js";
import { migratePostgres } from "./migrate.js";
import type { Sealing } from "./sealing.js";
import { claimSetting } from "./settings.js";

export interface StorageOptions {
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  readonly poolSize: number;
  readonly onIdleError?: (error: Error) => void;
}

/** The database holds data sealed under other keys than the ones given. */
export class WrongKeys extends Error {
  override readonly name = "WrongKeys";

  constructor() {
    super("the key file does not belong to this database: its data was sealed under other keys");
  }
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
    return openEmbedded(await openEmbeddedDatabase(join(dataDir, "pglite")), release);
  } catch (error) {
    await release();
    throw error;
  }
}

/** Binds a new database to its keys and refuses, before anything is written, a database bound to others. */
export async function bindKeys(database: Database, sealing: Sealing): Promise<void> {
  const fingerprint = sealing.fingerprint();
  const place = "setting|key_check|1";
  const bound = await database.transact(async (tx) => ({
    fingerprint: await claimSetting(tx, "key_fingerprint", fingerprint),
    check: await claimSetting(tx, "key_check", sealing.seal(fingerprint, place).toString("base64")),
  }));
  if (bound.fingerprint !== fingerprint || !opens(sealing, Buffer.from(bound.check, "base64"), place)) {
    throw new WrongKeys();
  }
}

/** The fingerprint tells the index key; that the sealing keys are the right ones shows in opening something. */
function opens(sealing: Sealing, sealed: Buffer, place: string): boolean {
  try {
    sealing.open(sealed, place);
    return true;
  } catch {
    return false;
  }
}
