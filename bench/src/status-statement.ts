import { drizzle } from "drizzle-orm/node-postgres";
import type pg from "pg";
import type { Executor } from "../../src/storage/database.js";
import { findInScope } from "../../src/storage/pensioners.js";
import type { Sealing } from "../../src/storage/sealing.js";

/** The SQL by which our status query finds people, as it is sent: one parameter, an array of blind indexes. */
export async function captureStatusStatement(sealing: Sealing): Promise<string> {
  const sent: string[] = [];
  const query = async (statement: pg.QueryConfig) => {
    sent.push(statement.text);
    return { rows: [] };
  };
  const db = drizzle({ query } as unknown as pg.Pool) as unknown as Executor;
  const nobody = { comparableName: "", document: { type: "RESIDENT_ID", number: "" } } as const;
  await findInScope(db, sealing, [nobody as unknown as Parameters<typeof findInScope>[2][number]]);
  const [text, ...others] = sent;
  if (text === undefined || others.length > 0) throw new Error(`expected one statement, not ${sent.length}`);
  return text;
}
