import type { DataSource } from "./evidence-kinds.js";

/**
 * What the briefing leaves open, answered by named values that hold from a date on, so that another city or a later
 * year can differ without a change to any rule.
 */
export type ResumeRule = "NEXT_MONTH" | "SAME_MONTH_BEFORE_CUTOFF";

export interface Policy {
  /** Printed in explanations and stored with each decision. */
  readonly version: string;
  readonly effectiveFrom: Temporal.PlainDate;
  /** V2: whole months of validity after the anchor month. */
  readonly validityMonths: number;
  /** V5, R1: the deadline month and this many months before it count as due. */
  readonly dueMonthsBeforeDeadline: number;
  /** P2: when payment resumes after a pass. */
  readonly resumeRule: ResumeRule;
  /** P2: under SAME_MONTH_BEFORE_CUTOFF, passes up to this day of the month still resume in that month. */
  readonly payrollCutoffDay: number;
  readonly sessionLifetimeMinutes: number;
  /** E2: the longest life a face assertion may claim. */
  readonly faceAssertionLifetimeMinutes: number;
  /** E2: clock skew granted to a verifier. */
  readonly faceAssertionSkewSeconds: number;
  /** C1: distinct pensioners that one helper may certify in a month. */
  readonly helperPensionersPerMonth: number;
  /** E6: days within which staff decide a submission. */
  readonly reviewDays: number;
  /** E4: the oldest photo that an employer may hand in. */
  readonly employerPhotoMaxDays: number;
  /** P7: unpaid months from which a pass waits for someone to look at it. */
  readonly longSuspensionMonths: number;
  /** E1, E7: sources of data that certify; everything else never does. */
  readonly admissibleDataSources: readonly DataSource[];
  /** E5: how far ahead a home visit may be arranged. */
  readonly homeVisitDaysAhead: number;
  /** R6: days for which the employer looks for a person before the street centre does. */
  readonly contactTaskEmployerDays: number;
  /** E8: failed faces after which only routes without face recognition are offered. */
  readonly faceFailuresBeforeOtherRoutes: number;
}

export const policies: readonly Policy[] = [
  {
    version: "beijing-2026.1",
    effectiveFrom: Temporal.PlainDate.from("2000-01-01"),
    validityMonths: 12,
    dueMonthsBeforeDeadline: 2,
    resumeRule: "NEXT_MONTH",
    payrollCutoffDay: 10,
    sessionLifetimeMinutes: 30,
    faceAssertionLifetimeMinutes: 10,
    faceAssertionSkewSeconds: 30,
    helperPensionersPerMonth: 10,
    reviewDays: 15,
    employerPhotoMaxDays: 30,
    longSuspensionMonths: 12,
    admissibleDataSources: ["INPATIENT_STAY", "TRAVEL_RECORD", "GOVERNMENT_FACE_CHECK", "COUNTER_SERVICE"],
    homeVisitDaysAhead: 90,
    contactTaskEmployerDays: 14,
    faceFailuresBeforeOtherRoutes: 3,
  },
];

/** The policy in force on a day: the latest one that has begun. */
export function policyOn(day: Temporal.PlainDate, known: readonly Policy[] = policies): Policy {
  let inForce: Policy | undefined;
  for (const policy of known) {
    const hasBegun = Temporal.PlainDate.compare(policy.effectiveFrom, day) <= 0;
    if (
      hasBegun &&
      (!inForce || Temporal.PlainDate.compare(policy.effectiveFrom, inForce.effectiveFrom) > 0)
    ) {
      inForce = policy;
    }
  }
  if (!inForce) throw new RangeError(`no policy is in force on ${day.toString()}`);
  return inForce;
}
