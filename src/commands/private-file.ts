import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Another file stands where this one belongs, and it is not the same. */
export class FileDiffers extends Error {
  override readonly name = "FileDiffers";

  constructor(readonly path: string) {
    super(`${path} is there already and differs`);
  }
}

/**
 * A file for its owner's eyes, written under another name beside its place and put there when it is whole. Never takes
 * the place of a file that differs; disposed of before that, it leaves nothing behind.
 */
export class PrivateFile implements AsyncDisposable {
  readonly #hash = createHash("sha256");
  #sha256: string | undefined;

  private constructor(
    readonly path: string,
    private readonly written: string,
    private readonly handle: FileHandle,
  ) {}

  static async create(path: string): Promise<PrivateFile> {
    const written = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
    return new PrivateFile(path, written, await open(written, "wx", 0o600));
  }

  async append(text: string): Promise<void> {
    this.#hash.update(text);
    await this.handle.appendFile(text);
  }

  /** Of all that was written; nothing can be added afterwards. */
  sha256(): string {
    this.#sha256 ??= this.#hash.digest("hex");
    return this.#sha256;
  }

  async refuseToReplace(): Promise<void> {
    const there = await sha256Of(this.path);
    if (there !== null && there !== this.sha256()) throw new FileDiffers(this.path);
  }

  async place(): Promise<void> {
    await this.refuseToReplace();
    await this.handle.sync();
    await rename(this.written, this.path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.handle.close();
    await rm(this.written, { force: true });
  }
}

async function sha256Of(path: string): Promise<string | null> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
    return hash.digest("hex");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
