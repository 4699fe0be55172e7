import { type SQL, sql } from "drizzle-orm";
import type { Tx } from "./database.js";
import { event, eventAudience, webhookDelivery } from "./tables.js";
import type { EndpointRecord } from "./webhook-endpoints.js";

/**
 * Has an endpoint that was disabled sent what it missed: what was given up with it, and what was placed since it stopped.
 * The placer's lock is held and the endpoint is locked. Returns how many events that are, or null when they are more than
 * the limit: then nothing is written.
 */
export async function insertMissed(
  tx: Tx,
  endpoint: EndpointRecord,
  { stoppedAt, now, limit }: { readonly stoppedAt: Date; readonly now: Date; readonly limit: number },
): Promise<number | null> {
  const positions = missedPositions(endpoint, stoppedAt, limit + 1);
  const { rows: counted } = (await tx.execute(
    sql`select count(*)::int as missed from (${positions}) as m`,
  )) as unknown as { readonly rows: readonly { readonly missed: number }[] };
  const missed = counted[0]?.missed ?? 0;
  if (missed === 0) return 0;
  if (missed > limit) return null;
  const at = sql`${now.toISOString()}::timestamptz`;
  await tx.execute(sql`
    insert into ${webhookDelivery}
      (id, endpoint_id, position, replay, bucket, pensioner_id, sequence, state, attempts, due_at, created_at)
    select gen_random_uuid(), ${endpoint.id}::uuid, e.position,
      coalesce((select max(l.replay) + 1 from ${webhookDelivery} l
        where l.endpoint_id = ${endpoint.id}::uuid and l.position = e.position), 0),
      e.bucket, e.pensioner_id, e.sequence, 'PENDING', 0, ${at}, ${at}
    from (${positions}) as m join ${event} e on e.position = m.position`);
  return missed;
}

/** Of the types that it asks for now, and of whom its client may hear. */
function missedPositions(endpoint: EndpointRecord, stoppedAt: Date, limit: number): SQL {
  const { id, afterPosition, types, audience, clientId } = endpoint;
  const isAskedFor =
    types.length === 0
      ? sql`true`
      : sql`e.type in (${sql.join(
          types.map((type) => sql`${type}::text`),
          sql`, `,
        )})`;
  const placedSince =
    audience === "ALL"
      ? sql`select e.position from ${event} e where e.position > ${afterPosition}::bigint and ${isAskedFor}
          order by e.position limit ${limit}::int`
      : sql`select e.position from ${eventAudience} a join ${event} e on e.position = a.position
          where a.client_id = ${clientId} and a.position > ${afterPosition}::bigint and ${isAskedFor}
          order by a.position limit ${limit}::int`;
  return sql`
    (select distinct d.position from ${webhookDelivery} d join ${event} e on e.position = d.position
      where d.endpoint_id = ${id}::uuid and d.state = 'FAILED' and d.settled_at >= ${stoppedAt.toISOString()}::timestamptz
        and d.position <= ${afterPosition}::bigint and ${isAskedFor} limit ${limit}::int)
    union all (${placedSince})`;
}
