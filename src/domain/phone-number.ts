/** C2: a phone is contact data, never identity. */

const mainlandMobile = /^1[3-9]\d{9}$/u;
/** Area code without its 0 (10, 2x or three digits), then seven or eight digits. */
const mainlandLandline = /^(10|2\d|[3-9]\d{2})\d{7,8}$/u;

/** C2: the normalised number, or null when no one could be reached on it. Mainland numbers lose their +86. */
export function parsePhone(raw: string): string | null {
  if (raw.length > 40) return null;
  const compact = raw
    .normalize("NFKC")
    .replace(/[\s\-()]/gu, "")
    .replace(/^00/u, "+");
  if (compact.startsWith("+") && !compact.startsWith("+86")) {
    return /^\+[1-9]\d{6,14}$/u.test(compact) ? compact : null;
  }
  const mainland = compact.replace(/^\+86/u, "");
  if (mainlandMobile.test(mainland)) return mainland;
  const withoutTrunkZero = mainland.replace(/^0/u, "");
  const isDialable = compact !== withoutTrunkZero && mainlandLandline.test(withoutTrunkZero);
  return isDialable ? `0${withoutTrunkZero}` : null;
}
