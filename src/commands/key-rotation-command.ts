import { randomUUID } from "node:crypto";
import { Presets, SingleBar } from "cli-progress";
import { ConfigError, readConfig } from "../config.js";
import { changeKeyFile } from "../key-file.js";
import { loadKeys } from "../keys.js";
import { MISSING } from "../operations/reseal-evidence-files.js";
import {
  type BackfillProgress,
  backfillKeys,
  countKeyVersions,
  type KeyRotationContext,
  KeyStillNeeded,
  retireKeyVersion,
} from "../operations/rotate-keys.js";
import { appendSystemAudit, createAuditChains } from "../storage/audit.js";
import type { VersionCount } from "../storage/key-backfill.js";
import { holdKeys, keyKinds, readDeclared, readHolders } from "../storage/key-versions.js";
import { openStorage } from "../storage/open.js";
import { openEvidenceStore } from "../storage/open-evidence-store.js";
import { type KeyKind, Sealing } from "../storage/sealing.js";
import { readServiceTime } from "./administration.js";
import type { CommandOutput, Environment } from "./command-output.js";
import { withCurrent, withNewVersion, withoutVersion } from "./key-versions-in-file.js";
import { StopSignals, signalExitCode } from "./stop-signals.js";

export const KEY_ROTATION_USAGE = `  keys add-sealing FILE [--inactive]    a new key for names, numbers and phones; --inactive: at hand, not yet in use
  keys add-index FILE [--inactive]      likewise for the blind indexes
  keys activate-sealing FILE VERSION    make a version current that every process has at hand
  keys activate-index FILE VERSION
  keys reseal                           bring what is sealed to the current version; resumable
  keys reindex                          bring the blind indexes to the current version; resumable
  keys status                           how much is under which version, and what may be retired
  keys retire-sealing FILE VERSION      take a version out of use and out of the file; refused while it is needed
  keys retire-index FILE VERSION
`;

const OK = 0;
const FAILED = 1;

/** The `keys` verbs of rotation: an exit code, or null for a verb or arguments that are not theirs. */
export async function runKeyRotation(
  args: readonly string[],
  env: Environment,
  output: CommandOutput = process,
): Promise<number | null> {
  const [verb = "", ...given] = args;
  const inactive = given.includes("--inactive");
  const rest = given.filter((arg) => arg !== "--inactive");
  if (rest.some((arg) => arg.startsWith("-")) || (inactive && !verb.startsWith("add-"))) return null;
  const [path, text] = rest;
  if (path === undefined) return onDatabase(verb, env, output);
  const [, action, kind] = /^(add|activate|retire)-(sealing|index)$/.exec(verb) ?? [];
  if (!isKeyKind(kind) || rest.length !== (action === "add" ? 1 : 2)) return null;
  if (action === "add") return add(path, kind, !inactive, output);
  const version = Number(text);
  if (!Number.isInteger(version) || version < 1) return null;
  if (action === "activate") return activate(path, kind, version, output);
  return retire(path, kind, version, env, output);
}

function isKeyKind(text: string | undefined): text is KeyKind {
  return text === "sealing" || text === "index";
}

async function onDatabase(verb: string, env: Environment, output: CommandOutput): Promise<number | null> {
  if (verb === "reseal") return backfill("sealing", env, output);
  if (verb === "reindex") return backfill("index", env, output);
  return verb === "status" ? status(env, output) : null;
}

async function add(path: string, kind: KeyKind, active: boolean, output: CommandOutput): Promise<number> {
  let added = 0;
  await changeKeyFile(path, async (file) => {
    const { file: changed, version } = withNewVersion(file, kind, active);
    added = version;
    return changed;
  });
  output.stderr.write(
    active
      ? `${kind} key version ${added} is current in ${path}: restart, then run keys ${backfillOf(kind)}\n`
      : `${kind} key version ${added} is in ${path}, not yet current: give the file to every process, restart them, ` +
          `then run keys activate-${kind}\n`,
  );
  output.stderr.write("keep a copy of the file apart from the database\n");
  return OK;
}

async function activate(
  path: string,
  kind: KeyKind,
  version: number,
  output: CommandOutput,
): Promise<number> {
  await changeKeyFile(path, async (file) => withCurrent(file, kind, version));
  output.stderr.write(
    `${kind} key version ${version} is current in ${path}: give the file to every process, restart them, ` +
      `then run keys ${backfillOf(kind)}\n`,
  );
  return OK;
}

function backfillOf(kind: KeyKind): string {
  return kind === "sealing" ? "reseal" : "reindex";
}

async function backfill(kind: KeyKind, env: Environment, output: CommandOutput): Promise<number> {
  await using opened = await openForRotation(env);
  await using _held = await holdKeys(opened.database, opened.sealing);
  using stop = new StopSignals();
  const display = backfillDisplay(output.stderr);
  const note = await notesOf(opened, kind === "sealing" ? "keysReseal" : "keysReindex");
  const version = opened.sealing.current(kind);
  await note(`${kind} ${version}`, "STARTED");
  const result = await backfillKeys(opened, kind, {
    signal: stop.signal,
    onProgress: (progress) => display.show(progress),
  }).finally(() => display.stop());
  await note(`${kind} ${version}`, `${result.stopped ? "STOPPED" : "FINISHED"} replaced=${result.replaced}`);
  const name = backfillOf(kind);
  if (result.stopped && stop.received) {
    output.stderr.write(`${name}: stopped by ${stop.received}; run it again, it goes on from here\n`);
    return signalExitCode(stop.received);
  }
  output.stdout.write(`${result.replaced} values brought to ${kind} key version ${version}\n`);
  if (result.left.length === 0) return OK;
  for (const { name: column, version: old, rows } of result.left)
    output.stderr.write(`${name}: ${rows} values of ${column} are still under version ${old}\n`);
  output.stderr.write(
    result.faults > 0
      ? `${name}: ${result.faults} values cannot be read or are not what their row says; they were left as they are\n`
      : `${name}: processes still write under a former version; restart them with the present key file, then run it again\n`,
  );
  return FAILED;
}

async function status(env: Environment, output: CommandOutput): Promise<number> {
  await using opened = await openForRotation(env);
  const { database, sealing } = opened;
  const [declared, holders] = await Promise.all([readDeclared(database.db), readHolders(database.db)]);
  const counts = await countKeyVersions(opened);
  for (const kind of keyKinds) {
    const here = sealing.current(kind);
    output.stdout.write(
      `${kind} keys: version ${here} is current, ${sealing.versions(kind).join(", ")} at hand\n`,
    );
    for (const { name, version, rows, needed, until } of counts.filter((each) => each.kind === kind)) {
      const why = until !== null && version !== here && needed > 0 ? `  ${needed} needed: ${until}` : "";
      output.stdout.write(
        `  ${name.padEnd(46)}version ${String(version).padEnd(5)}${String(rows).padStart(12)}${why}\n`,
      );
    }
    for (const [text, { closed }] of Object.entries(declared[kind])) {
      const version = Number(text);
      const writers = holders.filter((holder) => holder[kind].current === version).length;
      const writing = `${writers} running processes write under it`;
      output.stdout.write(
        `  version ${version}: ${standing(kind, version, { here, writers, counts })}; ${writing}${closed ? "; being retired" : ""}\n`,
      );
    }
  }
  return OK;
}

function standing(
  kind: KeyKind,
  version: number,
  facts: { readonly here: number; readonly writers: number; readonly counts: readonly VersionCount[] },
): string {
  if (version === facts.here) return "current";
  const needed = facts.counts
    .filter((each) => each.kind === kind && [version, MISSING].includes(each.version))
    .reduce((sum, each) => sum + each.needed, 0);
  if (needed > 0) return `not to be retired: needed by ${needed} values`;
  return facts.writers > 0 ? "not to be retired yet" : "may be retired";
}

async function retire(
  path: string,
  kind: KeyKind,
  version: number,
  env: Environment,
  output: CommandOutput,
): Promise<number> {
  await using opened = await openForRotation({ ...env, KEYS_FILE: path });
  if (opened.sealing.current(kind) === version)
    throw new ConfigError(`${kind} key version ${version} is the current one`);
  await using _held = await holdKeys(opened.database, opened.sealing);
  try {
    const note = await notesOf(opened, "keysRetire");
    await note(`${kind} ${version}`, (await retireKeyVersion(opened, kind, version)).toUpperCase());
  } catch (error) {
    if (!(error instanceof KeyStillNeeded)) throw error;
    output.stderr.write(`${error.message}:\n`);
    for (const { name, needed, until } of error.needed)
      output.stderr.write(`  ${needed} values of ${name}: ${until ?? `run keys ${backfillOf(kind)}`}\n`);
    return FAILED;
  }
  // The database first: a file that still has a key which nobody needs does no harm.
  await changeKeyFile(path, async (file) => withoutVersion(file, kind, version));
  output.stderr.write(
    `${kind} key version ${version} is retired; backups of the database made until now need the former file\n`,
  );
  return OK;
}

/** Like every write, those of the command line are written down. */
async function notesOf(
  { database, now }: KeyRotationContext,
  operation: string,
): Promise<(subjectId: string, outcome: string) => Promise<void>> {
  await database.transact(createAuditChains);
  const fact = { clientId: "cli", operation, requestId: randomUUID(), at: now.toString() };
  return (subjectId, outcome) =>
    database.transact((tx) => appendSystemAudit(tx, { ...fact, subjectId, outcome }));
}

async function openForRotation(env: Environment): Promise<KeyRotationContext & AsyncDisposable> {
  const config = readConfig(env);
  const sealing = new Sealing((await loadKeys(config)).sealing);
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await openStorage(config));
  const now = await readServiceTime(config, database);
  const owned = stack.move();
  const evidenceStore = openEvidenceStore(config.evidence.store);
  return { database, sealing, evidenceStore, now, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

const LOG_INTERVAL_MS = 5_000;

/** A bar on a terminal, a line every few seconds elsewhere. */
function backfillDisplay(stream: CommandOutput["stderr"]): {
  show(progress: BackfillProgress): void;
  stop(): void;
} {
  if (!stream.isTTY) {
    let loggedMs = performance.now();
    const show = ({ share, table, replaced }: BackfillProgress) => {
      const nowMs = performance.now();
      if (nowMs - loggedMs < LOG_INTERVAL_MS) return;
      loggedMs = nowMs;
      stream.write(`${Math.floor(share * 100)}%, ${table}, ${replaced} values replaced\n`);
    };
    return { show, stop: () => undefined };
  }
  const format = "{bar} {percentage}% | {table} | {replaced} values | {eta_formatted} left";
  const bar = new SingleBar(
    // Signals are the command's own business: it finishes the chunk first.
    { stream: stream as NodeJS.WritableStream, format, hideCursor: true, gracefulExit: false },
    Presets.shades_classic,
  );
  bar.start(1_000, 0, { table: "", replaced: 0 });
  return {
    show: ({ share, table, replaced }) => bar.update(Math.floor(share * 1_000), { table, replaced }),
    stop: () => bar.stop(),
  };
}
