import { and, asc, eq, gt, isNotNull, sql } from "drizzle-orm";
import type { Executor, Tx } from "./database.js";
import {
  channelClient,
  event,
  eventAudience,
  servedPerson,
  webhookDelivery,
  webhookEndpoint,
} from "./tables.js";

/**
 * The feed: every event in one order. A position is given in a transaction after the event's own, by one placer at a time,
 * so that positions become visible in their order: whoever has read up to one has missed nothing before it.
 */

export type PlacedEvent = typeof event.$inferSelect & { readonly position: number };

/** One placer at a time; whoever changes what placing depends on, such as an endpoint, takes it first of all locks. */
export async function lockPlacing(tx: Tx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('event placing', 0))`);
}

export async function hasUnplacedEvents(db: Executor): Promise<boolean> {
  const { rows } = (await db.execute(
    sql`select exists (select 1 from ${event} where position is null) as waiting`,
  )) as unknown as { readonly rows: readonly { readonly waiting: boolean }[] };
  return rows[0]?.waiting ?? false;
}

/** The last position given; 0 before the first. */
export async function lastPosition(db: Executor): Promise<number> {
  const [row] = await db.select({ last: sql<string>`coalesce(max(${event.position}), 0)` }).from(event);
  return Number(row?.last ?? 0);
}

/**
 * Gives about `size` events their positions, notes who may see them and what is to be sent where. The placer's lock is
 * held. Of a person whose event is chosen the earlier ones are taken too: they were committed before it, whatever the
 * order of their ids, which are made by clocks of several machines.
 */
export async function placeChunk(tx: Tx, size: number, now: Temporal.Instant): Promise<number> {
  const at = now.toString();
  const { rows } = (await tx.execute(sql`
    with chosen as (
      select bucket, pensioner_id, max(sequence) as through
      from (select bucket, pensioner_id, sequence from ${event} where position is null
        order by id limit ${size}::int) as oldest
      group by bucket, pensioner_id),
    waiting as (
      select e.bucket, e.pensioner_id, e.sequence,
        max(e.id::text) over (partition by e.bucket, e.pensioner_id order by e.sequence) as rank
      from ${event} e join chosen c on e.bucket = c.bucket and e.pensioner_id = c.pensioner_id and e.sequence <= c.through
      where e.position is null),
    numbered as (
      select bucket, pensioner_id, sequence,
        (select coalesce(max(position), 0) from ${event}) + row_number() over (order by rank, sequence) as position
      from waiting),
    placed as (
      update ${event} e set position = n.position from numbered n
      where e.bucket = n.bucket and e.pensioner_id = n.pensioner_id and e.sequence = n.sequence
      returning e.bucket, e.pensioner_id, e.sequence, e.type, e.position),
    heard as (
      insert into ${eventAudience} (client_id, position)
      select s.client_id, p.position from placed p
      join ${servedPerson} s on s.bucket = p.bucket and s.pensioner_id = p.pensioner_id
      returning client_id, position),
    sent as (
      insert into ${webhookDelivery}
        (id, endpoint_id, position, replay, bucket, pensioner_id, sequence, state, attempts, due_at, created_at)
      select gen_random_uuid(), w.id, p.position, 0, p.bucket, p.pensioner_id, p.sequence, 'PENDING', 0,
        ${at}::timestamptz, ${at}::timestamptz
      from placed p join ${webhookEndpoint} w on w.disabled_at is null and w.after_position < p.position
        and not exists (select 1 from ${channelClient} c where c.id = w.client_id and c.disabled_at is not null)
        and (cardinality(w.types) = 0 or p.type = any (w.types))
        and (w.audience = 'ALL'
          or exists (select 1 from heard h where h.client_id = w.client_id and h.position = p.position)))
    select count(*)::int as placed from placed`)) as unknown as {
    readonly rows: readonly { readonly placed: number }[];
  };
  return rows[0]?.placed ?? 0;
}

export interface FeedPage {
  readonly after: number;
  readonly limit: number;
}

/** What a client may see, in the order of the feed. */
export async function readHeardEvents(
  db: Executor,
  clientId: string,
  { after, limit }: FeedPage,
): Promise<PlacedEvent[]> {
  const rows = await db
    .select({ event })
    .from(eventAudience)
    .innerJoin(event, eq(event.position, eventAudience.position))
    .where(and(eq(eventAudience.clientId, clientId), gt(eventAudience.position, after)))
    .orderBy(asc(eventAudience.position))
    .limit(limit);
  return rows.map((row) => row.event as PlacedEvent);
}

/** Everything, in the order of the feed. */
export async function readAllEvents(db: Executor, { after, limit }: FeedPage): Promise<PlacedEvent[]> {
  const rows = await db
    .select()
    .from(event)
    .where(and(isNotNull(event.position), gt(event.position, after)))
    .orderBy(asc(event.position))
    .limit(limit);
  return rows as PlacedEvent[];
}
