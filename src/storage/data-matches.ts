import { and, isNotNull } from "drizzle-orm";
import type { KnownTrace } from "../domain/data-match.js";
import type { DataSource } from "../domain/evidence-kinds.js";
import { type BulkArrays, isAmong } from "./bulk-arrays.js";
import type { Tx } from "./database.js";
import type { PensionerKey } from "./ids.js";
import { certification } from "./tables.js";

export interface StoredTrace extends Omit<KnownTrace, "isSameReference"> {
  readonly id: string;
  readonly clientId: string;
  readonly source: DataSource;
  readonly referenceIndex: Buffer;
}

/** All data matches of these persons, by pensioner id. */
export async function readTraces(
  tx: Tx,
  arrays: BulkArrays,
  keys: readonly PensionerKey[],
): Promise<Map<string, StoredTrace[]>> {
  if (keys.length === 0) return new Map();
  const rows = await tx
    .select({
      pensionerId: certification.pensionerId,
      id: certification.id,
      clientId: certification.clientId,
      state: certification.state,
      occurredAt: certification.occurredAt,
      source: certification.dataSource,
      referenceIndex: certification.sourceReferenceIndex,
    })
    .from(certification)
    .where(
      and(
        isAmong(certification.bucket, certification.pensionerId, arrays, keys),
        isNotNull(certification.dataSource),
      ),
    );
  const traces = new Map<string, StoredTrace[]>();
  for (const { pensionerId, occurredAt, source, referenceIndex, ...row } of rows) {
    if (source === null || referenceIndex === null) continue;
    const eventAt = Temporal.Instant.fromEpochMilliseconds(occurredAt.getTime());
    const known = traces.get(pensionerId) ?? [];
    known.push({ ...row, source, referenceIndex, eventAt });
    traces.set(pensionerId, known);
  }
  return traces;
}
