import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { bindKeys, WrongKeys } from "../src/storage/open.js";
import { Sealing } from "../src/storage/sealing.js";
import { openTestDatabase } from "./testkit/database.js";

const indexKey = randomBytes(32);
const first = randomBytes(16);
const second = randomBytes(16);

test("a database belongs to its index key and to its sealing keys", async () => {
  await using database = await openTestDatabase();
  await bindKeys(database, new Sealing({ current: 1, keys: new Map([[1, first]]), indexKey }));
  const rotated = new Map([
    [1, first],
    [2, second],
  ]);
  await bindKeys(database, new Sealing({ current: 2, keys: rotated, indexKey }));
  const wrong = [
    new Sealing({ current: 1, keys: new Map([[1, second]]), indexKey }),
    new Sealing({ current: 2, keys: new Map([[2, first]]), indexKey }),
    new Sealing({ current: 1, keys: new Map([[1, first]]), indexKey: randomBytes(32) }),
  ];
  for (const sealing of wrong) await expect(bindKeys(database, sealing)).rejects.toThrow(WrongKeys);
});
