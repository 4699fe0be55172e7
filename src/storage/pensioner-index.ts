import type { IdentityDocument } from "../domain/document-number.js";
import type { Sealing } from "./sealing.js";

/** The blind index under which a document is found. */
export function documentIndex(sealing: Sealing, document: IdentityDocument): Buffer {
  return sealing.index("document", `${document.type}|${document.number}`);
}

/** The index a name is compared by; bound to the person, so that equal names do not look alike. */
export function nameIndex(sealing: Sealing, pensionerId: string, comparableName: string): Buffer {
  return sealing.index("name", `${pensionerId}|${comparableName}`);
}

/** C2: the index under which people with a phone are found; several may share one. */
export function phoneIndex(sealing: Sealing, phone: string): Buffer {
  return sealing.index("phone", phone);
}
