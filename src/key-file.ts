import { randomBytes } from "node:crypto";
import { type FileHandle, open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { exportJWK, generateKeyPair, type JWK } from "jose";
import { ConfigError } from "./config.js";

/** What is signed by keys of the key file: access tokens, and the receipts of certifications. */
export const signingPurposes = ["token", "receipt"] as const;
export type SigningPurpose = (typeof signingPurposes)[number];

export type KeyFileJson = Record<string, unknown>;

export const listOf = { token: "tokenSigning", receipt: "receiptSigning" } as const satisfies Record<
  SigningPurpose,
  string
>;

/** A private key of a list: the first one signs, all are published. */
export interface StoredSigningKey extends JWK {
  readonly kid: string;
  /** Published ahead of its use: the next rotation makes it the one that signs. */
  readonly prepared?: boolean;
}

const WAIT_MS = 5_000;
const LOOK_AGAIN_MS = 50;

export async function newSigningKey(purpose: string): Promise<StoredSigningKey> {
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: `${purpose}-${randomBytes(6).toString("hex")}`, alg: "ES256", use: "sig" };
}

export async function readKeyFile(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new ConfigError(
      `the key file ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})`,
    );
  }
}

export function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ConfigError(`the key file ${path} is not JSON`);
  }
}

/**
 * Changes a key file in place: whoever reads it sees all of the old one or all of the new one, and of two who change it
 * at once the second one begins with what the first one left. `change` returns null to leave it as it is.
 */
export async function changeKeyFile(
  given: string,
  change: (file: KeyFileJson) => Promise<KeyFileJson | null>,
): Promise<void> {
  // Where a link leads: the link itself stays.
  const path = await realpath(given).catch(() => given);
  const draft = `${path}.new`;
  const handle = await claim(draft, path);
  let renamed = false;
  try {
    const json = parseJson(path, await readKeyFile(path));
    if (json === null || typeof json !== "object" || Array.isArray(json))
      throw new ConfigError(`the key file ${path} is not a JSON object`);
    const changed = await change(json as KeyFileJson);
    if (changed === null) return;
    await handle.writeFile(`${JSON.stringify(changed, null, 2)}\n`);
    await keepOwnerAndMode(handle, path);
    await handle.sync();
    await rename(draft, path);
    renamed = true;
  } finally {
    await handle.close();
    if (!renamed) await rm(draft, { force: true });
  }
}

/** A file that root has rotated must stay readable to the service. */
async function keepOwnerAndMode(handle: FileHandle, path: string): Promise<void> {
  const before = await stat(path);
  const now = await handle.stat();
  if (before.uid !== now.uid || before.gid !== now.gid) {
    await handle.chown(before.uid, before.gid).catch(() => {
      throw new ConfigError(`the key file ${path} belongs to someone else: change it as its owner`);
    });
  }
  await handle.chmod(before.mode & 0o777);
}

/** The draft is the lock: it can be made once, and renaming it over the file gives it up. */
async function claim(draft: string, path: string): Promise<FileHandle> {
  for (let waitedMs = 0; ; waitedMs += LOOK_AGAIN_MS) {
    try {
      return await open(draft, "wx", 0o600);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "EEXIST")
        throw new ConfigError(`the key file ${path} cannot be changed (${code ?? "unknown"})`);
      if (waitedMs >= WAIT_MS)
        throw new ConfigError(`${draft} is left over from a change that was cut short: delete it`);
      await sleep(LOOK_AGAIN_MS);
    }
  }
}
