import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PGlite } from "@electric-sql/pglite";
import { migrateEmbedded } from "./migrate.js";

/**
 * A migrated, empty embedded database, made when the package is built: a first start that copies it needs a fraction of
 * the time that making a database from nothing takes.
 */
const file = fileURLToPath(new URL("../../dist/embedded-template.tar", import.meta.url));
const keyFile = `${file}.key`;

/** Makes the template unless there is one of this version of the database and of the migrations. */
export async function buildEmbeddedTemplate(): Promise<void> {
  const key = await templateKey();
  if (existsSync(file) && (await readKey()) === key) return;
  const client = await PGlite.create();
  await migrateEmbedded(client);
  const dump = await client.dumpDataDir("none");
  await client.close();
  await writeFile(`${file}.new`, Buffer.from(await dump.arrayBuffer()));
  await rename(`${file}.new`, file);
  await writeFile(keyFile, key);
}

/**
 * Opens and migrates the directory's database; a new one begins as a copy of the template where there is one that fits.
 * A mark stands beside a database that is being made: whoever finds it was killed there begins anew, since nothing can
 * have been acknowledged yet.
 */
export async function openEmbeddedDatabase(directory: string): Promise<PGlite> {
  const unfinished = `${directory}.unfinished`;
  if (existsSync(unfinished)) await rm(directory, { recursive: true, force: true });
  if (existsSync(directory)) return migrated(await PGlite.create(directory));
  await writeFile(unfinished, "");
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const client = await migrated(await createFromTemplate(directory));
  await rm(unfinished);
  return client;
}

async function createFromTemplate(directory: string): Promise<PGlite> {
  const fits = existsSync(file) && (await readKey()) === (await templateKey());
  return PGlite.create(directory, fits ? { loadDataDir: new Blob([await readFile(file)]) } : {});
}

async function migrated(client: PGlite): Promise<PGlite> {
  try {
    await migrateEmbedded(client);
    return client;
  } catch (error) {
    await client.close().catch(() => undefined);
    throw error;
  }
}

function readKey(): Promise<string> {
  return readFile(keyFile, "utf8").catch(() => "");
}

async function templateKey(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve("@electric-sql/pglite");
  const hash = createHash("sha256");
  hash.update(await readFile(join(dirname(entry), "../package.json")));
  hash.update(await readFile(new URL("../../drizzle/meta/_journal.json", import.meta.url)));
  return hash.digest("hex");
}
