import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Database, Tx } from "../src/storage/database.js";
import { openTestDatabase } from "./testkit/database.js";
import { addToProbe, createProbe, readProbe } from "./testkit/probe.js";

let database: Database;

beforeAll(async () => {
  database = await openTestDatabase();
  await createProbe(database.db);
});

beforeEach(async () => {
  await database.db.execute(sql`truncate probe`);
});

afterAll(() => database[Symbol.asyncDispose]());

class Mishap extends Error {
  override readonly name = "Mishap";
}

describe("work inside a transaction", () => {
  test("that returns is committed, and its result handed on", async () => {
    const result = await database.transact(async (tx) => {
      await addToProbe(tx, 1);
      return "done";
    });
    expect(result).toBe("done");
    expect(await readProbe(database.db)).toEqual([1]);
  });

  test("that throws leaves nothing, and its error is handed on", async () => {
    const failed = database.transact(async (tx) => {
      await addToProbe(tx, 1);
      throw new Mishap();
    });
    await expect(failed).rejects.toBeInstanceOf(Mishap);
    expect(await readProbe(database.db)).toEqual([]);
  });

  test("that fails in a statement leaves nothing", async () => {
    const failed = database.transact(async (tx) => {
      await addToProbe(tx, 1);
      await addToProbe(tx, 1);
    });
    await expect(failed).rejects.toMatchObject({ cause: { code: "23505" } });
    expect(await readProbe(database.db)).toEqual([]);
  });

  test("that swallows a failed statement is not taken for committed", async () => {
    const failed = database.transact(async (tx) => {
      await addToProbe(tx, 1);
      await addToProbe(tx, 1).catch(() => undefined);
      return "as if nothing had happened";
    });
    await expect(failed).rejects.toThrow();
    expect(await readProbe(database.db)).toEqual([]);
  });

  test("that failed does not disturb the next one", async () => {
    for (let round = 1; round <= 20; round += 1) {
      const failed = database.transact(async (tx) => {
        await addToProbe(tx, -round);
        throw new Mishap();
      });
      await expect(failed).rejects.toThrow(Mishap);
      await database.transact((tx) => addToProbe(tx, round));
    }
    expect(await readProbe(database.db)).toHaveLength(20);
  });
});

describe("a transaction inside a transaction", () => {
  test("is undone on its own", async () => {
    await database.transact(async (tx) => {
      await addToProbe(tx, 1);
      const inner = tx.transaction(async (savepoint) => {
        await addToProbe(savepoint, 2);
        throw new Mishap();
      });
      await expect(inner).rejects.toThrow(Mishap);
      await addToProbe(tx, 3);
    });
    expect(await readProbe(database.db)).toEqual([1, 3]);
  });

  test("is undone together with the outer one, also when it had ended well", async () => {
    const failed = database.transact(async (tx) => {
      await addToProbe(tx, 1);
      await tx.transaction((savepoint) => addToProbe(savepoint, 2));
      throw new Mishap();
    });
    await expect(failed).rejects.toThrow(Mishap);
    expect(await readProbe(database.db)).toEqual([]);
  });
});

describe("a statement that comes after its transaction has failed", () => {
  test("is refused, and does not slip into the next transaction", async () => {
    let kept: Tx | undefined;
    const failed = database.transact(async (tx) => {
      kept = tx;
      await addToProbe(tx, 1);
      throw new Mishap();
    });
    await expect(failed).rejects.toThrow(Mishap);
    await database.transact(async (tx) => {
      await addToProbe(tx, 2);
      if (!kept) throw new Error("the first transaction did not begin");
      await expect(addToProbe(kept, 3)).rejects.toThrow();
    });
    expect(await readProbe(database.db)).toEqual([2]);
  });

  test("is refused when it is the rest of a sibling that had not ended", async () => {
    let sibling: Promise<void> = Promise.resolve();
    const failed = database.transact(async (tx) => {
      sibling = (async () => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        await addToProbe(tx, 1);
      })();
      await Promise.all([sibling, Promise.reject(new Mishap())]);
    });
    await expect(failed).rejects.toThrow(Mishap);
    await expect(sibling).rejects.toThrow();
    expect(await readProbe(database.db)).toEqual([]);
  });
});
