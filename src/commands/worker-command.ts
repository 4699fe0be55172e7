import { once } from "node:events";
import { parseArgs } from "node:util";
import { createApp } from "../app.js";
import { readConfig } from "../config.js";
import { startWatchServer } from "../health-route.js";
import { serveJobs } from "../job-server.js";
import { describeCommandFailure } from "./command-failure.js";
import type { CommandOutput, Environment } from "./command-output.js";
import { StopSignals } from "./stop-signals.js";

const USAGE = `usage: worker [--listen PORT]

Runs the jobs, and serves nobody, until SIGTERM or SIGINT; the chunk under way is finished first.
Serving processes beside it may then be started with JOBS=off.
  --listen  answers /health/live, /health/ready and /metrics on HOST and this port, and nothing else
`;

const OK = 0;
const FAILED = 1;
const WRONG_USAGE = 2;

/** The `worker` command: exit code 0 when it was asked to stop, 1 when it could not start. */
export async function runWorker(
  args: readonly string[],
  env: Environment,
  output: CommandOutput = process,
): Promise<number> {
  const given = readArguments(args);
  if (!given) {
    output.stderr.write(USAGE);
    return WRONG_USAGE;
  }
  using stop = new StopSignals();
  try {
    await using app = await createApp(readConfig(env));
    await using watch = given.port === null ? null : await startWatchServer(app, given.port);
    await using _jobs = await serveJobs(app);
    output.stdout.write(`ready: jobs are run${watch ? `, ${watch.address}/health/ready` : ""}\n`);
    // Alarms that nobody waits for keep no process alive.
    const awake = setInterval(() => undefined, 60_000);
    if (!stop.signal.aborted) await once(stop.signal, "abort");
    clearInterval(awake);
    app.logger.info({ signal: stop.received }, "stopping");
  } catch (error) {
    output.stderr.write(`worker: ${describeCommandFailure(error, "start it again")}\n`);
    return FAILED;
  }
  return OK;
}

function readArguments(args: readonly string[]): { readonly port: number | null } | null {
  try {
    const { values } = parseArgs({ args: [...args], options: { listen: { type: "string" } } });
    if (values.listen === undefined) return { port: null };
    return /^\d{1,5}$/.test(values.listen) && Number(values.listen) <= 65_535
      ? { port: Number(values.listen) }
      : null;
  } catch {
    return null;
  }
}
