import { and, asc, count, eq, gt, isNotNull, isNull, ne, or, sql } from "drizzle-orm";
import type { Executor, Tx } from "./database.js";
import { channelClient, event, webhookDelivery, webhookEndpoint } from "./tables.js";

export type EndpointRecord = typeof webhookEndpoint.$inferSelect;
export type DisabledReason = NonNullable<EndpointRecord["disabledReason"]>;

const isNotDeleted = or(
  isNull(webhookEndpoint.disabledReason),
  ne(webhookEndpoint.disabledReason, "DELETED"),
);

export async function insertEndpoint(tx: Tx, endpoint: typeof webhookEndpoint.$inferInsert): Promise<void> {
  await tx.insert(webhookEndpoint).values(endpoint);
}

/** One that has not been deleted. */
export async function readEndpoint(db: Executor, id: string): Promise<EndpointRecord | null> {
  const [row] = await db
    .select()
    .from(webhookEndpoint)
    .where(and(eq(webhookEndpoint.id, id), isNotDeleted));
  return row ?? null;
}

/** Also one that has been deleted: what was done to it is told again under the same key. */
export async function readEndpointEver(db: Executor, id: string): Promise<EndpointRecord | null> {
  const [row] = await db.select().from(webhookEndpoint).where(eq(webhookEndpoint.id, id));
  return row ?? null;
}

/** Locks it until the transaction ends. */
export async function lockEndpoint(tx: Tx, id: string): Promise<EndpointRecord | null> {
  const [row] = await tx.select().from(webhookEndpoint).where(eq(webhookEndpoint.id, id)).for("update");
  return row && row.disabledReason !== "DELETED" ? row : null;
}

/** Those of a client, or all for null, in the order in which they were made; deleted ones are left out. */
export async function listEndpoints(
  db: Executor,
  clientId: string | null,
  page: { readonly limit: number; readonly afterId: string | null },
): Promise<EndpointRecord[]> {
  return db
    .select()
    .from(webhookEndpoint)
    .where(
      and(
        isNotDeleted,
        clientId === null ? undefined : eq(webhookEndpoint.clientId, clientId),
        page.afterId === null ? undefined : gt(webhookEndpoint.id, page.afterId),
      ),
    )
    .orderBy(asc(webhookEndpoint.id))
    .limit(page.limit);
}

export async function countActiveEndpoints(db: Executor, clientId: string): Promise<number> {
  const [row] = await db
    .select({ active: count() })
    .from(webhookEndpoint)
    .where(and(eq(webhookEndpoint.clientId, clientId), isNull(webhookEndpoint.disabledAt)));
  return row?.active ?? 0;
}

export async function updateEndpoint(
  tx: Tx,
  id: string,
  change: Partial<typeof webhookEndpoint.$inferInsert>,
): Promise<void> {
  await tx.update(webhookEndpoint).set(change).where(eq(webhookEndpoint.id, id));
}

/**
 * Ends an endpoint: nothing more is placed for it or sent to it. The placer's lock is held, so that no delivery comes into
 * being behind this one's back.
 */
export async function disableEndpoint(tx: Tx, id: string, reason: DisabledReason, at: Date): Promise<void> {
  await tx
    .update(webhookEndpoint)
    .set({
      // Where it stopped: what is placed from here on it misses.
      afterPosition: sql`case when ${webhookEndpoint.disabledAt} is not null then ${webhookEndpoint.afterPosition}
        else (select coalesce(max(${event.position}), 0) from ${event}) end`,
      // The first reason stays, but for a deletion, which takes it off the list.
      disabledAt: sql`coalesce(${webhookEndpoint.disabledAt}, ${at.toISOString()}::timestamptz)`,
      disabledReason:
        reason === "DELETED" ? reason : sql`coalesce(${webhookEndpoint.disabledReason}, ${reason}::text)`,
    })
    .where(eq(webhookEndpoint.id, id));
  await tx
    .update(webhookDelivery)
    .set({ state: "FAILED", settledAt: at })
    .where(and(eq(webhookDelivery.endpointId, id), eq(webhookDelivery.state, "PENDING")));
}

/** A sending got through: what failed before is over. */
export async function noteArrival(tx: Tx, id: string): Promise<void> {
  await tx
    .update(webhookEndpoint)
    .set({ failingSince: null })
    .where(and(eq(webhookEndpoint.id, id), isNotNull(webhookEndpoint.failingSince)));
}

/** A sending did not get through: the first such one is remembered. */
export async function noteFailure(tx: Tx, id: string, at: Date): Promise<void> {
  await tx
    .update(webhookEndpoint)
    .set({ failingSince: at })
    .where(and(eq(webhookEndpoint.id, id), isNull(webhookEndpoint.failingSince)));
}

/** A client that has been disabled is told nothing more; staff that sign in elsewhere are not registered here. */
export const clientMayBeTold = sql`not exists (select 1 from ${channelClient} c
  where c.id = ${webhookEndpoint.clientId} and c.disabled_at is not null)`;

/** Endpoints to which something is due, the one that has waited longest first. */
export async function readDueEndpoints(db: Executor, now: Date): Promise<EndpointRecord[]> {
  const at = sql`${now.toISOString()}::timestamptz`;
  const firstDue = sql`(select min(d.due_at) from ${webhookDelivery} d
    where d.endpoint_id = ${webhookEndpoint.id} and d.state = 'PENDING' and d.due_at <= ${at})`;
  return db
    .select()
    .from(webhookEndpoint)
    .where(and(isNull(webhookEndpoint.disabledAt), clientMayBeTold, sql`${firstDue} is not null`))
    .orderBy(firstDue);
}
