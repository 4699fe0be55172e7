import { BEIJING_TIME_ZONE, beijingDateOf, startOfBeijingDay } from "./calendar.js";
import { holdsSuspension } from "./payment.js";
import type { Policy } from "./policy.js";

/** R1, R4, R5, C1: what people are told by SMS. R7: each once per person, month and recipient. */
export type MessageKind =
  | "CERTIFICATION_SUCCEEDED"
  | "CERTIFIED_ON_BEHALF"
  | "REMINDER"
  | "PAYMENT_SUSPENDED";

/** R1: reminders go to the pensioner and, where there is one, to the employer; C1: a helper learns of the outcome. */
export type MessageRecipient = "PENSIONER" | "EMPLOYER" | "HELPER";

/**
 * QUEUED until claimed; SENDING is committed before the gateway is called; UNKNOWN when its answer was lost. SENT once the
 * gateway took it, DELIVERED or FAILED by its receipt. CANCELLED: no longer true when its turn came (R3). NO_PHONE: there
 * is none to send it to (R6).
 */
export type MessageState =
  | "QUEUED"
  | "SENDING"
  | "UNKNOWN"
  | "SENT"
  | "DELIVERED"
  | "FAILED"
  | "CANCELLED"
  | "NO_PHONE";

/** Kinds in the order in which they are sent: who has just acted waits for an answer. */
export const messageKinds = [
  "CERTIFICATION_SUCCEEDED",
  "CERTIFIED_ON_BEHALF",
  "PAYMENT_SUSPENDED",
  "REMINDER",
] as const satisfies readonly MessageKind[];

/** Whether it answers what someone has just done; the rest comes of itself, by day and not too often. */
export function isConfirmation(kind: MessageKind): boolean {
  return kind === "CERTIFICATION_SUCCEEDED" || kind === "CERTIFIED_ON_BEHALF";
}

/** R1, R5: from when a message that is due may be sent: at once, or when the day's hours begin. */
export function sendableFrom(
  kind: MessageKind,
  due: Temporal.Instant,
  policy: Pick<Policy, "messageHours">,
): Temporal.Instant {
  const { from, until } = policy.messageHours;
  const { hour } = due.toZonedDateTimeISO(BEIJING_TIME_ZONE);
  if (isConfirmation(kind) || (hour >= from && hour < until)) return due;
  const day = beijingDateOf(due).add({ days: hour < from ? 0 : 1 });
  return startOfBeijingDay(day).add({ hours: from });
}

/** What a message says and where its person stands now. */
export interface MessageTruth {
  readonly kind: MessageKind;
  /** The deadline that a reminder speaks of. */
  readonly aboutValidThrough: string | null;
  readonly validThrough: Temporal.PlainDate;
  /** The person is not paid now for want of a certification. */
  readonly suspended: boolean;
  /** C5: payment was stopped for a reported death. */
  readonly deathReported: boolean;
  /** E6: the Beijing day of the earliest submission under review. */
  readonly submittedOn: Temporal.PlainDate | null;
}

/**
 * R3: whether a message is still true when its turn comes: nobody is reminded who has certified since, or who would not be
 * reminded any more if it were planned now, and nobody is told of a suspension that is over.
 */
export function isStillTrue(truth: MessageTruth): boolean {
  const { kind, aboutValidThrough, validThrough, suspended, deathReported, submittedOn } = truth;
  if (kind !== "REMINDER") return kind !== "PAYMENT_SUSPENDED" || suspended;
  if (deathReported || holdsSuspension(submittedOn, validThrough)) return false;
  return aboutValidThrough === validThrough.toString();
}
