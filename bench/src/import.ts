/**
 * How fast a benefit register is imported, beside COPY of the very same rows, already sealed, into the same tables of
 * the same server with its default durability. Build first; then: tsx bench/src/import.ts [lines] [--long-line]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import pg from "pg";
import { startPostgresServer } from "../../integration-tests/testkit/postgres-server.js";
import { openPostgres } from "../../src/storage/database.js";
import { migratePostgres } from "../../src/storage/migrate.js";
import { familyCpuSeconds, peakMebibytes, processCpuSeconds } from "./import-cost.js";
import { writeSyntheticRegister } from "./synthetic-register.js";

const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const copiedTables = ["pensioner", "identity_document", "benefit"] as const;
const LONG_LINE_BYTES = 1024 ** 3;

interface Run {
  readonly seconds: number;
  /** Processor time of the importing process and of the server; they tell more than the clock on a busy machine. */
  readonly processCpuSeconds: number;
  readonly serverCpuSeconds: number;
  readonly peakMebibytes: number;
  readonly exitCode: number;
  readonly summary: string;
}

async function runImport(file: string, url: string, dataDir: string): Promise<Run> {
  const serverBefore = await serverCpuSeconds(url);
  const startedMs = performance.now();
  const child = spawn(process.execPath, [cli, "import", file], {
    env: { ...process.env, DATABASE_URL: url, MODE: "sandbox", DATA_DIR: dataDir },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let peak = 0;
  let cpuSeconds = 0;
  const watch = setInterval(async () => {
    peak = Math.max(peak, await peakMebibytes(child.pid ?? 0));
    cpuSeconds = Math.max(cpuSeconds, await processCpuSeconds(child.pid ?? 0));
  }, 100);
  let summary = "";
  child.stdout.on("data", (chunk: Buffer) => {
    summary += chunk.toString();
  });
  const [exitCode] = (await once(child, "close")) as [number];
  const seconds = (performance.now() - startedMs) / 1_000;
  clearInterval(watch);
  const serverUsed = (await serverCpuSeconds(url)) - serverBefore;
  return {
    seconds,
    processCpuSeconds: cpuSeconds,
    serverCpuSeconds: serverUsed,
    peakMebibytes: peak,
    exitCode,
    summary,
  };
}

/** Processor time of the whole server so far, of backends that have ended too. */
async function serverCpuSeconds(url: string): Promise<number> {
  const pid = await onServer(url, async (client) => {
    const { rows } = await client.query<{ pid: string }>("select pg_read_file('postmaster.pid') as pid");
    return Number.parseInt(rows[0]?.pid ?? "", 10);
  });
  return familyCpuSeconds(pid);
}

async function onServer<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** A new, empty database of the server; its URL. */
async function createDatabase(adminUrl: string, name: string): Promise<string> {
  await onServer(adminUrl, (client) => client.query(`create database ${name}`));
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** COPY of the three tables from files on the server into empty ones; no client and no sealing slows it. */
async function copy(fromUrl: string, toUrl: string): Promise<{ seconds: number; serverCpuSeconds: number }> {
  const directory = await onServer(fromUrl, async (client) => {
    const { rows } = await client.query<{ data_directory: string }>("show data_directory");
    const path = rows[0]?.data_directory ?? "";
    for (const table of copiedTables) await client.query(`copy ${table} to '${path}/${table}.copy'`);
    return path;
  });
  {
    await using empty = openPostgres({ url: toUrl, poolSize: 2 });
    await migratePostgres(empty.pool);
  }
  const serverBefore = await serverCpuSeconds(toUrl);
  const seconds = await onServer(toUrl, async (client) => {
    await client.query("checkpoint");
    const startedMs = performance.now();
    await client.query("begin");
    for (const table of copiedTables) await client.query(`copy ${table} from '${directory}/${table}.copy'`);
    await client.query("commit");
    return (performance.now() - startedMs) / 1_000;
  });
  return { seconds, serverCpuSeconds: (await serverCpuSeconds(toUrl)) - serverBefore };
}

async function measure(lines: number, directory: string): Promise<void> {
  const file = join(directory, "register.csv");
  await writeSyntheticRegister(file, lines);
  await using server = await startPostgresServer({ durable: true });
  const imported = await createDatabase(server.adminUrl, "imported");
  const baseline = await createDatabase(server.adminUrl, "baseline");
  await onServer(imported, (client) => client.query("checkpoint"));
  const first = await runImport(file, imported, directory);
  process.stdout.write(first.summary);
  const copied = await copy(imported, baseline);
  const again = await runImport(file, imported, directory);
  process.stdout.write(again.summary);
  const row = (name: string, seconds: number, cpu: Record<string, number>, rest = "") => {
    const cpus = Object.entries(cpu).map(
      ([of, used]) => `${((1e6 * used) / lines).toFixed(0)} µs/line of ${of}`,
    );
    return `${name.padEnd(22)}${seconds.toFixed(1)} s, ${Math.round(lines / seconds)} lines/s; ${cpus.join(", ")}${rest}`;
  };
  const cpuOf = (run: Run) => ({ import: run.processCpuSeconds, server: run.serverCpuSeconds });
  const report = [
    "",
    `file                  ${((await stat(file)).size / 1e6).toFixed(1)} MB, ${lines} lines`,
    row(
      "import",
      first.seconds,
      cpuOf(first),
      `; peak RSS ${first.peakMebibytes} MiB, exit ${first.exitCode}`,
    ),
    row("COPY of sealed rows", copied.seconds, { server: copied.serverCpuSeconds }),
    `ratio                 ${(copied.seconds / first.seconds).toFixed(2)}`,
    row(
      "import once more",
      again.seconds,
      cpuOf(again),
      `; peak RSS ${again.peakMebibytes} MiB, exit ${again.exitCode}`,
    ),
  ];
  process.stdout.write(`${report.join("\n")}\n`);
}

/** One line of 1 GiB between two good ones: reported, passed over, and never held. */
async function measureLongLine(directory: string): Promise<void> {
  const file = join(directory, "long-line.csv");
  await writeSyntheticRegister(file, 1);
  const out = createWriteStream(file, { flags: "a" });
  const piece = Buffer.alloc(1024 * 1024, "x");
  for (let written = 0; written < LONG_LINE_BYTES; written += piece.length) {
    if (!out.write(piece)) await once(out, "drain");
  }
  out.end("\n");
  await once(out, "close");
  await using server = await startPostgresServer({ durable: true });
  const url = await createDatabase(server.adminUrl, "imported");
  const run = await runImport(file, url, directory);
  process.stdout.write(
    `${run.summary}a line of 1 GiB       ${run.seconds.toFixed(1)} s, peak RSS ${run.peakMebibytes} MiB, exit ${run.exitCode}\n`,
  );
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { "long-line": { type: "boolean" } },
});
const directory = await mkdtemp(join(tmpdir(), "changqing-bench-"));
try {
  if (values["long-line"]) await measureLongLine(directory);
  else await measure(Number(positionals[0] ?? 1_000_000), directory);
} finally {
  await rm(directory, { recursive: true, force: true });
}
