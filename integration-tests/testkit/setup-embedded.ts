import { rmSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import type { TestProject } from "vitest/node";
import { migrateEmbedded } from "../../src/storage/migrate.js";

/** Migrates one embedded database and keeps its files, which each test file loads in a fraction of the time. */
export async function setup(project: TestProject): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "changqing-embedded-"));
  process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
  const templateFile = join(directory, "template.tar");
  const client = await PGlite.create();
  await migrateEmbedded(client);
  const files = await client.dumpDataDir("none");
  await writeFile(templateFile, Buffer.from(await files.arrayBuffer()));
  await client.close();
  project.provide("backend", { kind: "embedded", templateFile });
}
