/** A longer line is not a record of any register. */
export const MAX_LINE_BYTES = 64 * 1024;

const LF = 0x0a;
const CR = 0x0d;

/** Gets one line without its ending; null stands for a line that was too long to keep. The bytes are only lent. */
export type TakeLine = (line: Buffer | null) => void;

/**
 * Cuts bytes into lines, at LF or CRLF. It holds at most one line of the greatest length, however long the lines are.
 * No byte of a multi-byte character equals LF in UTF-8 or GB18030, so lines are cut before they are decoded.
 */
export class LineSplitter {
  readonly #held = Buffer.allocUnsafe(MAX_LINE_BYTES + 1);
  #heldBytes = 0;
  #isTooLong = false;

  push(chunk: Buffer, take: TakeLine): void {
    let start = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      const tail = chunk.subarray(start, end);
      if (this.#heldBytes === 0 && !this.#isTooLong) take(lineOf(tail));
      else {
        this.#hold(tail);
        this.#release(take);
      }
      start = end + 1;
    }
    this.#hold(chunk.subarray(start));
  }

  /** The last line, when no line ending follows it. */
  end(take: TakeLine): void {
    if (this.#heldBytes > 0 || this.#isTooLong) this.#release(take);
  }

  #hold(bytes: Buffer): void {
    if (this.#isTooLong || bytes.length > this.#held.length - this.#heldBytes) {
      this.#isTooLong = true;
      return;
    }
    bytes.copy(this.#held, this.#heldBytes);
    this.#heldBytes += bytes.length;
  }

  #release(take: TakeLine): void {
    const line = this.#held.subarray(0, this.#heldBytes);
    const isTooLong = this.#isTooLong;
    this.#heldBytes = 0;
    this.#isTooLong = false;
    take(isTooLong ? null : lineOf(line));
  }
}

function lineOf(bytes: Buffer): Buffer | null {
  const line = bytes.at(-1) === CR ? bytes.subarray(0, -1) : bytes;
  return line.length > MAX_LINE_BYTES ? null : line;
}
