import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { PGlite } from "@electric-sql/pglite";
import { inject } from "vitest";
import { runImport } from "../../src/commands/import-command.js";
import { createPostgresDatabase } from "./database.js";

/** An environment in which nothing has been started yet, on the project's backend. */
export interface ImportEnvironment extends AsyncDisposable {
  readonly directory: string;
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string>>;
}

/** With `migrated`, the database is there already, which on the embedded backend saves making one. */
export async function newImportEnvironment(options = { migrated: false }): Promise<ImportEnvironment> {
  const backend = inject("backend");
  const directory = await mkdtemp(join(tmpdir(), "changqing-import-"));
  const dataDir = join(directory, "data");
  const database = backend.kind === "postgresql" ? await createPostgresDatabase(backend.adminUrl) : null;
  if (backend.kind === "embedded" && options.migrated) {
    await mkdir(dataDir, { mode: 0o700 });
    const loadDataDir = new Blob([await readFile(backend.templateFile)]);
    const client = await PGlite.create(join(dataDir, "pglite"), { loadDataDir });
    await client.close();
  }
  return {
    directory,
    dataDir,
    env: { MODE: "sandbox", DATA_DIR: dataDir, ...(database ? { DATABASE_URL: database.url } : {}) },
    [Symbol.asyncDispose]: async () => {
      await database?.[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the import command in this process. */
export async function importCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  isTTY = false,
): Promise<CommandResult> {
  return runCommand(runImport, args, env, isTTY);
}

/** Runs a command in this process. */
export async function runCommand(
  command: typeof runImport,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  isTTY = false,
): Promise<CommandResult> {
  const stdout = new Recorder(false);
  const stderr = new Recorder(isTTY);
  const exitCode = await command(args, env, { stdout, stderr });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

/** Keeps what a command writes. */
export class Recorder extends Writable {
  text = "";
  readonly isTTY: boolean;

  constructor(isTTY = false) {
    super();
    this.isTTY = isTTY;
  }

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
