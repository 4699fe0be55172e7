import { addMonths, monthsBetween, monthsFrom } from "./calendar.js";
import type { MessageRecipient } from "./messages.js";
import { holdsSuspension } from "./payment.js";
import type { Policy } from "./policy.js";

/** R1: the deadline month and each of the two months before it. */
export function reminderMonths(validThrough: Temporal.PlainDate, policy: Policy): Temporal.PlainYearMonth[] {
  return monthsBetween(addMonths(validThrough, -policy.dueMonthsBeforeDeadline), validThrough);
}

/** R1: the deadline months whose people are reminded in a month, the nearest first. */
export function deadlineMonthsRemindedIn(
  month: Temporal.PlainYearMonth,
  policy: Policy,
): Temporal.PlainYearMonth[] {
  return monthsBetween(month, addMonths(month, policy.dueMonthsBeforeDeadline));
}

/** What decides whether someone is reminded. */
export interface ReminderFacts {
  readonly validThrough: Temporal.PlainDate;
  readonly employerCode: string | null;
  /** C5: payment was stopped for a reported death. */
  readonly deathReported: boolean;
  /** E6: the Beijing day of the earliest submission under review. */
  readonly submittedOn: Temporal.PlainDate | null;
}

const noOne: readonly never[] = [];
const pensionerOnly = ["PENSIONER"] as const;
const both = ["PENSIONER", "EMPLOYER"] as const;

/**
 * R1: the pensioner and, where there is one, the employer. R3: not who has done what there is to do and waits for the
 * decision on it, nor the family of someone reported dead.
 */
export function remindersDue(
  facts: ReminderFacts,
  month: Temporal.PlainYearMonth,
  policy: Policy,
): readonly Extract<MessageRecipient, "PENSIONER" | "EMPLOYER">[] {
  const before = monthsFrom(month, facts.validThrough);
  if (before < 0 || before > policy.dueMonthsBeforeDeadline) return noOne;
  if (facts.deathReported || holdsSuspension(facts.submittedOn, facts.validThrough)) return noOne;
  return facts.employerCode === null ? pensionerOnly : both;
}
