import { sql } from "drizzle-orm";
import { type MessageKind, type MessageState, messageKinds } from "../domain/messages.js";
import type { Executor } from "./database.js";
import { openStates } from "./messages.js";
import { readRows } from "./read-rows.js";
import { event, jobRun, message, webhookDelivery, webhookEndpoint } from "./tables.js";
import { clientMayBeTold } from "./webhook-endpoints.js";

/** So much is counted of each kind and no further: how long it has waited tells the rest. */
export const COUNTED = 10_000;
/** Of a job, so many of its latest periods are looked at. */
export const RUNS_LOOKED_AT = 100;

/** What waits to be done, and since when: counts and instants, nothing that could name anyone. */
export interface WaitingWork {
  readonly messages: readonly WaitingMessages[];
  readonly deliveries: Waiting;
  readonly unplacedEvents: Waiting;
  readonly jobs: readonly JobStanding[];
}

export interface Waiting {
  readonly count: number;
  /** When the one that waits longest was due, or happened; null when none waits. */
  readonly oldest: Date | null;
}

export interface WaitingMessages extends Waiting {
  readonly kind: MessageKind;
  readonly state: MessageState;
}

export interface JobStanding {
  readonly job: string;
  /** Among its latest runs; null when none of them was done. */
  readonly lastSuccess: Date | null;
  readonly running: number;
  readonly failed: number;
}

/** Every part of it is read from an index that holds what waits and no more, and not beyond a bound. */
export async function readWaitingWork(db: Executor, jobs: readonly string[]): Promise<WaitingWork> {
  const messages: WaitingMessages[] = [];
  for (const kind of messageKinds) messages.push(...(await readWaitingMessages(db, kind)));
  const standings: JobStanding[] = [];
  for (const job of jobs) standings.push(await readJobStanding(db, job));
  return {
    messages,
    deliveries: await readWaitingDeliveries(db),
    unplacedEvents: await readUnplacedEvents(db),
    jobs: standings,
  };
}

interface CountedRow {
  readonly count: number;
  /** Unix time. */
  readonly oldest: number | null;
}

const none: CountedRow = { count: 0, oldest: null };

function waitingIn({ count, oldest }: CountedRow): Waiting {
  return { count, oldest: dateOf(oldest) };
}

function dateOf(unixTime: number | null): Date | null {
  return unixTime === null ? null : new Date(unixTime * 1_000);
}

async function readWaitingMessages(db: Executor, kind: MessageKind): Promise<WaitingMessages[]> {
  const rows = await readRows<CountedRow & { readonly state: MessageState }>(
    db,
    sql`select state, count(*)::int as count, extract(epoch from min(due_at))::float8 as oldest
      from (select state, due_at from ${message}
        where kind = ${kind} and state in ('QUEUED', 'SENDING', 'UNKNOWN')
        order by due_at, id limit ${COUNTED}::int) as waiting
      group by state`,
  );
  return openStates.map((state) => {
    const row = rows.find((each) => each.state === state) ?? none;
    return { kind, state, ...waitingIn(row) };
  });
}

/** What waits for an endpoint whose client was disabled is nobody's work. */
async function readWaitingDeliveries(db: Executor): Promise<Waiting> {
  const rows = await readRows<CountedRow>(
    db,
    sql`select coalesce(sum(waiting.count), 0)::int as count, extract(epoch from min(waiting.oldest))::float8 as oldest
      from ${webhookEndpoint} cross join lateral (
        select count(*) as count, min(due_at) as oldest
        from (select d.due_at from ${webhookDelivery} d
          where d.endpoint_id = ${webhookEndpoint.id} and d.state = 'PENDING'
          order by d.due_at, d.id limit ${COUNTED}::int) as pending) as waiting
      where ${webhookEndpoint.disabledAt} is null and ${clientMayBeTold}`,
  );
  return waitingIn(rows[0] ?? none);
}

async function readUnplacedEvents(db: Executor): Promise<Waiting> {
  const rows = await readRows<CountedRow>(
    db,
    sql`select count(*)::int as count, extract(epoch from min(at))::float8 as oldest
      from (select at from ${event} where position is null order by id limit ${COUNTED}::int) as unplaced`,
  );
  return waitingIn(rows[0] ?? none);
}

/** Periods of a job sort as they follow each other. */
async function readJobStanding(db: Executor, job: string): Promise<JobStanding> {
  const rows = await readRows<{
    readonly running: number;
    readonly failed: number;
    readonly last: number | null;
  }>(
    db,
    sql`select count(*) filter (where state = 'RUNNING')::int as running,
        count(*) filter (where state = 'FAILED')::int as failed,
        extract(epoch from max(finished_at) filter (where state = 'DONE'))::float8 as last
      from (select state, finished_at from ${jobRun} where job = ${job}
        order by period desc limit ${RUNS_LOOKED_AT}::int) as latest`,
  );
  const { running = 0, failed = 0, last = null } = rows[0] ?? {};
  return { job, running, failed, lastSuccess: dateOf(last) };
}
