import type { Actor } from "../domain/actor.js";
import { deskOf, standingOf } from "../domain/home-visit.js";
import type { VisibleVisits } from "../storage/home-visits.js";

/** Whose row it is: pure predicates beside the permissions page, which knows roles and scopes only. */

/** Lists and look-ups by id are for staff; a channel names the person. */
export function maySeePensionerById(actor: Actor): boolean {
  return actor.kind === "STAFF";
}

/** A channel sees its own certifications, staff see all. */
export function maySeeCertification(actor: Actor, certification: { readonly clientId: string }): boolean {
  return actor.kind === "STAFF" || actor.clientId === certification.clientId;
}

/** Evidence and the reviewers' reasons are for those who decide. */
export function mayReview(actor: Actor): boolean {
  return actor.kind === "STAFF" && actor.scopes.has("review:write");
}

/** All that is known of a person, in order of time, is for those who answer for it. */
export function maySeeTimeline(actor: Actor): boolean {
  return actor.kind === "STAFF" && actor.scopes.has("timeline:read");
}

/** A session's challenge is for the client that opened it, and for no one else. */
export function maySeeSession(actor: Actor, session: { readonly clientId: string }): boolean {
  return actor.clientId === session.clientId;
}

interface Visit {
  readonly clientId: string;
  readonly districtCode: string;
}

/** E5: a visit is for its desk and for the client that asked for it. */
export function maySeeHomeVisit(actor: Actor, visit: Visit): boolean {
  return standingOf(actor, visit) !== null;
}

/** E5: where to go and whom to call is for who goes there; whoever asked for the visit knows it. */
export function maySeeHomeVisitAddress(actor: Actor, visit: Visit): boolean {
  return standingOf(actor, visit) === "DESK";
}

/** What a list of visits is limited to; null where all are visible. */
export function visibleVisits(actor: Actor): VisibleVisits | null {
  const desk = deskOf(actor);
  return desk === "EVERYWHERE"
    ? null
    : { clientId: actor.clientId, deskDistrict: desk?.districtCode ?? null };
}

/** R6: a search for a person is the work of staff. */
export function maySeeContactTask(actor: Actor): boolean {
  return actor.kind === "STAFF" && actor.scopes.has("contact:write");
}

/** What was sent to whom is for staff who look after it or watch over it. */
export function maySeeMessages(actor: Actor): boolean {
  return actor.kind === "STAFF" && actor.scopes.has("message:read");
}

/** C5: whom a report leads to is for staff; its source sees that it was taken. */
export function mayFollowLifeEvents(actor: Actor): boolean {
  return actor.kind === "STAFF" && actor.scopes.has("life-event:read");
}

/** C5: a source may correct and take back what it reported. */
export function maySeeLifeEvent(actor: Actor, event: { readonly clientId: string }): boolean {
  const isSource = actor.clientId === event.clientId && actor.scopes.has("life-event:write");
  return isSource || mayFollowLifeEvents(actor);
}

/** The client that a person's records are limited to; null where all are visible. */
export function visibleClient(actor: Actor): string | null {
  return actor.kind === "STAFF" ? null : actor.clientId;
}
