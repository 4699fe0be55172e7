import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { startPostgresServer } from "../../integration-tests/testkit/postgres-server.js";
import { readConfig } from "../../src/config.js";
import { loadKeys } from "../../src/keys.js";
import { documentIndex } from "../../src/storage/pensioner-index.js";
import { Sealing } from "../../src/storage/sealing.js";
import { writeSyntheticRegister } from "./synthetic-register.js";

export interface ListedPerson {
  readonly name: string;
  readonly number: string;
  /** The blind index of the document, in hexadecimal. */
  readonly index: string;
  readonly bucket: number;
  readonly pensionerId: string;
}

/** A PostgreSQL with its default durability, a sandbox in it, and an imported register of synthetic people. */
export interface BenchRegister extends AsyncDisposable {
  readonly url: string;
  readonly databasePid: number;
  readonly dataDir: string;
  readonly sealing: Sealing;
  readonly people: readonly ListedPerson[];
}

/** On this day about half of the synthetic people are valid. */
export const SANDBOX_CLOCK = "2026-01-15T09:00:00+08:00";
const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

export async function openBenchRegister(lines: number): Promise<BenchRegister> {
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), "changqing-bench-"));
  stack.defer(() => rm(directory, { recursive: true, force: true }));
  const server = stack.use(await startPostgresServer({ durable: true }));
  const file = join(directory, "register.csv");
  await writeSyntheticRegister(file, lines);
  const settings = { DATABASE_URL: server.adminUrl, MODE: "sandbox", DATA_DIR: directory, SANDBOX_CLOCK };
  await importRegister(file, settings);
  const { sealing: keys } = await loadKeys(readConfig(settings));
  const sealing = new Sealing(keys);
  const client = new pg.Client({ connectionString: server.adminUrl });
  await client.connect();
  try {
    await client.query("vacuum analyze");
    await client.query("checkpoint");
    const people = await readPeople(client, file, sealing);
    const { rows } = await client.query<{ pid: string }>("select pg_read_file('postmaster.pid') as pid");
    const databasePid = Number.parseInt(rows[0]?.pid ?? "", 10);
    const owned = stack.move();
    return {
      url: server.adminUrl,
      databasePid,
      dataDir: directory,
      sealing,
      people,
      [Symbol.asyncDispose]: () => owned.disposeAsync(),
    };
  } finally {
    await client.end();
  }
}

async function importRegister(file: string, settings: Record<string, string>): Promise<void> {
  const child = spawn(process.execPath, [cli, "import", file, "--quiet"], {
    env: { ...process.env, ...settings },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`the import ended with ${code}`);
}

async function readPeople(client: pg.Client, file: string, sealing: Sealing): Promise<ListedPerson[]> {
  const { rows } = await client.query<{ index: string; bucket: number; pensionerId: string }>(
    `select encode(blind_index, 'hex') as index, bucket, pensioner_id as "pensionerId" from identity_document`,
  );
  const owners = new Map(rows.map((row) => [row.index, row]));
  const [, ...lines] = (await readFile(file, "utf8")).trimEnd().split("\n");
  return lines.map((line) => {
    const [name = "", , number = ""] = line.split(",");
    const owner = owners.get(documentIndex(sealing, { type: "RESIDENT_ID", number }).toString("hex"));
    if (!owner) throw new Error("a person of the register was not imported");
    return { name, number, ...owner };
  });
}
