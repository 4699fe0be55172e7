import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "./database.js";

const LOOK_AGAIN_MS = 200;

/** What waits in this process; one process alone works on an embedded database. */
const queues = new WeakMap<Database["db"], Promise<unknown>>();

/** Lets one caller at a time do this, in all processes of the database. It lasts longer than a transaction may. */
export async function exclusively<T>(database: Database, name: string, work: () => Promise<T>): Promise<T> {
  const { pool, db } = database;
  if (!pool) {
    const before = queues.get(db) ?? Promise.resolve();
    const turn = before.then(work, work);
    queues.set(
      db,
      turn.catch(() => undefined),
    );
    return turn;
  }
  const holder = await pool.connect();
  let failed = true;
  try {
    const ask = "select pg_try_advisory_lock(hashtextextended($1, 0)) as held";
    while (!(await holder.query<{ held: boolean }>(ask, [name])).rows[0]?.held) await sleep(LOOK_AGAIN_MS);
    const result = await work();
    await holder.query("select pg_advisory_unlock(hashtextextended($1, 0))", [name]);
    failed = false;
    return result;
  } finally {
    // A connection that is thrown away takes its lock with it.
    holder.release(failed);
  }
}
