import { and, asc, eq, gt, gte, inArray, lte, or, type SQL } from "drizzle-orm";
import { type HomeVisitReason, type HomeVisitState, openVisitStates } from "../domain/home-visit.js";
import type { Executor, Tx } from "./database.js";
import type { OwnedKey, PensionerKey } from "./ids.js";
import { belongsTo } from "./owned-rows.js";
import { homeVisit } from "./tables.js";

export type HomeVisitRecord = typeof homeVisit.$inferSelect;

function visitIs(key: OwnedKey): SQL | undefined {
  return and(belongsTo(homeVisit, key), eq(homeVisit.id, key.id));
}

export async function readHomeVisit(db: Executor, key: OwnedKey): Promise<HomeVisitRecord | null> {
  const [row] = await db.select().from(homeVisit).where(visitIs(key));
  return row ?? null;
}

export async function lockHomeVisit(tx: Tx, key: OwnedKey): Promise<HomeVisitRecord | null> {
  const [row] = await tx.select().from(homeVisit).where(visitIs(key)).for("update");
  return row ?? null;
}

export async function updateHomeVisit(
  tx: Tx,
  key: OwnedKey,
  changes: Partial<typeof homeVisit.$inferInsert>,
): Promise<void> {
  await tx.update(homeVisit).set(changes).where(visitIs(key));
}

/** E5: whether someone is to visit the person already; the person is locked. */
export async function hasOpenHomeVisit(tx: Tx, person: PensionerKey): Promise<boolean> {
  const rows = await tx
    .select({ id: homeVisit.id })
    .from(homeVisit)
    .where(and(belongsTo(homeVisit, person), inArray(homeVisit.state, [...openVisitStates])))
    .limit(1);
  return rows.length > 0;
}

/** Which visits; null means any. */
export interface HomeVisitScope {
  readonly state: HomeVisitState | null;
  readonly districtCode: string | null;
  readonly reason: HomeVisitReason | null;
  readonly visitFrom: string | null;
  readonly visitThrough: string | null;
}

/** Whose visits a caller may list: its own, and those of its desk. */
export interface VisibleVisits {
  readonly clientId: string;
  readonly deskDistrict: string | null;
}

/** Visits by id, the oldest request first; `visibleTo` null lists all. */
export async function listHomeVisits(
  db: Executor,
  scope: HomeVisitScope,
  visibleTo: VisibleVisits | null,
  page: { readonly limit: number; readonly afterId: string | null },
): Promise<HomeVisitRecord[]> {
  const { state, districtCode, reason, visitFrom, visitThrough } = scope;
  return db
    .select()
    .from(homeVisit)
    .where(
      and(
        visibleTo === null ? undefined : visible(visibleTo),
        state === null ? undefined : eq(homeVisit.state, state),
        districtCode === null ? undefined : eq(homeVisit.districtCode, districtCode),
        reason === null ? undefined : eq(homeVisit.reason, reason),
        visitFrom === null ? undefined : gte(homeVisit.visitOn, visitFrom),
        visitThrough === null ? undefined : lte(homeVisit.visitOn, visitThrough),
        page.afterId === null ? undefined : gt(homeVisit.id, page.afterId),
      ),
    )
    .orderBy(asc(homeVisit.id))
    .limit(page.limit);
}

function visible({ clientId, deskDistrict }: VisibleVisits): SQL | undefined {
  const own = eq(homeVisit.clientId, clientId);
  return deskDistrict === null ? own : or(eq(homeVisit.districtCode, deskDistrict), own);
}
