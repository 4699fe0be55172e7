import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../src/storage/database.js";
import { newId } from "../src/storage/ids.js";
import { resealUnowned } from "../src/storage/key-backfill.js";
import { unownedTables } from "../src/storage/sealed-columns.js";
import { places, Sealing, sealedVersionOf } from "../src/storage/sealing.js";
import { webhookEndpoint } from "../src/storage/tables.js";
import { openTestDatabase } from "./testkit/database.js";

let database: Database;

beforeAll(async () => {
  database = await openTestDatabase();
});

afterAll(() => database[Symbol.asyncDispose]());

test("the keys of endpoints come under the new version, once, and say what they said", async () => {
  const [first, second] = [randomBytes(16), randomBytes(16)];
  const index = { current: 1, keys: new Map([[1, randomBytes(32)]]) };
  const before = new Sealing({ current: 1, keys: new Map([[1, first]]), index });
  const keys = new Map([
    [1, first],
    [2, second],
  ]);
  const after = new Sealing({ current: 2, keys, index });
  const id = newId();
  await database.db.insert(webhookEndpoint).values({
    id,
    clientId: "c",
    audience: "SERVED",
    url: "https://hooks.example.com/",
    secretSealed: before.seal("secret", places.webhookSecret(id)),
    signingKeySealed: before.seal("signing", places.webhookSigningKey(id)),
    previousSecretSealed: before.seal("former", places.webhookPreviousSecret(id)),
    publicKey: "whpk_",
    afterPosition: 0,
    createdAt: new Date(),
  });
  const table = unownedTables.find((each) => each.table === webhookEndpoint);
  if (!table) throw new Error("no table");
  const reseal = () => database.transact((tx) => resealUnowned(tx, after, table));
  expect(await reseal()).toEqual({ replaced: 3, faults: 0 });
  expect(await reseal()).toEqual({ replaced: 0, faults: 0 });
  const [row] = await database.db.select().from(webhookEndpoint);
  if (!row?.previousSecretSealed) throw new Error("no endpoint");
  expect(sealedVersionOf(row.secretSealed)).toBe(2);
  expect(after.open(row.secretSealed, places.webhookSecret(id))).toBe("secret");
  expect(after.open(row.signingKeySealed, places.webhookSigningKey(id))).toBe("signing");
  expect(after.open(row.previousSecretSealed, places.webhookPreviousSecret(id))).toBe("former");
});
