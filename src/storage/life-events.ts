import { and, asc, eq, gt, inArray, type SQL, sql } from "drizzle-orm";
import type {
  Candidate,
  LifeEventKind,
  LifeEventOutcome,
  LifeEventState,
  LifeEventSubject,
} from "../domain/life-event.js";
import type { Executor, Tx } from "./database.js";
import type { LooseKey, PensionerKey } from "./ids.js";
import { documentIndexes, isNameOf, nameIndex } from "./pensioner-index.js";
import type { Sealing } from "./sealing.js";
import { identityDocument, lifeEvent, pensioner } from "./tables.js";

export type LifeEventRecord = typeof lifeEvent.$inferSelect;

export type FoundCandidate = Candidate & PensionerKey;

function eventIs({ bucket, id }: LooseKey): SQL | undefined {
  return and(eq(lifeEvent.bucket, bucket), eq(lifeEvent.id, id));
}

/** C5: everyone who has a document of the number reported, of whatever kind; the same work whoever is found. */
export async function findCandidates(
  tx: Tx,
  sealing: Sealing,
  { document, readings, comparableName }: LifeEventSubject,
): Promise<FoundCandidate[]> {
  const indexes = readings.flatMap((reading) => documentIndexes(sealing, reading));
  if (!document || indexes.length === 0) return [];
  const stated = documentIndexes(sealing, document);
  const rows = await tx
    .select({
      bucket: pensioner.bucket,
      pensionerId: pensioner.id,
      nameIndex: pensioner.nameIndex,
      blindIndex: identityDocument.blindIndex,
    })
    .from(identityDocument)
    .innerJoin(
      pensioner,
      and(eq(pensioner.bucket, identityDocument.bucket), eq(pensioner.id, identityDocument.pensionerId)),
    )
    .where(inArray(identityDocument.blindIndex, indexes))
    .orderBy(asc(pensioner.bucket), asc(pensioner.id));
  if (rows.length === 0) nameIndex(sealing, "", comparableName);
  return rows.map((row) => ({
    bucket: row.bucket,
    pensionerId: row.pensionerId,
    nameMatches: isNameOf(sealing, row, comparableName),
    kindMatches: stated.some((index) => index.equals(row.blindIndex)),
  }));
}

export async function insertLifeEvent(tx: Tx, event: typeof lifeEvent.$inferInsert): Promise<void> {
  await tx.insert(lifeEvent).values(event);
}

export async function updateLifeEvent(
  tx: Tx,
  key: LooseKey,
  changes: Partial<typeof lifeEvent.$inferInsert>,
): Promise<void> {
  await tx.update(lifeEvent).set(changes).where(eventIs(key));
}

export async function readLifeEvent(db: Executor, key: LooseKey): Promise<LifeEventRecord | null> {
  const [row] = await db.select().from(lifeEvent).where(eventIs(key));
  return row ?? null;
}

/** Locks the event's row; that of the person whom it is about is locked before. */
export async function lockLifeEvent(tx: Tx, key: LooseKey): Promise<LifeEventRecord | null> {
  const [row] = await tx.select().from(lifeEvent).where(eventIs(key)).for("update");
  return row ?? null;
}

/** What a client has reported of this source under this reference; no one else reports under it until the transaction ends. */
export async function lockReported(
  tx: Tx,
  clientId: string,
  source: LifeEventRecord["source"],
  referenceIndexes: readonly Buffer[],
): Promise<LifeEventRecord | null> {
  // Processes that hold several versions of the index key meet at the one that sorts first.
  const [first] = referenceIndexes.toSorted((a, b) => a.length - b.length || a.compare(b));
  const name = ["life-event", clientId, source, first?.toString("hex")].join("|");
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${name}::text, 0))`);
  const [row] = await tx
    .select()
    .from(lifeEvent)
    .where(
      and(
        eq(lifeEvent.clientId, clientId),
        eq(lifeEvent.source, source),
        inArray(lifeEvent.sourceReferenceIndex, [...referenceIndexes]),
      ),
    );
  return row ?? null;
}

/** All reports about a person, in the order in which they came; the person is locked. */
export async function readLifeEventsOf(tx: Tx, person: PensionerKey): Promise<LifeEventRecord[]> {
  return tx
    .select()
    .from(lifeEvent)
    .where(and(eq(lifeEvent.personBucket, person.bucket), eq(lifeEvent.pensionerId, person.pensionerId)))
    .orderBy(asc(lifeEvent.id));
}

/** Which reports; null means any. */
export interface LifeEventScope {
  readonly outcome: LifeEventOutcome | null;
  readonly state: LifeEventState | null;
  readonly kind: LifeEventKind | null;
}

/** Reports by id, the oldest first. */
export async function listLifeEvents(
  db: Executor,
  { outcome, state, kind }: LifeEventScope,
  page: { readonly limit: number; readonly afterId: string | null },
): Promise<LifeEventRecord[]> {
  return db
    .select()
    .from(lifeEvent)
    .where(
      and(
        outcome === null ? undefined : eq(lifeEvent.outcome, outcome),
        state === null ? undefined : eq(lifeEvent.state, state),
        kind === null ? undefined : eq(lifeEvent.kind, kind),
        page.afterId === null ? undefined : gt(lifeEvent.id, page.afterId),
      ),
    )
    .orderBy(asc(lifeEvent.id))
    .limit(page.limit);
}

/** The person whom an event is about, if one was told. */
export function personOf({ personBucket, pensionerId }: LifeEventRecord): PensionerKey | null {
  return personBucket === null || pensionerId === null ? null : { bucket: personBucket, pensionerId };
}
