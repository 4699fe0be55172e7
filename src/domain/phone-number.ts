/** C2: a phone is contact data, never identity. */

/** The normalised number, or null when no one could be reached on it. Mainland numbers lose their +86. */
export function parsePhone(raw: string): string | null {
  if (raw.length > 40) return null;
  const compact = raw.normalize("NFKC").replace(/[\s\-()]/gu, "");
  const national = compact.replace(/^(\+|00)86/u, "");
  if (/^1[3-9]\d{9}$/u.test(national)) return national;
  if (/^0\d{9,11}$/u.test(compact)) return compact;
  const abroad = compact.replace(/^00/u, "+");
  return /^\+[1-9]\d{6,14}$/u.test(abroad) ? abroad : null;
}
