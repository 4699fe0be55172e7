import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "./database.js";

const LOOK_AGAIN_MS = 200;

/** What waits in this process, by database and name. */
const queues = new WeakMap<Database["db"], Map<string, Promise<unknown>>>();

/** Lets one caller at a time do this, in all processes of the database. It lasts longer than a transaction may. */
export async function exclusively<T>(database: Database, name: string, work: () => Promise<T>): Promise<T> {
  const { db, kind } = database;
  const waiting = queues.get(db) ?? new Map<string, Promise<unknown>>();
  queues.set(db, waiting);
  // One process alone works on an embedded database.
  const doIt = kind === "embedded" ? work : () => behindLock(database, name, work);
  const turn = (waiting.get(name) ?? Promise.resolve()).then(doIt);
  // Callers of one process queue up here: each that waited at the database would keep a connection from those who work.
  waiting.set(
    name,
    turn.catch(() => undefined),
  );
  return turn;
}

async function behindLock<T>({ pool }: Database, name: string, work: () => Promise<T>): Promise<T> {
  if (!pool) throw new Error("a lock between processes needs PostgreSQL");
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
