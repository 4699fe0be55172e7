import { and, asc, eq, inArray, isNull, sql } from "drizzle-orm";
import type { Executor, Tx } from "./database.js";
import type { Sealing } from "./sealing.js";
import { channelClient, usedClientAssertion } from "./tables.js";

export type ClientRecord = typeof channelClient.$inferSelect;

/** The keyed hash under which a client's secret is stored. */
export function clientSecretIndex(sealing: Sealing, clientId: string, secret: string): Buffer {
  return sealing.index("client-secret", `${clientId}|${secret}`);
}

/** The keyed hashes under which a client's secret may be stored, the current one first. */
export function clientSecretIndexes(sealing: Sealing, clientId: string, secret: string): Buffer[] {
  return sealing.indexes("client-secret", `${clientId}|${secret}`);
}

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

/** Every client there is, disabled ones too. */
export function listClients(db: Executor): Promise<ClientRecord[]> {
  return db.select().from(channelClient).orderBy(asc(channelClient.id));
}

export async function insertClient(tx: Tx, client: typeof channelClient.$inferInsert): Promise<void> {
  await tx.insert(channelClient).values(client);
}

/** Locks the client's row until the transaction ends. */
export async function lockClient(tx: Tx, id: string): Promise<ClientRecord | null> {
  const [row] = await tx.select().from(channelClient).where(eq(channelClient.id, id)).for("update");
  return row ?? null;
}

export async function updateClient(
  tx: Tx,
  id: string,
  change: Partial<Omit<typeof channelClient.$inferInsert, "id">>,
): Promise<void> {
  await tx.update(channelClient).set(change).where(eq(channelClient.id, id));
}

/** The names of these clients, by id; unknown ids are left out. */
export async function readClientNames(
  db: Executor,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({ id: channelClient.id, name: channelClient.name })
    .from(channelClient)
    .where(inArray(channelClient.id, [...ids]));
  return new Map(rows.map(({ id, name }) => [id, name]));
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

/**
 * False when this client assertion has been used before. Kept under every index version at hand, so that two processes
 * which write under different ones meet in the constraint.
 */
export async function useClientAssertion(
  db: Executor,
  assertions: readonly Buffer[],
  expiresAt: Date,
): Promise<boolean> {
  const rows = await db
    .insert(usedClientAssertion)
    .values(assertions.map((assertion) => ({ assertion, expiresAt })))
    .onConflictDoNothing()
    .returning({ assertion: usedClientAssertion.assertion });
  return rows.length === assertions.length;
}

/** Puts the hash of a secret under another index version in place of the one it was found by, unless it was rotated. */
export async function renewSecretIndex(
  db: Executor,
  id: string,
  before: Buffer,
  after: Buffer,
): Promise<void> {
  for (const column of ["secretIndex", "previousSecretIndex"] as const) {
    await db
      .update(channelClient)
      .set({ [column]: after })
      .where(and(eq(channelClient.id, id), eq(channelClient[column], before)));
  }
}
