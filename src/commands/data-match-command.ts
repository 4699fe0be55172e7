import "reflect-metadata";
import { stat } from "node:fs/promises";
import { parseArgs } from "node:util";
import { actorOf } from "../auth/access-tokens.js";
import type { Config } from "../config.js";
import type { ChannelActor } from "../domain/actor.js";
import type { Language } from "../domain/language.js";
import { textLines } from "../register/json-lines.js";
import { ResultsFile } from "../register/results-file.js";
import { AccessLog } from "../storage/access-log.js";
import { readActiveClient } from "../storage/channel-clients.js";
import type { Database } from "../storage/database.js";
import { openAdministered, readServiceTime } from "./administration.js";
import { describeCommandFailure } from "./command-failure.js";
import { wouldOverwrite } from "./command-files.js";
import { type CommandOutput, type Environment, tellUsage } from "./command-output.js";
import { DataMatchLines } from "./data-match-lines.js";
import { noProgress, progressDisplay } from "./import-progress.js";
import { StopSignals, signalExitCode } from "./stop-signals.js";

const USAGE = `usage: data-match FILE.jsonl --client ID --results RESULTS.jsonl [--language en] [--quiet]

Certifies by traces found by comparing data: a JSON object a line, as an item of dataMatchCertificationsSubmit, UTF-8.
  --client ID      the DATA_MATCH client in whose name it is done
  --results PATH   a JSON line of result for each line; run again with both files, it goes on behind the last result
  --language LANG  of the results' texts: zh-CN or en
  --quiet          no progress, only the summary
`;

const OK = 0;
const FAILED = 1;
/** Fewer than the API takes: the persons of a group are locked until it is done. */
const GROUP_LINES = 100;

interface Arguments {
  readonly file: string;
  readonly client: string;
  readonly results: string;
  readonly language: Language;
  readonly quiet: boolean;
}

/** What is wrong with the files or the client; the message says so. */
class DataMatchCommandError extends Error {
  override readonly name = "DataMatchCommandError";
}

/** The `data-match` command: exit code 0 when each line certifies, 1 otherwise, 2 for wrong usage, 130/143 when stopped. */
export async function runDataMatch(
  args: readonly string[],
  env: Environment,
  output: CommandOutput = process,
): Promise<number> {
  const given = readArguments(args);
  if (given === "help" || given === null) return tellUsage(given, USAGE, output);
  try {
    return await submitFile(given, env, output);
  } catch (error) {
    const rerun = "what is in the results stands; run it again to go on";
    const message =
      error instanceof DataMatchCommandError ? error.message : describeCommandFailure(error, rerun);
    output.stderr.write(`data-match: ${message}\n`);
    return FAILED;
  }
}

function readArguments(args: readonly string[]): Arguments | "help" | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        client: { type: "string" },
        results: { type: "string" },
        language: { type: "string", default: "zh-CN" },
        quiet: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) return "help";
    const [file, ...rest] = positionals;
    const { client, results, language, quiet } = values;
    if (!file || rest.length > 0 || !client || !results) return null;
    if (language !== "zh-CN" && language !== "en") return null;
    return { file, client, results, language, quiet };
  } catch {
    return null;
  }
}

async function submitFile(given: Arguments, env: Environment, output: CommandOutput): Promise<number> {
  // The file is looked at first: a wrong one leaves no trace.
  const size = await sizeOf(given.file);
  await refuseSameFile(given);
  await using administered = await openAdministered(env);
  const { config, database, sealing } = administered;
  const actor = await readActor(config, database, given.client);
  await using accessLog = new AccessLog(database.db, "strict", () => undefined);
  await using results = await openResults(given.results);
  if (results.linesBefore > 0) {
    output.stderr.write(`data-match: going on behind line ${results.linesBefore}\n`);
  }
  using stop = new StopSignals();
  const submitting = new DataMatchLines({ database, sealing, actor, accessLog, language: given.language });
  const display = given.quiet ? noProgress : progressDisplay(output.stderr, size, "submitting");
  const counts = { lines: results.linesBefore, certified: 0, failed: 0 };
  try {
    const options = { skip: counts.lines, limit: GROUP_LINES };
    for await (const lines of textLines(given.file, options)) {
      const told = await submitting.submit(lines, await readServiceTime(config, database));
      await results.add(told);
      const refused = told.filter(({ certificationId }) => certificationId === null).length;
      counts.lines += told.length;
      counts.failed += refused;
      counts.certified += told.length - refused;
      display.show({ ...counts, readBytes: lines.at(-1)?.readBytes ?? 0 });
      if (stop.received) break;
    }
  } finally {
    display.stop();
  }
  output.stdout.write(
    `lines     ${counts.lines}\ncertified ${counts.certified}\nrefused   ${counts.failed}\n`,
  );
  if (stop.received) {
    output.stderr.write(
      `data-match: stopped by ${stop.received} after line ${counts.lines}; run it again to go on\n`,
    );
    return signalExitCode(stop.received);
  }
  return counts.failed > 0 ? FAILED : OK;
}

async function openResults(path: string): Promise<ResultsFile> {
  try {
    return await ResultsFile.open(path);
  } catch (error) {
    throw new DataMatchCommandError(`${path}: cannot be written (${codeOf(error)})`);
  }
}

async function readActor(config: Config, database: Database, id: string): Promise<ChannelActor> {
  const client = await readActiveClient(database.db, id, config.mode === "sandbox");
  const actor = client && actorOf(client, null);
  if (actor?.kind !== "CHANNEL" || actor.channel !== "DATA_MATCH") {
    throw new DataMatchCommandError(
      `there is no DATA_MATCH client ${id} (a sandbox's clients are there once it has been started)`,
    );
  }
  if (!actor.scopes.has("certification:write"))
    throw new DataMatchCommandError(`the client ${id} may not certify`);
  return actor;
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch((error: unknown) => {
    throw new DataMatchCommandError(`${path}: cannot be read (${codeOf(error)})`);
  });
  if (!found.isFile()) throw new DataMatchCommandError(`${path}: is not a file`);
  return found.size;
}

async function refuseSameFile({ file, results }: Arguments): Promise<void> {
  if (await wouldOverwrite(results, file))
    throw new DataMatchCommandError("the results would overwrite the file itself");
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "unknown";
}
