/** C3: identity documents and the numbers on them. */

export const documentTypes = [
  "RESIDENT_ID",
  "HMT_RESIDENCE_PERMIT",
  "FOREIGN_PERMANENT_RESIDENT_ID",
  "PASSPORT",
] as const;
export type DocumentType = (typeof documentTypes)[number];

export interface IdentityDocument {
  readonly type: DocumentType;
  /** Normalised: half-width, upper case, without spaces, 15-digit resident numbers upgraded to 18. */
  readonly number: string;
}

export type DocumentFault = "FORMAT" | "DIVISION" | "BIRTH_DATE" | "CHECK_DIGIT";

/** A document as a person reads it off. */
export interface DocumentInput {
  readonly type: DocumentType;
  readonly number: string;
}

export type ParsedDocument =
  | { readonly ok: true; readonly document: IdentityDocument }
  | { readonly ok: false; readonly fault: DocumentFault };

/** Longer input is refused unread. */
export const DOCUMENT_NUMBER_MAX_LENGTH = 40;

/** C3: the document that a person meant, or the first thing wrong with it. `today` rules out births to come. */
export function parseDocument(input: DocumentInput, today: Temporal.PlainDate): ParsedDocument {
  if (input.number.length > DOCUMENT_NUMBER_MAX_LENGTH) return { ok: false, fault: "FORMAT" };
  const number = normalizeNumber(input.number);
  switch (input.type) {
    case "RESIDENT_ID":
      return parseNumber(input.type, upgradeFifteenDigits(number), residentDivision, 6, today);
    case "HMT_RESIDENCE_PERMIT":
      return parseNumber(input.type, number, /^8[123]0000/, 6, today);
    case "FOREIGN_PERMANENT_RESIDENT_ID":
      return /^[A-Z]{3}\d{12}$/.test(number)
        ? { ok: true, document: { type: input.type, number } }
        : parseNumber(input.type, number, /^9/, 6, today);
    case "PASSPORT":
      return /^[A-Z0-9]{5,20}$/.test(number)
        ? { ok: true, document: { type: input.type, number } }
        : { ok: false, fault: "FORMAT" };
  }
}

function normalizeNumber(raw: string): string {
  return raw.normalize("NFKC").replace(/\s+/gu, "").toUpperCase();
}

/**
 * Province codes of GB/T 2260. Counties are not checked against today's list: abolished codes (110103, 110104,
 * 110221) stay on the cards of the living.
 */
const residentDivision = /^(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71)\d{4}/;

function upgradeFifteenDigits(number: string): string {
  if (!/^\d{15}$/.test(number)) return number;
  const body = `${number.slice(0, 6)}19${number.slice(6)}`;
  return body + checkDigit(body);
}

function parseNumber(
  type: DocumentType,
  number: string,
  division: RegExp,
  birthDateStart: number,
  today: Temporal.PlainDate,
): ParsedDocument {
  if (!/^\d{17}[\dX]$/.test(number)) return { ok: false, fault: "FORMAT" };
  if (!division.test(number)) return { ok: false, fault: "DIVISION" };
  if (!isPastDate(number.slice(birthDateStart, birthDateStart + 8), today))
    return { ok: false, fault: "BIRTH_DATE" };
  if (checkDigit(number.slice(0, 17)) !== number[17]) return { ok: false, fault: "CHECK_DIGIT" };
  return { ok: true, document: { type, number } };
}

function isPastDate(digits: string, today: Temporal.PlainDate): boolean {
  const date = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
  try {
    Temporal.PlainDate.from(date);
  } catch {
    return false;
  }
  return date >= "1850-01-01" && date <= today.toString();
}

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** C3: the 18th character by ISO 7064 MOD 11-2 (GB 11643). */
export function checkDigit(first17: string): string {
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(first17[index]), 0);
  return "10X98765432".charAt(sum % 11);
}
