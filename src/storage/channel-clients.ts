import { and, eq, isNull, sql } from "drizzle-orm";
import type { Executor, Tx } from "./database.js";
import { channelClient, usedClientAssertion } from "./tables.js";

export type ClientRecord = typeof channelClient.$inferSelect;

/** A client that may be served: registered, not disabled, and no sandbox client outside a sandbox. */
export async function readActiveClient(
  db: Executor,
  id: string,
  sandbox: boolean,
): Promise<ClientRecord | null> {
  const [row] = await db
    .select()
    .from(channelClient)
    .where(and(eq(channelClient.id, id), isNull(channelClient.disabledAt)));
  return row && (sandbox || !row.sandbox) ? row : null;
}

/** Registers clients or brings their registration up to date; secrets arrive as keyed hashes. */
export async function upsertClients(
  tx: Tx,
  clients: readonly (typeof channelClient.$inferInsert)[],
): Promise<void> {
  await tx
    .insert(channelClient)
    .values([...clients])
    .onConflictDoUpdate({
      target: channelClient.id,
      set: {
        name: sql`excluded.name`,
        scopes: sql`excluded.scopes`,
        roles: sql`excluded.roles`,
        secretIndex: sql`excluded.secret_index`,
        jwks: sql`excluded.jwks`,
      },
    });
}

/** False when this client assertion has been used before. */
export async function useClientAssertion(db: Executor, assertion: Buffer, expiresAt: Date): Promise<boolean> {
  const rows = await db
    .insert(usedClientAssertion)
    .values({ assertion, expiresAt })
    .onConflictDoNothing()
    .returning({ assertion: usedClientAssertion.assertion });
  return rows.length > 0;
}
