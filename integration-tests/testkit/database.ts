import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import { inject } from "vitest";
import { type Database, openEmbedded, openPostgres } from "../../src/storage/database.js";

/** Where a project's migrated template is; its global setup provides it. */
export type Backend =
  | { readonly kind: "embedded"; readonly templateFile: string }
  | { readonly kind: "postgresql"; readonly adminUrl: string; readonly template: string };

declare module "vitest" {
  export interface ProvidedContext {
    backend: Backend;
  }
}

/** A migrated, empty database of its own on the project's backend; disposing it drops it. */
export async function openTestDatabase(): Promise<Database> {
  const backend = inject("backend");
  if (backend.kind === "embedded") {
    const template = new Blob([await readFile(backend.templateFile)]);
    return openEmbedded(await PGlite.create({ loadDataDir: template }));
  }
  const created = await createPostgresDatabase(backend.adminUrl, backend.template);
  const database = openPostgres({ url: created.url, poolSize: 10 });
  return {
    ...database,
    [Symbol.asyncDispose]: async () => {
      await database[Symbol.asyncDispose]();
      await created[Symbol.asyncDispose]();
    },
  };
}

/** The superuser's URL of the project's server, for looking at and ending other connections. */
export function postgresAdminUrl(): string {
  const backend = inject("backend");
  if (backend.kind !== "postgresql") throw new Error("only the postgresql project has a server");
  return backend.adminUrl;
}

export interface PostgresDatabase extends AsyncDisposable {
  readonly name: string;
  readonly url: string;
}

/** A copy of the template; without one, an empty database. */
export async function createPostgresDatabase(
  adminUrl: string,
  template = "template1",
): Promise<PostgresDatabase> {
  const name = `test_${randomBytes(8).toString("hex")}`;
  await administer(adminUrl, `create database ${name} template ${template}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return {
    name,
    url: url.href,
    [Symbol.asyncDispose]: async () => {
      await administer(adminUrl, `drop database ${name} with (force)`);
    },
  };
}

/** Runs one statement on a connection of its own. */
export async function administer(
  url: string,
  statement: string,
  parameters: readonly unknown[] = [],
): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement, [...parameters])).rows;
  } finally {
    await client.end();
  }
}
