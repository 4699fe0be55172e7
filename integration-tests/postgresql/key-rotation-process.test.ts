import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runKeyRotation } from "../../src/commands/key-rotation-command.js";
import { readConfig } from "../../src/config.js";
import { loadKeys } from "../../src/keys.js";
import type { Database } from "../../src/storage/database.js";
import { openStorage } from "../../src/storage/open.js";
import { Sealing } from "../../src/storage/sealing.js";
import { readSetting } from "../../src/storage/settings.js";
import {
  type ImportEnvironment,
  importCommand,
  newImportEnvironment,
  Recorder,
} from "../testkit/import-environment.js";
import { readEverything } from "../testkit/key-versions.js";
import { buildRecord, csvFile } from "../testkit/register-text.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const PEOPLE = 2_000;

let built: string;
let environment: ImportEnvironment;
let database: Database;

beforeAll(async () => {
  // Beside src, as dist is: the migrations and the packages are found from there.
  built = await mkdtemp(join(root, ".key-rotation-process-"));
  const tsc = join(root, "node_modules/.bin/tsc");
  const options = ["-p", "tsconfig.build.json", "--outDir", built, "--incremental", "false"];
  await promisify(execFile)(tsc, [...options, "--tsBuildInfoFile", "null"], { cwd: root });
  environment = await newImportEnvironment();
  const file = join(environment.directory, "register.csv");
  await writeFile(file, csvFile(...Array.from({ length: PEOPLE }, () => buildRecord())));
  expect(await importCommand([file], environment.env)).toMatchObject({ exitCode: 0 });
  database = await openStorage(readConfig(environment.env));
  // Both at hand first: a process that was killed counts for a while as one that runs, with what it held.
  await changeKeys("add-sealing", "--inactive");
  await changeKeys("add-index", "--inactive");
});

afterAll(async () => {
  await database?.[Symbol.asyncDispose]();
  await environment?.[Symbol.asyncDispose]();
  await rm(built, { recursive: true, force: true });
});

async function changeKeys(verb: string, option: string): Promise<void> {
  const file = join(environment.dataDir, "sandbox-keys.json");
  const output = { stdout: new Recorder(), stderr: new Recorder() };
  expect(await runKeyRotation([verb, file, option], environment.env, output)).toBe(0);
}

interface Running {
  readonly child: ChildProcess;
  readonly text: { stdout: string; stderr: string };
  readonly ended: Promise<[number | null, NodeJS.Signals | null]>;
}

function start(verb: string): Running {
  const child = spawn(process.execPath, [join(built, "cli.js"), "keys", verb], {
    env: { ...process.env, ...environment.env },
  });
  const text = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].on("data", (chunk: Buffer) => {
      text[name] += chunk.toString();
    });
  return { child, text, ended: once(child, "close") as Running["ended"] };
}

/** Waits until a run has got further than the one before it. */
async function untilFurther(kind: string, { child, text }: Running, before: unknown): Promise<unknown> {
  for (;;) {
    const progress = await readSetting(database.db, `key_backfill:${kind}`);
    if (progress !== undefined && JSON.stringify(progress) !== JSON.stringify(before)) return progress;
    if (child.exitCode !== null) throw new Error(`ended early: ${text.stderr}${text.stdout}`);
    await sleep(2);
  }
}

test.each([
  ["sealing", "reseal"],
  ["index", "reindex"],
] as const)("a backfill of %s keys goes on where it was killed or stopped", async (kind, verb) => {
  const config = readConfig(environment.env);
  const before = new Sealing((await loadKeys(config)).sealing);
  const { plain } = await readEverything(database.db, before);
  await changeKeys(`activate-${kind}`, "2");

  const killed = start(verb);
  const reached = await untilFurther(kind, killed, undefined);
  killed.child.kill("SIGKILL");
  expect(await killed.ended).toEqual([null, "SIGKILL"]);

  const stopped = start(verb);
  await untilFurther(kind, stopped, await readSetting(database.db, `key_backfill:${kind}`));
  stopped.child.kill("SIGTERM");
  expect(await stopped.ended).toEqual([143, null]);
  expect(stopped.text.stderr).toContain(`${verb}: stopped by SIGTERM; run it again`);
  const left = (await readSetting(database.db, `key_backfill:${kind}`)) as { bucket: number };
  expect(left.bucket).toBeGreaterThanOrEqual((reached as { bucket: number }).bucket);

  const finished = start(verb);
  expect(await finished.ended).toEqual([0, null]);
  const values = 3 * PEOPLE;
  const replaced = Number(/^(\d+) values/.exec(finished.text.stdout)?.[1]);
  expect(replaced).toBeGreaterThan(0);
  expect(replaced).toBeLessThan(values);

  const after = new Sealing((await loadKeys(config)).sealing);
  const read = await readEverything(database.db, after);
  expect(read.plain).toEqual(plain);
  const column = kind === "sealing" ? "pensioner.nameSealed" : "identity_document.blindIndex";
  expect(read.versions[column]).toEqual({ 2: PEOPLE });
  expect(await readSetting(database.db, `key_backfill:${kind}`)).toBeUndefined();
});
