import { Sealing } from "../../src/storage/sealing.js";

/** Versions of both kinds, in keys that are the same wherever a test makes them. */
export function versionedKeys(current: number, versions: readonly number[]): Sealing {
  const keys = (bytes: number) => new Map(versions.map((version) => [version, Buffer.alloc(bytes, version)]));
  return new Sealing({ current, keys: keys(16), index: { current, keys: keys(32) } });
}
