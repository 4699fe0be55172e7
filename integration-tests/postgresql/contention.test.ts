import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../../src/storage/database.js";
import { sqlStateOf } from "../../src/storage/faults.js";
import { openTestDatabase } from "../testkit/database.js";
import { addToProbe, createProbe, touchesInProbe, touchInProbe } from "../testkit/probe.js";

let database: Database;

beforeAll(async () => {
  database = await openTestDatabase();
  await createProbe(database.db);
});

beforeEach(async () => {
  await database.db.execute(sql`truncate probe`);
  await addToProbe(database.db, 1);
  await addToProbe(database.db, 2);
});

afterAll(() => database[Symbol.asyncDispose]());

/** Holds back its first `count` callers until all of them have come. */
function meetingOf(count: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let come = 0;
  return () => {
    come += 1;
    if (come === count) resolve();
    return promise;
  };
}

describe("whole transactions are run again", () => {
  test("after a deadlock (40P01): both sides finish", async () => {
    const bothHoldOne = meetingOf(2);
    let runs = 0;
    const touchBoth = (first: number, second: number) =>
      database.transact(async (tx) => {
        runs += 1;
        await tx.execute(sql`set local deadlock_timeout = '50ms'`);
        await touchInProbe(tx, first);
        await bothHoldOne();
        await touchInProbe(tx, second);
      });
    await Promise.all([touchBoth(1, 2), touchBoth(2, 1)]);
    expect(runs).toBeGreaterThan(2);
    expect(await touchesInProbe(database.db, 1)).toBe(2);
    expect(await touchesInProbe(database.db, 2)).toBe(2);
  });

  test("after a serialization failure (40001): no update is lost", async () => {
    const bothHaveRead = meetingOf(2);
    let runs = 0;
    const touch = () =>
      database.transact(async (tx) => {
        runs += 1;
        await tx.execute(sql`set transaction isolation level repeatable read`);
        await touchesInProbe(tx, 1);
        await bothHaveRead();
        await touchInProbe(tx, 1);
      });
    await Promise.all([touch(), touch()]);
    expect(runs).toBe(3);
    expect(await touchesInProbe(database.db, 1)).toBe(2);
  });

  test("after a lock time-out (55P03), until the lock is free", async () => {
    const held = Promise.withResolvers<void>();
    const mayEnd = Promise.withResolvers<void>();
    const holder = database.transact(async (tx) => {
      await touchInProbe(tx, 1);
      held.resolve();
      await mayEnd.promise;
    });
    await held.promise;
    let runs = 0;
    await database.transact(async (tx) => {
      runs += 1;
      if (runs === 2) mayEnd.resolve();
      await tx.execute(sql`set local lock_timeout = '100ms'`);
      await touchInProbe(tx, 1);
    });
    await holder;
    expect(runs).toBeGreaterThan(1);
    expect(await touchesInProbe(database.db, 1)).toBe(2);
  });
});

describe("running again has an end", () => {
  test("a lock that is never freed is reported after five runs", async () => {
    const held = Promise.withResolvers<void>();
    const mayEnd = Promise.withResolvers<void>();
    const holder = database.transact(async (tx) => {
      await touchInProbe(tx, 1);
      held.resolve();
      await mayEnd.promise;
    });
    await held.promise;
    let runs = 0;
    const failed = database.transact(async (tx) => {
      runs += 1;
      await tx.execute(sql`set local lock_timeout = '10ms'`);
      await touchInProbe(tx, 1);
    });
    const error: unknown = await failed.catch((reason: unknown) => reason);
    mayEnd.resolve();
    await holder;
    expect(sqlStateOf(error)).toBe("55P03");
    expect(runs).toBe(5);
  });

  test("other errors are reported at once", async () => {
    let runs = 0;
    const failed = database.transact(async (tx) => {
      runs += 1;
      await addToProbe(tx, 1);
    });
    await expect(failed).rejects.toMatchObject({ cause: { code: "23505" } });
    expect(runs).toBe(1);
  });

  test("more transactions than connections wait for their turn", async () => {
    await Promise.all(
      Array.from({ length: 100 }, () =>
        database.transact(async (tx) => {
          await touchInProbe(tx, 1);
          await sleep(1);
        }),
      ),
    );
    expect(await touchesInProbe(database.db, 1)).toBe(100);
    expect(database.pool).toMatchObject({ waitingCount: 0, totalCount: 10, idleCount: 10 });
  });
});
