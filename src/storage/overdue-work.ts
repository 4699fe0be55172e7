import { sql } from "drizzle-orm";
import { isConfirmation, messageKinds } from "../domain/messages.js";
import type { Executor } from "./database.js";
import { readRows } from "./read-rows.js";
import { event, jobRun, message, webhookDelivery, webhookEndpoint } from "./tables.js";

/** How much waits that is due, and since when the oldest of it. */
export interface Overdue {
  readonly count: number;
  readonly since: Temporal.Instant | null;
}

/** What waits for the jobs that are always at work, by the service's time. */
export interface OverdueWork {
  /** They go at once: someone has just been certified. */
  readonly confirmations: Overdue;
  /** They go in the hours of the day, as fast as the gateway takes them. */
  readonly otherMessages: Overdue;
  /** Not yet in the feed. */
  readonly events: Overdue;
  /** To endpoints that are not disabled. */
  readonly deliveries: Overdue;
  /** Endpoints at which nothing arrives at present. */
  readonly failingEndpoints: number;
}

interface OverdueRow {
  readonly count: number;
  readonly since: number | null;
}

/** More is not counted: what waits may be millions of rows. */
export const COUNTED = 100_000;

export async function readOverdueWork(db: Executor, now: Temporal.Instant): Promise<OverdueWork> {
  const at = now.toString();
  const messages = async (confirmations: boolean) => {
    const kinds = messageKinds.filter((kind) => isConfirmation(kind) === confirmations);
    return overdueOf(
      await readRows<OverdueRow>(
        db,
        sql`select count(*)::int as count, extract(epoch from min(due_at))::float8 * 1000 as since from (
          select due_at from ${message} where state in ('QUEUED', 'SENDING', 'UNKNOWN')
            and kind in (${sql.join(kinds, sql`, `)}) and due_at < ${at}::timestamptz
          order by due_at limit ${COUNTED}::int) due`,
      ),
    );
  };
  const [failing] = await readRows<{ count: number }>(
    db,
    sql`select count(*)::int as count from ${webhookEndpoint}
      where disabled_at is null and failing_since is not null`,
  );
  return {
    confirmations: await messages(true),
    otherMessages: await messages(false),
    events: overdueOf(
      await readRows<OverdueRow>(
        db,
        sql`select count(*)::int as count, extract(epoch from min(at))::float8 * 1000 as since from (
          select at from ${event} where position is null order by id limit ${COUNTED}::int) unplaced`,
      ),
    ),
    deliveries: overdueOf(
      await readRows<OverdueRow>(
        db,
        sql`select count(*)::int as count, extract(epoch from min(due_at))::float8 * 1000 as since from (
          select d.due_at from ${webhookDelivery} d join ${webhookEndpoint} w on w.id = d.endpoint_id
          where d.state = 'PENDING' and w.disabled_at is null and d.due_at < ${at}::timestamptz
          limit ${COUNTED}::int) due`,
      ),
    ),
    failingEndpoints: failing?.count ?? 0,
  };
}

function overdueOf(rows: readonly OverdueRow[]): Overdue {
  const { count = 0, since = null } = rows[0] ?? {};
  return {
    count,
    since: since === null ? null : Temporal.Instant.fromEpochMilliseconds(Math.round(since)),
  };
}

/** How long ago any job was last at work anywhere, by the database's clock; null when none ever was. */
export async function readJobSilenceMs(db: Executor): Promise<number | null> {
  const [row] = await readRows<{ ms: number | null }>(
    db,
    sql`select extract(epoch from now() - max(heard_at))::float8 * 1000 as ms from ${jobRun}`,
  );
  return row?.ms ?? null;
}
