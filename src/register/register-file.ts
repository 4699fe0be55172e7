import { type FileHandle, open } from "node:fs/promises";
import { extname } from "node:path";
import {
  type ParsedRegisterRow,
  parseRegisterRow,
  type RegisterHorizon,
  type RegisterLine,
} from "../domain/register-row.js";
import { LineSplitter } from "./line-splitter.js";
import { csvRecords, jsonRecords, type RecordReader } from "./register-records.js";
import {
  indexOfNonAscii,
  lineDecoder,
  SNIFF_BYTES,
  sniffEncoding,
  type TextEncoding,
} from "./text-encoding.js";

/** The file as a whole cannot be imported; the message says why. */
export class RegisterFileError extends Error {
  override readonly name = "RegisterFileError";
}

const READ_BYTES = 64 * 1024;
/** Few enough that parsing a group does not hold up anything else. */
const GROUP_LINES = 32;

/** A register file whose encoding and header have been found good; it is read once, front to back. */
export class RegisterFile implements AsyncDisposable {
  readonly #handle: FileHandle;
  readonly #head: Buffer;
  readonly #records: RecordReader;
  readonly #bomBytes: number;

  private constructor(
    handle: FileHandle,
    head: Buffer,
    records: RecordReader,
    bomBytes: number,
    /** Zero when it is not known, as of a pipe. */
    readonly size: number,
    readonly encoding: TextEncoding,
  ) {
    this.#handle = handle;
    this.#head = head;
    this.#records = records;
    this.#bomBytes = bomBytes;
  }

  /** Opens a CSV or NDJSON file; throws RegisterFileError when it cannot be imported as a whole. */
  static async open(path: string): Promise<RegisterFile> {
    const handle = await openReadable(path);
    try {
      const head = await readHead(handle);
      const sniffed = sniffEncoding(head);
      if (!sniffed.ok) throw new RegisterFileError(encodingRefusals[sniffed.reason]);
      const records = recordsOf(path, head.subarray(sniffed.bomBytes), sniffed.encoding);
      const { size } = await handle.stat();
      return new RegisterFile(handle, head, records, sniffed.bomBytes, size, sniffed.encoding);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** The lines that should be records, parsed, in small groups; empty lines are passed over. */
  async *lines(horizon: RegisterHorizon): AsyncGenerator<readonly RegisterLine[]> {
    const splitter = new LineSplitter();
    const decode = lineDecoder(this.encoding);
    const raw: { number: number; text: string | null }[] = [];
    let number = 0;
    let readBytes = 0;
    const take = (bytes: Buffer | null) => {
      number += 1;
      if (number === 1 && this.#records.hasHeader) return;
      const text = bytes === null ? null : decode(bytes);
      if (text === null || text.trim() !== "") raw.push({ number, text });
    };
    for await (const chunk of this.#chunks()) {
      readBytes += chunk.length;
      if (chunk.length > 0) splitter.push(chunk, take);
      else splitter.end(take);
      for (let start = 0; start < raw.length; start += GROUP_LINES) {
        const group = raw.slice(start, start + GROUP_LINES);
        yield group.map((line) => ({
          number: line.number,
          readBytes,
          parsed: this.#parse(line.text, horizon),
        }));
      }
      raw.length = 0;
    }
  }

  #parse(text: string | null, horizon: RegisterHorizon): ParsedRegisterRow {
    if (text === null) return { ok: false, problem: { code: "LINE_TOO_LONG" } };
    if (text.includes("\ufffd") || text.includes("\0")) return { ok: false, problem: { code: "NOT_TEXT" } };
    const read = this.#records.read(text);
    return read.ok ? parseRegisterRow(read.record, horizon) : read;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }

  /** The file's bytes without its mark; an empty chunk stands for the end. */
  async *#chunks(): AsyncGenerator<Buffer> {
    yield this.#head.subarray(this.#bomBytes);
    // One buffer for the whole file: the splitter copies what it keeps.
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    for (;;) {
      const { bytesRead } = await this.#handle.read(buffer, 0, buffer.length, null);
      yield buffer.subarray(0, bytesRead);
      if (bytesRead === 0) return;
    }
  }
}

const encodingRefusals = {
  "UTF-16": "the file is UTF-16; save it as UTF-8 (in Excel: “CSV UTF-8”) and try again",
  UNKNOWN: "the file is neither UTF-8 nor GB18030 text; save it as UTF-8 and try again",
} as const;

async function openReadable(path: string): Promise<FileHandle> {
  try {
    const handle = await open(path, "r");
    if (!(await handle.stat()).isDirectory()) return handle;
    await handle.close();
  } catch (error) {
    throw new RegisterFileError(
      `the file cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})`,
    );
  }
  throw new RegisterFileError("the file cannot be read: it is a directory");
}

/** The first bytes, at least the first line and some text that is not ASCII, if they come early. */
async function readHead(handle: FileHandle): Promise<Buffer> {
  let head = Buffer.alloc(0);
  let isFound = false;
  while (head.length < SNIFF_BYTES) {
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(READ_BYTES), 0, READ_BYTES, null);
    if (bytesRead === 0) break;
    const fresh = buffer.subarray(0, bytesRead);
    head = Buffer.concat([head, fresh]);
    // One more chunk after the first find, so that a fair number of lines is judged.
    if (isFound) break;
    isFound = indexOfNonAscii(fresh) !== -1;
  }
  if (head.length === 0) throw new RegisterFileError("the file is empty");
  return head;
}

function recordsOf(path: string, head: Buffer, encoding: TextEncoding): RecordReader {
  const isJson =
    [".ndjson", ".jsonl"].includes(extname(path).toLowerCase()) ||
    head.toString("latin1").trimStart()[0] === "{";
  if (isJson) return jsonRecords();
  const lf = head.indexOf(0x0a);
  const header = lineDecoder(encoding)(head.subarray(0, lf === -1 ? head.length : lf));
  const records = csvRecords(header);
  if (!records.ok) throw new RegisterFileError(records.message);
  return records.reader;
}
