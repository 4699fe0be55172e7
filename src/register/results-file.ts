import { type FileHandle, open } from "node:fs/promises";

const LF = 0x0a;

/** Results, a JSON line each, that a later run goes on with: a last line that a crash cut off is taken away first. */
export class ResultsFile implements AsyncDisposable {
  private constructor(
    private readonly handle: FileHandle,
    /** Lines of an earlier run. */
    readonly linesBefore: number,
  ) {}

  static async open(path: string): Promise<ResultsFile> {
    const handle = await open(path, "a+");
    try {
      const { lines, bytes } = await wholeLines(handle);
      await handle.truncate(bytes);
      return new ResultsFile(handle, lines);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async add(results: readonly object[]): Promise<void> {
    await this.handle.appendFile(results.map((result) => `${JSON.stringify(result)}\n`).join(""));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.handle.close();
  }
}

async function wholeLines(handle: FileHandle): Promise<{ readonly lines: number; readonly bytes: number }> {
  let lines = 0;
  let bytes = 0;
  let read = 0;
  for await (const chunk of handle.createReadStream({ start: 0, autoClose: false })) {
    const text = chunk as Buffer;
    for (let at = text.indexOf(LF); at !== -1; at = text.indexOf(LF, at + 1)) {
      lines += 1;
      bytes = read + at + 1;
    }
    read += text.length;
  }
  return { lines, bytes };
}
