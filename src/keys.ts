import { randomBytes } from "node:crypto";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { JWK } from "jose";
import { z } from "zod";
import type { FaceVerifiers } from "./auth/face-verifiers.js";
import { type Config, ConfigError } from "./config.js";
import { changeKeyFile, newSigningKey, parseJson, readKeyFile } from "./key-file.js";
import { MAX_KEY_VERSION, type SealingKeys } from "./storage/sealing.js";

const base64 = (bytes: number) =>
  z
    .string()
    .transform((text) => Buffer.from(text, "base64"))
    .refine((key) => key.length === bytes, `must be ${bytes} bytes in base64`);
const version = z.number().int().min(1).max(MAX_KEY_VERSION);
const versioned = (bytes: number) =>
  z
    .object({ current: version, keys: z.record(z.string(), base64(bytes)) })
    .transform(({ current, keys }) => ({
      current,
      keys: new Map(Object.entries(keys).map(([text, key]) => [Number(text), key])),
    }));
const privateJwk = z.looseObject({
  kty: z.enum(["EC", "OKP"]),
  kid: z.string().min(1),
  d: z.string().min(1),
});

const keyFile = z.object({
  /** True in key files that a sandbox made for itself; production refuses them. */
  sandbox: z.boolean(),
  sealing: versioned(16),
  /** One key alone, as files have it until it is first rotated, is version 1. */
  index: z.union([base64(32).transform((key) => ({ current: 1, keys: new Map([[1, key]]) })), versioned(32)]),
  cookie: base64(32),
  tokenSigning: z.array(privateJwk).min(1),
  /** Absent in files of versions that gave no receipts. */
  receiptSigning: z.array(privateJwk).min(1).optional(),
  sandboxFaceVerifier: privateJwk.optional(),
});

export interface Keys {
  readonly sandbox: boolean;
  readonly sealing: SealingKeys;
  readonly cookie: string;
  /** Private keys that sign access tokens; the first one signs, all verify. */
  readonly tokenSigning: readonly JWK[];
  /** Private keys that sign receipts; the first one signs, all are published. */
  readonly receiptSigning: readonly JWK[];
  readonly sandboxFaceVerifier: JWK | undefined;
}

/** Keys from KEYS_FILE, or in the sandbox from a file in DATA_DIR that is made at the first start. */
export async function loadKeys(config: Config): Promise<Keys> {
  if (config.mode === "sandbox" && !config.keysFile) {
    const path = keyFilePath(config);
    await writeKeyFileIfAbsent(path, true);
    await addReceiptKeyIfAbsent(path);
  }
  return readKeys(config);
}

export function keyFilePath(config: Config): string {
  return config.keysFile ?? join(config.dataDir, "sandbox-keys.json");
}

/** As `loadKeys`, and writes nothing. */
export async function readKeys(config: Config): Promise<Keys> {
  const path = keyFilePath(config);
  const keys = parseKeyFile(path, await readKeyFile(path));
  if (config.mode === "production" && keys.sandbox) {
    throw new ConfigError(
      `${path} holds sandbox keys; make production keys with \`npm run cli -- keys generate FILE\``,
    );
  }
  return keys;
}

/** The sandbox's own file may be of an earlier version; a file that was given is never written to. */
async function addReceiptKeyIfAbsent(path: string): Promise<void> {
  const json = parseJson(path, await readKeyFile(path)) as { readonly receiptSigning?: unknown } | null;
  if (json?.receiptSigning !== undefined) return;
  const receiptSigning = [await newSigningKey("receipt")];
  await changeKeyFile(path, async (file) => ("receiptSigning" in file ? null : { ...file, receiptSigning }));
}

function parseKeyFile(path: string, text: string): Keys {
  const json = parseJson(path, text);
  const parsed = keyFile.safeParse(json);
  if (!parsed.success) {
    const places = parsed.error.issues.map((issue) => issue.path.join("."));
    throw new ConfigError(`the key file ${path} does not fit at: ${places.join(", ")}`);
  }
  const { sealing, index, receiptSigning } = parsed.data;
  if (!receiptSigning) {
    throw new ConfigError(
      `the key file ${path} has no key for receipts yet; add one with \`npm run cli -- keys rotate-signing ${path} receipt\``,
    );
  }
  for (const [kind, { current, keys }] of Object.entries({ sealing, index })) {
    if (!keys.has(current)) throw new ConfigError(`the key file ${path} lacks its current ${kind} key`);
  }
  return {
    sandbox: parsed.data.sandbox,
    sealing: { ...sealing, index },
    cookie: parsed.data.cookie.toString("base64"),
    tokenSigning: parsed.data.tokenSigning.map(usable),
    receiptSigning: receiptSigning.map(usable),
    sandboxFaceVerifier: parsed.data.sandboxFaceVerifier as JWK | undefined,
  };
}

/** Without the file's own note on it. */
function usable({ prepared: _note, ...key }: z.infer<typeof privateJwk>): JWK {
  return key as JWK;
}

/** Writes fresh keys, readable by the owner alone; an existing file is never touched. False when it was there. */
export async function writeKeyFileIfAbsent(path: string, sandbox: boolean): Promise<boolean> {
  const file = {
    sandbox,
    sealing: { current: 1, keys: { "1": randomBytes(16).toString("base64") } },
    index: randomBytes(32).toString("base64"),
    cookie: randomBytes(32).toString("base64"),
    tokenSigning: [await newSigningKey("token")],
    receiptSigning: [await newSigningKey("receipt")],
    ...(sandbox ? { sandboxFaceVerifier: await newSigningKey("sandbox-face-verifier") } : {}),
  };
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    await writeFile(path, `${JSON.stringify(file, null, 2)}\n`, { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
  await chmod(path, 0o600);
  return true;
}

const verifierFile = z.record(
  z.string().min(1),
  z.object({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) }),
);

/** FACE_VERIFIERS_FILE: an object from issuer to JWK set. */
export async function readFaceVerifiers(path: string): Promise<FaceVerifiers> {
  try {
    const parsed = verifierFile.parse(JSON.parse(await readFile(path, "utf8")));
    return new Map(Object.entries(parsed).map(([issuer, set]) => [issuer, set.keys as JWK[]]));
  } catch {
    throw new ConfigError(`${path} is not a readable JSON object from issuer to JWK set`);
  }
}
