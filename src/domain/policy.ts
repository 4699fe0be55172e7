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
  /** P7: suspended for so many months, a pass is looked at by staff before payment goes on. */
  readonly longSuspensionMonths: number;
  /** R1: the day of the month on which reminders are planned. */
  readonly reminderDay: number;
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
  /** E1, E7: sources of data that certify; everything else never does. */
  readonly admissibleDataSources: readonly DataSource[];
  /** E5: how far ahead a home visit may be arranged. */
  readonly homeVisitDaysAhead: number;
  /** R6: days for which the employer looks for a person before the street centre does. */
  readonly contactTaskEmployerDays: number;
  /** E8: failed faces after which only routes without face recognition are offered. */
  readonly faceFailuresBeforeOtherRoutes: number;
  /** P3: a batch with more candidates than this many times last month's suspensions stops for a person. */
  readonly suspensionGrowthLimit: number;
  /** P3: so does one with more than this share of a district's pensioners. */
  readonly suspensionDistrictShareLimit: number;
  /** P3: fewer candidates than this trip neither of the two. */
  readonly suspensionBreakerMinimum: number;
  /** P3: whether a moratorium spares who has any benefit under it, or only who has no other. */
  readonly moratoriumSpares: "ANY_BENEFIT" | "EVERY_BENEFIT";
  /** R1, R5: hours of the Beijing day, from and up to, in which people are written to of no doing of their own. */
  readonly messageHours: { readonly from: number; readonly until: number };
  /** R1, R5: so many a day at most to one recipient about one person; confirmations are not counted. */
  readonly messagesPerPersonPerDay: number;
  /** How long what is no record is kept; certifications, events, the access log and the audit chains are never removed. */
  readonly retention: RetentionDays;
}

/** Whole days after which something has served its purpose. */
export interface RetentionDays {
  /** A repetition under the same idempotency key gets the stored answer for so long. */
  readonly idempotencyKeys: number;
  /** After an assertion has expired: it can no longer be used, and so needs no longer be remembered. */
  readonly expiredAssertions: number;
  /** Phone and helper that a session has captured, after its end. */
  readonly sessionData: number;
  /** Text and phone of a message, after it was settled: that it was sent, what kind it was and what became of it stays. */
  readonly messageContents: number;
  /** What was sent to an endpoint, with every attempt, after it was settled; the events stay. */
  readonly webhookDeliveries: number;
  /** Runs of the jobs that run every few minutes. */
  readonly minuteRuns: number;
}

export const policies: readonly Policy[] = [
  {
    version: "beijing-2026.1",
    effectiveFrom: Temporal.PlainDate.from("2000-01-01"),
    validityMonths: 12,
    dueMonthsBeforeDeadline: 2,
    resumeRule: "NEXT_MONTH",
    payrollCutoffDay: 10,
    longSuspensionMonths: 12,
    reminderDay: 5,
    sessionLifetimeMinutes: 30,
    faceAssertionLifetimeMinutes: 10,
    faceAssertionSkewSeconds: 30,
    helperPensionersPerMonth: 10,
    reviewDays: 15,
    employerPhotoMaxDays: 30,
    admissibleDataSources: ["INPATIENT_STAY", "TRAVEL_RECORD", "GOVERNMENT_FACE_CHECK", "COUNTER_SERVICE"],
    homeVisitDaysAhead: 90,
    contactTaskEmployerDays: 14,
    faceFailuresBeforeOtherRoutes: 3,
    retention: {
      idempotencyKeys: 90,
      expiredAssertions: 1,
      sessionData: 30,
      // A year's cycle and a month to complain of it.
      messageContents: 400,
      webhookDeliveries: 90,
      minuteRuns: 7,
    },
    suspensionGrowthLimit: 2,
    suspensionDistrictShareLimit: 0.05,
    suspensionBreakerMinimum: 50,
    moratoriumSpares: "ANY_BENEFIT",
    messageHours: { from: 8, until: 21 },
    messagesPerPersonPerDay: 3,
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
