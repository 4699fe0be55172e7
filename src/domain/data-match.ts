import { beijingDateOf, isBeforeMonth } from "./calendar.js";
import type { CertificationOutcome } from "./certification.js";
import type { DataSource } from "./evidence-kinds.js";
import { type Policy, policies, policyOn } from "./policy.js";
import type { RefusalName } from "./refusals.js";

/** E1: the briefing excludes these by name, so no policy admits them. */
export const neverEvidence: readonly DataSource[] = ["OUTPATIENT_VISIT", "PHARMACY_PURCHASE"];

/** E1: whether a source certifies, by the policy in force on the day of the event. */
export function isAdmissibleSource(
  source: DataSource,
  eventDay: Temporal.PlainDate,
  known: readonly Policy[] = policies,
): boolean {
  if (neverEvidence.includes(source)) return false;
  const hasBegun = known.some(
    ({ effectiveFrom }) => Temporal.PlainDate.compare(effectiveFrom, eventDay) <= 0,
  );
  return hasBegun && policyOn(eventDay, known).admissibleDataSources.includes(source);
}

export interface TracedEvent {
  readonly source: DataSource;
  readonly eventAt: Temporal.Instant;
}

/** E1, V6: why a trace cannot be used, whoever it is about; null when it can. */
export function unusableTrace(
  { source, eventAt }: TracedEvent,
  now: Temporal.Instant,
  known: readonly Policy[] = policies,
): { readonly refusal: RefusalName; readonly at: "source" | "eventAt" } | null {
  if (neverEvidence.includes(source)) return { refusal: "SOURCE_NOT_ADMISSIBLE", at: "source" };
  if (Temporal.Instant.compare(eventAt, now) > 0) return { refusal: "OCCURRED_IN_THE_FUTURE", at: "eventAt" };
  if (isAdmissibleSource(source, beijingDateOf(eventAt), known)) return null;
  return { refusal: "SOURCE_NOT_ADMISSIBLE", at: "source" };
}

/** E7, V1: a trace anchors in its event's month, and no anchor lies before the first approval. */
export function isBeforeApproval(
  eventAt: Temporal.Instant,
  approvedMonths: readonly Temporal.PlainYearMonth[],
): boolean {
  const eventDay = beijingDateOf(eventAt);
  return approvedMonths.every((approved) => isBeforeMonth(eventDay, approved));
}

/** A data match that is stored, of the same person and source. */
export interface KnownTrace {
  readonly eventAt: Temporal.Instant;
  readonly isSameReference: boolean;
  readonly state: CertificationOutcome;
}

/**
 * E7: the stored match that answers a trace: the one of the same reference, also when it was revoked since, or else the
 * newest that stands, unless the trace is newer still. Null when the trace brings something new.
 */
export function matchFor<T extends KnownTrace>(eventAt: Temporal.Instant, known: readonly T[]): T | null {
  const same = known.find((trace) => trace.isSameReference);
  if (same) return same;
  const newest = known
    .filter((trace) => trace.state === "PASSED")
    .sort((a, b) => Temporal.Instant.compare(b.eventAt, a.eventAt))[0];
  return newest && Temporal.Instant.compare(eventAt, newest.eventAt) <= 0 ? newest : null;
}
