import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ConfigError, readConfig } from "../config.js";
import { changeKeyFile } from "../key-file.js";
import { loadKeys, writeKeyFileIfAbsent } from "../keys.js";
import { runKeys } from "./keys-command.js";

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "changqing-keys-"));
  path = join(directory, "keys.json");
  await writeKeyFileIfAbsent(path, false);
});

afterEach(() => rm(directory, { recursive: true, force: true }));

class Recorder extends Writable {
  text = "";
  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

async function keys(...args: string[]) {
  const [stdout, stderr] = [new Recorder(), new Recorder()];
  const exitCode = await runKeys(args, { stdout, stderr });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

function load() {
  return loadKeys(
    readConfig({
      MODE: "production",
      DATABASE_URL: "postgresql://localhost/changqing",
      PUBLIC_URL: "https://api.example",
      KEYS_FILE: path,
    }),
  );
}

async function kids() {
  const { tokenSigning, receiptSigning } = await load();
  return { token: tokenSigning.map(({ kid }) => kid), receipt: receiptSigning.map(({ kid }) => kid) };
}

async function change(with_: (file: Record<string, unknown>) => void): Promise<void> {
  const file = JSON.parse(await readFile(path, "utf8"));
  with_(file);
  await writeFile(path, JSON.stringify(file));
}

describe("rotating", () => {
  test("a new key signs, the old one still verifies, nothing else changes", async () => {
    const before = await load();
    const [token, receipt] = [before.tokenSigning[0]?.kid, before.receiptSigning[0]?.kid];
    expect((await keys("rotate-signing", path, "receipt")).exitCode).toBe(0);
    const after = await load();
    expect(after.receiptSigning.map(({ kid }) => kid)).toEqual([
      expect.stringMatching(/^receipt-[0-9a-f]{12}$/),
      receipt,
    ]);
    expect({ ...after, receiptSigning: [] }).toEqual({ ...before, receiptSigning: [] });
    await keys("rotate-signing", path);
    const both = await kids();
    expect([both.token.length, both.receipt.length]).toEqual([2, 3]);
    expect(both.token.at(-1)).toBe(token);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(directory)).toEqual(["keys.json"]);
  });

  test("prepared first, a key is published, and signs after the next rotation", async () => {
    const before = await kids();
    expect((await keys("rotate-signing", path, "token", "--prepare")).stderr).toMatch(/is published/);
    const prepared = await kids();
    expect(prepared.token).toEqual([...before.token, expect.stringMatching(/^token-/)]);
    expect((await keys("list", path)).stdout).toMatch(
      /token .* signs\ntoken .* prepared: .*\nreceipt .* signs\n/,
    );
    await expect(keys("rotate-signing", path, "token", "--prepare")).rejects.toThrow(/prepared already/);
    await keys("rotate-signing", path, "token");
    expect((await kids()).token).toEqual([...prepared.token].reverse());
    expect((await load()).tokenSigning.every((key) => !("prepared" in key))).toBe(true);
  });

  test("retiring takes an old key away, and refuses the one that signs", async () => {
    await keys("rotate-signing", path, "token");
    const [signing = "", old = ""] = (await kids()).token as string[];
    await expect(keys("retire-signing", path, signing)).rejects.toThrow(/rotate first/);
    expect((await keys("retire-signing", path, old)).exitCode).toBe(0);
    expect((await kids()).token).toEqual([signing]);
    await expect(keys("retire-signing", path, old)).rejects.toThrow(/no signing key/);
  });

  test("several at once lose nothing of each other's", async () => {
    await Promise.all(Array.from({ length: 6 }, () => keys("rotate-signing", path, "receipt")));
    const { receipt } = await kids();
    expect(new Set(receipt).size).toBe(7);
  });

  test("a link to the file stays a link", async () => {
    const link = join(directory, "link.json");
    await symlink(path, link);
    await keys("rotate-signing", link, "token");
    expect((await kids()).token).toHaveLength(2);
    expect(await readFile(link, "utf8")).toBe(await readFile(path, "utf8"));
  });

  test("a change that was cut short is told, and a failed one leaves the file", async () => {
    const before = await readFile(path, "utf8");
    await expect(changeKeyFile(path, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await readdir(directory)).toEqual(["keys.json"]);
    await writeFile(`${path}.new`, "");
    await expect(keys("rotate-signing", path)).rejects.toThrow(/keys\.json\.new is left over/);
    expect(await readFile(path, "utf8")).toBe(before);
  }, 20_000);

  test.each([
    ["absent.json", null],
    ["no.json", "no JSON"],
    ["list.json", "[]"],
    ["empty.json", "{}"],
  ])("%s is refused", async (name, text) => {
    const other = join(directory, name);
    if (text !== null) await writeFile(other, text);
    await expect(keys("rotate-signing", other)).rejects.toThrow(ConfigError);
    expect((await readdir(directory)).filter((file) => file.endsWith(".new"))).toEqual([]);
  });

  test.each([
    [[]],
    [["rotate-signing"]],
    [["rotate-signing", "f", "sealing"]],
    [["rotate-signing", "f", "token", "receipt"]],
    [["retire-signing", "f"]],
    [["generate", "f", "--prepare"]],
    [["list"]],
    [["nonsense", "f"]],
  ])("%j is no command", async (args) => {
    expect(await keys(...args)).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/^usage/) });
  });
});

describe("a key file from before there were receipts", () => {
  test("is refused in production with the command that adds a key, and that command does", async () => {
    await change((file) => delete file["receiptSigning"]);
    await expect(load()).rejects.toThrow(
      /add one with `npm run cli -- keys rotate-signing .*keys\.json receipt`/,
    );
    const { stderr } = await keys("rotate-signing", path, "receipt");
    expect(stderr).toMatch(/it is the first one/);
    expect((await load()).receiptSigning).toHaveLength(1);
  });

  test("of a sandbox gets one at the next start, once", async () => {
    const config = readConfig({ DATA_DIR: directory });
    await loadKeys(config);
    path = join(directory, "sandbox-keys.json");
    const before = JSON.parse(await readFile(path, "utf8"));
    await change((file) => delete file["receiptSigning"]);
    const loaded = await Promise.all([loadKeys(config), loadKeys(config), loadKeys(config)]);
    const [first] = loaded;
    for (const each of loaded) expect(each).toEqual(first);
    expect(first?.receiptSigning).toHaveLength(1);
    expect(JSON.parse(await readFile(path, "utf8"))).toEqual({
      ...before,
      receiptSigning: [expect.objectContaining({ kid: first?.receiptSigning[0]?.kid })],
    });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test("an empty list is no list", async () => {
    await change((file) => (file["receiptSigning"] = []));
    await expect(load()).rejects.toThrow(/does not fit at: receiptSigning/);
  });
});
