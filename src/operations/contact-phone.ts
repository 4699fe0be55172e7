import { parsePhone } from "../domain/phone-number.js";
import { Refused } from "../domain/refusals.js";

/** C2: the phone given with a certification; null when none is given. */
export function parseContactPhone(raw: string | null | undefined): string | null {
  if (raw === undefined || raw === null) return null;
  const phone = parsePhone(raw);
  if (phone === null) throw new Refused("PHONE_INVALID", ["input", "contactPhone"]);
  return phone;
}
