import { parseArgs } from "node:util";
import { ConfigError } from "../config.js";
import { BEIJING_TIME_ZONE } from "../domain/calendar.js";
import { openJobServices } from "../job-services.js";
import { type Due, dueOfPeriod, lastDue } from "../jobs/due-runs.js";
import type { Job, JobSchedule } from "../jobs/job.js";
import { type RunOutcome, runJob } from "../jobs/run-job.js";
import { jobsOf } from "../jobs/schedule.js";
import { loadKeys } from "../keys.js";
import { createLogger } from "../logging.js";
import { openAdministered, readServiceTime } from "./administration.js";
import { describeCommandFailure } from "./command-failure.js";
import type { CommandOutput, Environment } from "./command-output.js";
import { jobProgressDisplay, noJobProgress } from "./job-progress.js";
import { StopSignals, signalExitCode } from "./stop-signals.js";

const USAGE = `usage: run-job NAME [--month YYYY-MM | --period PERIOD] [--quiet]
       run-job --list

Runs a job by hand; without a period the one that was due last. What is done already is not done again.
  --month   the month of a monthly job
  --period  2026-06 of a monthly job, 2026-06-01 of a daily one, 2026-06-01T08:05 of one of every few minutes
  --list    which jobs there are, when they are due (Beijing time) and what they do
  --quiet   no progress, only the result

Exit code 0 when it is done, now or before; 1 when it failed or is under way elsewhere; 130 or 143 when it was stopped.
`;

const OK = 0;
const FAILED = 1;
const WRONG_USAGE = 2;

interface RunArguments {
  readonly name: string;
  readonly period: string | undefined;
  readonly quiet: boolean;
}

/** The `run-job` command. */
export async function runRunJob(
  args: readonly string[],
  env: Environment,
  output: CommandOutput = process,
): Promise<number> {
  const given = readArguments(args);
  if (given === null) {
    output.stderr.write(USAGE);
    return WRONG_USAGE;
  }
  try {
    return given === "list" ? await list(env, output) : await runByHand(given, env, output);
  } catch (error) {
    output.stderr.write(
      `run-job: ${describeCommandFailure(error, "run it again: it goes on where it was")}\n`,
    );
    return FAILED;
  }
}

function readArguments(args: readonly string[]): RunArguments | "list" | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        month: { type: "string" },
        period: { type: "string" },
        list: { type: "boolean", default: false },
        quiet: { type: "boolean", default: false },
      },
    });
    const [name, ...rest] = positionals;
    const { month, period, quiet } = values;
    if (values.list) return positionals.length === 0 ? "list" : null;
    if (!name || rest.length > 0 || (month !== undefined && period !== undefined)) return null;
    return { name, period: month ?? period, quiet };
  } catch {
    return null;
  }
}

/** The table needs a database only for its rows to work with; listing it opens the one there is. */
async function list(env: Environment, output: CommandOutput): Promise<number> {
  await using opened = await openJobs(env);
  for (const { name, schedule, summary } of opened.jobs)
    output.stdout.write(`${name.padEnd(20)}${scheduleText(schedule, opened.now).padEnd(28)}${summary}\n`);
  return OK;
}

async function runByHand(given: RunArguments, env: Environment, output: CommandOutput): Promise<number> {
  await using opened = await openJobs(env);
  const { jobs, now, administered } = opened;
  const job = jobs.find(({ name }) => name === given.name);
  if (!job)
    throw new ConfigError(
      `there is no job ${given.name}; there are: ${jobs.map(({ name }) => name).join(", ")}`,
    );
  const { period } = dueFor(job, given.period, now);
  using stop = new StopSignals();
  const display = given.quiet ? noJobProgress : jobProgressDisplay(output.stderr, `${job.name} ${period}`);
  let outcome: RunOutcome;
  try {
    const { database } = administered;
    outcome = await runJob(
      { database, now, signal: stop.signal, onProgress: (progress) => display.show(progress) },
      job,
      period,
    );
  } finally {
    display.stop();
  }
  return tell(outcome, stop, output);
}

async function openJobs(env: Environment) {
  await using stack = new AsyncDisposableStack();
  const administered = stack.use(await openAdministered(env));
  const { config, database, sealing } = administered;
  const keys = await loadKeys(config);
  const now = await readServiceTime(config, database);
  const source = config.publicUrl ?? `http://${config.host}:${config.port}`;
  const logger = createLogger(config.logLevel);
  const services = { config, keys, database, sealing, now: () => now, logger, source };
  const jobs = jobsOf(openJobServices(stack, services));
  const owned = stack.move();
  return { administered, jobs, now, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

function dueFor({ name, schedule }: Job, period: string | undefined, now: Temporal.Instant): Due {
  if (period === undefined) return lastDue(schedule, now);
  const due = dueOfPeriod(schedule, period);
  if (!due)
    throw new ConfigError(`${period} is no period of ${name}; one is ${lastDue(schedule, now).period}`);
  if (Temporal.Instant.compare(due.dueAt, now) > 0)
    throw new ConfigError(`${name} is not due for ${period} before ${beijingText(due.dueAt)} Beijing time`);
  return due;
}

function tell(outcome: RunOutcome, stop: StopSignals, { stdout, stderr }: CommandOutput): number {
  const { job, period, result, counts, workedMs, failure } = outcome;
  if (result === "DONE") {
    const rows: [string, string | number][] = [
      ["job", job],
      ["period", period],
      ["result", "done"],
      ...Object.entries(counts),
      ["seconds", (workedMs / 1_000).toFixed(1)],
    ];
    stdout.write(rows.map(([name, value]) => `${name.padEnd(22)}${value}\n`).join(""));
    return OK;
  }
  const texts = {
    DONE_BEFORE: "is done already",
    TAKEN: "is under way in another process; look again later",
    LOST: "was taken over by another process",
    STOPPED: "was stopped; run it again to go on",
    FAILED: `failed (${failure}); run it again: it goes on where it was`,
  } as const;
  const line = `${job} ${period} ${texts[result]}\n`;
  if (result === "DONE_BEFORE") {
    stdout.write(line);
    return OK;
  }
  stderr.write(`run-job: ${line}`);
  return result === "STOPPED" && stop.received ? signalExitCode(stop.received) : FAILED;
}

function scheduleText(schedule: JobSchedule, now: Temporal.Instant): string {
  if (schedule.every === "minutes")
    return schedule.minutes === 1 ? "every minute" : `every ${schedule.minutes} minutes`;
  if (schedule.every === "day") return `every day ${schedule.time}`;
  const { day } = lastDue(schedule, now).dueAt.toZonedDateTimeISO(BEIJING_TIME_ZONE);
  return `every month on the ${day}. ${schedule.time}`;
}

function beijingText(instant: Temporal.Instant): string {
  return instant
    .toZonedDateTimeISO(BEIJING_TIME_ZONE)
    .toPlainDateTime()
    .toString({ smallestUnit: "minute" })
    .replace("T", " ");
}
