import { and, asc, eq, gt, isNotNull, isNull } from "drizzle-orm";
import type { ReviewCaseKind } from "../domain/review-case.js";
import type { Executor, Tx } from "./database.js";
import type { OwnedKey, PensionerKey } from "./ids.js";
import { belongsTo } from "./owned-rows.js";
import { reviewCase } from "./tables.js";

export type ReviewCaseRecord = typeof reviewCase.$inferSelect;

/** Opens a case, one a kind and pass. Gives its id, null when there is one already. */
export async function insertReviewCase(
  tx: Tx,
  opened: typeof reviewCase.$inferInsert,
): Promise<string | null> {
  const [row] = await tx
    .insert(reviewCase)
    .values(opened)
    .onConflictDoNothing()
    .returning({ id: reviewCase.id });
  return row?.id ?? null;
}

export async function readReviewCase(db: Executor, key: OwnedKey): Promise<ReviewCaseRecord | null> {
  const [row] = await db
    .select()
    .from(reviewCase)
    .where(and(belongsTo(reviewCase, key), eq(reviewCase.id, key.id)));
  return row ?? null;
}

/** The kinds of the person's open cases but one; the person is locked. */
export async function readOtherOpenCases(tx: Tx, key: OwnedKey): Promise<ReviewCaseKind[]> {
  const rows = await tx
    .select({ id: reviewCase.id, kind: reviewCase.kind })
    .from(reviewCase)
    .where(and(belongsTo(reviewCase, key), isNull(reviewCase.closedAt)));
  return rows.filter(({ id }) => id !== key.id).map(({ kind }) => kind);
}

/** Whether staff have looked at a pass and let payment go on. */
export async function isReleased(
  tx: Tx,
  key: PensionerKey,
  kind: ReviewCaseKind,
  certificationId: string,
): Promise<boolean> {
  const rows = await tx
    .select({ decision: reviewCase.decision })
    .from(reviewCase)
    .where(
      and(
        belongsTo(reviewCase, key),
        eq(reviewCase.kind, kind),
        eq(reviewCase.certificationId, certificationId),
      ),
    );
  return rows.some(({ decision }) => decision === "RELEASE");
}

export async function updateReviewCase(
  tx: Tx,
  key: OwnedKey,
  changes: Partial<typeof reviewCase.$inferInsert>,
): Promise<void> {
  await tx
    .update(reviewCase)
    .set(changes)
    .where(and(belongsTo(reviewCase, key), eq(reviewCase.id, key.id)));
}

/** Which cases; null means any. */
export interface ReviewCaseScope {
  readonly kind: ReviewCaseKind | null;
  readonly open: boolean | null;
}

/** Cases by id, the oldest first. */
export async function listReviewCases(
  db: Executor,
  { kind, open }: ReviewCaseScope,
  page: { readonly limit: number; readonly afterId: string | null },
): Promise<ReviewCaseRecord[]> {
  const openness = open ? isNull(reviewCase.closedAt) : isNotNull(reviewCase.closedAt);
  return db
    .select()
    .from(reviewCase)
    .where(
      and(
        kind === null ? undefined : eq(reviewCase.kind, kind),
        open === null ? undefined : openness,
        page.afterId === null ? undefined : gt(reviewCase.id, page.afterId),
      ),
    )
    .orderBy(asc(reviewCase.id))
    .limit(page.limit);
}
