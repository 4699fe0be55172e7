/** C4: names as people write them, and names as they are compared. */

export const NAME_MAX_LENGTH = 100;

export type NameFault = "EMPTY" | "TOO_LONG" | "NOT_A_NAME";

export type ParsedName =
  | {
      readonly ok: true;
      /** As it is shown and stored. */
      readonly display: string;
      /** As it is compared. */
      readonly comparable: string;
    }
  | { readonly ok: false; readonly fault: NameFault };

// Letters and marks of any script, the ideographic zero, rare characters in the private use area, and the signs
// that stand in names.
const nameCharacters = /^[\p{L}\p{M}\p{Nl}\p{Co}·'’ʼ,()\- ]+$/u;
const nameBearing = /[\p{L}\p{Nl}\p{Co}]/u;
const middleDots = /\s*[·•‧・･∙⋅.]\s*/gu;

/** C4: NFKC, trimmed, middle dots unified; compared without regard to case. */
export function parseName(raw: string): ParsedName {
  if (raw.length > NAME_MAX_LENGTH * 4) return { ok: false, fault: "TOO_LONG" };
  const display = normalizeName(raw);
  if (display.length === 0) return { ok: false, fault: "EMPTY" };
  if ([...display].length > NAME_MAX_LENGTH) return { ok: false, fault: "TOO_LONG" };
  if (!nameCharacters.test(display) || !nameBearing.test(display)) return { ok: false, fault: "NOT_A_NAME" };
  return { ok: true, display, comparable: display.toUpperCase().normalize("NFKC") };
}

function normalizeName(raw: string): string {
  return raw
    .normalize("NFKC")
    .replace(/\p{Zs}+/gu, " ")
    .replace(middleDots, "·")
    .trim();
}
