export type StoredSessionState = "OPEN" | "COMPLETED" | "CANCELLED";
export type SessionState = StoredSessionState | "EXPIRED";

export interface SessionFacts {
  readonly stored: StoredSessionState;
  readonly expiresAt: Temporal.Instant;
}

/** EXPIRED follows from the clock and is never stored. */
export function sessionStateAt(session: SessionFacts, now: Temporal.Instant): SessionState {
  const over = Temporal.Instant.compare(now, session.expiresAt) >= 0;
  return session.stored === "OPEN" && over ? "EXPIRED" : session.stored;
}
