import type { ReviewCaseKind } from "../domain/review-case.js";
import type { Tx } from "./database.js";
import { newId, type PensionerKey } from "./ids.js";
import { reviewCase } from "./tables.js";

/** Opens the one case of a kind and pass. The person is locked. */
export async function insertReviewCase(
  tx: Tx,
  key: PensionerKey,
  given: { readonly kind: ReviewCaseKind; readonly certificationId: string; readonly openedAt: Date },
): Promise<void> {
  const { bucket, pensionerId } = key;
  await tx
    .insert(reviewCase)
    .values({ bucket, pensionerId, id: newId(), ...given })
    .onConflictDoNothing();
}
