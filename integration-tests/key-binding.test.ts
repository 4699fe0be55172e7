import { randomBytes } from "node:crypto";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../src/storage/database.js";
import {
  bindKeys,
  closeVersion,
  holdKeys,
  lockForNewDocuments,
  readDeclared,
  readHolders,
  settleVersion,
  WrongKeys,
} from "../src/storage/key-versions.js";
import { type KeyKind, Sealing } from "../src/storage/sealing.js";
import { claimSetting } from "../src/storage/settings.js";
import { setting } from "../src/storage/tables.js";
import { openTestDatabase } from "./testkit/database.js";

const sealingKeys = [1, 2, 3].map(() => randomBytes(16));
const indexKeys = [1, 2, 3].map(() => randomBytes(32));

let database: Database;

beforeAll(async () => {
  database = await openTestDatabase();
});

beforeEach(() => database.db.delete(setting));

afterAll(() => database[Symbol.asyncDispose]());

interface Held {
  readonly current: number;
  readonly versions: readonly number[];
}

const only = (version: number): Held => ({ current: version, versions: [version] });

function keysOf(sealing: Held, index: Held = only(1)): Sealing {
  const pick = (keys: readonly Buffer[], versions: readonly number[]) =>
    new Map(versions.map((version) => [version, keys[version - 1] ?? randomBytes(1)]));
  return new Sealing({
    current: sealing.current,
    keys: pick(sealingKeys, sealing.versions),
    index: { current: index.current, keys: pick(indexKeys, index.versions) },
  });
}

/** The same numbers, other keys. */
function strange(sealing: Buffer | undefined, index: Buffer | undefined): Sealing {
  return new Sealing({
    current: 1,
    keys: new Map([[1, sealing ?? randomBytes(16)]]),
    index: { current: 1, keys: new Map([[1, index ?? randomBytes(32)]]) },
  });
}

const kinds: readonly [KeyKind, (held: Held) => Sealing][] = [
  ["sealing", (held) => keysOf(held)],
  ["index", (held) => keysOf(only(1), held)],
];

test("a database belongs to its sealing keys and to its index keys", async () => {
  await bindKeys(database, keysOf(only(1)));
  await bindKeys(database, keysOf(only(1)));
  for (const sealing of [strange(sealingKeys[0], undefined), strange(undefined, indexKeys[0])]) {
    await expect(bindKeys(database, sealing)).rejects.toThrow("does not belong to this database");
  }
});

test("a database that was bound before keys had versions in use knows its keys", async () => {
  const sealing = keysOf(only(1));
  await database.transact(async (tx) => {
    await claimSetting(tx, "key_fingerprint", sealing.fingerprint(1));
    const check = sealing.seal(sealing.fingerprint(1), "setting|key_check|1");
    await claimSetting(tx, "key_check", check.toString("base64"));
  });
  await expect(bindKeys(database, strange(sealingKeys[0], undefined))).rejects.toThrow(WrongKeys);
  await expect(bindKeys(database, strange(undefined, indexKeys[0]))).rejects.toThrow(WrongKeys);
  await bindKeys(database, sealing);
  await bindKeys(database, keysOf({ current: 2, versions: [1, 2] }, { current: 2, versions: [1, 2] }));
  await expect(bindKeys(database, sealing)).rejects.toThrow("lacks sealing key version 2");
});

describe.each(kinds)("%s keys", (kind, keys) => {
  test("a process with the old file alone is refused once the new version is in use, and not before", async () => {
    await bindKeys(database, keys(only(1)));
    await bindKeys(database, keys({ current: 1, versions: [1, 2] }));
    await bindKeys(database, keys(only(1)));
    await bindKeys(database, keys({ current: 2, versions: [1, 2] }));
    await expect(bindKeys(database, keys(only(1)))).rejects.toThrow(`lacks ${kind} key version 2`);
    // Another process may still write under the former one: it is in use until it is retired.
    await bindKeys(database, keys({ current: 1, versions: [1, 2] }));
  });

  test("a process with the new version alone is refused until the old one is retired", async () => {
    await bindKeys(database, keys({ current: 2, versions: [1, 2] }));
    await bindKeys(database, keys({ current: 1, versions: [1, 2] }));
    await expect(bindKeys(database, keys(only(2)))).rejects.toThrow(`lacks ${kind} key version 1`);
    expect(await closeVersion(database, kind, 1)).toBe(true);
    await expect(bindKeys(database, keys(only(2)))).rejects.toThrow(`lacks ${kind} key version 1`);
    await settleVersion(database, kind, 1, "retired");
    await bindKeys(database, keys(only(2)));
    expect(await closeVersion(database, kind, 1)).toBe(false);
  });

  test("a version does not come into use while a process runs that does not hold it", async () => {
    const running = await holdKeys(database, keys(only(1)));
    await expect(bindKeys(database, keys({ current: 2, versions: [1, 2] }))).rejects.toThrow(
      `1 running processes do not hold ${kind} key version 2`,
    );
    await bindKeys(database, keys({ current: 1, versions: [1, 2] }));
    expect(Object.keys((await readDeclared(database.db))[kind])).toEqual(["1"]);
    await running[Symbol.asyncDispose]();
    await bindKeys(database, keys({ current: 2, versions: [1, 2] }));
  });

  test("a process that was killed holds nothing after a minute", async () => {
    const killed = await holdKeys(database, keys(only(1)));
    await age(database, 45);
    await expect(bindKeys(database, keys({ current: 2, versions: [1, 2] }))).rejects.toThrow(WrongKeys);
    await age(database, 65);
    expect(await readHolders(database.db)).toEqual([]);
    await bindKeys(database, keys({ current: 2, versions: [1, 2] }));
    await killed[Symbol.asyncDispose]();
  });

  test("a version does not go out of use while a process runs that writes under it", async () => {
    await bindKeys(database, keys({ current: 2, versions: [1, 2] }));
    const running = await holdKeys(database, keys({ current: 1, versions: [1, 2] }));
    await expect(closeVersion(database, kind, 1)).rejects.toThrow(
      `1 running processes write under ${kind} key version 1`,
    );
    await running[Symbol.asyncDispose]();
    expect(await closeVersion(database, kind, 1)).toBe(true);
    // From here on nobody begins to write under it, unless it is put back.
    await expect(bindKeys(database, keys({ current: 1, versions: [1, 2] }))).rejects.toThrow(
      "has been taken out of use",
    );
    await bindKeys(database, keys({ current: 2, versions: [1, 2] }));
    await settleVersion(database, kind, 1, "kept");
    await bindKeys(database, keys({ current: 1, versions: [1, 2] }));
  });
});

test("no document is added by a process that does not hold an index version in use", async () => {
  const outdated = keysOf(only(1));
  await bindKeys(database, outdated);
  await database.transact((tx) => lockForNewDocuments(tx, outdated));
  // Such a process was held up for longer than a minute, and began again where it was.
  await bindKeys(database, keysOf(only(1), { current: 2, versions: [1, 2] }));
  await expect(database.transact((tx) => lockForNewDocuments(tx, outdated))).rejects.toThrow(WrongKeys);
});

/** Sets the processes' last sign of life back. */
async function age({ db }: Database, seconds: number): Promise<void> {
  await db.execute(sql`update ${setting} set value = value || jsonb_build_object('beatAt',
    extract(epoch from now())::bigint - ${seconds}::int) where name like 'key_holder:%'`);
}
