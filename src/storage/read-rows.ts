import type { SQL } from "drizzle-orm";
import type { Executor } from "./database.js";

/** The rows of a statement written by hand; what is in them is the caller's word. */
export async function readRows<T>(db: Executor, statement: SQL): Promise<readonly T[]> {
  const { rows } = (await db.execute(statement)) as unknown as { readonly rows: readonly T[] };
  return rows;
}
