import type { Executor } from "./database.js";
import type { OwnedKey } from "./ids.js";
import { isOneOf } from "./owned-rows.js";
import { evidence } from "./tables.js";

export type EvidenceRow = typeof evidence.$inferSelect;

/** The pieces that certifications rest on, in the order in which they were handed in. */
export async function readEvidence(db: Executor, keys: readonly OwnedKey[]): Promise<EvidenceRow[]> {
  if (keys.length === 0) return [];
  const { bucket, pensionerId, certificationId: id } = evidence;
  return db
    .select()
    .from(evidence)
    .where(isOneOf({ bucket, pensionerId, id }, keys))
    .orderBy(evidence.certificationId, evidence.position);
}
