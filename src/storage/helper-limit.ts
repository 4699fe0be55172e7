import { and, eq, ne, sql } from "drizzle-orm";
import type { Tx } from "./database.js";
import { helperPensioner } from "./tables.js";

/** C1: how many *other* pensioners a helper has certified in a month. */
export async function countHelperPensioners(
  tx: Tx,
  helper: { readonly helperIndex: Buffer; readonly month: string; readonly exceptPensionerId: string },
): Promise<number> {
  const [row] = await tx
    .select({ count: sql<number>`count(*)::int` })
    .from(helperPensioner)
    .where(
      and(
        eq(helperPensioner.helperIndex, helper.helperIndex),
        eq(helperPensioner.month, helper.month),
        ne(helperPensioner.pensionerId, helper.exceptPensionerId),
      ),
    );
  return row?.count ?? 0;
}

/** C1: notes that a helper certified a pensioner; simultaneous certifications by one helper queue up behind a lock. */
export async function lockHelperMonth(tx: Tx, helperIndex: Buffer, month: string): Promise<void> {
  await tx.execute(
    sql`select pg_advisory_xact_lock(hashtextextended(encode(${helperIndex}::bytea, 'hex') || ${month}::text, 0))`,
  );
}

export async function addHelperPensioner(
  tx: Tx,
  row: { readonly helperIndex: Buffer; readonly month: string; readonly pensionerId: string },
): Promise<void> {
  await tx.insert(helperPensioner).values(row).onConflictDoNothing();
}
