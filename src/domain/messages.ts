/** R1, R4, R5, C1: what people are told by SMS. */
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
