import { and, inArray } from "drizzle-orm";
import type { Executor } from "./database.js";
import type { OwnedKey } from "./ids.js";
import { evidence } from "./tables.js";

export type EvidenceRow = typeof evidence.$inferSelect;

/** The pieces that certifications rest on, in the order in which they were handed in. */
export async function readEvidence(db: Executor, keys: readonly OwnedKey[]): Promise<EvidenceRow[]> {
  if (keys.length === 0) return [];
  const distinct = <T>(values: readonly T[]) => [...new Set(values)];
  return db
    .select()
    .from(evidence)
    .where(
      and(
        inArray(evidence.bucket, distinct(keys.map((key) => key.bucket))),
        inArray(evidence.pensionerId, distinct(keys.map((key) => key.pensionerId))),
        inArray(evidence.certificationId, distinct(keys.map((key) => key.id))),
      ),
    )
    .orderBy(evidence.certificationId, evidence.position);
}
