import { parsePhone } from "../domain/phone-number.js";
import { Refused } from "../domain/refusals.js";

/** C2: the phone given with a certification; null when none is given. */
export function parseContactPhone(raw: string | null | undefined): string | null {
  return raw === undefined || raw === null ? null : requirePhone(raw, "contactPhone");
}

/** C2: a phone that must be given. */
export function requirePhone(raw: string, field: string): string {
  const phone = parsePhone(raw);
  if (phone === null) throw new Refused("PHONE_INVALID", ["input", field]);
  return phone;
}
