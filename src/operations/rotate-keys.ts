import { type BulkArrays, bulkArraysFor } from "../storage/bulk-arrays.js";
import type { Database } from "../storage/database.js";
import type { EvidenceStore } from "../storage/evidence-store.js";
import { BUCKETS, type PensionerKey } from "../storage/ids.js";
import {
  countVersions,
  ownerOf,
  purgeSpentIndexes,
  readPersonRows,
  replacementsIn,
  replaceValues,
  resealUnowned,
  type VersionCount,
} from "../storage/key-backfill.js";
import { closeVersion, settleVersion } from "../storage/key-versions.js";
import {
  type AnyRow,
  evidenceFiles,
  type OwnedTable,
  ownedTables,
  unownedTables,
} from "../storage/sealed-columns.js";
import type { KeyKind, Sealing } from "../storage/sealing.js";
import { dropSetting, readSetting, writeSetting } from "../storage/settings.js";
import { countFileVersions, MISSING, resealEvidenceFiles } from "./reseal-evidence-files.js";

export interface KeyRotationContext {
  readonly database: Database;
  readonly sealing: Sealing;
  readonly evidenceStore: EvidenceStore;
  readonly now: Temporal.Instant;
}

export interface BackfillOptions {
  /** Once aborted, no further transaction begins. */
  readonly signal?: AbortSignal;
  /** Rows that are read at once; a transaction has those of one bucket. */
  readonly chunkRows?: number;
  readonly onProgress?: (progress: BackfillProgress) => Promise<void> | void;
}

export interface BackfillProgress {
  /** Between 0 and 1. */
  readonly share: number;
  readonly table: string;
  readonly replaced: number;
}

export interface BackfillResult {
  readonly replaced: number;
  /** Values that are still under other versions, by column. */
  readonly left: readonly VersionCount[];
  /** Of them: those that could not be read, or whose index is not of what their row says. */
  readonly faults: number;
  readonly stopped: boolean;
}

/**
 * The last person that is done, kept in the transaction of what was done, so that whatever ends a backfill, the next one
 * goes on from there.
 */
interface Progress extends PensionerKey {
  readonly target: number;
  readonly table: string;
}

const CHUNK_ROWS = 500;
/** Rows that a process wrote under the former version behind the walk's back are met by the next round. */
const MAX_ROUNDS = 3;

/**
 * Brings everything that can be read to the current version: seals sealed values again, or makes indexes anew of the
 * values that they index. May run beside serving processes, more than once, and more than once at a time: a value is
 * replaced where it is still the one that was read, under the lock that everything written about a person takes first.
 */
export async function backfillKeys(
  context: KeyRotationContext,
  kind: KeyKind,
  options: BackfillOptions = {},
): Promise<BackfillResult> {
  let replaced = 0;
  for (let round = 1; ; round += 1) {
    const walk = await walkTables(context, kind, options, replaced);
    replaced = walk.replaced;
    const counts = await countKeyVersions(context);
    const left = counts.filter(
      (each) => each.kind === kind && each.until === null && each.version !== context.sealing.current(kind),
    );
    const open = left.reduce((sum, { rows }) => sum + rows, 0) - walk.faults;
    if (walk.stopped || open <= 0 || round === MAX_ROUNDS) return { ...walk, left };
  }
}

interface Walk {
  readonly context: KeyRotationContext;
  readonly kind: KeyKind;
  readonly options: BackfillOptions;
  readonly target: number;
  readonly arrays: BulkArrays;
  /** The place that its progress is kept under. */
  readonly setting: string;
  replaced: number;
  faults: number;
}

async function walkTables(
  context: KeyRotationContext,
  kind: KeyKind,
  options: BackfillOptions,
  replaced: number,
): Promise<Pick<BackfillResult, "replaced" | "faults" | "stopped">> {
  const { database, sealing } = context;
  const walk: Walk = {
    context,
    kind,
    options,
    target: sealing.current(kind),
    arrays: bulkArraysFor(database.kind),
    setting: `key_backfill:${kind}`,
    replaced,
    faults: 0,
  };
  const stored = await readSetting<Progress>(database.db, walk.setting);
  const resumed = stored?.target === walk.target ? stored : null;
  const tables = ownedTables.filter((table) => columnsOf(table, kind).length > 0);
  const steps = tables.length + (kind === "sealing" ? 1 : 0);
  const first = resumed ? tables.findIndex(({ name }) => name === resumed.table) : 0;
  for (const [position, table] of tables.entries()) {
    if (position < first) continue;
    const share = (bucket: number) => (position + bucket / BUCKETS) / steps;
    if (!(await walkTable(walk, table, position === first ? resumed : null, share)))
      return { ...walk, stopped: true };
  }
  if (kind === "sealing") await resealClientsOwn(walk);
  const files = kind === "sealing" ? await resealFiles(walk, tables.length / steps) : { stopped: false };
  if (!files.stopped) await database.transact((tx) => dropSetting(tx, walk.setting));
  return { ...walk, ...files };
}

/** What belongs to clients is little: done in one go. */
async function resealClientsOwn(walk: Walk): Promise<void> {
  const { database, sealing } = walk.context;
  for (const table of unownedTables) {
    const { replaced, faults } = await database.transact((tx) => resealUnowned(tx, sealing, table));
    walk.replaced += replaced;
    walk.faults += faults;
  }
}

async function resealFiles(walk: Walk, shareBefore: number): Promise<{ readonly stopped: boolean }> {
  const { signal, onProgress } = walk.options;
  const before = walk.replaced;
  const { replaced, faults, stopped } = await resealEvidenceFiles(walk.context, {
    signal,
    onFiles: (share, files) =>
      onProgress?.({
        share: shareBefore + share * (1 - shareBefore),
        table: evidenceFiles.name,
        replaced: before + files,
      }),
  });
  walk.replaced += replaced;
  walk.faults += faults;
  return { stopped };
}

/** False when it was stopped before the end. */
async function walkTable(
  walk: Walk,
  table: OwnedTable,
  resumed: PensionerKey | null,
  share: (bucket: number) => number,
): Promise<boolean> {
  const { context, options } = walk;
  for (let after = resumed; ; ) {
    const rows = await readPersonRows(context.database.db, table, after, options.chunkRows ?? CHUNK_ROWS);
    for (const [bucket, ofBucket] of Map.groupBy(rows, (row) => ownerOf(row).bucket)) {
      if (options.signal?.aborted) return false;
      after = await replaceInBucket(walk, table, ofBucket);
      await options.onProgress?.({ share: share(bucket), table: table.name, replaced: walk.replaced });
    }
    if (rows.length === 0) return true;
  }
}

/** Works the new values out before the transaction: the persons' locks make certifications wait. */
async function replaceInBucket(
  walk: Walk,
  table: OwnedTable,
  rows: readonly AnyRow[],
): Promise<PensionerKey | null> {
  const { database, sealing } = walk.context;
  const { columns, faults } = replacementsIn(sealing, walk.kind, table, rows);
  walk.faults += faults;
  const last = rows.at(-1);
  const done = last ? ownerOf(last) : null;
  if (columns.length === 0 || !done) return done;
  walk.replaced += await database.transact(async (tx) => {
    const replaced = await replaceValues(tx, walk.arrays, table, columns);
    const progress: Progress = { target: walk.target, table: table.name, ...done };
    await writeSetting(tx, walk.setting, progress);
    return replaced;
  });
  return done;
}

function columnsOf(table: OwnedTable, kind: KeyKind): readonly unknown[] {
  return kind === "sealing" ? table.sealed : table.indexed;
}

/** How much is under which version. */
export async function countKeyVersions(context: KeyRotationContext): Promise<VersionCount[]> {
  const counts = await context.database.transact((tx) => countVersions(tx, context.now));
  return [...counts, ...(await countFileVersions(context))];
}

/** A version that may not be retired yet, and what stands against it. */
export class KeyStillNeeded extends Error {
  override readonly name = "KeyStillNeeded";

  constructor(
    kind: KeyKind,
    version: number,
    readonly needed: readonly VersionCount[],
  ) {
    super(`${kind} key version ${version} is still needed`);
  }
}

/**
 * Takes a version out of use when nothing needs it. It is closed first, so that no process can start to write under it
 * between the counting and the end; a retirement that was cut short leaves it closed, which everyone can live with, and
 * the next one goes on.
 */
export async function retireKeyVersion(
  context: KeyRotationContext,
  kind: KeyKind,
  version: number,
): Promise<"retired" | "not in use"> {
  const { database } = context;
  const refuseWhileNeeded = async () => {
    const counts = await countKeyVersions(context);
    const needed = counts.filter(
      (each) => each.kind === kind && [version, MISSING].includes(each.version) && each.needed > 0,
    );
    if (needed.length > 0) throw new KeyStillNeeded(kind, version, needed);
  };
  await refuseWhileNeeded();
  if (!(await closeVersion(database, kind, version))) return "not in use";
  try {
    await refuseWhileNeeded();
  } catch (error) {
    await settleVersion(database, kind, version, "kept");
    throw error;
  }
  await settleVersion(database, kind, version, "retired");
  if (kind === "index") await purgeSpentIndexes(database.db, version);
  return "retired";
}
