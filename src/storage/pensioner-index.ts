import type { IdentityDocument } from "../domain/document-number.js";
import { indexVersionOf, type Sealing } from "./sealing.js";

/** The blind index under which a document is kept. */
export function documentIndex(sealing: Sealing, document: IdentityDocument): Buffer {
  return sealing.index("document", documentText(document));
}

/** The blind indexes under which a document may be found, the current one first. */
export function documentIndexes(sealing: Sealing, document: IdentityDocument): Buffer[] {
  return sealing.indexes("document", documentText(document));
}

/** The index a name is compared by; bound to the person, so that equal names do not look alike. */
export function nameIndex(sealing: Sealing, pensionerId: string, comparableName: string): Buffer {
  return sealing.index("name", nameText(pensionerId, comparableName));
}

/** The indexes that a name may be compared by, the current one first. */
export function nameIndexes(sealing: Sealing, pensionerId: string, comparableName: string): Buffer[] {
  return sealing.indexes("name", nameText(pensionerId, comparableName));
}

/** Compares a name with a person's index; the work is that of `nameIndex`. */
export function isNameOf(
  sealing: Sealing,
  person: { readonly pensionerId: string; readonly nameIndex: Buffer },
  comparableName: string,
): boolean {
  return sealing.isIndexOf(person.nameIndex, "name", nameText(person.pensionerId, comparableName));
}

/** C2: the index under which people with a phone are kept; several may share one. */
export function phoneIndex(sealing: Sealing, phone: string): Buffer {
  return sealing.index("phone", phone);
}

/** C2: the indexes under which people with a phone may be found, the current one first. */
export function phoneIndexes(sealing: Sealing, phone: string): Buffer[] {
  return sealing.indexes("phone", phone);
}

/**
 * C1: the indexes of a helper, the current one first. Counted by person whatever the purpose of other indexes: a helper
 * may be a pensioner too.
 */
export function helperIndexes(sealing: Sealing, document: IdentityDocument): Buffer[] {
  return documentIndexes(sealing, document).map((index) =>
    sealing.indexUnder(indexVersionOf(index), "helper", index.toString("hex")),
  );
}

/** E7: the indexes of a source's own reference, the current one first; unique with the source in its column. */
export function sourceReferenceIndexes(sealing: Sealing, reference: string): Buffer[] {
  return sealing.indexes("source-reference", reference);
}

function documentText({ type, number }: IdentityDocument): string {
  return `${type}|${number}`;
}

function nameText(pensionerId: string, comparableName: string): string {
  return `${pensionerId}|${comparableName}`;
}
