import { createReadStream } from "node:fs";
import { LineSplitter } from "./line-splitter.js";

export interface TextLine {
  /** From 1. */
  readonly number: number;
  /** Null for a line that is too long or not UTF-8. */
  readonly text: string | null;
  /** Of the file, up to the end of the portion that the line came with. */
  readonly readBytes: number;
}

/** The lines of a UTF-8 file behind the first `skip`, in groups of at most `limit`, in constant memory. */
export async function* textLines(
  path: string,
  { skip, limit }: { readonly skip: number; readonly limit: number },
): AsyncGenerator<readonly TextLine[]> {
  const splitter = new LineSplitter();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let group: TextLine[] = [];
  const full: (readonly TextLine[])[] = [];
  let number = 0;
  let readBytes = 0;
  const take = (bytes: Buffer | null) => {
    number += 1;
    if (number <= skip) return;
    group.push({ number, text: bytes && decoded(decoder, bytes), readBytes });
    if (group.length < limit) return;
    full.push(group);
    group = [];
  };
  for await (const chunk of createReadStream(path)) {
    readBytes += (chunk as Buffer).length;
    splitter.push(chunk as Buffer, take);
    yield* full.splice(0);
  }
  splitter.end(take);
  if (group.length > 0) full.push(group);
  yield* full;
}

function decoded(decoder: TextDecoder, bytes: Buffer): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}
