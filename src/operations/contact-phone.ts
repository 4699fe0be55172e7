import { parsePhone } from "../domain/phone-number.js";
import { Refused } from "../domain/refusals.js";

/** C2: the phone given with a certification; null when none is given. */
export function parseContactPhone(raw: string | null | undefined): string | null {
  return parseOptionalPhone(raw, ["input", "contactPhone"]);
}

/** C2: a phone that may be left out. */
export function parseOptionalPhone(raw: string | null | undefined, path: readonly string[]): string | null {
  if (raw === undefined || raw === null) return null;
  const phone = parsePhone(raw);
  if (phone === null) throw new Refused("PHONE_INVALID", path);
  return phone;
}

/** C2: a phone that must be given. */
export function requirePhone(raw: string, field: string): string {
  const phone = parsePhone(raw);
  if (phone === null) throw new Refused("PHONE_INVALID", ["input", field]);
  return phone;
}
