import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { readConfig } from "../../src/config.js";
import { type Keys, loadKeys } from "../../src/keys.js";
import { SANDBOX_SECRET, sandboxClientId } from "../../src/sandbox/sandbox-clients.js";
import { sandboxPeople } from "../../src/sandbox/sandbox-people.js";
import { transpileInto } from "./built-service.js";
import { readStatus } from "./certify.js";
import type { GraphQLClient } from "./graphql-client.js";
import { newImportEnvironment } from "./import-environment.js";
import { signIn } from "./sandbox-server.js";

export const ISSUER = "http://changqing.test";
const START_MS = 90_000;
/** A few times what it needs: garbage is not mistaken for growth, and what an attack leaves behind ends the process. */
const HEAP_MEGABYTES = 256;
const MAX_GROWTH_BYTES = 384 * 1024 * 1024;
const LOGGED_AS_FAULT = 50;

const [someone] = sandboxPeople;
const [document] = someone?.documents ?? [];
if (!someone || !document) throw new Error("no people");
/** Someone whom honest requests ask for. */
export const knownPerson = { name: someone.name, document };

/** The service as a process of its own, so that what an attack does to it can be seen from outside. */
export interface AttackedService extends AsyncDisposable {
  readonly address: string;
  readonly keys: Keys;
  /** A channel that is signed in. */
  readonly bank: GraphQLClient;
  signIn(channelOrClient: string): Promise<GraphQLClient>;
  /** What it has written to its log, line by line. */
  logLines(): readonly string[];
  /** It is the same process, serves honest requests, has logged no fault and is no larger than before. */
  expectUnharmed(): Promise<void>;
}

export async function startAttackedService(
  environment: Readonly<Record<string, string>> = {},
): Promise<AttackedService> {
  await using stack = new AsyncDisposableStack();
  const made = stack.use(await newImportEnvironment({ migrated: true }));
  const built = await mkdtemp(join(tmpdir(), "changqing-attacked-"));
  stack.defer(() => rm(built, { recursive: true, force: true }));
  await transpileInto(built);
  const settings = { PORT: "0", PUBLIC_URL: ISSUER, ...made.env, ...environment };
  const child = spawn(
    process.execPath,
    [`--max-old-space-size=${HEAP_MEGABYTES}`, join(built, "dist/main.js")],
    {
      env: { PATH: process.env["PATH"] ?? "", ...settings },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  stack.defer(() => end(child));
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (chunk: string) => {
      output[name] += chunk;
    });
  const address = await addressOf(child, output);
  const keys = await loadKeys(readConfig(settings));
  const login = (name: string) =>
    signIn(address, /^[A-Z0-9_]+$/.test(name) ? sandboxClientId(name) : name, SANDBOX_SECRET);
  const bank = await login("ICBC_APP");
  await readStatus(bank, knownPerson);
  const before = await residentBytes(address);
  const logLines = () => output.stderr.split("\n").slice(0, -1);
  let looked = 0;
  const owned = stack.move();
  return {
    address,
    keys,
    bank,
    signIn: login,
    logLines,
    expectUnharmed: async () => {
      expect({ code: child.exitCode, signal: child.signalCode }).toEqual({ code: null, signal: null });
      const again = await login("HUAXIA_APP");
      expect((await readStatus(again, knownPerson)).id).toMatch(/^pen_/);
      const lines = logLines();
      const faults = lines.slice(looked).filter((line) => JSON.parse(line).level >= LOGGED_AS_FAULT);
      looked = lines.length;
      expect(faults).toEqual([]);
      await settle(async () => (await residentBytes(address)) - before < MAX_GROWTH_BYTES);
      expect((await residentBytes(address)) - before).toBeLessThan(MAX_GROWTH_BYTES);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function addressOf(
  child: ChildProcess,
  output: { readonly stdout: string; readonly stderr: string },
): Promise<string> {
  const startedAt = performance.now();
  for (;;) {
    const address = /^ready (\S+)\/graphql$/m.exec(output.stdout)?.[1];
    if (address) return address;
    if (child.exitCode !== null) throw new Error(`it ended: ${output.stderr}`);
    if (performance.now() - startedAt > START_MS) throw new Error(`it is not ready: ${output.stdout}`);
    await sleep(50);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

/** Memory is given back a while after it is no longer needed. */
async function settle(small: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 20 && !(await small()); attempt += 1) await sleep(500);
}

async function residentBytes(address: string): Promise<number> {
  const metrics = await (await fetch(`${address}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(metrics)?.[1]);
}
