import { drizzle } from "drizzle-orm/node-postgres";
import type pg from "pg";
import type { Executor } from "../../src/storage/database.js";
import { findInScope } from "../../src/storage/pensioners.js";
import type { Sealing } from "../../src/storage/sealing.js";

/** SQL as it is sent; its one parameter is a blind index, or an array of them. */
export interface StatusStatement {
  readonly text: string;
  readonly takes: "one" | "list";
}

/** The SQL by which our status query finds that many persons. */
export async function captureStatusStatement(sealing: Sealing, persons: number): Promise<StatusStatement> {
  const sent: StatusStatement[] = [];
  const query = async ({ text }: pg.QueryConfig, values: readonly unknown[] = []) => {
    if (values.length !== 1) throw new Error(`expected one parameter, not ${values.length}`);
    sent.push({ text, takes: Array.isArray(values[0]) ? "list" : "one" });
    return { rows: [] };
  };
  const db = drizzle({ query } as unknown as pg.Pool) as unknown as Executor;
  const subjects = Array.from({ length: persons }, (_, position) => ({
    comparableName: "",
    displayName: "",
    document: { type: "RESIDENT_ID" as const, number: String(position) },
  }));
  await findInScope(db, sealing, subjects as unknown as Parameters<typeof findInScope>[2]);
  const [statement, ...others] = sent;
  if (!statement || others.length > 0) throw new Error(`expected one statement, not ${sent.length}`);
  return statement;
}
