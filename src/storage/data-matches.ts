import { and, eq, sql } from "drizzle-orm";
import type { KnownTrace } from "../domain/data-match.js";
import type { DataSource } from "../domain/evidence-kinds.js";
import type { Tx } from "./database.js";
import type { PensionerKey } from "./ids.js";
import type { Sealing } from "./sealing.js";
import { certification } from "./tables.js";

export interface StoredTrace extends KnownTrace {
  readonly id: string;
  readonly clientId: string;
}

/** E7: the keyed form of a source's own reference; the person's lock and a unique constraint let it in once. */
export function sourceReferenceIndex(sealing: Sealing, source: DataSource, reference: string): Buffer {
  return sealing.index("source-reference", `${source}\0${reference}`);
}

/** The person's data matches from one source. */
export async function readTraces(
  tx: Tx,
  key: PensionerKey,
  source: DataSource,
  referenceIndex: Buffer,
): Promise<StoredTrace[]> {
  const rows = await tx
    .select({
      id: certification.id,
      clientId: certification.clientId,
      state: certification.state,
      occurredAt: certification.occurredAt,
      isSameReference: sql<boolean>`${certification.sourceReferenceIndex} = ${referenceIndex}`,
    })
    .from(certification)
    .where(
      and(
        eq(certification.bucket, key.bucket),
        eq(certification.pensionerId, key.pensionerId),
        eq(certification.dataSource, source),
      ),
    );
  return rows.map(({ occurredAt, ...row }) => ({
    ...row,
    eventAt: Temporal.Instant.fromEpochMilliseconds(occurredAt.getTime()),
  }));
}
