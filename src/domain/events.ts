/** What an event is about: where that is nothing narrower, the person. */
export type EventSubject = "CERTIFICATION" | "LIFE_EVENT" | "PENSIONER";

interface EventMeaning {
  readonly about: EventSubject;
  readonly text: string;
}

/** What integrators are told of. Each names ids only; what has become of them is asked for. */
export const eventMeanings = {
  "certification.pending": {
    about: "CERTIFICATION",
    text: "Submitted and waiting for a decision (待审核).",
  },
  "certification.passed": { about: "CERTIFICATION", text: "Passed (认证通过)." },
  "certification.rejected": { about: "CERTIFICATION", text: "Not passed (认证不通过)." },
  "certification.revoked": { about: "CERTIFICATION", text: "A pass was taken back (认证撤销)." },
  "certification.due": { about: "PENSIONER", text: "The deadline is near (即将到期)." },
  "payment.suspended": { about: "PENSIONER", text: "Payment has stopped (暂停发放)." },
  "payment.resumed": { about: "PENSIONER", text: "Payment goes on (恢复发放)." },
  "payment.terminated": { about: "PENSIONER", text: "Payment has ended for good (终止发放)." },
  "life_event.reported": {
    about: "LIFE_EVENT",
    text: "A death, a sentence or the like was reported (生存状况变更).",
  },
  "life_event.voided": { about: "LIFE_EVENT", text: "Such a report was withdrawn (变更撤销)." },
} as const satisfies Readonly<Record<string, EventMeaning>>;

export type EventType = keyof typeof eventMeanings;
export const eventTypes = Object.keys(eventMeanings) as readonly EventType[];

/** The types of event that are about a kind of thing. */
export type EventTypeAbout<S extends EventSubject> = {
  [T in EventType]: (typeof eventMeanings)[T]["about"] extends S ? T : never;
}[EventType];

/** The certification that an event is about, if it is about one. */
export function certificationOf(event: {
  readonly type: EventType;
  readonly subjectId: string;
}): string | null {
  return eventMeanings[event.type].about === "CERTIFICATION" ? event.subjectId : null;
}
