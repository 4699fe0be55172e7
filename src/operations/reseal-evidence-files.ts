import type { Database } from "../storage/database.js";
import { readDigests } from "../storage/evidence-files.js";
import type { EvidenceStore } from "../storage/evidence-store.js";
import type { VersionCount } from "../storage/key-backfill.js";
import { evidenceFiles } from "../storage/sealed-columns.js";
import { type Sealing, sealedVersionOf } from "../storage/sealing.js";
import { dropSetting, readSetting, writeSetting } from "../storage/settings.js";

export interface EvidenceFileContext {
  readonly database: Database;
  readonly sealing: Sealing;
  readonly evidenceStore: EvidenceStore;
}

interface Progress {
  readonly target: number;
  /** The last digest that is done. */
  readonly sha256: string;
}

export interface ResealedFiles {
  readonly replaced: number;
  readonly faults: number;
  readonly stopped: boolean;
}

const SETTING = "key_backfill:evidence_files";
const FILES_AT_ONCE = 50;

/**
 * Seals evidence files again under the current key, in the order of their digests. A file is put in its own place, whole or
 * not at all, and is the same to whoever reads it: nothing needs to wait.
 */
export async function resealEvidenceFiles(
  { database, sealing, evidenceStore }: EvidenceFileContext,
  options: {
    readonly signal: AbortSignal | undefined;
    readonly onFiles: (share: number, replaced: number) => Promise<void> | void;
  },
): Promise<ResealedFiles> {
  const target = sealing.current("sealing");
  const stored = await readSetting<Progress>(database.db, SETTING);
  let done: Buffer | null = stored?.target === target ? Buffer.from(stored.sha256, "hex") : null;
  let [replaced, faults] = [0, 0];
  for (;;) {
    if (options.signal?.aborted) return { replaced, faults, stopped: true };
    const digests = await readDigests(database.db, done, FILES_AT_ONCE);
    const last = digests.at(-1);
    if (!last) break;
    for (const digest of digests) {
      const outcome = await resealFile(sealing, evidenceStore, digest.toString("hex"));
      if (outcome === "replaced") replaced += 1;
      if (outcome === "fault") faults += 1;
    }
    done = last;
    const progress: Progress = { target, sha256: last.toString("hex") };
    await database.transact((tx) => writeSetting(tx, SETTING, progress));
    await options.onFiles(last.readUInt8(0) / 256, replaced);
  }
  await database.transact((tx) => dropSetting(tx, SETTING));
  return { replaced, faults, stopped: false };
}

async function resealFile(
  sealing: Sealing,
  store: EvidenceStore,
  sha256: string,
): Promise<"replaced" | "current" | "fault"> {
  const target = sealing.current("sealing");
  const version = await store.firstByte(sha256);
  if (version === null || version === target) return "current";
  const sealed = await store.get(sha256);
  if (!sealed || sealedVersionOf(sealed) === target) return "current";
  const place = evidenceFiles.place(sha256);
  let plain: Buffer;
  try {
    plain = sealing.openBytes(sealed, place);
  } catch {
    // Altered, or under a key that is gone: left for whoever looks into it.
    return "fault";
  }
  const sealer = sealing.sealer(place);
  sealer.push(plain);
  await store.put(sha256, sealer.finish());
  return "replaced";
}

/** In place of the version of files that are registered and not in the store. */
export const MISSING = 0;

/**
 * How many files are under which version: reads the first byte of each. Files that are not found keep every version: this
 * may be the wrong store.
 */
export async function countFileVersions({
  database,
  evidenceStore,
}: EvidenceFileContext): Promise<VersionCount[]> {
  const counts = new Map<number, number>();
  for (let after: Buffer | null = null; ; ) {
    const digests: Buffer[] = await readDigests(database.db, after, FILES_AT_ONCE);
    const versions = await Promise.all(
      digests.map((digest) => evidenceStore.firstByte(digest.toString("hex"))),
    );
    for (const version of versions.map((each) => each ?? MISSING))
      counts.set(version, (counts.get(version) ?? 0) + 1);
    after = digests.at(-1) ?? null;
    if (!after) break;
  }
  return [...counts].map(([version, rows]) => ({
    kind: "sealing",
    name: evidenceFiles.name,
    version,
    rows,
    needed: rows,
    until:
      version === MISSING
        ? "not in the evidence store; check EVIDENCE_DIR or EVIDENCE_S3_BUCKET, or have them uploaded again"
        : null,
  }));
}
