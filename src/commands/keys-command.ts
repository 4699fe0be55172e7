import { ConfigError } from "../config.js";
import {
  changeKeyFile,
  type KeyFileJson,
  listOf,
  newSigningKey,
  parseJson,
  readKeyFile,
  type SigningPurpose,
  type StoredSigningKey,
  signingPurposes,
} from "../key-file.js";
import { writeKeyFileIfAbsent } from "../keys.js";
import type { CommandOutput } from "./command-output.js";
import { KEY_ROTATION_USAGE } from "./key-rotation-command.js";

const USAGE = `usage: keys VERB FILE

  keys generate FILE                                       make a key file for production
  keys list FILE                                           which keys sign, which only verify
  keys rotate-signing FILE [token|receipt] [--prepare]     a new key signs, the old ones still verify;
                                                           --prepare publishes it first, the next rotation uses it
  keys retire-signing FILE KID                             take away a key that signs no more

After each: restart every process. Until they all know a key, tokens that it signed are refused by some of them, and
whoever verifies receipts by a stored copy of the key set needs a new copy: with several processes, --prepare, restart,
wait, then rotate.

${KEY_ROTATION_USAGE}`;

/** Makes key files and rotates the keys that sign access tokens and receipts. */
export async function runKeys(args: readonly string[], output: CommandOutput = process): Promise<number> {
  const prepare = args.includes("--prepare");
  const [verb = "", path = "", ...rest] = args.filter((arg) => arg !== "--prepare");
  const work = path === "" || path.startsWith("-") ? null : planned(verb, path, rest, prepare);
  if (!work) {
    output.stderr.write(USAGE);
    return 2;
  }
  return work(output);
}

type Work = (output: CommandOutput) => Promise<number>;

/** What to do, or null when it is no command of ours. */
function planned(verb: string, path: string, rest: readonly string[], prepare: boolean): Work | null {
  const [last, ...more] = rest;
  if (more.length > 0 || (prepare && verb !== "rotate-signing")) return null;
  if (verb === "retire-signing" && last) return (output) => retire(path, last, output);
  if (verb === "rotate-signing") {
    const purposes = signingPurposes.filter((purpose) => last === undefined || purpose === last);
    return purposes.length > 0 ? (output) => rotate(path, purposes, prepare, output) : null;
  }
  if (last !== undefined) return null;
  if (verb === "generate") return (output) => generate(path, output);
  return verb === "list" ? (output) => list(path, output) : null;
}

async function generate(path: string, output: CommandOutput): Promise<number> {
  const made = await writeKeyFileIfAbsent(path, false);
  output.stderr.write(
    made
      ? `new keys in ${path}: keep a copy apart from the database\n`
      : `${path} exists and was left as it is\n`,
  );
  return made ? 0 : 1;
}

async function list(path: string, output: CommandOutput): Promise<number> {
  const file = parseJson(path, await readKeyFile(path)) as KeyFileJson;
  for (const purpose of signingPurposes)
    for (const [position, key] of keysOf(path, file, purpose).entries())
      output.stdout.write(`${purpose.padEnd(9)}${key.kid.padEnd(24)}${standingOf(key, position)}\n`);
  return 0;
}

function standingOf(key: StoredSigningKey, position: number): string {
  if (position === 0) return "signs";
  return key.prepared ? "prepared: signs after the next rotation" : "verifies";
}

async function rotate(
  path: string,
  purposes: readonly SigningPurpose[],
  prepare: boolean,
  output: CommandOutput,
): Promise<number> {
  const told: string[] = [];
  await changeKeyFile(path, async (file) => {
    const changed = { ...file };
    for (const purpose of purposes) {
      const keys = keysOf(path, file, purpose);
      const waiting = keys.find((key) => key.prepared);
      if (prepare && waiting)
        throw new ConfigError(`${waiting.kid} is prepared already: rotate, or retire it`);
      const fresh = waiting ?? (await newSigningKey(purpose));
      // A first key can only be one that signs.
      const ahead = prepare && keys.length > 0;
      changed[listOf[purpose]] = ahead ? [...keys, { ...fresh, prepared: true }] : promoted(fresh, keys);
      told.push(
        ahead
          ? `${fresh.kid} is published after a restart and signs after the next rotation\n`
          : `${fresh.kid} signs ${purpose}s after a restart; ${keys.length > 0 ? "the old keys still verify" : "it is the first one"}\n`,
      );
    }
    return changed;
  });
  for (const line of told) output.stderr.write(line);
  return 0;
}

function promoted(fresh: StoredSigningKey, keys: readonly StoredSigningKey[]): StoredSigningKey[] {
  const { prepared: _note, ...key } = fresh;
  return [key as StoredSigningKey, ...keys.filter(({ kid }) => kid !== fresh.kid)];
}

async function retire(path: string, kid: string, output: CommandOutput): Promise<number> {
  await changeKeyFile(path, async (file) => {
    for (const purpose of signingPurposes) {
      const keys = keysOf(path, file, purpose);
      const position = keys.findIndex((key) => key.kid === kid);
      if (position < 0) continue;
      if (position === 0) throw new ConfigError(`${kid} signs ${purpose}s: rotate first, then retire it`);
      return { ...file, [listOf[purpose]]: keys.filter((key) => key.kid !== kid) };
    }
    throw new ConfigError(`${path} has no signing key ${kid}; see \`npm run cli -- keys list ${path}\``);
  });
  output.stderr.write(`${kid} is gone after a restart: what it signed no longer verifies\n`);
  return 0;
}

function keysOf(path: string, file: KeyFileJson, purpose: SigningPurpose): readonly StoredSigningKey[] {
  const keys = file[listOf[purpose]] ?? [];
  const fits =
    Array.isArray(keys) && keys.every((key: { kid?: unknown } | null) => typeof key?.kid === "string");
  if (!fits || (purpose === "token" && keys.length === 0))
    throw new ConfigError(`the key file ${path} does not fit at: ${listOf[purpose]}`);
  return keys as StoredSigningKey[];
}
