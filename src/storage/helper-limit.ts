import { and, eq, inArray, ne, sql } from "drizzle-orm";
import type { Tx } from "./database.js";
import { helperPensioner } from "./tables.js";

/** C1: how many *other* pensioners a helper has certified in a month, under any version of the helper's index. */
export async function countHelperPensioners(
  tx: Tx,
  helper: { readonly indexes: readonly Buffer[]; readonly month: string; readonly exceptPensionerId: string },
): Promise<number> {
  const [row] = await tx
    .select({ count: sql<number>`count(distinct ${helperPensioner.pensionerId})::int` })
    .from(helperPensioner)
    .where(
      and(
        inArray(helperPensioner.helperIndex, [...helper.indexes]),
        eq(helperPensioner.month, helper.month),
        ne(helperPensioner.pensionerId, helper.exceptPensionerId),
      ),
    );
  return row?.count ?? 0;
}

/**
 * C1: simultaneous certifications by one helper queue up behind a lock under every version of the helper's index: two
 * processes of which one holds fewer versions have one in common.
 */
export async function lockHelperMonth(tx: Tx, indexes: readonly Buffer[], month: string): Promise<void> {
  for (const index of indexes.toSorted((a, b) => a.compare(b))) {
    await tx.execute(
      sql`select pg_advisory_xact_lock(hashtextextended(encode(${index}::bytea, 'hex') || ${month}::text, 0))`,
    );
  }
}

/** C1: notes that a helper certified a pensioner. */
export async function addHelperPensioner(
  tx: Tx,
  row: { readonly helperIndex: Buffer; readonly month: string; readonly pensionerId: string },
): Promise<void> {
  await tx.insert(helperPensioner).values(row).onConflictDoNothing();
}
