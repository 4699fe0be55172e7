/** What may be shown of a person: enough to recognise oneself, too little to be of use to others. */

/** Surname kept, the rest starred. */
export function maskName(name: string): string {
  const [first = "", ...rest] = [...name];
  return first + "*".repeat(Math.min(rest.length, 3));
}

/** First three and last four characters kept; short numbers keep the last two. */
export function maskNumber(number: string): string {
  return number.length < 11 ? maskKeeping(number, 1, 2) : maskKeeping(number, 3, 4);
}

function maskKeeping(text: string, head: number, tail: number): string {
  if (text.length <= head + tail) return "*".repeat(text.length);
  return text.slice(0, head) + "*".repeat(text.length - head - tail) + text.slice(-tail);
}
