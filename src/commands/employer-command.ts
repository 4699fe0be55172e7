import "reflect-metadata";
import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { parseArgs } from "node:util";
import { actorOf } from "../auth/access-tokens.js";
import { failureTeller } from "../batch-failure.js";
import type { Config } from "../config.js";
import type { ChannelActor } from "../domain/actor.js";
import type { Language } from "../domain/language.js";
import { Refused, refusalMessage } from "../domain/refusals.js";
import { employerLineReader } from "../graphql/employer-line.js";
import { buildPlainSchema } from "../graphql/schema.js";
import {
  type EmployerBatch,
  MAX_BATCH_LINES,
  refuseBatch,
  submitEmployerBatch,
} from "../operations/employer-batch.js";
import { type ToldResult, tellResult } from "../operations/line-results.js";
import { AccessLog } from "../storage/access-log.js";
import { readActiveClient } from "../storage/channel-clients.js";
import type { Database } from "../storage/database.js";
import { openAdministered, readServiceTime } from "./administration.js";
import { describeCommandFailure } from "./command-failure.js";
import { wouldOverwrite } from "./command-files.js";
import { type CommandOutput, type Environment, tellUsage } from "./command-output.js";
import { noProgress, progressDisplay } from "./import-progress.js";
import { StopSignals, signalExitCode } from "./stop-signals.js";

const USAGE = `usage: employer submit FILE --client ID --employer CODE --results RESULTS.jsonl [--language en] [--quiet]

Hands in the documents of an employer's pensioners: a JSON object a line, as an item of employerCertificationsSubmit,
UTF-8, at most 100,000 lines. The same file again gives the same results.
  --client ID      the EMPLOYER client in whose name it is done
  --employer CODE  whose pensioners they are
  --results PATH   a JSON line of result for each line; it is written anew
  --language LANG  of the results' texts: zh-CN or en
  --quiet          no progress, only the summary
`;

const OK = 0;
const FAILED = 1;
const READ_BYTES = 64 * 1024;
const LF = 0x0a;

interface Arguments {
  readonly file: string;
  readonly client: string;
  readonly employer: string;
  readonly results: string;
  readonly language: Language;
  readonly quiet: boolean;
}

/** What is wrong with the file, the client or the place for the results; the message says so. */
class EmployerCommandError extends Error {
  override readonly name = "EmployerCommandError";
}

/** The `employer submit` command: exit code 0 when each line is under review, 1 otherwise, 2 for wrong usage, 130/143 when stopped. */
export async function runEmployer(
  args: readonly string[],
  env: Environment,
  output: CommandOutput = process,
): Promise<number> {
  const given = readArguments(args);
  if (given === "help" || given === null) return tellUsage(given, USAGE, output);
  try {
    return await submitFile(given, env, output);
  } catch (error) {
    const rerun = "what was submitted so far stands; run it again for the rest";
    const message =
      error instanceof EmployerCommandError ? error.message : describeCommandFailure(error, rerun);
    output.stderr.write(`employer submit: ${message}\n`);
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
        employer: { type: "string" },
        results: { type: "string" },
        language: { type: "string", default: "zh-CN" },
        quiet: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) return "help";
    const [verb, file, ...rest] = positionals;
    const { client, employer, results, language, quiet } = values;
    if (verb !== "submit" || !file || rest.length > 0 || !client || !employer || !results) return null;
    if (language !== "zh-CN" && language !== "en") return null;
    return { file, client, employer, results, language, quiet };
  } catch {
    return null;
  }
}

async function submitFile(given: Arguments, env: Environment, output: CommandOutput): Promise<number> {
  // The file is looked at first: a wrong one leaves no trace.
  await using file = await openFile(given.file, "r");
  const { digest, size } = await inspect(given.file, file);
  await using administered = await openAdministered(env);
  const { config, database, sealing } = administered;
  const actor = await readActor(database, config, given);
  await refuseSameFile(given);
  await using results = await openFile(given.results, "w");
  await using accessLog = new AccessLog(database.db, "strict", () => undefined);
  using stop = new StopSignals();
  const now = await readServiceTime(config, database);
  const requestId = randomUUID();
  const access = {
    clientId: actor.clientId,
    operation: "employerBatchLine",
    requestId,
    at: new Date(now.epochMilliseconds),
  };
  const batch: EmployerBatch = {
    context: { database, sealing, actor, now, requestId, verifyFaceAssertion: async () => null },
    employerCode: given.employer,
    filesRequired: config.evidence.filesRequired,
    key: `file|${digest}|${given.employer}`,
    readLine: employerLineReader(buildPlainSchema()),
    // Who may run this may read the database: there is nothing to guess.
    lookUp: (_, find) => find(),
    recordReads: (persons) => accessLog.record(access, persons),
    signal: stop.signal,
  };
  const display = given.quiet ? noProgress : progressDisplay(output.stderr, size, "submitting");
  const startedMs = performance.now();
  const counts = { PENDING: 0, REJECTED: 0, REFUSED: 0, FAILED: 0 };
  const { language } = given;
  const tellFailure = failureTeller({ language, requestId }, (_, code) =>
    output.stderr.write(`employer submit: ${code}: the lines from here on are to be submitted again\n`),
  );
  const read = { bytes: 0 };
  try {
    for await (const group of submitEmployerBatch(batch, chunksOf(file, read))) {
      const told = group.map((result) => tellResult(result, language, tellFailure));
      for (const { outcome } of told) counts[outcome] += 1;
      await results.appendFile(told.map((result) => `${JSON.stringify(result)}\n`).join(""));
      display.show({ readBytes: read.bytes, lines: linesIn(counts), failed: failedIn(counts) });
    }
  } finally {
    display.stop();
  }
  output.stdout.write(summary(counts, performance.now() - startedMs, given.results));
  if (stop.received) {
    output.stderr.write(`employer submit: stopped by ${stop.received}; run it again for the rest\n`);
    return signalExitCode(stop.received);
  }
  return failedIn(counts) > 0 ? FAILED : OK;
}

type Counts = Record<ToldResult["outcome"], number>;

function linesIn(counts: Counts): number {
  return counts.PENDING + failedIn(counts);
}

function failedIn({ REJECTED, REFUSED, FAILED }: Counts): number {
  return REJECTED + REFUSED + FAILED;
}

async function openFile(path: string, flags: "r" | "w"): Promise<FileHandle> {
  try {
    const handle = await open(path, flags);
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    throw new EmployerCommandError(`${path}: cannot be ${flags === "r" ? "read" : "written"} (${code})`);
  }
  throw new EmployerCommandError(`${path}: is not a file`);
}

/** What the lines are known by, and whether there are too many of them. */
async function inspect(path: string, file: FileHandle): Promise<{ digest: string; size: number }> {
  const hash = createHash("sha256");
  const read = { bytes: 0 };
  let lines = 0;
  let last = LF;
  for await (const chunk of chunksOf(file, read)) {
    hash.update(chunk);
    for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, at + 1)) lines += 1;
    last = chunk.at(-1) ?? last;
  }
  if (last !== LF) lines += 1;
  if (lines === 0) throw new EmployerCommandError(`${path}: the file is empty`);
  if (lines > MAX_BATCH_LINES)
    throw new EmployerCommandError(`${path}: a file has at most 100,000 lines, this one has ${lines}`);
  return { digest: hash.digest("hex"), size: read.bytes };
}

/** The file from its beginning; the bytes are only lent. */
async function* chunksOf(file: FileHandle, read: { bytes: number }): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, read.bytes);
    if (bytesRead === 0) return;
    read.bytes += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function refuseSameFile({ file, results }: Arguments): Promise<void> {
  if (await wouldOverwrite(results, file))
    throw new EmployerCommandError("the results would overwrite the file itself");
}

/** The client in whose name it is done: registered, of the employers' channel, and for this employer. */
async function readActor(
  database: Database,
  config: Config,
  { client: id, employer }: Arguments,
): Promise<ChannelActor> {
  const client = await readActiveClient(database.db, id, config.mode === "sandbox");
  const actor = client && actorOf(client, null);
  if (actor?.kind !== "CHANNEL") {
    throw new EmployerCommandError(
      `there is no channel's client ${id} (a sandbox's clients are there once it has been started)`,
    );
  }
  if (!actor.scopes.has("certification:write"))
    throw new EmployerCommandError(`the client ${id} has not the scope certification:write`);
  try {
    refuseBatch(actor, employer);
  } catch (error) {
    if (error instanceof Refused) throw new EmployerCommandError(refusalMessage(error, "en"));
    throw error;
  }
  return actor;
}

function summary(counts: Counts, elapsedMs: number, results: string): string {
  const seconds = Math.max(elapsedMs, 1) / 1_000;
  const lines = linesIn(counts);
  const rows: readonly (readonly [string, string | number])[] = [
    ["lines", lines],
    ["under review", counts.PENDING],
    ["rejected", counts.REJECTED],
    ["refused", counts.REFUSED],
    ["failed", counts.FAILED],
    ["seconds", seconds.toFixed(1)],
    ["lines/s", Math.round(lines / seconds)],
    ["results", results],
  ];
  return rows.map(([name, value]) => `${name.padEnd(22)}${value}\n`).join("");
}
