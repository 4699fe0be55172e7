import { eq, type SQL, sql } from "drizzle-orm";
import type { Database, Executor, Tx } from "./database.js";
import { newId } from "./ids.js";
import type { KeyKind, Sealing } from "./sealing.js";
import { lockSetting, readSetting, writeSetting } from "./settings.js";
import { setting } from "./tables.js";

/**
 * Which key versions are in use is written in the database, and every process that runs says there which ones it holds.
 * From these two follow the rules that make rotation safe whatever order people do things in:
 *
 * - a process starts only when it holds every version in use, and the very keys;
 * - a version comes into use only when every process that runs holds it, so that nobody meets what they cannot read or
 *   find: a person would be told to be unknown, and an import would add them a second time;
 * - a version goes out of use only when no process that runs writes under it and nothing of it is left.
 */

/** The keys of this process and those of the database do not go together. */
export class WrongKeys extends Error {
  override readonly name = "WrongKeys";

  constructor(
    message = "the key file does not belong to this database: its data was sealed under other keys",
  ) {
    super(message);
  }
}

interface DeclaredVersion {
  /** Sealed under the version's key, or its fingerprint: tells the right key from another of the same number. */
  readonly check: string;
  /** On its way out of use: still held by everyone, written by no one. */
  readonly closed?: true;
}

export type DeclaredVersions = Readonly<Record<KeyKind, Readonly<Record<string, DeclaredVersion>>>>;

/** A running process, by what it holds. */
export interface KeyHolder {
  readonly sealing: { readonly current: number; readonly versions: readonly number[] };
  readonly index: { readonly current: number; readonly versions: readonly number[] };
}

export const keyKinds = ["sealing", "index"] as const satisfies readonly KeyKind[];

const SETTING = "key_versions";
const HOLDER_PREFIX = "key_holder:";
const BEAT_MS = 15_000;
/** A process that has not said so for this long does not run any more. */
const HOLDER_SECONDS = 60;
const FORGOTTEN_SECONDS = 86_400;
const CHECK_TEXT = "key check";
const checkPlace = (version: number) => `setting|key_versions|${version}`;

/** Refuses keys that do not go with the database, before anything is written, and puts their current versions into use. */
export async function bindKeys(database: Database, sealing: Sealing): Promise<void> {
  await database.transact((tx) => bind(tx, sealing));
}

/** The keys of a running process, for as long as it runs. */
export interface HeldKeys extends AsyncDisposable {
  /** False once a version is in use that this process does not hold: it finds and reads only a part. */
  readonly usable: boolean;
}

/** Binds the keys and says, from now on and until disposed of, that this process holds them. */
export async function holdKeys(
  database: Database,
  sealing: Sealing,
  onOutdated: (error: WrongKeys) => void = () => undefined,
): Promise<HeldKeys> {
  const name = `${HOLDER_PREFIX}${newId()}`;
  await database.transact(async (tx) => {
    // In the transaction of the binding: whoever puts a version into use sees this process, or is seen by it.
    await bind(tx, sealing);
    await tx.execute(sql`delete from ${setting} where ${isHolder(sql`<=`, FORGOTTEN_SECONDS)}`);
    await beat(tx, name, sealing);
  });
  let usable = true;
  const look = async () => {
    await beat(database.db, name, sealing);
    const fault = faultOf(await readDeclared(database.db), sealing);
    usable = fault === null;
    if (fault) onOutdated(fault);
  };
  let looking: Promise<void> = Promise.resolve();
  // A database that does not answer is told of elsewhere.
  const timer = setInterval(() => (looking = look().catch(() => undefined)), BEAT_MS);
  timer.unref();
  return {
    get usable() {
      return usable;
    },
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      await looking;
      await database.db
        .delete(setting)
        .where(eq(setting.name, name))
        .catch(() => undefined);
    },
  };
}

/** For whoever knows that no other process can run. */
export async function forgetKeyHolders(db: Executor): Promise<void> {
  await db.execute(sql`delete from ${setting} where name like ${`${HOLDER_PREFIX}%`}`);
}

/**
 * Taken before documents are looked up in order to add those that no one has. The unique constraint sees equal indexes,
 * and one document has as many as there are versions: whoever holds several versions therefore adds alone, after looking
 * under all of them. Whoever holds one version adds beside others like it, and never while another one is in use.
 */
export async function lockForNewDocuments(tx: Tx, sealing: Sealing): Promise<void> {
  const mode = sealing.versions("index").length > 1 ? "update" : "share";
  const [row] = await tx.select().from(setting).where(eq(setting.name, SETTING)).for(mode);
  const fault = row && faultOf(row.value as DeclaredVersions, sealing);
  if (fault) throw fault;
}

export async function readDeclared(db: Executor): Promise<DeclaredVersions> {
  return (await readSetting<DeclaredVersions>(db, SETTING)) ?? { sealing: {}, index: {} };
}

/** The processes that run, this one among them once it has said so. */
export async function readHolders(db: Executor): Promise<KeyHolder[]> {
  const rows = await db.select().from(setting).where(isHolder(sql`>`, HOLDER_SECONDS));
  return rows.map(({ value }) => value as KeyHolder);
}

/** Takes a version out of writing: no process may start that writes under it. False when it is not in use at all. */
export async function closeVersion(database: Database, kind: KeyKind, version: number): Promise<boolean> {
  return database.transact(async (tx) => {
    const declared = await lockDeclared(tx);
    const one = declared[kind][version];
    if (!one) return false;
    const writers = (await readHolders(tx)).filter((holder) => holder[kind].current === version).length;
    if (writers > 0) {
      throw new WrongKeys(
        `${writers} running processes write under ${kind} key version ${version}: restart them with another version current`,
      );
    }
    await writeSetting(tx, SETTING, withVersion(declared, kind, version, { ...one, closed: true }));
    return true;
  });
}

/** Ends what `closeVersion` began: the version goes out of use, or back into it. */
export async function settleVersion(
  database: Database,
  kind: KeyKind,
  version: number,
  outcome: "retired" | "kept",
): Promise<void> {
  await database.transact(async (tx) => {
    const declared = await lockDeclared(tx);
    const { check } = declared[kind][version] ?? {};
    if (check === undefined) return;
    const next = outcome === "retired" ? undefined : { check };
    await writeSetting(tx, SETTING, withVersion(declared, kind, version, next));
  });
}

async function bind(tx: Tx, sealing: Sealing): Promise<void> {
  const before = await lockDeclared(tx);
  const { declared, undeclared, fault } = bindingOf(before, sealing);
  if (fault) throw fault;
  if (undeclared.length === 0) return;
  const without = withoutVersion(await readHolders(tx), sealing, undeclared);
  if (without) throw without;
  await writeSetting(tx, SETTING, declared);
}

/** What a start with these keys would write, or why it may not. */
function bindingOf(before: DeclaredVersions, sealing: Sealing) {
  let declared = before;
  const undeclared = keyKinds.filter((kind) => !declared[kind][sealing.current(kind)]);
  for (const kind of undeclared) {
    const version = sealing.current(kind);
    declared = withVersion(declared, kind, version, { check: checkOf(sealing, kind, version) });
  }
  return { declared, undeclared, fault: faultOf(declared, sealing) };
}

function withoutVersion(
  holders: readonly KeyHolder[],
  sealing: Sealing,
  undeclared: readonly KeyKind[],
): WrongKeys | null {
  for (const kind of undeclared) {
    const version = sealing.current(kind);
    const without = holders.filter((holder) => !holder[kind].versions.includes(version)).length;
    if (without > 0) {
      return new WrongKeys(
        `${without} running processes do not hold ${kind} key version ${version}, which is current in the key file: ` +
          `restart them with a key file that has it beside the current one first; one that was killed counts for ${HOLDER_SECONDS} s`,
      );
    }
  }
  return null;
}

/** How keys and a database go together. */
export interface KeyExamination {
  /** Why a process with these keys could not start now. */
  readonly fault: WrongKeys | null;
  /** Versions in use, by kind; none before the first start. */
  readonly inUse: Readonly<Record<KeyKind, readonly number[]>>;
  /** Processes that run. */
  readonly holders: readonly KeyHolder[];
}

/** Looks as a start would, and writes nothing. Without keys only at what is in use. */
export async function examineKeys(db: Executor, sealing: Sealing | null): Promise<KeyExamination> {
  const declared = (await readSetting<DeclaredVersions>(db, SETTING)) ?? (await declaredBefore(db));
  const holders = await readHolders(db);
  const versions = (kind: KeyKind) => Object.keys(declared[kind]).map(Number);
  const inUse = { sealing: versions("sealing"), index: versions("index") };
  if (!sealing) return { fault: null, inUse, holders };
  const { undeclared, fault } = bindingOf(declared, sealing);
  return { fault: fault ?? withoutVersion(holders, sealing, undeclared), inUse, holders };
}

function withVersion(
  declared: DeclaredVersions,
  kind: KeyKind,
  version: number,
  next: DeclaredVersion | undefined,
): DeclaredVersions {
  const { [version]: _before, ...others } = declared[kind];
  return { ...declared, [kind]: next ? { ...others, [version]: next } : others };
}

function checkOf(sealing: Sealing, kind: KeyKind, version: number): string {
  return kind === "sealing"
    ? sealing.seal(CHECK_TEXT, checkPlace(version)).toString("base64")
    : sealing.fingerprint(version);
}

/** Why these keys may not be used with the database, if they may not. */
function faultOf(declared: DeclaredVersions, sealing: Sealing): WrongKeys | null {
  for (const kind of keyKinds) {
    const held = sealing.versions(kind);
    for (const [text, { check }] of Object.entries(declared[kind])) {
      const version = Number(text);
      if (!held.includes(version)) {
        // Of a file that has none of the versions, nothing says that it ever belonged here.
        if (!held.some((each) => declared[kind][each])) return new WrongKeys();
        return new WrongKeys(`the key file lacks ${kind} key version ${version}, which is in use`);
      }
      if (!isRightKey(sealing, kind, version, check)) return new WrongKeys();
    }
    const current = declared[kind][sealing.current(kind)];
    if (!current || current.closed) {
      return new WrongKeys(
        `${kind} key version ${sealing.current(kind)}, which is current in the key file, has been taken out of use`,
      );
    }
  }
  return null;
}

function isRightKey(sealing: Sealing, kind: KeyKind, version: number, check: string): boolean {
  if (kind === "index") return sealing.fingerprint(version) === check;
  const sealed = Buffer.from(check, "base64");
  // The second place is that of databases which were bound before keys had versions in use.
  return [checkPlace(version), "setting|key_check|1"].some((place) => {
    try {
      sealing.open(sealed, place);
      return true;
    } catch {
      return false;
    }
  });
}

async function lockDeclared(tx: Tx): Promise<DeclaredVersions> {
  return lockSetting<DeclaredVersions>(tx, SETTING, await declaredBefore(tx));
}

/** What a database was bound to before keys had versions in use. */
async function declaredBefore(db: Executor): Promise<DeclaredVersions> {
  const check = await readSetting<string>(db, "key_check");
  const fingerprint = await readSetting<string>(db, "key_fingerprint");
  return {
    sealing: check === undefined ? {} : { [Buffer.from(check, "base64").readUInt8(0)]: { check } },
    index: fingerprint === undefined ? {} : { 1: { check: fingerprint } },
  };
}

function isHolder(comparison: SQL, seconds: number) {
  return sql`name like ${`${HOLDER_PREFIX}%`}
    and (value->>'beatAt')::bigint ${comparison} extract(epoch from now())::bigint - ${seconds}::int`;
}

/** By the database's clock: those of the machines may differ. */
async function beat(db: Executor, name: string, sealing: Sealing): Promise<void> {
  const [sealingHeld, indexHeld] = keyKinds.map((kind) => ({
    current: sealing.current(kind),
    versions: sealing.versions(kind),
  }));
  const holder = JSON.stringify({ sealing: sealingHeld, index: indexHeld });
  await db.execute(sql`
    insert into ${setting} (name, value) values (${name},
      ${holder}::text::jsonb || jsonb_build_object('beatAt', extract(epoch from now())::bigint))
    on conflict on constraint setting_pk do update set value = excluded.value`);
}
