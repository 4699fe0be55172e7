import type { Actor } from "../domain/actor.js";

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

/** A session's challenge is for the client that opened it, and for no one else. */
export function maySeeSession(actor: Actor, session: { readonly clientId: string }): boolean {
  return actor.clientId === session.clientId;
}

/** The client that a person's records are limited to; null where all are visible. */
export function visibleClient(actor: Actor): string | null {
  return actor.kind === "STAFF" ? null : actor.clientId;
}
