import type { PGlite } from "@electric-sql/pglite";
import { drizzle as drizzlePg, NodePgSession, NodePgTransaction } from "drizzle-orm/node-postgres";
import { type PgDatabase, PgDialect, type PgQueryResultHKT } from "drizzle-orm/pg-core";
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
  /** Embedded only: what pg-boss's own adapter for it takes. */
  readonly pglite?: PGlite;
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
    ping: () =>
      pool.query("select 1").then(
        () => true,
        () => false,
      ),
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

/** What runs a connection's transactions, one after the other, until one of them fails. */
interface Session {
  readonly tx: Tx;
  /** Refuses all that still comes: a failed transaction's late statement must not land in the next one. */
  end(): void;
}

const dialect = new PgDialect();
const sessions = new WeakMap<pg.PoolClient, Session>();

function sessionOf(client: pg.PoolClient): Session {
  const known = sessions.get(client);
  if (known) return known;
  let ended = false;
  const query = (...statement: [pg.QueryConfig, unknown[]]) =>
    ended ? Promise.reject(new Error("the transaction has ended")) : client.query(...statement);
  const gated = { query } as unknown as pg.PoolClient;
  // drizzle's own class for a connection in a transaction: its `transaction` makes a savepoint, not a second BEGIN.
  const tx = new NodePgTransaction(dialect, new NodePgSession(gated, dialect, undefined), undefined);
  const session: Session = {
    tx: tx as unknown as Tx,
    end: () => {
      ended = true;
      sessions.delete(client);
    },
  };
  sessions.set(client, session);
  return session;
}

async function transactOnce<T>(pool: pg.Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  const session = sessionOf(client);
  let broken = false;
  let committing = false;
  try {
    await client.query("begin");
    const result = await work(session.tx);
    committing = true;
    const { command } = await client.query("commit");
    committing = false;
    // PostgreSQL answers so, without an error, when a statement had failed and `work` went on regardless.
    if (command === "ROLLBACK")
      throw new Error("the transaction was rolled back: a failed statement was ignored");
    return result;
  } catch (error) {
    session.end();
    broken = isConnectionFault(error);
    // Only a state that the server sends says that COMMIT did not take effect.
    if (committing && (broken || !sqlStateOf(error))) {
      broken = true;
      throw new UnknownCommit(error);
    }
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
    pglite: client,
    transact: (work) => database.transaction((tx) => work(tx as unknown as Tx)),
    ping: () =>
      client.query("select 1").then(
        () => true,
        () => false,
      ),
    [Symbol.asyncDispose]: async () => {
      await client.close().finally(release);
    },
  };
}
