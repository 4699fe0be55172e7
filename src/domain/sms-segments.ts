/** Code units that fit an SMS in UCS-2, in which Chinese texts go. */
export const UNITS_ALONE = 70;
/** Six octets of each part say which part of which message it is. */
export const UNITS_IN_PART = 67;
/** The part's number is one octet. */
export const MOST_SEGMENTS = 255;

/** The parts in which a text is sent; a pair of surrogates is never split. */
export function smsSegments(body: string): readonly string[] {
  if (body.length <= UNITS_ALONE) return [body];
  const segments: string[] = [];
  for (let from = 0; from < body.length; ) {
    const to = from + UNITS_IN_PART;
    const end = splitsPair(body, to) ? to - 1 : to;
    segments.push(body.slice(from, end));
    from = end;
  }
  return segments;
}

function splitsPair(body: string, at: number): boolean {
  return /[\uD800-\uDBFF]/.test(body.charAt(at - 1)) && /[\uDC00-\uDFFF]/.test(body.charAt(at));
}
