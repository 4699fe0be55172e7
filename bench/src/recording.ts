import type pg from "pg";
import { type Database, openPostgres } from "../../src/storage/database.js";

export interface RecordedStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** One transaction's statements in order, BEGIN and COMMIT among them. */
export type Recording = readonly RecordedStatement[];

/** What each work sends in its transaction; it is rolled back where it would have been committed. */
export async function recordTransactions<T>(
  url: string,
  items: readonly T[],
  work: (database: Database, item: T) => Promise<void>,
): Promise<Recording[]> {
  await using database = openPostgres({ url, poolSize: 1 });
  let current: RecordedStatement[] = [];
  database.pool.on("connect", (client) => {
    const query = client.query.bind(client) as (...args: unknown[]) => Promise<pg.QueryResult>;
    const recorded = async (...args: [string | pg.QueryConfig, unknown[] | undefined]) => {
      const [statement, values] = args;
      const text = typeof statement === "string" ? statement : statement.text;
      const given = values ?? (typeof statement === "string" ? [] : (statement.values ?? []));
      current.push({ text, values: [...given] });
      if (text !== "commit") return query(...args);
      await query("rollback");
      return { command: "COMMIT", rows: [] };
    };
    client.query = recorded as unknown as typeof client.query;
  });
  const recordings: Recording[] = [];
  for (const item of items) {
    current = [];
    await work(database, item);
    recordings.push(current);
  }
  return recordings;
}
