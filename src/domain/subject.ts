import { type DocumentType, type IdentityDocument, parseDocument } from "./document-number.js";
import { parseName } from "./person-name.js";
import { Refused } from "./refusals.js";

export interface SubjectInput {
  readonly name: string;
  readonly document: { readonly type: DocumentType; readonly number: string };
}

/** A person as a channel names one: name *and* document. */
export interface Subject {
  readonly displayName: string;
  readonly comparableName: string;
  readonly document: IdentityDocument;
}

/** C3, C4: the person meant, or a refusal that says what is wrong with name or number. */
export function parseSubject(
  input: SubjectInput,
  today: Temporal.PlainDate,
  path: readonly string[],
): Subject {
  const name = parseName(input.name);
  if (!name.ok) throw new Refused(`NAME_${name.fault}`, [...path, "name"]);
  const parsed = parseDocument(input.document, today);
  if (!parsed.ok) throw new Refused(`DOCUMENT_${parsed.fault}`, [...path, "document", "number"]);
  return { displayName: name.display, comparableName: name.comparable, document: parsed.document };
}
