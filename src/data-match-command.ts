import { randomUUID } from "node:crypto";
import { type FileHandle, open, realpath, stat } from "node:fs/promises";
import { constants as os } from "node:os";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { CommandOutput } from "./command-output.js";
import { type Config, ConfigError, readConfig } from "./config.js";
import { parseDataMatchLine } from "./data-match-lines.js";
import type { ChannelActor } from "./domain/actor.js";
import { scopesHeld } from "./domain/actor.js";
import { refusalMessage, refusals } from "./domain/refusals.js";
import { noProgress, progressDisplay } from "./import-progress.js";
import { loadKeys } from "./keys.js";
import type { OperationContext } from "./operations/operation.js";
import {
  type DataMatchItemInput,
  type DataMatchResult,
  submitDataMatches,
} from "./operations/submit-data-matches.js";
import { type TextLine, textLines } from "./register/json-lines.js";
import { SandboxClock } from "./sandbox/sandbox-clock.js";
import { StopSignals } from "./stop-signals.js";
import { AccessLog } from "./storage/access-log.js";
import { readCertifications } from "./storage/certifications.js";
import { readActiveClient } from "./storage/channel-clients.js";
import type { Database } from "./storage/database.js";
import { EmbeddedDatabaseHeld } from "./storage/embedded-lock.js";
import { isConnectionFault, sqlStateOf } from "./storage/faults.js";
import { ownedOpaqueId } from "./storage/ids.js";
import { holdKeys, WrongKeys } from "./storage/key-versions.js";
import { openStorage } from "./storage/open.js";
import { Sealing } from "./storage/sealing.js";

const USAGE = `usage: data-match FILE.jsonl --client ID --results OUT.jsonl [--quiet]

Submits traces found by comparing data. A line of the file is an item of dataMatchCertificationsSubmit:
  {"subject":{"name":"…","document":{"type":"RESIDENT_ID","number":"…"}},
   "evidence":{"source":"INPATIENT_STAY","eventAt":"2026-05-02T09:00:00+08:00","sourceReference":"…"}}
  --client ID     the client of channel DATA_MATCH that submits them
  --results PATH  one line for each line; run again with the same file and results, it goes on behind the last one
  --quiet         no progress, only the summary
`;

const [OK, FAILED, WRONG_USAGE, SIGNAL_BASE] = [0, 1, 2, 128];
const LF = 0x0a;
/** Fewer than the API takes: the persons of a group are locked until it is done. */
const GROUP_LINES = 100;
const MAX_ATTEMPTS = 6;
const FIRST_PAUSE_MS = 250;

interface Arguments {
  readonly file: string;
  readonly client: string;
  readonly results: string;
  readonly quiet: boolean;
}

/** What is wrong with the command's arguments or files, in one line. */
class CommandRefused extends Error {
  override readonly name = "CommandRefused";
}

/** The `data-match` command: exit code 0, or 1 when a line or the whole failed, 2 for wrong usage, 130/143 when stopped. */
export async function runDataMatch(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  output: CommandOutput = process,
): Promise<number> {
  const given = readArguments(args);
  if (given === "help") {
    output.stdout.write(USAGE);
    return OK;
  }
  if (given === null) {
    output.stderr.write(USAGE);
    return WRONG_USAGE;
  }
  try {
    return await submitFile(given, readConfig(env), output);
  } catch (error) {
    output.stderr.write(`data-match: ${messageFor(error)}\n`);
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
        quiet: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) return "help";
    const [file, ...rest] = positionals;
    if (!file || rest.length > 0 || !values.client || !values.results) return null;
    return { file, client: values.client, results: values.results, quiet: values.quiet };
  } catch {
    return null;
  }
}

async function submitFile(given: Arguments, config: Config, output: CommandOutput): Promise<number> {
  const size = await sizeOf(given.file);
  await refuseOverwriting(given);
  const sealing = new Sealing((await loadKeys(config)).sealing);
  await using database = await openStorage(config);
  await using _held = await holdKeys(database, sealing);
  const actor = await readActor(config, database, given.client);
  await using accessLog = new AccessLog(database.db, config.audit, () => undefined);
  await using results = await ResultsFile.open(given.results);
  const counts = { done: results.linesBefore, certified: 0, refused: 0 };
  if (counts.done > 0) output.stderr.write(`data-match: going on behind line ${counts.done}\n`);
  using stop = new StopSignals();
  const display = given.quiet ? noProgress : progressDisplay(output.stderr, size);
  try {
    for await (const lines of textLines(given.file, { skip: counts.done, limit: GROUP_LINES })) {
      const now = await readNow(config, database);
      const requestId = randomUUID();
      const context = { database, sealing, verifyFaceAssertion: async () => null, actor, now, requestId };
      const answers = await submitLines({ context, accessLog }, lines);
      await results.add(answers);
      counts.done += answers.length;
      const refused = answers.filter(({ userErrors }) => userErrors !== undefined).length;
      counts.refused += refused;
      counts.certified += answers.length - refused;
      display.show({ lines: counts.done, failed: counts.refused, readBytes: lines.at(-1)?.readBytes ?? 0 });
      if (stop.received) break;
    }
  } finally {
    display.stop();
  }
  const { done, certified, refused } = counts;
  output.stdout.write(`lines     ${done}\ncertified ${certified}\nrefused   ${refused}\n`);
  if (stop.received) {
    output.stderr.write(
      `data-match: stopped by ${stop.received} after line ${done}; run it again to go on\n`,
    );
    return SIGNAL_BASE + os.signals[stop.received];
  }
  return refused > 0 ? FAILED : OK;
}

interface LineAnswer {
  readonly line: number;
  readonly certificationId?: string;
  readonly state?: string;
  readonly validThrough?: string | null;
  readonly userErrors?: readonly {
    readonly code: string;
    readonly message: string;
    readonly path: readonly string[];
  }[];
}

interface Submitting {
  readonly context: OperationContext<ChannelActor>;
  readonly accessLog: AccessLog;
}

/** One group of lines through the operation that the API runs too; a line that is none keeps no other from passing. */
async function submitLines(
  submitting: Submitting,
  lines: readonly TextLine[],
): Promise<readonly LineAnswer[]> {
  const parsed = lines.map(({ number, text }) => ({ number, parsed: parseDataMatchLine(text) }));
  const items = parsed.flatMap(({ parsed }) => (parsed.ok ? [parsed.item] : []));
  const submitted = items.length > 0 ? await submitSurely(submitting, items) : [];
  const outcomes = submitted.values();
  const records = await recordsOf(submitting, submitted);
  return parsed.map(({ number, parsed }): LineAnswer => {
    if (!parsed.ok) {
      const { message, path } = parsed;
      return { line: number, userErrors: [{ code: "INVALID_INPUT", message, path }] };
    }
    const result = outcomes.next().value;
    if (!result) throw new Error("a line without a result");
    if ("refusal" in result) {
      const { code } = refusals[result.refusal];
      const message = refusalMessage({ refusal: result.refusal, params: {} }, "en");
      return { line: number, userErrors: [{ code, message, path: result.path.slice(3) }] };
    }
    const record = records.get(result.key.id);
    if (!record) throw new Error("a certification vanished");
    const { state, validThrough } = record;
    return { line: number, certificationId: ownedOpaqueId("certification", record), state, validThrough };
  });
}

/** The same key again after a lost connection: what had been committed is found, and nothing is done twice. */
async function submitSurely(
  { context }: Submitting,
  items: readonly DataMatchItemInput[],
): Promise<readonly DataMatchResult[]> {
  const input = { idempotencyKey: randomUUID(), items };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await submitDataMatches(context, input);
    } catch (error) {
      if (!isConnectionFault(error) || attempt >= MAX_ATTEMPTS) throw error;
      await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  }
}

async function recordsOf({ context, accessLog }: Submitting, submitted: readonly DataMatchResult[]) {
  const keys = submitted.flatMap((result) => ("key" in result ? [result.key] : []));
  if (keys.length === 0) return new Map();
  const records = await readCertifications(context.database.db, keys);
  const { actor, requestId, now } = context;
  const at = new Date(now.epochMilliseconds);
  const persons = [...new Map(keys.map((key) => [key.pensionerId, key])).values()];
  await accessLog.record({ clientId: actor.clientId, operation: "data-match", requestId, at }, persons);
  return new Map(records.map((record) => [record.id, record]));
}

/** The results so far: a last line that was cut off by a crash is taken away, what follows is appended. */
class ResultsFile implements AsyncDisposable {
  private constructor(
    private readonly handle: FileHandle,
    /** Lines of the input that were answered by an earlier run. */
    readonly linesBefore: number,
  ) {}

  static async open(path: string): Promise<ResultsFile> {
    const handle = await open(path, "a+").catch((error: NodeJS.ErrnoException) => {
      throw new CommandRefused(`the results cannot be written to ${path} (${error.code ?? "unknown"})`);
    });
    let lines = 0;
    let whole = 0;
    let read = 0;
    for await (const chunk of handle.createReadStream({ start: 0, autoClose: false })) {
      const bytes = chunk as Buffer;
      for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) {
        lines += 1;
        whole = read + at + 1;
      }
      read += bytes.length;
    }
    await handle.truncate(whole);
    return new ResultsFile(handle, lines);
  }

  async add(answers: readonly LineAnswer[]): Promise<void> {
    await this.handle.appendFile(answers.map((answer) => `${JSON.stringify(answer)}\n`).join(""));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.handle.close();
  }
}

async function readActor(config: Config, database: Database, id: string): Promise<ChannelActor> {
  const client = await readActiveClient(database.db, id, config.mode === "sandbox");
  if (client?.kind !== "CHANNEL" || client.channel !== "DATA_MATCH") {
    throw new CommandRefused("there is no such client of channel DATA_MATCH");
  }
  const scopes = scopesHeld({ scopes: client.scopes, roles: [] });
  if (!scopes.includes("certification:write")) throw new CommandRefused("this client may not certify");
  const { name, channel, employerCode, districtCode } = client;
  return {
    kind: "CHANNEL",
    clientId: id,
    name,
    channel,
    employerCode,
    districtCode,
    scopes: new Set(scopes),
  };
}

async function readNow(config: Config, database: Database): Promise<Temporal.Instant> {
  if (config.mode === "sandbox") return SandboxClock.read(database, config.sandboxClock);
  return Temporal.Instant.fromEpochMilliseconds(Date.now());
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new CommandRefused(`${path}: the file cannot be read (${error.code ?? "unknown"})`);
  });
  if (found.isDirectory()) throw new CommandRefused(`${path}: the file cannot be read: it is a directory`);
  return found.size;
}

async function refuseOverwriting({ file, results }: Arguments): Promise<void> {
  const existing = await realpath(results).catch(() => resolve(results));
  if (existing === (await realpath(file)))
    throw new CommandRefused("the results would overwrite the file itself");
}

/** What went wrong in one line. A driver's own message may quote a statement's values, so it is never shown. */
function messageFor(error: unknown): string {
  const known = [CommandRefused, ConfigError, WrongKeys, EmbeddedDatabaseHeld];
  if (error instanceof Error && known.some((kind) => error instanceof kind)) return error.message;
  const rerun = "what is in the results stands; run it again to go on";
  const state = sqlStateOf(error);
  if (isConnectionFault(error)) return `the database cannot be reached or was lost; ${rerun}`;
  if (state) return `the database refused a statement (SQLSTATE ${state}); ${rerun}`;
  const errno = (error as NodeJS.ErrnoException).code;
  return `failed (${error instanceof Error ? error.name : "unknown"}${errno ? ` ${errno}` : ""}); ${rerun}`;
}
