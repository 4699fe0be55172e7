/** What integrators are told of. Each names ids only; what has become of them is asked for. */
export const eventTypes = [
  "certification.pending",
  "certification.passed",
  "certification.rejected",
  "certification.revoked",
  "certification.due",
  "payment.suspended",
  "payment.resumed",
  "payment.terminated",
  "life_event.reported",
  "life_event.voided",
] as const;
export type EventType = (typeof eventTypes)[number];
