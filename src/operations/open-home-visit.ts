import type { Actor } from "../domain/actor.js";
import { type HomeVisitState, type HomeVisitStep, standingOf, stateAfter } from "../domain/home-visit.js";
import { Refused } from "../domain/refusals.js";
import type { Tx } from "../storage/database.js";
import { type HomeVisitRecord, lockHomeVisit, updateHomeVisit } from "../storage/home-visits.js";
import { type OwnedKey, parseOpaqueId } from "../storage/ids.js";
import { type LockedPensioner, lockPensioner } from "../storage/locked-pensioner.js";
import type { homeVisit } from "../storage/tables.js";
import { audit, type OperationContext, toDate } from "./operation.js";

const path = ["input", "homeVisitId"];

/** A visit and its person, locked; the caller may take steps in it. */
export interface LockedVisit {
  readonly person: LockedPensioner;
  readonly visit: HomeVisitRecord;
}

/**
 * E5: locks a visit for its desk; with `orRequester` for the client that asked for it too. What the caller may not see is
 * answered like what does not exist. The person is locked first, as in every write.
 */
export async function lockVisitOf(
  tx: Tx,
  actor: Actor,
  homeVisitId: string,
  orRequester: "or its requester" | null = null,
): Promise<LockedVisit> {
  const key = parseOpaqueId(homeVisitId);
  if (key?.kind !== "homeVisit") throw new Refused("HOME_VISIT_NOT_FOUND", path);
  const person = await lockPensioner(tx, key);
  const visit = person && (await lockHomeVisit(tx, key));
  const standing = visit && standingOf(actor, visit);
  if (!standing) throw new Refused("HOME_VISIT_NOT_FOUND", path);
  if (standing === "REQUESTER" && !orRequester) throw new Refused("HOME_VISIT_NOT_OWN_DESK", path);
  return { person, visit };
}

/** E5: the state that a step leads to, or the refusal of a step in a visit that is closed. */
export function stateAfterStep(visit: HomeVisitRecord, step: HomeVisitStep): HomeVisitState {
  const state = stateAfter(visit.state, step);
  if (!state) throw new Refused("HOME_VISIT_CLOSED", path);
  return state;
}

/** Takes a step that changes nothing but the visit. */
export async function takeStep(
  tx: Tx,
  context: OperationContext,
  visit: HomeVisitRecord,
  step: {
    readonly operation: string;
    readonly state: HomeVisitState;
    readonly columns: Partial<typeof homeVisit.$inferInsert>;
  },
): Promise<OwnedKey> {
  const { bucket, pensionerId, id } = visit;
  const { operation, state, columns } = step;
  await updateHomeVisit(tx, visit, { ...columns, state, updatedAt: toDate(context.now) });
  await audit(tx, context, { bucket, pensionerId, operation, subjectId: id, outcome: state });
  return { bucket, pensionerId, id };
}
