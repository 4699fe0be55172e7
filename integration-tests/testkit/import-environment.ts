import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { inject } from "vitest";
import { runImport } from "../../src/import-command.js";
import { createPostgresDatabase } from "./database.js";

/** An environment in which nothing has been started yet, on the project's backend. */
export interface ImportEnvironment extends AsyncDisposable {
  readonly directory: string;
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string>>;
}

export async function newImportEnvironment(): Promise<ImportEnvironment> {
  const backend = inject("backend");
  const directory = await mkdtemp(join(tmpdir(), "changqing-import-"));
  const database = backend.kind === "postgresql" ? await createPostgresDatabase(backend.adminUrl) : null;
  const dataDir = join(directory, "data");
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
  const stdout = new Recorder(false);
  const stderr = new Recorder(isTTY);
  const exitCode = await runImport(args, env, { stdout, stderr });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

class Recorder extends Writable {
  text = "";
  readonly isTTY: boolean;

  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
