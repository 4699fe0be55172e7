import { and, eq, type SQL } from "drizzle-orm";
import type { Executor, Tx } from "./database.js";
import type { OwnedKey } from "./ids.js";
import { certificationSession } from "./tables.js";

export type SessionRecord = typeof certificationSession.$inferSelect;

export function sessionIs(key: OwnedKey): SQL | undefined {
  return and(
    eq(certificationSession.bucket, key.bucket),
    eq(certificationSession.pensionerId, key.pensionerId),
    eq(certificationSession.id, key.id),
  );
}

export async function readSession(db: Executor, key: OwnedKey): Promise<SessionRecord | null> {
  const [row] = await db.select().from(certificationSession).where(sessionIs(key));
  return row ?? null;
}

export async function lockSession(tx: Tx, key: OwnedKey): Promise<SessionRecord | null> {
  const [row] = await tx.select().from(certificationSession).where(sessionIs(key)).for("update");
  return row ?? null;
}
