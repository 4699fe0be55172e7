import { LineSplitter } from "../register/line-splitter.js";

export interface NumberedLine {
  /** From 1, empty lines counted. */
  readonly number: number;
  /** Null for what is too long or is not UTF-8. */
  readonly text: string | null;
}

/**
 * Cuts bytes into groups of so many lines; empty lines are passed over. Groups depend on nothing but the bytes, and at
 * most one is held.
 */
export async function* batchGroups(
  bytes: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<readonly NumberedLine[]> {
  const splitter = new LineSplitter();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let waiting: NumberedLine[] = [];
  let number = 0;
  const take = (line: Buffer | null) => {
    number += 1;
    const text = line && decoded(decoder, line);
    if (text === null || text.trim() !== "") waiting.push({ number, text });
  };
  for await (const chunk of bytes) {
    splitter.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength), take);
    while (waiting.length >= size) {
      yield waiting.slice(0, size);
      waiting = waiting.slice(size);
    }
  }
  splitter.end(take);
  for (let start = 0; start < waiting.length; start += size) yield waiting.slice(start, start + size);
}

function decoded(decoder: TextDecoder, line: Buffer): string | null {
  try {
    const text = decoder.decode(line);
    return text.includes("\0") ? null : text;
  } catch {
    return null;
  }
}
