export type TextEncoding = "utf-8" | "gb18030";

export type SniffedEncoding =
  | { readonly ok: true; readonly encoding: TextEncoding; readonly bomBytes: number }
  | { readonly ok: false; readonly reason: "UTF-16" | "UNKNOWN" };

/** Reads this much at most to find text that is not ASCII. */
export const SNIFF_BYTES = 1024 * 1024;

const NUL = 0;
const LF = 0x0a;
const ASCII_END = 0x80;

export function indexOfNonAscii(bytes: Buffer): number {
  return bytes.findIndex((byte) => byte >= ASCII_END);
}

/**
 * The encoding of a file from its first bytes, judged line by line, so that a damaged line does not turn a whole UTF-8
 * file into something else: nearly every UTF-8 text is also readable as GB18030, as nonsense.
 */
export function sniffEncoding(head: Buffer): SniffedEncoding {
  if (startsWith(head, [0xef, 0xbb, 0xbf])) return { ok: true, encoding: "utf-8", bomBytes: 3 };
  if (startsWith(head, [0xff, 0xfe]) || startsWith(head, [0xfe, 0xff]))
    return { ok: false, reason: "UTF-16" };
  // UTF-16 without its mark: every second byte of the header is NUL.
  if (head.subarray(0, 2).includes(NUL)) return { ok: false, reason: "UTF-16" };
  const found = { "utf-8": 0, gb18030: 0, unknown: 0 };
  for (const line of linesOf(head)) {
    if (indexOfNonAscii(line) !== -1) found[encodingOf(line)] += 1;
  }
  const bomBytes = 0;
  if (found["utf-8"] >= found.gb18030 + found.unknown) return { ok: true, encoding: "utf-8", bomBytes };
  if (found.gb18030 >= found.unknown) return { ok: true, encoding: "gb18030", bomBytes };
  return { ok: false, reason: "UNKNOWN" };
}

function startsWith(bytes: Buffer, mark: readonly number[]): boolean {
  return mark.every((byte, index) => bytes[index] === byte);
}

/** The last line may be cut off within a character; it only counts when it is alone. */
function linesOf(head: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let start = 0;
  for (let end = head.indexOf(LF); end !== -1; end = head.indexOf(LF, start)) {
    lines.push(head.subarray(start, end));
    start = end + 1;
  }
  const rest = head.subarray(start);
  if (!lines.some((line) => indexOfNonAscii(line) !== -1)) lines.push(rest);
  return lines;
}

function encodingOf(line: Buffer): TextEncoding | "unknown" {
  // As a stream: the first bytes of a file may end within a character.
  const text = new TextDecoder("utf-8").decode(line, { stream: true });
  const damaged = count(text, /\ufffd/gu);
  // GB18030 read as UTF-8 is damaged nearly everywhere, and hardly ever gives Han by chance.
  if (damaged === 0 || count(text, /\p{Script=Han}/gu) > damaged) return "utf-8";
  return isGb18030(line) ? "gb18030" : "unknown";
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

function isGb18030(line: Buffer): boolean {
  try {
    new TextDecoder("gb18030", { fatal: true }).decode(line, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** Bytes of one line to text; what is not text in the encoding becomes U+FFFD. */
export function lineDecoder(encoding: TextEncoding): (line: Buffer) => string {
  if (encoding === "utf-8") return (line) => line.toString("utf8");
  const decoder = new TextDecoder(encoding);
  return (line) => decoder.decode(line);
}
