import type { BenefitType } from "./benefits.js";
import { firstDayOf, isBeforeMonth } from "./calendar.js";
import { holdsSuspension } from "./payment.js";
import type { Policy } from "./policy.js";

/** P3: PREVIEW once proposed, APPROVED by a named member of staff, APPLIED when every candidate has been decided. */
export type SuspensionBatchState = "PREVIEW" | "APPROVED" | "APPLIED";

/**
 * What became of a candidate under lock: SUSPENDED, or spared because the person had CERTIFIED, waits UNDER_REVIEW for a
 * submission made in time, is POSTPONED by a moratorium, or is held already: for want of a certification, or by a death.
 */
export type SuspensionCandidateState =
  | "PROPOSED"
  | "SUSPENDED"
  | "CERTIFIED"
  | "UNDER_REVIEW"
  | "POSTPONED"
  | "HELD_ALREADY";

export type SuspensionDecision = Exclude<SuspensionCandidateState, "PROPOSED">;

/** What stops a batch until a person has looked at it. */
export const suspensionBreakers = [
  "TWICE_LAST_MONTH",
  "LARGE_SHARE_OF_DISTRICT",
  "CHANNEL_INBOX_UNREAD",
  "IMPORT_MISSING",
] as const;
export type SuspensionBreaker = (typeof suspensionBreakers)[number];

/** Nobody of a district or benefit is suspended in these months; null for every one of them. */
export interface MoratoriumTerms {
  readonly districtCode: string | null;
  readonly benefitType: BenefitType | null;
  readonly fromMonth: Temporal.PlainYearMonth;
  readonly throughMonth: Temporal.PlainYearMonth;
}

export interface BenefitInDistrict {
  readonly type: BenefitType;
  readonly districtCode: string;
}

export interface CandidateFacts {
  readonly validThrough: Temporal.PlainDate;
  /** P5: payment stands still already, for want of a certification or by a reported death. */
  readonly heldAlready: boolean;
  /** The Beijing day of the earliest submission under review. */
  readonly submittedOn: Temporal.PlainDate | null;
  readonly benefits: readonly BenefitInDistrict[];
  /** Those that have not been ended. */
  readonly moratoria: readonly MoratoriumTerms[];
}

/** P1: whom the close of a month proposes: everyone whose last valid day lies before it. */
export function isOverdueIn(validThrough: Temporal.PlainDate, month: Temporal.PlainYearMonth): boolean {
  return Temporal.PlainDate.compare(validThrough, firstDayOf(month)) < 0;
}

/** P1, P3: what a batch does to a candidate, by what is known under the person's lock. */
export function decideCandidate(
  facts: CandidateFacts,
  batchMonth: Temporal.PlainYearMonth,
  policy: Policy,
): SuspensionDecision {
  if (!isOverdueIn(facts.validThrough, batchMonth)) return "CERTIFIED";
  if (facts.heldAlready) return "HELD_ALREADY";
  if (holdsSuspension(facts.submittedOn, facts.validThrough)) return "UNDER_REVIEW";
  if (isPostponed(facts.moratoria, facts.benefits, batchMonth, policy)) return "POSTPONED";
  return "SUSPENDED";
}

/** P3: whether a moratorium spares a person in a month; payment is one per person, so in doubt one benefit is enough. */
export function isPostponed(
  moratoria: readonly MoratoriumTerms[],
  benefits: readonly BenefitInDistrict[],
  month: Temporal.PlainYearMonth,
  policy: Pick<Policy, "moratoriumSpares">,
): boolean {
  const inForce = moratoria.filter(
    ({ fromMonth, throughMonth }) => !isBeforeMonth(month, fromMonth) && !isBeforeMonth(throughMonth, month),
  );
  if (inForce.length === 0) return false;
  const isSpared = (benefit: BenefitInDistrict) =>
    inForce.some(
      ({ districtCode, benefitType }) =>
        (districtCode === null || districtCode === benefit.districtCode) &&
        (benefitType === null || benefitType === benefit.type),
    );
  return policy.moratoriumSpares === "ANY_BENEFIT"
    ? benefits.some(isSpared)
    : benefits.length > 0 && benefits.every(isSpared);
}

export interface BreakerFacts {
  readonly candidates: number;
  /** Of the batch before; null when there was none. */
  readonly suspendedLastMonth: number | null;
  readonly districts: readonly { readonly candidates: number; readonly pensioners: number }[];
  /** Channels whose submissions wait for a decision longer than they may. */
  readonly channelsWithOverdueReviews: number;
  /** When a register was imported last, in Beijing; null for never. */
  readonly importedMonth: Temporal.PlainYearMonth | null;
  /** The deadline month that the batch closes. */
  readonly deadlineMonth: Temporal.PlainYearMonth;
}

/** P3: what a person must look at before the batch may be approved. Shares of a handful of people say nothing. */
export function trippedBreakers(facts: BreakerFacts, policy: Policy): SuspensionBreaker[] {
  const { candidates, suspendedLastMonth, importedMonth } = facts;
  const { suspensionBreakerMinimum, suspensionGrowthLimit, suspensionDistrictShareLimit } = policy;
  const tripped: Readonly<Record<SuspensionBreaker, boolean>> = {
    TWICE_LAST_MONTH:
      suspendedLastMonth !== null &&
      candidates >= suspensionBreakerMinimum &&
      candidates > suspendedLastMonth * suspensionGrowthLimit,
    LARGE_SHARE_OF_DISTRICT: facts.districts.some(
      (district) =>
        district.candidates >= suspensionBreakerMinimum &&
        district.candidates > district.pensioners * suspensionDistrictShareLimit,
    ),
    CHANNEL_INBOX_UNREAD: facts.channelsWithOverdueReviews > 0,
    IMPORT_MISSING: importedMonth === null || isBeforeMonth(importedMonth, facts.deadlineMonth),
  };
  return suspensionBreakers.filter((breaker) => tripped[breaker]);
}
