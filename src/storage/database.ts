import type { PGlite } from "@electric-sql/pglite";
import { drizzle as drizzlePg } from "drizzle-orm/node-postgres";
import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";
import { drizzle as drizzlePglite } from "drizzle-orm/pglite";
import pg from "pg";
import { isConnectionFault, isRetryable, sqlStateOf, UnknownCommit } from "./faults.js";

/** Runs statements: the database itself, or one transaction of it. Functions take it as their first argument. */
export type Executor = PgDatabase<PgQueryResultHKT, Record<string, never>>;
/** Inside a transaction; nothing may be written through anything else. */
export type Tx = Executor & { readonly __transaction?: true };

export interface Database extends AsyncDisposable {
  readonly kind: "postgresql" | "embedded";
  readonly db: Executor;
  /**
   * Runs `work` in one READ COMMITTED transaction and commits. Deadlocks, serialization failures and lock time-outs
   * run it again; a connection lost during COMMIT is reported as UnknownCommit, never guessed at.
   */
  transact<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** True when a trivial query answers. */
  ping(): Promise<boolean>;
  /** PostgreSQL only: the pool, for streaming and for advisory locks. */
  readonly pool?: pg.Pool;
}

export interface PostgresOptions {
  readonly url: string;
  readonly poolSize: number;
  readonly onIdleError?: (error: Error) => void;
}

const MAX_ATTEMPTS = 5;

export function openPostgres(options: PostgresOptions): Database & { readonly pool: pg.Pool } {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize,
    application_name: "changqing",
    connectionTimeoutMillis: 5_000,
    statement_timeout: 15_000,
    lock_timeout: 2_000,
    idle_in_transaction_session_timeout: 15_000,
    keepAlive: true,
    maxLifetimeSeconds: 3_600,
  });
  // Without these two, a backend that dies under a connection ends the process.
  pool.on("error", (error) => options.onIdleError?.(error));
  pool.on("connect", (client) => client.on("error", () => undefined));
  const db = drizzlePg(pool) as unknown as Executor;
  return {
    kind: "postgresql",
    db,
    pool,
    transact: (work) => retrying(() => transactOnce(pool, work)),
    ping: () => pool.query("select 1").then(() => true, () => false),
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

async function retrying<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (tried >= MAX_ATTEMPTS || !isRetryable(error)) throw error;
      const pauseMs = Math.random() * 20 * 2 ** tried;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

const executors = new WeakMap<pg.PoolClient, Tx>();

function executorOf(client: pg.PoolClient): Tx {
  let executor = executors.get(client);
  if (!executor) {
    executor = drizzlePg(client) as unknown as Tx;
    executors.set(client, executor);
  }
  return executor;
}

async function transactOnce<T>(pool: pg.Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = false;
  let committing = false;
  try {
    await client.query("begin");
    const result = await work(executorOf(client));
    committing = true;
    await client.query("commit");
    return result;
  } catch (error) {
    broken = isConnectionFault(error);
    if (committing && broken) throw new UnknownCommit(error);
    if (!broken) broken = await rollbackFailed(client);
    throw error;
  } finally {
    client.release(broken);
  }
}

async function rollbackFailed(client: pg.PoolClient): Promise<boolean> {
  try {
    await client.query("rollback");
    return false;
  } catch {
    return true;
  }
}

/** The embedded database: one connection, no durability against power cuts, one process at a time. */
export function openEmbedded(client: PGlite, release: () => Promise<void> = async () => undefined): Database {
  const database = drizzlePglite({ client });
  return {
    kind: "embedded",
    db: database as unknown as Executor,
    transact: (work) => database.transaction((tx) => work(tx as unknown as Tx)),
    ping: () => client.query("select 1").then(() => true, () => false),
    [Symbol.asyncDispose]: async () => {
      await client.close();
      await release();
    },
  };
}

/** The constraint that a failed statement names, for turning races into outcomes. */
export function violatedConstraint(error: unknown): string | undefined {
  if (sqlStateOf(error) !== "23505") return undefined;
  const cause = (error as { cause?: { constraint?: string } }).cause ?? (error as { constraint?: string });
  return cause.constraint;
}
