import {
  type DocumentInput,
  documentTypes,
  type IdentityDocument,
  parseDocument,
} from "./document-number.js";
import { parseName } from "./person-name.js";
import { Refused } from "./refusals.js";

/** C5: events outside the service that bear on payment. */
export type LifeEventKind = "DEATH" | "IMPRISONMENT" | "RELEASE_FROM_PRISON" | "LEFT_SCOPE";

/** C5: what became of a report. Only MATCHED acts on payment. */
export type LifeEventOutcome = "MATCHED" | "NO_MATCH" | "MULTIPLE_CANDIDATES" | "PENDING_REVIEW";

/** VOIDED: the source or staff took it back; CONFIRMED: staff have seen the proof. */
export type LifeEventState = "ACTIVE" | "CONFIRMED" | "VOIDED";

/** CONFIRM: it is true, and of this person; DISMISS: it is not. */
export type LifeEventDecision = "CONFIRM" | "DISMISS";

/** Which authority a report comes from. */
export const lifeEventSources = [
  "CIVIL_AFFAIRS",
  "PUBLIC_SECURITY",
  "HEALTH",
  "COURT_PRISON",
  "FAMILY",
  "EMPLOYER",
  "STREET_CENTRE",
  "AGENCY",
] as const;
export type LifeEventSource = (typeof lifeEventSources)[number];

/** By what alone a report acts: the identity it names, or the decision of staff. Null: by nothing of its own. */
export type LifeEventBasis = "IDENTITY" | "DECISION";

/** A person as a source names one: the document is not always known. */
export interface LifeEventSubjectInput {
  readonly name: string;
  readonly document?: DocumentInput | null;
}

export interface LifeEventSubject {
  readonly displayName: string;
  readonly comparableName: string;
  readonly document: IdentityDocument | null;
  /** The number under every kind of document that it could be: registers hold one under another kind than its source does. */
  readonly readings: readonly IdentityDocument[];
}

/** C3, C4: the person whom a source means, or a refusal that says what is wrong with name or number. */
export function parseLifeEventSubject(
  input: LifeEventSubjectInput,
  today: Temporal.PlainDate,
  path: readonly string[],
): LifeEventSubject {
  const name = parseName(input.name);
  if (!name.ok) throw new Refused(`NAME_${name.fault}`, [...path, "name"]);
  const named = { displayName: name.display, comparableName: name.comparable };
  if (!input.document) return { ...named, document: null, readings: [] };
  const { type, number } = input.document;
  const stated = parseDocument({ type, number }, today);
  if (!stated.ok) throw new Refused(`DOCUMENT_${stated.fault}`, [...path, "document", "number"]);
  const readings = documentTypes.flatMap((each) => {
    const read = parseDocument({ type: each, number }, today);
    return read.ok ? [read.document] : [];
  });
  return { ...named, document: stated.document, readings };
}

/** Someone who has a document of the number reported. */
export interface Candidate {
  readonly pensionerId: string;
  readonly nameMatches: boolean;
  /** Of the very kind that was reported. */
  readonly kindMatches: boolean;
}

/**
 * C5: whom a report is about. Document and name, both exact, are a match. One person of whom only the number, or the
 * number under another kind of document, fits waits for someone to look at it. Without a document nobody can be told
 * from others of the same name, so nobody is found.
 */
export function matchReport<C extends Candidate>(
  candidates: readonly C[],
): { readonly outcome: LifeEventOutcome; readonly candidate: C | null } {
  const exact = candidates.find(({ nameMatches, kindMatches }) => nameMatches && kindMatches);
  if (exact) return { outcome: "MATCHED", candidate: exact };
  const persons = new Set(candidates.map(({ pensionerId }) => pensionerId));
  const [first] = candidates;
  if (!first) return { outcome: "NO_MATCH", candidate: null };
  if (persons.size > 1) return { outcome: "MULTIPLE_CANDIDATES", candidate: null };
  return { outcome: "PENDING_REVIEW", candidate: first };
}

/** One of the reports about a person. */
export interface PersonsLifeEvent {
  readonly id: string;
  readonly kind: LifeEventKind;
  readonly state: LifeEventState;
  readonly basis: LifeEventBasis | null;
  readonly source: LifeEventSource;
  readonly clientId: string;
  /** Staff name the authority whose paper they hold; two papers of two authorities are two sources. */
  readonly byStaff: boolean;
  readonly occurredOn: Temporal.PlainDate;
}

/** C5: two authorities that tell the same of a person. One channel that names two is still one. */
export function areIndependent(a: PersonsLifeEvent, b: PersonsLifeEvent): boolean {
  if (a.source === b.source) return false;
  return a.clientId !== b.clientId || (a.byStaff && b.byStaff);
}

/** C5: whether a report acts on payment: by what it names, by a decision, or because an independent source says the same. */
export function actsOnPayment(event: PersonsLifeEvent, all: readonly PersonsLifeEvent[]): boolean {
  if (event.state === "VOIDED") return false;
  if (event.basis !== null) return true;
  return all.some(
    (other) =>
      other.id !== event.id &&
      other.kind === event.kind &&
      other.state !== "VOIDED" &&
      areIndependent(event, other),
  );
}

/** Kinds after which nothing is paid ever again, once staff have seen the proof. */
export function endsForGood(kind: LifeEventKind): boolean {
  return kind === "DEATH" || kind === "LEFT_SCOPE";
}
