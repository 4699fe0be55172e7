import { once } from "node:events";
import { createApp } from "../app.js";
import { readConfig } from "../config.js";
import { serveJobs } from "../job-server.js";
import { describeCommandFailure } from "./command-failure.js";
import type { CommandOutput, Environment } from "./command-output.js";
import { StopSignals } from "./stop-signals.js";

const USAGE = `usage: worker

Runs the jobs, and serves nobody, until SIGTERM or SIGINT; the chunk under way is finished first.
Serving processes beside it may then be started with JOBS=off.
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
  if (args.length > 0) {
    output.stderr.write(USAGE);
    return WRONG_USAGE;
  }
  using stop = new StopSignals();
  try {
    await using app = await createApp(readConfig(env));
    await using _jobs = await serveJobs(app);
    output.stdout.write("ready: jobs are run\n");
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
