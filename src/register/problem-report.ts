import { type FileHandle, open, rm } from "node:fs/promises";
import { type RegisterProblem, registerProblems } from "../domain/register-problems.js";
import { csvField } from "./csv-line.js";

/** Excel takes a CSV file for UTF-8 only with the mark. */
const HEADER = "\ufeffline,code,column,detail,reason,原因\r\n";

/** The list of lines that were left out, a CSV file without anything personal in it; made when there is one to list. */
export class ProblemReport implements AsyncDisposable {
  #handle: FileHandle | null = null;

  constructor(readonly path: string) {}

  /** True once something has been reported. */
  get isWritten(): boolean {
    return this.#handle !== null;
  }

  async add(problems: readonly (RegisterProblem & { readonly line: number })[]): Promise<void> {
    if (problems.length === 0) return;
    if (!this.#handle) {
      this.#handle = await open(this.path, "w");
      await this.#handle.appendFile(HEADER);
    }
    await this.#handle.appendFile(problems.map(reportLine).join(""));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle?.close();
  }
}

function reportLine({ line, code, column, detail }: RegisterProblem & { readonly line: number }): string {
  const texts = registerProblems[code];
  const fields = [String(line), code, column ?? "", detail ?? "", texts.en, texts["zh-CN"]];
  return `${fields.map(csvField).join(",")}\r\n`;
}

/** Removes the report of an earlier import, so that it is not taken for this one's; any other file is left alone. */
export async function removeEarlierReport(path: string): Promise<void> {
  const expected = Buffer.from(HEADER);
  const found = Buffer.alloc(expected.length);
  const handle = await open(path, "r").catch(() => null);
  if (!handle) return;
  try {
    await handle.read(found, 0, found.length, 0);
  } finally {
    await handle.close();
  }
  if (found.equals(expected)) await rm(path);
}
