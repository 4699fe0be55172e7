import { sql } from "drizzle-orm";
import type { EventType } from "../domain/events.js";
import type { BulkArrays } from "./bulk-arrays.js";
import type { Tx } from "./database.js";
import { newId, type PensionerKey } from "./ids.js";
import { event, servedPerson } from "./tables.js";

export interface EventFact extends PensionerKey {
  readonly type: EventType;
  /** Opaque id of what it is about. */
  readonly subjectId: string;
  readonly at: Date;
}

/**
 * Writes what happened to a person, in the transaction in which it happens. The person is locked, so that the next number
 * of the person's sequence is free. Its place in the feed is given after the commit.
 */
export async function recordEvent(tx: Tx, fact: EventFact): Promise<void> {
  const { bucket, pensionerId, type, subjectId, at } = fact;
  await tx.insert(event).values({
    bucket,
    pensionerId,
    id: newId(),
    type,
    subjectId,
    at,
    sequence: sql`(select coalesce(max(sequence), 0) + 1 from ${event} where bucket = ${bucket} and pensioner_id = ${pensionerId})`,
  });
}

/** The same of many persons, all locked, in one statement; a person's events in the order given. */
export async function recordEvents(tx: Tx, arrays: BulkArrays, facts: readonly EventFact[]): Promise<void> {
  if (facts.length === 0) return;
  await tx.execute(sql`
    insert into ${event} (bucket, pensioner_id, id, type, subject_id, at, sequence)
    select g.bucket, g.pensioner_id, g.id, g.type, g.subject_id, g.at::timestamptz,
      (select coalesce(max(e.sequence), 0) from ${event} e where e.bucket = g.bucket and e.pensioner_id = g.pensioner_id)
        + row_number() over (partition by g.bucket, g.pensioner_id order by g.place)
    from unnest(
      ${arrays.smallints(facts.map((fact) => fact.bucket))},
      ${arrays.uuids(facts.map((fact) => fact.pensionerId))},
      ${arrays.uuids(facts.map(() => newId()))},
      ${arrays.texts(facts.map((fact) => fact.type))},
      ${arrays.texts(facts.map((fact) => fact.subjectId))},
      ${arrays.texts(facts.map((fact) => fact.at.toISOString()))}
    ) with ordinality as g(bucket, pensioner_id, id, type, subject_id, at, place)`);
}

/** From now on the client is told of what happens to the person. */
export async function recordServed(tx: Tx, key: PensionerKey, clientId: string, since: Date): Promise<void> {
  const { bucket, pensionerId } = key;
  await tx.insert(servedPerson).values({ bucket, pensionerId, clientId, since }).onConflictDoNothing();
}

/** The same of many persons. */
export async function recordServedAll(
  tx: Tx,
  arrays: BulkArrays,
  keys: readonly PensionerKey[],
  { clientId, since }: { readonly clientId: string; readonly since: Date },
): Promise<void> {
  if (keys.length === 0) return;
  await tx.execute(sql`
    insert into ${servedPerson} (bucket, pensioner_id, client_id, since)
    select distinct g.bucket, g.pensioner_id, ${clientId}::text, ${since.toISOString()}::timestamptz
    from unnest(${arrays.smallints(keys.map(({ bucket }) => bucket))},
      ${arrays.uuids(keys.map(({ pensionerId }) => pensionerId))}) as g(bucket, pensioner_id)
    on conflict do nothing`);
}
