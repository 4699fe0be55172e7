/** C5: events outside the service that bear on payment. */
export type LifeEventKind = "DEATH" | "IMPRISONMENT" | "RELEASE_FROM_PRISON" | "LEFT_SCOPE";

/** C5: what became of a report. Only MATCHED acts on payment. */
export type LifeEventOutcome = "MATCHED" | "NO_MATCH" | "MULTIPLE_CANDIDATES" | "PENDING_REVIEW";

/** VOIDED: the source or staff took it back; CONFIRMED: staff have seen the proof. */
export type LifeEventState = "ACTIVE" | "CONFIRMED" | "VOIDED";
