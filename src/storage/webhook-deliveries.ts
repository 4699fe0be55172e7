import { and, asc, desc, eq, inArray, sql } from "drizzle-orm";
import type { AfterSending, SendOutcome } from "../domain/webhooks.js";
import type { Executor, Tx } from "./database.js";
import { event, webhookAttempt, webhookDelivery, webhookEndpoint } from "./tables.js";

export type DeliveryRecord = typeof webhookDelivery.$inferSelect & {
  readonly event: typeof event.$inferSelect;
};
export type DeliveryState = DeliveryRecord["state"];
export type AttemptRecord = typeof webhookAttempt.$inferSelect;

const ofDelivery = and(
  eq(event.bucket, webhookDelivery.bucket),
  eq(event.pensionerId, webhookDelivery.pensionerId),
  eq(event.sequence, webhookDelivery.sequence),
);

/**
 * Takes deliveries of an endpoint that are due, for as long as the lease: whoever takes one and dies leaves it to whoever
 * comes after that. Of a person the earlier event goes first, and the later one waits while it is pending. That it is tried
 * is written down before it is.
 */
export async function claimDeliveries(
  tx: Tx,
  endpointId: string,
  { now, leasedUntil, limit }: { readonly now: Date; readonly leasedUntil: Date; readonly limit: number },
): Promise<DeliveryRecord[]> {
  const at = sql`${now.toISOString()}::timestamptz`;
  const claimed = await tx
    .update(webhookDelivery)
    .set({ dueAt: leasedUntil, attempts: sql`${webhookDelivery.attempts} + 1` })
    .where(
      inArray(
        webhookDelivery.id,
        sql`(select d.id from ${webhookDelivery} d
          join ${webhookEndpoint} w on w.id = d.endpoint_id and w.disabled_at is null
          where d.endpoint_id = ${endpointId}::uuid and d.state = 'PENDING' and d.due_at <= ${at}
            and not exists (select 1 from ${webhookDelivery} earlier
              where earlier.endpoint_id = d.endpoint_id and earlier.pensioner_id = d.pensioner_id
                and earlier.state = 'PENDING' and (earlier.sequence, earlier.replay) < (d.sequence, d.replay))
          order by d.due_at, d.position, d.replay limit ${limit}::int for update of d skip locked)`,
      ),
    )
    .returning({ id: webhookDelivery.id, attempts: webhookDelivery.attempts });
  if (claimed.length === 0) return [];
  await tx.insert(webhookAttempt).values(
    claimed.map(({ id, attempts }) => ({
      deliveryId: id,
      attempt: attempts,
      at: now,
      failure: "UNKNOWN",
      ms: 0,
    })),
  );
  const rows = await tx
    .select()
    .from(webhookDelivery)
    .innerJoin(event, ofDelivery)
    .where(
      inArray(
        webhookDelivery.id,
        claimed.map(({ id }) => id),
      ),
    )
    .orderBy(asc(webhookDelivery.position));
  return rows.map(together);
}

function together(row: {
  readonly webhook_delivery: typeof webhookDelivery.$inferSelect;
  readonly event: typeof event.$inferSelect;
}): DeliveryRecord {
  return { ...row.webhook_delivery, event: row.event };
}

/** Writes down what became of an attempt. One that was taken over or given up in the meantime is left as it is. */
export async function settleDelivery(
  tx: Tx,
  { id, attempts }: Pick<DeliveryRecord, "id" | "attempts">,
  outcome: SendOutcome,
  after: AfterSending,
  at: Date,
): Promise<void> {
  await tx
    .update(webhookAttempt)
    .set(
      "status" in outcome
        ? { status: outcome.status, failure: null, ms: outcome.ms }
        : { failure: outcome.failure, ms: outcome.ms },
    )
    .where(and(eq(webhookAttempt.deliveryId, id), eq(webhookAttempt.attempt, attempts)));
  await tx
    .update(webhookDelivery)
    .set(
      after.state === "PENDING"
        ? { dueAt: new Date(after.dueAt.epochMilliseconds) }
        : { state: after.state, settledAt: at },
    )
    .where(
      and(
        eq(webhookDelivery.id, id),
        eq(webhookDelivery.attempts, attempts),
        eq(webhookDelivery.state, "PENDING"),
      ),
    );
}

export async function readDelivery(db: Executor, id: string): Promise<DeliveryRecord | null> {
  const [row] = await db
    .select()
    .from(webhookDelivery)
    .innerJoin(event, ofDelivery)
    .where(eq(webhookDelivery.id, id));
  return row ? together(row) : null;
}

/** What was or is to be sent to an endpoint, the latest event first. */
export async function listDeliveries(
  db: Executor,
  endpointId: string,
  page: {
    readonly state: DeliveryState | null;
    readonly limit: number;
    readonly before: { readonly position: number; readonly replay: number } | null;
  },
): Promise<DeliveryRecord[]> {
  const { state, limit, before } = page;
  const rows = await db
    .select()
    .from(webhookDelivery)
    .innerJoin(event, ofDelivery)
    .where(
      and(
        eq(webhookDelivery.endpointId, endpointId),
        state === null ? undefined : eq(webhookDelivery.state, state),
        before === null
          ? undefined
          : sql`(${webhookDelivery.position}, ${webhookDelivery.replay}) < (${before.position}::bigint, ${before.replay}::smallint)`,
      ),
    )
    .orderBy(desc(webhookDelivery.position), desc(webhookDelivery.replay))
    .limit(limit);
  return rows.map(together);
}

/** The attempts of deliveries, in their order. */
export async function readAttempts(db: Executor, deliveryIds: readonly string[]): Promise<AttemptRecord[]> {
  if (deliveryIds.length === 0) return [];
  return db
    .select()
    .from(webhookAttempt)
    .where(inArray(webhookAttempt.deliveryId, [...deliveryIds]))
    .orderBy(asc(webhookAttempt.deliveryId), asc(webhookAttempt.attempt));
}

/** What is sent once more: one delivery's event, or all that were first due since then. */
export type Replayed = { readonly position: number } | { readonly since: Date; readonly limit: number };

/** Sends settled events once more, the oldest first; what is pending anyway is left alone. The endpoint is locked. */
export async function insertReplays(tx: Tx, endpointId: string, which: Replayed, now: Date): Promise<number> {
  const at = sql`${now.toISOString()}::timestamptz`;
  const chosen =
    "position" in which
      ? sql`d.position = ${which.position}::bigint`
      : sql`d.created_at >= ${which.since.toISOString()}::timestamptz`;
  const limit = "position" in which ? 1 : which.limit;
  const { rows } = (await tx.execute(sql`
    insert into ${webhookDelivery}
      (id, endpoint_id, position, replay, bucket, pensioner_id, sequence, state, attempts, due_at, created_at)
    select gen_random_uuid(), d.endpoint_id, d.position, latest.replay + 1, d.bucket, d.pensioner_id, d.sequence,
      'PENDING', 0, ${at}, ${at}
    from ${webhookDelivery} d
    cross join lateral (select max(l.replay) as replay, bool_or(l.state = 'PENDING') as pending
      from ${webhookDelivery} l where l.endpoint_id = d.endpoint_id and l.position = d.position) as latest
    where d.endpoint_id = ${endpointId}::uuid and d.replay = 0 and ${chosen} and not latest.pending
    order by d.position limit ${limit}::int
    returning id`)) as unknown as { readonly rows: readonly unknown[] };
  return rows.length;
}

/** Removes up to `limit` deliveries that were settled before an instant, with their attempts. Returns how many. */
export async function removeDeliveries(tx: Tx, before: Temporal.Instant, limit: number): Promise<number> {
  const { rows } = (await tx.execute(sql`
    with settled as (
      select id from ${webhookDelivery} where settled_at < ${before.toString()}::timestamptz
      order by settled_at limit ${limit}::int for update skip locked),
    attempted as (delete from ${webhookAttempt} a using settled s where a.delivery_id = s.id)
    delete from ${webhookDelivery} d using settled s where d.id = s.id
    returning 1`)) as unknown as { readonly rows: readonly unknown[] };
  return rows.length;
}
