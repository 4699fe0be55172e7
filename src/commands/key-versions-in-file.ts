import { randomBytes } from "node:crypto";
import { ConfigError } from "../config.js";
import type { KeyFileJson } from "../key-file.js";
import { type KeyKind, MAX_KEY_VERSION } from "../storage/sealing.js";

/** The sealing or index keys as a key file holds them. */
interface StoredVersions {
  readonly current: number;
  readonly keys: Readonly<Record<string, string>>;
}

const keyBytes = { sealing: 16, index: 32 } as const satisfies Record<KeyKind, number>;

/** A file whose index key was never rotated has it alone: that is version 1. */
function versionsIn(file: KeyFileJson, kind: KeyKind): StoredVersions {
  const stored = file[kind];
  if (kind === "index" && typeof stored === "string") return { current: 1, keys: { "1": stored } };
  const { current, keys } = (stored ?? {}) as Partial<StoredVersions>;
  if (typeof current !== "number" || keys === null || typeof keys !== "object")
    throw new ConfigError(`the key file does not fit at: ${kind}`);
  return { current, keys };
}

/** Adds the next version, current or, for now, only at hand. Numbers are not used twice: old ones stand in backups. */
export function withNewVersion(
  file: KeyFileJson,
  kind: KeyKind,
  active: boolean,
): { readonly file: KeyFileJson; readonly version: number } {
  const { current, keys } = versionsIn(file, kind);
  const version = Math.max(...Object.keys(keys).map(Number), current) + 1;
  if (version > MAX_KEY_VERSION)
    throw new ConfigError(`there is no ${kind} key version after ${MAX_KEY_VERSION}`);
  const added = { ...keys, [version]: randomBytes(keyBytes[kind]).toString("base64") };
  return { file: { ...file, [kind]: { current: active ? version : current, keys: added } }, version };
}

/** Makes a version current that is at hand. */
export function withCurrent(file: KeyFileJson, kind: KeyKind, version: number): KeyFileJson {
  const { keys } = versionsIn(file, kind);
  if (!(version in keys)) throw new ConfigError(`the key file has no ${kind} key version ${version}`);
  return { ...file, [kind]: { current: version, keys } };
}

/** Takes a version away that is not current; null when it is not there. */
export function withoutVersion(file: KeyFileJson, kind: KeyKind, version: number): KeyFileJson | null {
  const { current, keys } = versionsIn(file, kind);
  if (version === current) throw new ConfigError(`${kind} key version ${version} is the current one`);
  if (!(version in keys)) return null;
  const { [version]: _gone, ...others } = keys;
  return { ...file, [kind]: { current, keys: others } };
}
