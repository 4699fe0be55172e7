/** P3: PREVIEW once proposed, APPROVED by a named member of staff, APPLIED when every candidate has been decided. */
export type SuspensionBatchState = "PREVIEW" | "APPROVED" | "APPLIED";

/**
 * What became of a candidate under lock: SUSPENDED, or spared because the person had CERTIFIED, waits UNDER_REVIEW for a
 * submission made in time, is POSTPONED by a moratorium, or is held already for want of a certification.
 */
export type SuspensionCandidateState =
  | "PROPOSED"
  | "SUSPENDED"
  | "CERTIFIED"
  | "UNDER_REVIEW"
  | "POSTPONED"
  | "HELD_ALREADY";

/** What stops a batch until a person has looked at it. */
export type SuspensionBreaker =
  | "TWICE_LAST_MONTH"
  | "LARGE_SHARE_OF_DISTRICT"
  | "CHANNEL_INBOX_UNREAD"
  | "IMPORT_MISSING";
