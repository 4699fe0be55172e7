import type { Actor } from "./actor.js";
import type { Policy } from "./policy.js";

/** E5: from the family's request to the certification, or to why there was none. */
export const homeVisitStates = ["REQUESTED", "SCHEDULED", "COMPLETED", "DECLINED", "CANCELLED"] as const;
export type HomeVisitState = (typeof homeVisitStates)[number];

/** E5: why the person cannot come. */
export type HomeVisitReason = "ADVANCED_AGE" | "ILLNESS" | "LIMITED_MOBILITY" | "OTHER";

/** E5: still waiting for someone to come. A person has one such visit at most. */
export const openVisitStates: readonly HomeVisitState[] = ["REQUESTED", "SCHEDULED"];

/** What is done to a visit; CERTIFY when it passed, ATTEMPT when what was shown did not certify. */
export const homeVisitSteps = ["SCHEDULE", "ATTEMPT", "CERTIFY", "DECLINE", "CANCEL"] as const;
export type HomeVisitStep = (typeof homeVisitSteps)[number];

/**
 * E5: the state after a step, or null when the visit is closed. A scheduled visit may be scheduled anew, a centre that goes
 * at once need not schedule, and a failed attempt leaves the visit as it was (E8).
 */
export function stateAfter(state: HomeVisitState, step: HomeVisitStep): HomeVisitState | null {
  if (!openVisitStates.includes(state)) return null;
  switch (step) {
    case "SCHEDULE":
      return "SCHEDULED";
    case "ATTEMPT":
      return state;
    case "CERTIFY":
      return "COMPLETED";
    case "DECLINE":
      return "DECLINED";
    case "CANCEL":
      return "CANCELLED";
  }
}

/** E5: a visit is arranged for today or a later day, not too far ahead. */
export function isVisitDay(
  visitOn: Temporal.PlainDate,
  today: Temporal.PlainDate,
  policy: Pick<Policy, "homeVisitDaysAhead">,
): boolean {
  const last = today.add({ days: policy.homeVisitDaysAhead });
  return Temporal.PlainDate.compare(today, visitOn) <= 0 && Temporal.PlainDate.compare(visitOn, last) <= 0;
}

/** E5: the six digits of a division code, or null when it is none. */
export function parseDistrictCode(raw: string): string | null {
  return /^[1-9]\d{5}$/.test(raw) ? raw : null;
}

/** DESK: whose work the visit is. REQUESTER: who asked for it on the family's behalf. */
export type VisitStanding = "DESK" | "REQUESTER";

/**
 * E5: what a caller is to a visit; null for everyone whom it does not concern. The desk is the street centre of the
 * district, the city's centre (which has no district of its own), and staff.
 */
export function standingOf(
  actor: Actor,
  visit: { readonly clientId: string; readonly districtCode: string },
): VisitStanding | null {
  const desk = deskOf(actor);
  if (desk === "EVERYWHERE" || desk?.districtCode === visit.districtCode) return "DESK";
  return actor.clientId === visit.clientId ? "REQUESTER" : null;
}

/** E5: the district whose visits are the caller's work; null when none are. */
export function deskOf(actor: Actor): "EVERYWHERE" | { readonly districtCode: string } | null {
  if (!actor.scopes.has("visit:read") && !actor.scopes.has("visit:write")) return null;
  if (actor.kind === "STAFF") return "EVERYWHERE";
  if (actor.channel !== "STREET_SERVICE_CENTER") return null;
  return actor.districtCode === null ? "EVERYWHERE" : { districtCode: actor.districtCode };
}
