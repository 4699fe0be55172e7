import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** A server in a process of its own. Every one of them prints `ready URL` when it answers. */
export interface ChildServer extends AsyncDisposable {
  /** Without a path. */
  readonly origin: string;
  readonly pid: number;
}

export interface ChildServerOptions {
  /** Of the program, relative to bench/. */
  readonly program: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly nodeFlags?: readonly string[];
}

const START_MS = 30_000;
const STOP_MS = 30_000;
const bench = fileURLToPath(new URL("../", import.meta.url));

export async function startChildServer(options: ChildServerOptions): Promise<ChildServer> {
  const { PATH = "" } = process.env;
  const child = spawn(process.execPath, [...(options.nodeFlags ?? []), options.program], {
    cwd: bench,
    env: { PATH, ...options.environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  async function stop(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const kill = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    child.kill("SIGTERM");
    await once(child, "exit");
    clearTimeout(kill);
  }
  const origin = await new Promise<string>((resolve, reject) => {
    let output = "";
    const fail = () => reject(new Error(`${options.program} did not start:\n${output}`));
    const timer = setTimeout(fail, START_MS);
    child.once("error", reject);
    child.once("exit", fail);
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-4_000);
      const address = /^ready (\S+)$/m.exec(output)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(new URL(address).origin);
    });
  }).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { origin, pid: child.pid ?? 0, [Symbol.asyncDispose]: stop };
}
