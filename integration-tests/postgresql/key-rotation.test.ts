import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { beijingDateOf } from "../../src/domain/calendar.js";
import { parseRegisterRow, type RegisterRecord, registerHorizon } from "../../src/domain/register-row.js";
import { importRegister } from "../../src/operations/import-register.js";
import { backfillKeys } from "../../src/operations/rotate-keys.js";
import { bulkArraysFor } from "../../src/storage/bulk-arrays.js";
import { useClientAssertion } from "../../src/storage/channel-clients.js";
import type { Database } from "../../src/storage/database.js";
import { DirectoryEvidenceStore } from "../../src/storage/evidence-store.js";
import {
  claimKey,
  claimKeys,
  type KeyClaim,
  storeResult,
  storeResults,
} from "../../src/storage/idempotency.js";
import { bindKeys, holdKeys } from "../../src/storage/key-versions.js";
import type { Sealing } from "../../src/storage/sealing.js";
import {
  idempotencyKey,
  identityDocument,
  pensioner,
  setting,
  usedClientAssertion,
} from "../../src/storage/tables.js";
import { openTestDatabase } from "../testkit/database.js";
import { readEverything } from "../testkit/key-versions.js";
import { buildRecord } from "../testkit/register-text.js";
import { versionedKeys } from "../testkit/versioned-keys.js";

const now = Temporal.Instant.from("2026-04-15T02:00:00Z");
const old = versionedKeys(1, [1]);
const distributed = versionedKeys(1, [1, 2]);
const activated = versionedKeys(2, [1, 2]);
const alone = versionedKeys(2, [2]);

let database: Database;

beforeAll(async () => {
  database = await openTestDatabase();
});

beforeEach(async () => {
  await database.db.delete(setting);
});

afterAll(() => database[Symbol.asyncDispose]());

function importRecords(sealing: Sealing, records: readonly RegisterRecord[], batchLines: number) {
  const today = beijingDateOf(now);
  const horizon = registerHorizon({ sandbox: false, serviceDay: today, wallDay: today });
  async function* lines() {
    yield records.map((record, position) => ({
      number: position + 1,
      parsed: parseRegisterRow(record, horizon),
      readBytes: 0,
    }));
  }
  return importRegister({ database, sealing, now, batchLines }, lines());
}

async function countPeople(): Promise<{ people: number; documents: number }> {
  const { db } = database;
  return { people: await db.$count(pensioner), documents: await db.$count(identityDocument) };
}

const buildRecords = (count: number) => Array.from({ length: count }, () => buildRecord());

describe("one document is one person's", () => {
  test("when imports write under different versions at once, in whatever batches", async () => {
    await bindKeys(database, distributed);
    await bindKeys(database, activated);
    const records = buildRecords(200);
    const before = await countPeople();
    const results = await Promise.all([
      importRecords(distributed, records, 40),
      importRecords(activated, records.toReversed(), 30),
      importRecords(distributed, records.toReversed(), 25),
      importRecords(activated, records, 50),
    ]);
    expect(results.reduce((sum, { added }) => sum + added, 0)).toBe(200);
    for (const { added, unchanged, failed } of results) expect([added + unchanged, failed]).toEqual([200, 0]);
    expect(await countPeople()).toEqual({ people: before.people + 200, documents: before.documents + 200 });
  });

  test("when a process that has the old version alone imports beside one that has both", async () => {
    await using _one = await holdKeys(database, old);
    await using _other = await holdKeys(database, distributed);
    const records = buildRecords(120);
    const before = await countPeople();
    const results = await Promise.all([
      importRecords(old, records, 20),
      importRecords(distributed, records.toReversed(), 25),
      importRecords(old, records.toReversed(), 30),
    ]);
    expect(results.reduce((sum, { added }) => sum + added, 0)).toBe(120);
    expect(await countPeople()).toEqual({ people: before.people + 120, documents: before.documents + 120 });
  });

  test("when one that has the new version alone imports beside one that still has both", async () => {
    await bindKeys(database, alone);
    const records = buildRecords(120);
    const before = await countPeople();
    const results = await Promise.all([
      importRecords(alone, records, 20),
      importRecords(activated, records.toReversed(), 25),
    ]);
    expect(results.reduce((sum, { added }) => sum + added, 0)).toBe(120);
    expect(await countPeople()).toEqual({ people: before.people + 120, documents: before.documents + 120 });
  });

  test("when people are imported, again and anew, while their indexes are made anew", async () => {
    await bindKeys(database, distributed);
    const known = buildRecords(150);
    await importRecords(distributed, known, 50);
    await bindKeys(database, activated);
    const before = await countPeople();
    const records = [...known, ...buildRecords(60)].map((record) => ({ ...record, employer_code: "EMP-2" }));
    const evidenceStore = new DirectoryEvidenceStore("no-files");
    const rotation = { database, sealing: activated, evidenceStore, now };
    const [first, second, reindexed, resealed] = await Promise.all([
      importRecords(activated, records, 20),
      importRecords(activated, records.toReversed(), 15),
      backfillKeys(rotation, "index", { chunkRows: 20 }),
      backfillKeys(rotation, "sealing", { chunkRows: 20 }),
    ]);
    expect(first.added + second.added).toBe(60);
    expect([first.failed, second.failed]).toEqual([0, 0]);
    expect(await countPeople()).toEqual({ people: before.people + 60, documents: before.documents + 60 });
    expect([reindexed.faults, resealed.faults]).toEqual([0, 0]);
    // An import writes back a name that it read before, under whichever version that was.
    await backfillKeys(rotation, "index");
    await backfillKeys(rotation, "sealing");
    const { versions } = await readEverything(database.db, alone);
    expect(Object.keys(versions["identity_document.blindIndex"] ?? {})).toEqual(["2"]);
    const later = await importRecords(alone, records, 100).catch((error: unknown) => error);
    // The old version is in use until it is retired: who has it not may not add anyone.
    expect(later).toMatchObject({ name: "WrongKeys" });
    expect(await importRecords(activated, records, 100)).toMatchObject({ added: 0, unchanged: 210 });
  });
});

describe("a write sent to processes of different versions at once", () => {
  const claimOf = (sealing: Sealing, key: string, input: string): KeyClaim => ({
    clientId: "bank",
    operation: "certificationStart",
    keyIndexes: sealing.indexes("idempotency-key", key),
    inputIndex: sealing.index("idempotency-input", input),
    isInput: (index) => sealing.isIndexOf(index, "idempotency-input", input),
  });

  test.each([
    ["old and distributed", old, distributed],
    ["distributed and activated", distributed, activated],
    ["activated and alone", activated, alone],
  ])("has its effect once: %s", async (name, one, other) => {
    const before = await database.db.$count(idempotencyKey);
    const outcomes = await Promise.all(
      [one, other, one, other, other, one].map((sealing, turn) =>
        database.transact(async (tx) => {
          const claim = claimOf(sealing, name, "same input");
          const outcome = await claimKey<number>(tx, claim, new Date());
          if (outcome.kind === "first") await storeResult(tx, claim, turn);
          return outcome.kind === "first" ? { kind: outcome.kind, result: turn } : outcome;
        }),
      ),
    );
    const results = outcomes.map((outcome) => ("result" in outcome ? outcome.result : null));
    expect(new Set(results).size).toBe(1);
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(["first", ...Array(5).fill("replay")]);
    expect(await database.db.$count(idempotencyKey)).toBe(before + 1);
    for (const sealing of [one, other]) {
      const reused = claimOf(sealing, name, "another input");
      expect(await database.transact((tx) => claimKey(tx, reused, new Date()))).toEqual({
        kind: "other-input",
      });
    }
  });

  test.each([
    ["old and distributed", old, distributed],
    ["distributed and activated", distributed, activated],
    ["activated and alone", activated, alone],
  ])("has its effect once among many in one transaction: %s", async (name, one, other) => {
    const before = await database.db.$count(idempotencyKey);
    const arrays = bulkArraysFor("postgresql");
    const names = Array.from({ length: 20 }, (_, position) => `${name} ${position}`);
    const single = names[7] ?? "";
    const many = (sealing: Sealing, turn: number) =>
      database.transact(async (tx) => {
        const keys = names.map((each) => claimOf(sealing, `many ${each}`, each));
        const claims = { clientId: "bank", operation: "certificationStart", keys };
        const outcomes = await claimKeys<number>(tx, arrays, claims, new Date());
        const first = keys.filter((_, position) => outcomes[position]?.kind === "first");
        if (first.length > 0)
          await storeResults(
            tx,
            arrays,
            { ...claims, keys: first },
            first.map(() => turn),
          );
        return outcomes.map((outcome) => ("result" in outcome ? outcome.result : turn));
      });
    const alone = (sealing: Sealing, turn: number) =>
      database.transact(async (tx) => {
        const claim = claimOf(sealing, `many ${single}`, single);
        const outcome = await claimKey<number>(tx, claim, new Date());
        if (outcome.kind === "first") await storeResult(tx, claim, turn);
        return "result" in outcome ? outcome.result : turn;
      });
    const [results, theOne] = await Promise.all([
      Promise.all([one, other, other, one].map(many)),
      Promise.all([other, one].map((sealing, turn) => alone(sealing, 10 + turn))),
    ]);
    for (const [position, each] of names.entries()) {
      const ofKey = results.map((ofTurn) => ofTurn[position]);
      expect(new Set(each === single ? [...ofKey, ...theOne] : ofKey).size, each).toBe(1);
    }
    expect(await database.db.$count(idempotencyKey)).toBe(before + names.length);
  });

  test.each([
    ["old and distributed", old, distributed],
    ["distributed and activated", distributed, activated],
    ["activated and alone", activated, alone],
  ])("uses a client's assertion up: %s", async (name, one, other) => {
    const before = await database.db.$count(usedClientAssertion);
    const uses = await Promise.all(
      [one, other, other, one].map((sealing) =>
        useClientAssertion(database.db, sealing.indexes("assertion", name), new Date(Date.now() + 60_000)),
      ),
    );
    expect(uses.filter(Boolean)).toHaveLength(1);
    expect(await database.db.$count(usedClientAssertion)).toBeGreaterThan(before);
  });
});
