import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Keeps sealed files under the SHA-256 of what is in them, in hexadecimal; the same one again changes nothing. */
export interface EvidenceStore {
  /** Resolves when the file would survive a crash of this process. */
  put(sha256: string, sealed: Buffer): Promise<void>;
  has(sha256: string): Promise<boolean>;
  get(sha256: string): Promise<Buffer | null>;
  /** Of a sealed file, the key version; read without the rest. */
  firstByte(sha256: string): Promise<number | null>;
}

/** Where the files are, by configuration. */
export type EvidenceStoreOptions =
  | { readonly kind: "directory"; readonly directory: string }
  | {
      readonly kind: "s3";
      readonly bucket: string;
      readonly region: string;
      /** Absent for AWS itself. */
      readonly endpoint: string | undefined;
    };

/** The store did not answer as it should; nothing is known to be stored. */
export class EvidenceStoreUnavailable extends Error {
  override readonly name = "EvidenceStoreUnavailable";

  constructor(cause: unknown) {
    super("the evidence store did not answer", { cause });
  }
}

/** Files in a directory, readable by the owner alone. */
export class DirectoryEvidenceStore implements EvidenceStore {
  constructor(private readonly directory: string) {}

  async put(sha256: string, sealed: Buffer): Promise<void> {
    const path = this.#pathOf(sha256);
    const part = `${path}.${randomUUID()}.part`;
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await using file = await open(part, "wx", 0o600);
      await file.writeFile(sealed);
      await file.sync();
      // Whole or not at all, however many write the same file at once.
      await rename(part, path);
      await using folder = await open(dirname(path), "r");
      await folder.sync();
    } catch (error) {
      await rm(part, { force: true }).catch(() => undefined);
      throw new EvidenceStoreUnavailable(error);
    }
  }

  async has(sha256: string): Promise<boolean> {
    return (await unlessAbsent(stat(this.#pathOf(sha256)))) !== null;
  }

  get(sha256: string): Promise<Buffer | null> {
    return unlessAbsent(readFile(this.#pathOf(sha256)));
  }

  firstByte(sha256: string): Promise<number | null> {
    return unlessAbsent(
      open(this.#pathOf(sha256), "r").then(async (opened) => {
        await using file = opened;
        const { bytesRead, buffer } = await file.read(Buffer.alloc(1), 0, 1, 0);
        return bytesRead === 1 ? buffer.readUInt8(0) : null;
      }),
    );
  }

  #pathOf(sha256: string): string {
    return join(this.directory, sha256.slice(0, 2), `${sha256}.sealed`);
  }
}

async function unlessAbsent<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new EvidenceStoreUnavailable(error);
  }
}
