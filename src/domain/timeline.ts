/**
 * What a person's timeline is made of. Of what happened at one instant the later in this list followed from the earlier,
 * so that an order by instant and by place here tells a story.
 */
export const timelineEntryKinds = [
  "REGISTERED",
  "LOOKED_UP",
  "LIFE_EVENT_REPORTED",
  "LIFE_EVENT_UPDATED",
  "HOME_VISIT_REQUESTED",
  "HOME_VISIT_UPDATED",
  "SESSION_STARTED",
  "SESSION_CANCELLED",
  "CERTIFICATION_SUBMITTED",
  "CERTIFICATION_DECIDED",
  "CERTIFICATION_REVOKED",
  "REVIEW_CASE_OPENED",
  "REVIEW_CASE_CLOSED",
  "SUSPENSION_PROPOSED",
  "SUSPENSION_DECIDED",
  "PAYMENT_HOLD_OPENED",
  "PAYMENT_HOLD_CLOSED",
  "BACK_PAY_RELEASED",
  "CONTACT_TASK_OPENED",
  "CONTACT_TASK_CLOSED",
  "MESSAGE_PLANNED",
  "MESSAGE_SENT",
  "MESSAGE_DELIVERED",
  "MESSAGE_FAILED",
  "MESSAGE_CANCELLED",
] as const;
export type TimelineEntryKind = (typeof timelineEntryKinds)[number];

/** Codes, months and days; nothing that was sealed and nobody's name. */
export interface TimelineFacts {
  readonly kind: TimelineEntryKind;
  readonly code: string | null;
  /** Further codes, months or days, separated by blanks. */
  readonly about: string | null;
}
