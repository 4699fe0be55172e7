import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "./database.js";
import type { PensionerKey } from "./ids.js";
import { pensioner } from "./tables.js";

/** Whoever read the person before must read again; the person is locked. */
export async function touchPensioner(tx: Tx, key: PensionerKey, at: Date): Promise<void> {
  await tx
    .update(pensioner)
    .set({ version: sql`${pensioner.version} + 1`, updatedAt: at })
    .where(and(eq(pensioner.bucket, key.bucket), eq(pensioner.id, key.pensionerId)));
}
