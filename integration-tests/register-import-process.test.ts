import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { readConfig } from "../src/config.js";
import { openStorage } from "../src/storage/open.js";
import { benefit, identityDocument, pensioner } from "../src/storage/tables.js";
import { type ImportEnvironment, newImportEnvironment } from "./testkit/import-environment.js";
import { buildRecord, csvFile } from "./testkit/register-text.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const LINES = 6_000;

// Several processes, each of which opens the database anew.
vi.setConfig({ testTimeout: 120_000 });

let built: string;
let environment: ImportEnvironment;
let file: string;

beforeAll(async () => {
  // Beside src, as dist is: the migrations and the packages are found from there.
  built = await mkdtemp(join(root, ".import-process-"));
  const tsc = join(root, "node_modules/.bin/tsc");
  const options = [
    "-p",
    "tsconfig.build.json",
    "--outDir",
    built,
    "--incremental",
    "false",
    "--tsBuildInfoFile",
    "null",
  ];
  await promisify(execFile)(tsc, options, { cwd: root });
});

afterAll(() => rm(built, { recursive: true, force: true }));

beforeEach(async () => {
  environment = await newImportEnvironment({ migrated: true });
  file = join(environment.directory, "register.csv");
  await writeFile(file, csvFile(...Array.from({ length: LINES }, () => buildRecord())));
});

afterEach(() => environment[Symbol.asyncDispose]());

interface Running {
  readonly child: ChildProcess;
  readonly text: { stdout: string; stderr: string };
  readonly ended: Promise<[number | null, NodeJS.Signals | null]>;
}

function startImport(): Running {
  const child = spawn(process.execPath, [join(built, "cli.js"), "import", file], {
    env: { ...process.env, ...environment.env },
  });
  const text = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => {
    text.stdout += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    text.stderr += chunk.toString();
  });
  const ended = once(child, "close") as Running["ended"];
  return { child, text, ended };
}

async function untilImporting({ text, child }: Running): Promise<void> {
  while (!text.stderr.includes("importing")) {
    if (child.exitCode !== null) throw new Error(`the import ended early: ${text.stderr}`);
    await sleep(5);
  }
}

async function countRows(): Promise<number[]> {
  await using database = await openStorage(readConfig(environment.env));
  return await Promise.all([pensioner, identityDocument, benefit].map((table) => database.db.$count(table)));
}

test("an import that is killed leaves whole batches, and the next one finishes it", async () => {
  const killed = startImport();
  await untilImporting(killed);
  await sleep(150);
  killed.child.kill("SIGKILL");
  expect(await killed.ended).toEqual([null, "SIGKILL"]);
  const [people, ...others] = await countRows();
  expect(others).toEqual([people, people]);
  expect(people).toBeLessThan(LINES);

  const again = startImport();
  expect(await again.ended).toEqual([0, null]);
  expect(await countRows()).toEqual([LINES, LINES, LINES]);
  expect(again.text.stdout).toMatch(new RegExp(`pensioners unchanged +${people}\n`));
});

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s lets the batch finish and says how far the import got", async (signal, exitCode) => {
  const stopped = startImport();
  await untilImporting(stopped);
  stopped.child.kill(signal);
  expect(await stopped.ended).toEqual([exitCode, null]);
  const line = Number(
    new RegExp(`stopped by ${signal} after line (\\d+); run it again`).exec(stopped.text.stderr)?.[1],
  );
  const done = Number(/^lines +(\d+)/.exec(stopped.text.stdout)?.[1]);
  expect(done).toBeLessThan(LINES);
  expect(line).toBe(done === 0 ? 0 : done + 1);
  expect(await countRows()).toEqual([done, done, done]);
});
