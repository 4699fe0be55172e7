import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Database, type Executor, openPostgres } from "../../src/storage/database.js";
import { isConnectionFault, UnknownCommit } from "../../src/storage/faults.js";
import { administer, createPostgresDatabase, type PostgresDatabase } from "../testkit/database.js";
import { startLossyProxy } from "../testkit/lossy-proxy.js";
import { type PostgresServer, startPostgresServer } from "../testkit/postgres-server.js";
import { addToProbe, createProbe, readProbe } from "../testkit/probe.js";

const POOL_SIZE = 4;
const RECOVERY_MS = 2_000;
const PATIENTLY = { timeout: 10_000 };

let server: PostgresServer;
let created: PostgresDatabase;
let database: Database & { readonly pool: pg.Pool };

/** What would have ended the process. */
const strays: unknown[] = [];
const keepStray = (error: unknown) => strays.push(error);

beforeAll(async () => {
  process.on("uncaughtException", keepStray);
  process.on("unhandledRejection", keepStray);
  server = await startPostgresServer({ durable: true });
});

afterAll(async () => {
  process.off("uncaughtException", keepStray);
  process.off("unhandledRejection", keepStray);
  await server[Symbol.asyncDispose]();
});

beforeEach(async () => {
  strays.length = 0;
  created = await createPostgresDatabase(server.adminUrl);
  database = openPostgres({ url: created.url, poolSize: POOL_SIZE });
  await createProbe(database.db);
});

afterEach(async () => {
  // Late events of a dead connection come in the turns that follow.
  await sleep(100);
  expect(strays, "errors that nobody handled").toEqual([]);
  await database[Symbol.asyncDispose]();
  await created[Symbol.asyncDispose]();
});

async function backendOf(db: Executor): Promise<number> {
  const { rows } = (await db.execute(sql`select pg_backend_pid() as pid`)) as unknown as pg.QueryResult<{
    pid: number;
  }>;
  return rows[0]?.pid ?? 0;
}

/** Ends the backend, as a failover or an administrator does, and returns when it is gone. */
async function terminate(pid: number): Promise<void> {
  const [row] = await administer(server.adminUrl, "select pg_terminate_backend($1, 5000) as gone", [pid]);
  expect(row?.gone).toBe(true);
}

async function isSleeping(pid: number): Promise<boolean> {
  const active =
    "select from pg_stat_activity where pid = $1 and state = 'active' and query like '%pg_sleep%'";
  return (await administer(server.adminUrl, active, [pid])).length > 0;
}

/** Every connection of the pool works again in time, none is stranded, and only these rows were committed. */
async function expectRecovered(committed: readonly number[]): Promise<void> {
  const { pool } = database;
  const startedAt = performance.now();
  const ids = Array.from({ length: POOL_SIZE * 2 }, (_, position) => 1_000 + position);
  await Promise.all(ids.map((id) => database.transact((tx) => addToProbe(tx, id))));
  expect(performance.now() - startedAt).toBeLessThan(RECOVERY_MS);
  expect(pool.waitingCount).toBe(0);
  expect(pool.totalCount).toBeLessThanOrEqual(POOL_SIZE);
  expect(pool.idleCount).toBe(pool.totalCount);
  expect(await readProbe(database.db)).toEqual([...committed, ...ids]);
}

async function expectConnectionFault(attempt: Promise<unknown>): Promise<void> {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  expect(isConnectionFault(error), String(error)).toBe(true);
}

describe("the backend is terminated", () => {
  test("during a statement", async () => {
    const failed = database.transact(async (tx) => {
      await addToProbe(tx, 1);
      const pid = await backendOf(tx);
      const terminated = expect
        .poll(() => isSleeping(pid), PATIENTLY)
        .toBe(true)
        .then(() => terminate(pid));
      await Promise.all([tx.execute(sql`select pg_sleep(20)`), terminated]);
    });
    await expectConnectionFault(failed);
    await expectRecovered([]);
  });

  test("during a statement outside a transaction", async () => {
    const sleeping = Promise.resolve(database.db.execute(sql`select pg_sleep(20)`));
    const sleepers = "select pid from pg_stat_activity where datname = $1 and query like '%pg_sleep%'";
    const terminated = expect
      .poll(() => administer(server.adminUrl, sleepers, [created.name]), PATIENTLY)
      .toHaveLength(1)
      .then(async () => {
        const [sleeper] = await administer(server.adminUrl, sleepers, [created.name]);
        await terminate(Number(sleeper?.pid));
      });
    await Promise.all([expectConnectionFault(sleeping), terminated]);
    await expectRecovered([]);
  });

  test("between two statements of a transaction", async () => {
    const failed = database.transact(async (tx) => {
      await addToProbe(tx, 1);
      await terminate(await backendOf(tx));
      await addToProbe(tx, 2);
    });
    await expectConnectionFault(failed);
    await expectRecovered([]);
  });

  test("between two statements, of which the second is sent before the loss is seen", async () => {
    for (let round = 1; round <= 10; round += 1) {
      const failed = database.transact(async (tx) => {
        await addToProbe(tx, round);
        const pid = await backendOf(tx);
        await Promise.all([terminate(pid), sleep(round).then(() => addToProbe(tx, -round))]);
        await addToProbe(tx, 100 + round);
      });
      await expectConnectionFault(failed);
    }
    await expectRecovered([]);
  });

  test("after the work and before COMMIT", async () => {
    const failed = database.transact(async (tx) => {
      await addToProbe(tx, 1);
      await terminate(await backendOf(tx));
    });
    await expect(failed).rejects.toBeInstanceOf(UnknownCommit);
    await expectRecovered([]);
  });

  test("while its connection waits in the pool", async () => {
    await Promise.all(
      Array.from({ length: POOL_SIZE }, () => database.db.execute(sql`select pg_sleep(0.05)`)),
    );
    const idle = "select pid from pg_stat_activity where datname = $1";
    const backends = await administer(server.adminUrl, idle, [created.name]);
    expect(backends).toHaveLength(POOL_SIZE);
    for (const { pid } of backends) await terminate(Number(pid));
    await sleep(50);
    await expectRecovered([]);
  });

  test("and the work throws an error of its own", async () => {
    const failed = database.transact(async (tx) => {
      await addToProbe(tx, 1);
      await terminate(await backendOf(tx));
      throw new RangeError("of its own");
    });
    await expect(failed).rejects.toThrow("of its own");
    await expectRecovered([]);
  });
});

describe("the idle-in-transaction time-out", () => {
  test("ends the transaction, and its late statement lands nowhere", async () => {
    const { promise: firstIsDead, resolve: tellFirstIsDead } = Promise.withResolvers<void>();
    const { promise: secondIsOpen, resolve: tellSecondIsOpen } = Promise.withResolvers<void>();
    const first = database.transact(async (tx) => {
      await tx.execute(sql`set local idle_in_transaction_session_timeout = '100ms'`);
      await addToProbe(tx, 1);
      await sleep(400);
      tellFirstIsDead();
      await secondIsOpen;
      await addToProbe(tx, 2);
    });
    const second = firstIsDead.then(() =>
      database.transact(async (tx) => {
        await addToProbe(tx, 3);
        tellSecondIsOpen();
        await sleep(100);
        throw new RangeError("the second is undone");
      }),
    );
    await Promise.all([expectConnectionFault(first), expect(second).rejects.toThrow("the second is undone")]);
    await expectRecovered([]);
  });

  test("that fires just before COMMIT leaves the outcome unknown", async () => {
    const failed = database.transact(async (tx) => {
      await tx.execute(sql`set local idle_in_transaction_session_timeout = '100ms'`);
      await addToProbe(tx, 1);
      await sleep(400);
    });
    await expect(failed).rejects.toBeInstanceOf(UnknownCommit);
    await expectRecovered([]);
  });
});

describe("COMMIT is lost", () => {
  test.each([
    { lost: "lose the request", committed: [] },
    { lost: "lose the answer", committed: [1] },
  ] as const)("$lost: the outcome is unknown, and the work is not run again", async ({ lost, committed }) => {
    await using proxy = await startLossyProxy(server.port);
    const url = new URL(created.url);
    url.port = String(proxy.port);
    await using behindProxy = openPostgres({ url: url.href, poolSize: POOL_SIZE });
    proxy.onCommit = lost;
    let runs = 0;
    const failed = behindProxy.transact(async (tx) => {
      runs += 1;
      await addToProbe(tx, 1);
    });
    await expect(failed).rejects.toBeInstanceOf(UnknownCommit);
    expect(runs).toBe(1);
    expect(await readProbe(database.db)).toEqual(committed);

    proxy.onCommit = "pass";
    await behindProxy.transact((tx) => addToProbe(tx, 2));
    expect(behindProxy.pool).toMatchObject({ totalCount: 1, idleCount: 1, waitingCount: 0 });
    await expectRecovered([...committed, 2]);
  });
});

describe("the server crashes and comes back", () => {
  test("what was acknowledged is there, what was not is not, and writing goes on", async () => {
    const outcomes = {
      acknowledged: new Set<number>(),
      unknown: new Set<number>(),
      refused: new Set<number>(),
    };
    const surprises: unknown[] = [];
    let writing = true;
    let nextId = 1;
    const write = async () => {
      while (writing) {
        const id = nextId;
        nextId += 1;
        try {
          await database.transact((tx) => addToProbe(tx, id));
          outcomes.acknowledged.add(id);
        } catch (error) {
          if (!isConnectionFault(error)) surprises.push(error);
          outcomes[error instanceof UnknownCommit ? "unknown" : "refused"].add(id);
          await sleep(5);
        }
      }
    };
    const writers = Promise.all(Array.from({ length: POOL_SIZE * 2 }, write));
    try {
      await expect.poll(() => outcomes.acknowledged.size, PATIENTLY).toBeGreaterThan(20);
      await server.crash();
      await expect.poll(() => outcomes.refused.size, PATIENTLY).toBeGreaterThan(20);
      expect(await database.ping()).toBe(false);
      const before = outcomes.acknowledged.size;
      await server.start();
      await expect
        .poll(() => outcomes.acknowledged.size, { timeout: RECOVERY_MS, interval: 10 })
        .toBeGreaterThan(before);
    } finally {
      writing = false;
      await writers;
    }

    expect(surprises).toEqual([]);
    const committed = await readProbe(database.db);
    expect(new Set(committed).isSupersetOf(outcomes.acknowledged)).toBe(true);
    expect(new Set(committed).isDisjointFrom(outcomes.refused)).toBe(true);
    await database.db.execute(sql`truncate probe`);
    await expectRecovered([]);
  });

  test("a transaction that was open does not survive", async () => {
    const failed = database.transact(async (tx) => {
      await addToProbe(tx, 1);
      await server.crash();
      await server.start();
      await addToProbe(tx, 2);
    });
    await expectConnectionFault(failed);
    await expectRecovered([]);
  });
});
