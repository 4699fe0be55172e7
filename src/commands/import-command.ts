import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Config, readConfig } from "../config.js";
import { beijingDateOf } from "../domain/calendar.js";
import { type RegisterHorizon, registerHorizon } from "../domain/register-row.js";
import { loadKeys } from "../keys.js";
import { type ImportProgress, importRegister } from "../operations/import-register.js";
import { ProblemReport, removeEarlierReport } from "../register/problem-report.js";
import { RegisterFile, RegisterFileError } from "../register/register-file.js";
import { appendSystemAudit, createAuditChains } from "../storage/audit.js";
import type { Database } from "../storage/database.js";
import { holdKeys } from "../storage/key-versions.js";
import { openStorage } from "../storage/open.js";
import { Sealing } from "../storage/sealing.js";
import { readServiceTime } from "./administration.js";
import { describeCommandFailure } from "./command-failure.js";
import { wouldOverwrite } from "./command-files.js";
import { type CommandOutput, tellUsage } from "./command-output.js";
import { noProgress, progressDisplay } from "./import-progress.js";
import { StopSignals, signalExitCode } from "./stop-signals.js";

const USAGE = `usage: import FILE [--report PATH] [--quiet]

Imports a benefit register: CSV with a header, or NDJSON (.ndjson, .jsonl), UTF-8.
  --report PATH  where lines that were left out are listed (FILE.report.csv)
  --quiet        no progress, only the summary
`;

const OK = 0;
const FAILED = 1;

interface ImportArguments {
  readonly file: string;
  readonly report: string;
  readonly quiet: boolean;
}

/** The `import` command: exit code 0, or 1 when a line or the whole failed, 2 for wrong usage, 130/143 when stopped. */
export async function runImport(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  output: CommandOutput = process,
): Promise<number> {
  const given = readArguments(args);
  if (given === "help" || given === null) return tellUsage(given, USAGE, output);
  try {
    return await importFile(given, readConfig(env), output);
  } catch (error) {
    output.stderr.write(`import: ${messageFor(error, given.file)}\n`);
    return FAILED;
  }
}

function readArguments(args: readonly string[]): ImportArguments | "help" | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        report: { type: "string" },
        quiet: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) return "help";
    const [file, ...rest] = positionals;
    if (!file || rest.length > 0 || values.report === "") return null;
    return { file, report: values.report ?? `${file}.report.csv`, quiet: values.quiet };
  } catch {
    return null;
  }
}

async function importFile(given: ImportArguments, config: Config, output: CommandOutput): Promise<number> {
  // The file is looked at first: a wrong one leaves no trace, not even a migrated database.
  await using file = await RegisterFile.open(given.file);
  await refuseUnusableReport(given);
  if (file.encoding !== "utf-8")
    output.stderr.write("import: the file is not UTF-8; it is read as GB18030\n");
  const sealing = new Sealing((await loadKeys(config)).sealing);
  await using database = await openStorage(config);
  await using _held = await holdKeys(database, sealing);
  const { now, horizon } = await readTimes(config, database);
  const note = await noteRun(database, now);
  await removeEarlierReport(given.report);
  await using report = new ProblemReport(given.report);
  using stop = new StopSignals();
  const display = given.quiet ? noProgress : progressDisplay(output.stderr, file.size);
  const startedMs = performance.now();
  let progress: ImportProgress;
  try {
    progress = await importRegister(
      {
        database,
        sealing,
        now,
        signal: stop.signal,
        onBatch: async (sofar, problems) => {
          display.show(sofar);
          await report.add(problems);
        },
      },
      file.lines(horizon),
    );
  } finally {
    display.stop();
  }
  await note(`${stop.received ? "STOPPED" : "FINISHED"} ${countsOf(progress)}`);
  output.stdout.write(summary(progress, performance.now() - startedMs, report));
  if (stop.received) {
    output.stderr.write(
      `import: stopped by ${stop.received} after line ${progress.lastLine}; run it again to import the rest\n`,
    );
    return signalExitCode(stop.received);
  }
  return progress.failed > 0 ? FAILED : OK;
}

/** A run's beginning and end stand in the audit chain; a run without an end was cut short. */
async function noteRun(
  database: Database,
  now: Temporal.Instant,
): Promise<(outcome: string) => Promise<void>> {
  await database.transact(createAuditChains);
  const requestId = randomUUID();
  const note = (outcome: string) =>
    database.transact((tx) =>
      appendSystemAudit(tx, {
        clientId: "cli",
        operation: "registerImport",
        requestId,
        at: now.toString(),
        subjectId: requestId,
        outcome,
      }),
    );
  await note("STARTED");
  return note;
}

function countsOf({ lines, added, updated, unchanged, failed }: ImportProgress): string {
  return Object.entries({ lines, added, updated, unchanged, failed })
    .map(([name, count]) => `${name}=${count}`)
    .join(" ");
}

/** The service's time, and how far the register may reach. The sandbox's clock is read, not started. */
async function readTimes(
  config: Config,
  database: Database,
): Promise<{ readonly now: Temporal.Instant; readonly horizon: RegisterHorizon }> {
  const sandbox = config.mode === "sandbox";
  const wall = Temporal.Instant.fromEpochMilliseconds(Date.now());
  const now = await readServiceTime(config, database);
  const serviceDay = beijingDateOf(now);
  return { now, horizon: registerHorizon({ sandbox, serviceDay, wallDay: beijingDateOf(wall) }) };
}

async function refuseUnusableReport({ file, report }: ImportArguments): Promise<void> {
  if (await wouldOverwrite(report, file))
    throw new RegisterFileError("the report would overwrite the file itself");
  try {
    await access(dirname(resolve(report)), constants.W_OK);
  } catch {
    throw new RegisterFileError(`the report cannot be written to ${report}; choose another --report PATH`);
  }
}

function summary(progress: ImportProgress, elapsedMs: number, report: ProblemReport): string {
  const seconds = Math.max(elapsedMs, 1) / 1_000;
  const rows: readonly (readonly [string, string | number])[] = [
    ["lines", progress.lines],
    ["pensioners added", progress.added],
    ["pensioners updated", progress.updated],
    ["pensioners unchanged", progress.unchanged],
    ["benefits added", progress.benefitsAdded],
    ["benefits changed", progress.benefitsChanged],
    ["duplicate lines", progress.duplicates],
    ["failed lines", progress.failed],
    ["seconds", seconds.toFixed(1)],
    ["lines/s", Math.round(progress.lines / seconds)],
    ["report", report.isWritten ? report.path : "none"],
  ];
  return rows.map(([name, value]) => `${name.padEnd(22)}${value}\n`).join("");
}

/** What went wrong in one line. */
function messageFor(error: unknown, file: string): string {
  if (error instanceof RegisterFileError) return `${file}: ${error.message}`;
  return describeCommandFailure(error, "what was imported so far stands; run it again to import the rest");
}
