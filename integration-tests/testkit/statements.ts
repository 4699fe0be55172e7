import type { PGlite } from "@electric-sql/pglite";
import type { Database } from "../../src/storage/database.js";

type Query = (...args: unknown[]) => unknown;

/** What runs beside every request: the clock's look at its setting, the caller's budget. */
const notAboutPeople = /"setting"|rate_budget/;

/** The SQL about people that the work sent outside transactions, in order. */
export async function statementsOf(database: Database, work: () => Promise<unknown>): Promise<string[]> {
  const client = (database.pool ?? (database.db as unknown as { $client: PGlite }).$client) as unknown as {
    query: Query;
  };
  const statements: string[] = [];
  const { query } = client;
  client.query = (...args) => {
    const [first] = args;
    const text = typeof first === "string" ? first : (first as { readonly text: string }).text;
    if (!notAboutPeople.test(text)) statements.push(text);
    return query.apply(client, args);
  };
  try {
    await work();
  } finally {
    client.query = query;
  }
  return statements;
}
