import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ConfigError, readConfig } from "./config.js";
import { loadKeys, readFaceVerifiers, writeKeyFileIfAbsent } from "./keys.js";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "changqing-keys-"));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

async function permissionsOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8);
}

function production(keysFile: string) {
  return readConfig({
    MODE: "production",
    DATABASE_URL: "postgresql://localhost/changqing",
    PUBLIC_URL: "https://api.example",
    KEYS_FILE: keysFile,
  });
}

interface KeyFile {
  sandbox: boolean;
  sealing: { current: number; keys: Record<string, string> };
  [more: string]: unknown;
}

async function changedKeyFile(change: (file: KeyFile) => void): Promise<string> {
  const path = join(directory, "keys.json");
  await writeKeyFileIfAbsent(path, false);
  const file = JSON.parse(await readFile(path, "utf8")) as KeyFile;
  change(file);
  await writeFile(path, JSON.stringify(file));
  return path;
}

describe("a new key file", () => {
  test("is readable by its owner alone", async () => {
    const path = join(directory, "made", "on", "the", "way", "keys.json");
    expect(await writeKeyFileIfAbsent(path, false)).toBe(true);
    expect(await permissionsOf(path)).toBe("600");
    expect(await permissionsOf(join(directory, "made"))).toBe("700");
  });

  test("leaves one that is there as it was", async () => {
    const path = join(directory, "keys.json");
    await writeKeyFileIfAbsent(path, false);
    const before = await readFile(path, "utf8");
    expect(await writeKeyFileIfAbsent(path, false)).toBe(false);
    expect(await readFile(path, "utf8")).toBe(before);
  });

  test("differs from every other one in every key", async () => {
    const files = await Promise.all(
      ["a.json", "b.json"].map(async (name) => {
        await writeKeyFileIfAbsent(join(directory, name), true);
        return loadKeys(readConfig({ MODE: "sandbox", KEYS_FILE: join(directory, name) }));
      }),
    );
    const [a, b] = files;
    expect(a?.sealing.index.keys.get(1)).not.toEqual(b?.sealing.index.keys.get(1));
    expect(a?.sealing.keys.get(1)).not.toEqual(b?.sealing.keys.get(1));
    expect(a?.cookie).not.toBe(b?.cookie);
    expect(a?.tokenSigning[0]?.d).not.toBe(b?.tokenSigning[0]?.d);
    expect(a?.sandboxFaceVerifier?.d).not.toBe(b?.sandboxFaceVerifier?.d);
  });

  test("for production verifies no sandbox faces", async () => {
    const path = join(directory, "keys.json");
    await writeKeyFileIfAbsent(path, false);
    expect((await loadKeys(production(path))).sandboxFaceVerifier).toBeUndefined();
  });
});

describe("the sandbox", () => {
  test("makes its keys at the first start, for its owner alone, and keeps them", async () => {
    const config = readConfig({ DATA_DIR: directory });
    const first = await loadKeys(config);
    expect(await permissionsOf(join(directory, "sandbox-keys.json"))).toBe("600");
    expect(await loadKeys(config)).toEqual(first);
    expect(first.sandbox).toBe(true);
  });

  test("makes no file where KEYS_FILE says there is one", async () => {
    const config = readConfig({ DATA_DIR: directory, KEYS_FILE: join(directory, "absent.json") });
    await expect(loadKeys(config)).rejects.toThrow(/absent\.json cannot be read \(ENOENT\)/);
  });
});

describe("production", () => {
  test("refuses sandbox keys", async () => {
    const path = join(directory, "keys.json");
    await writeKeyFileIfAbsent(path, true);
    await expect(loadKeys(production(path))).rejects.toThrow(ConfigError);
    await expect(loadKeys(production(path))).rejects.toThrow(/holds sandbox keys/);
  });

  test("makes no keys of its own", async () => {
    const path = join(directory, "keys.json");
    await expect(loadKeys(production(path))).rejects.toThrow(/cannot be read/);
    await expect(stat(path)).rejects.toThrow("ENOENT");
  });
});

const indexKey = Buffer.alloc(32, 3).toString("base64");
const withIndex = (index: unknown) => (file: KeyFile) => {
  file["index"] = index;
};

describe("a key file that does not fit is refused, without what stands in it", () => {
  test.each<[string, (file: KeyFile) => void, RegExp]>([
    ["short sealing key", (file) => (file.sealing.keys["1"] = "c2VjcmV0"), /sealing\.keys\.1/],
    ["no index key", (file) => delete file.index, /index/],
    ["short index key", (file) => (file.index = "c2VjcmV0"), /index/],
    ["no signing key", (file) => (file.tokenSigning = []), /tokenSigning/],
    ["a public signing key", (file) => (file.tokenSigning = [{ kty: "EC", kid: "a" }]), /tokenSigning\.0\.d/],
    ["a current key that is missing", (file) => (file.sealing.current = 2), /current sealing key/],
    [
      "a current index key that is missing",
      withIndex({ current: 2, keys: { 1: indexKey } }),
      /current index key/,
    ],
    ["an index version that is no byte", withIndex({ current: 256, keys: { 256: indexKey } }), /index/],
    ["a short index key of a later version", withIndex({ current: 1, keys: { 1: "c2VjcmV0" } }), /index/],
    ["a version that is no byte", (file) => (file.sealing.current = 256), /sealing\.current/],
  ])("%s", async (_, change, message) => {
    const attempt = loadKeys(production(await changedKeyFile(change)));
    await expect(attempt).rejects.toThrow(ConfigError);
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.not.toThrow(/c2VjcmV0/);
  });

  test("not JSON", async () => {
    const path = join(directory, "keys.json");
    await writeFile(path, "c2VjcmV0");
    await expect(loadKeys(production(path))).rejects.toThrow(/is not JSON$/);
  });

  test("a key of an earlier version stays usable beside the current one", async () => {
    const path = await changedKeyFile((file) => {
      file.sealing.keys["2"] = file.sealing.keys["1"] ?? "";
      file.sealing.current = 2;
    });
    const { sealing } = await loadKeys(production(path));
    expect(sealing.current).toBe(2);
    expect([...sealing.keys.keys()]).toEqual([1, 2]);
  });

  test("an index key that stands alone is version 1, and stays it when others stand beside it", async () => {
    const alone = await loadKeys(production(await changedKeyFile(withIndex(indexKey))));
    expect(alone.sealing.index).toEqual({ current: 1, keys: new Map([[1, Buffer.alloc(32, 3)]]) });
    await rm(join(directory, "keys.json"));
    const keys = { 1: indexKey, 2: Buffer.alloc(32, 4).toString("base64") };
    const beside = await loadKeys(production(await changedKeyFile(withIndex({ current: 2, keys }))));
    expect(beside.sealing.index.current).toBe(2);
    expect(beside.sealing.index.keys.get(1)).toEqual(Buffer.alloc(32, 3));
  });
});

describe("the file of face verifiers", () => {
  test("maps issuers to their keys", async () => {
    const path = join(directory, "verifiers.json");
    const key = { kty: "EC", crv: "P-256", x: "x", y: "y" };
    await writeFile(path, JSON.stringify({ "https://verifier.example": { keys: [key] } }));
    expect(await readFaceVerifiers(path)).toEqual(new Map([["https://verifier.example", [key]]]));
  });

  test.each(["", "[]", '{"https://verifier.example": {"keys": []}}', '{"https://verifier.example": []}'])(
    "%s is refused",
    async (text) => {
      const path = join(directory, "verifiers.json");
      await writeFile(path, text);
      await expect(readFaceVerifiers(path)).rejects.toThrow(ConfigError);
    },
  );

  test("that is missing is refused", async () => {
    await expect(readFaceVerifiers(join(directory, "absent.json"))).rejects.toThrow(/absent\.json/);
  });
});
