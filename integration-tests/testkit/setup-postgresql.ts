import type { TestProject } from "vitest/node";
import { openPostgres } from "../../src/storage/database.js";
import { migratePostgres } from "../../src/storage/migrate.js";
import { createPostgresDatabase } from "./database.js";
import { startPostgresServer } from "./postgres-server.js";

/** One server for the run with one migrated database on it, of which each test file gets a copy. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgresServer({ durable: false });
  const stop = async () => server[Symbol.asyncDispose]();
  try {
    const template = await createPostgresDatabase(server.adminUrl);
    await using database = openPostgres({ url: template.url, poolSize: 2 });
    await migratePostgres(database.pool);
    project.provide("backend", { kind: "postgresql", adminUrl: server.adminUrl, template: template.name });
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
