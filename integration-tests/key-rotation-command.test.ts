import { copyFile, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runKeyRotation } from "../src/commands/key-rotation-command.js";
import { readConfig } from "../src/config.js";
import { loadKeys } from "../src/keys.js";
import { appendAudit } from "../src/storage/audit.js";
import { registerFile } from "../src/storage/evidence-files.js";
import { newId, newPensionerKey } from "../src/storage/ids.js";
import { openStorage } from "../src/storage/open.js";
import { openEvidenceStore } from "../src/storage/open-evidence-store.js";
import { places, Sealing } from "../src/storage/sealing.js";
import { auditEntry, identityDocument } from "../src/storage/tables.js";
import { sha256Of } from "./testkit/employer.js";
import { buildFile } from "./testkit/evidence-uploads.js";
import {
  type CommandResult,
  type ImportEnvironment,
  importCommand,
  newImportEnvironment,
  Recorder,
} from "./testkit/import-environment.js";
import { buildRecord, csvFile } from "./testkit/register-text.js";

const PEOPLE = 12;

let environment: ImportEnvironment;
let register: string;
let keys: string;

beforeAll(async () => {
  environment = await newImportEnvironment({ migrated: true });
  register = join(environment.directory, "register.csv");
  keys = join(environment.dataDir, "sandbox-keys.json");
  await writeFile(register, csvFile(...Array.from({ length: PEOPLE }, () => buildRecord())));
  expect(await importCommand([register], environment.env)).toMatchObject({ exitCode: 0 });
});

afterAll(() => environment[Symbol.asyncDispose]());

async function command(...args: (string | Readonly<Record<string, string>>)[]) {
  const output = { stdout: new Recorder(), stderr: new Recorder() };
  const words = args.filter((arg) => typeof arg === "string");
  const more = args.filter((arg) => typeof arg !== "string");
  const exitCode = await runKeyRotation(words, Object.assign({}, environment.env, ...more), output);
  return { exitCode, stdout: output.stdout.text, stderr: output.stderr.text };
}

async function versionsInFile() {
  const { sealing, index } = JSON.parse(await readFile(keys, "utf8")) as {
    sealing: { current: number; keys: object };
    index: string | { current: number; keys: object };
  };
  const of = (stored: typeof sealing) => [stored.current, ...Object.keys(stored.keys)].join(" ");
  return { sealing: of(sealing), index: typeof index === "string" ? "alone" : of(index) };
}

/** The lines of `keys status`, one space between words. */
async function statusLines(): Promise<string[]> {
  const { stdout, exitCode } = await command("status");
  expect(exitCode).toBe(0);
  return stdout.split("\n").map((line) => line.trim().replaceAll(/ +/g, " "));
}

test("an operator rotates both kinds of keys by the commands", async () => {
  const first = join(environment.directory, "first-keys.json");
  await copyFile(keys, first);
  expect(await statusLines()).toEqual(
    expect.arrayContaining([
      "sealing keys: version 1 is current, 1 at hand",
      `pensioner.name_sealed version 1 ${PEOPLE}`,
      "version 1: current; 0 running processes write under it",
      "index keys: version 1 is current, 1 at hand",
      `identity_document.blind_index version 1 ${PEOPLE}`,
    ]),
  );

  // At hand, then current.
  expect(await command("add-sealing", keys, "--inactive")).toMatchObject({
    exitCode: 0,
    stderr: expect.stringContaining("then run keys activate-sealing"),
  });
  expect(await versionsInFile()).toEqual({ sealing: "1 1 2", index: "alone" });
  expect(await command("activate-sealing", keys, "2")).toMatchObject({ exitCode: 0 });
  expect(await command("add-index", keys)).toMatchObject({
    exitCode: 0,
    stderr: expect.stringContaining("then run keys reindex"),
  });
  expect(await versionsInFile()).toEqual({ sealing: "2 1 2", index: "2 1 2" });
  expect((await stat(keys)).mode & 0o777).toBe(0o600);

  // Nothing is retired that is needed.
  for (const kind of ["sealing", "index"]) {
    const refused = await command(`retire-${kind}`, keys, "1");
    expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
    expect(refused.stderr).toContain(`${kind} key version 1 is still needed`);
  }
  expect(await versionsInFile()).toEqual({ sealing: "2 1 2", index: "2 1 2" });
  expect(await statusLines()).toContain(
    `version 1: not to be retired: needed by ${3 * PEOPLE} values; 0 running processes write under it`,
  );
  await expect(importWith(first)).resolves.toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining("the key file lacks sealing key version 2, which is in use"),
  });

  expect(await command("reseal")).toMatchObject({
    exitCode: 0,
    stdout: `${3 * PEOPLE} values brought to sealing key version 2\n`,
  });
  expect(await command("reindex")).toMatchObject({
    exitCode: 0,
    stdout: `${3 * PEOPLE} values brought to index key version 2\n`,
  });
  expect(await command("reseal")).toMatchObject({ stdout: "0 values brought to sealing key version 2\n" });
  const lines = await statusLines();
  expect(lines.filter((line) => line.startsWith("version 1: may be retired"))).toHaveLength(2);

  for (const kind of ["sealing", "index"]) {
    expect(await command(`retire-${kind}`, keys, "1")).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining("need the former file"),
    });
    // Once more changes nothing.
    expect(await command(`retire-${kind}`, keys, "1")).toMatchObject({ exitCode: 0 });
  }
  expect(await versionsInFile()).toEqual({ sealing: "2 2", index: "2 2" });
  expect((await statusLines()).filter((line) => line.includes("version 1"))).toEqual([]);
  const again = await importWith(keys);
  expect(again.exitCode).toBe(0);
  expect(again.stdout).toMatch(new RegExp(`pensioners unchanged +${PEOPLE}\n`));
});

function importWith(keysFile: string): Promise<CommandResult> {
  return importCommand([register], { ...environment.env, KEYS_FILE: keysFile });
}

test("a value that was altered is told of and left as it is, and keeps its key", async () => {
  const alter = async (change: (sealed: Buffer) => Buffer) => {
    await using database = await openStorage(readConfig(environment.env));
    const { pensionerId, numberSealed } = identityDocument;
    const [row] = await database.db.select().from(identityDocument).orderBy(pensionerId).limit(1);
    if (!row) throw new Error("nobody is there");
    await database.db
      .update(identityDocument)
      .set({ numberSealed: change(row.numberSealed) })
      .where(eq(pensionerId, row.pensionerId));
    return numberSealed.name;
  };
  const flipped = (sealed: Buffer) => {
    const altered = Buffer.from(sealed);
    altered.writeUInt8(altered.readUInt8(20) ^ 1, 20);
    return altered;
  };
  await alter(flipped);
  await command("add-sealing", keys);
  await command("add-index", keys);
  const resealed = await command("reseal");
  expect(resealed).toMatchObject({
    exitCode: 1,
    stdout: `${3 * PEOPLE - 1} values brought to sealing key version 3\n`,
  });
  expect(resealed.stderr).toContain("1 values of identity_document.number_sealed are still under version 2");
  expect(resealed.stderr).toContain("1 values cannot be read");
  const reindexed = await command("reindex");
  expect(reindexed).toMatchObject({ exitCode: 1 });
  expect(reindexed.stderr).toContain("1 values of identity_document.blind_index are still under version 2");
  expect(await command("retire-sealing", keys, "2")).toMatchObject({ exitCode: 1 });
  await alter(flipped);
  expect(await command("reseal")).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^1 values/) });
  expect(await command("reindex")).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^1 values/) });
  expect(await command("retire-sealing", keys, "2")).toMatchObject({ exitCode: 0 });
});

test("a sealing key by which the audit chains' reasons are read is kept", async () => {
  const config = readConfig({ ...environment.env, KEYS_FILE: keys });
  const { sealing } = await loadKeys(config);
  const subjectId = newId();
  {
    await using database = await openStorage(config);
    const reason = new Sealing(sealing).seal("来电核对身份", places.identityRevealReason(subjectId));
    await database.transact((tx) =>
      appendAudit(tx, {
        ...newPensionerKey(),
        clientId: "staff",
        operation: "identityReveal",
        requestId: "request",
        at: "2026-06-15T02:00:00Z",
        subjectId,
        outcome: "REVEALED",
        reasonSealed: reason.toString("base64"),
      }),
    );
  }
  await command("add-sealing", keys);
  expect(await command("reseal")).toMatchObject({ exitCode: 0 });
  expect(await command("retire-sealing", keys, String(sealing.current))).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining(
      "1 values of audit_entry.entry: reasons in the audit chains, which are never written again",
    ),
  });
  const written = await auditedKeyWork();
  expect(written).toEqual(
    expect.arrayContaining([
      "keysReseal sealing 2 STARTED",
      `keysReseal sealing 2 FINISHED replaced=${3 * PEOPLE}`,
      "keysRetire index 1 RETIRED",
      "keysRetire index 1 NOT IN USE",
      `keysReseal sealing 4 FINISHED replaced=${3 * PEOPLE}`,
    ]),
  );
});

async function auditedKeyWork(): Promise<string[]> {
  await using database = await openStorage(readConfig(environment.env));
  const entries = (await database.db.select().from(auditEntry)).map(
    ({ entry }) => JSON.parse(entry) as Record<string, string>,
  );
  return entries
    .filter(({ operation }) => operation?.startsWith("keys"))
    .map(({ operation, subjectId, outcome }) => [operation, subjectId, outcome].join(" "));
}

test("evidence files are sealed again, and keep every key while they are not found", async () => {
  const config = readConfig({ ...environment.env, KEYS_FILE: keys });
  const store = openEvidenceStore(config.evidence.store);
  const file = buildFile("pdf");
  const sha256 = sha256Of(file);
  const { sealing } = await loadKeys(config);
  const sealer = new Sealing(sealing).sealer(places.evidenceFile(sha256));
  sealer.push(file);
  await store.put(sha256, sealer.finish());
  await command("add-sealing", keys);
  const version = sealing.current + 1;
  {
    await using database = await openStorage(config);
    await registerFile(database.db, {
      clientId: "employer",
      sha256: Buffer.from(sha256, "hex"),
      mediaType: "application/pdf",
      bytes: file.length,
      createdAt: new Date(),
    });
  }
  const elsewhere = { EVIDENCE_DIR: join(environment.directory, "another-place") };
  const misled = await command("reseal", elsewhere);
  expect(misled).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(new RegExp(`^${3 * PEOPLE} `)) });
  expect(await command("retire-sealing", keys, String(sealing.current), elsewhere)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining("1 values of evidence files: not in the evidence store"),
  });
  expect(await command("retire-sealing", keys, String(sealing.current))).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining("1 values of evidence files: run keys reseal"),
  });
  expect(await command("reseal")).toMatchObject({
    exitCode: 0,
    stdout: `1 values brought to sealing key version ${version}\n`,
  });
  expect(await store.firstByte(sha256)).toBe(version);
  const resealed = (await store.get(sha256)) ?? Buffer.alloc(0);
  const after = new Sealing((await loadKeys(config)).sealing);
  expect(after.openBytes(resealed, places.evidenceFile(sha256)).equals(file)).toBe(true);
});

describe("what is not meant is not done", () => {
  test.each([
    [[]],
    [["rotate"]],
    [["status", "file"]],
    [["reseal", "file"]],
    [["reseal", "--inactive"]],
    [["add-sealing"]],
    [["add-sealing", "file", "2"]],
    [["add-sealing", "file", "--active"]],
    [["activate-index", "file"]],
    [["activate-index", "file", "2", "--inactive"]],
    [["retire-index", "file", "two"]],
    [["retire-index", "file", "0"]],
    [["retire-index", "file", "1.5"]],
  ])("%j is no command of these", async (args) => {
    expect(await command(...args)).toEqual({ exitCode: null, stdout: "", stderr: "" });
  });

  test("the current version is not retired, an unknown one not made current", async () => {
    const before = await readFile(keys, "utf8");
    await expect(command("retire-index", keys, "3")).rejects.toThrow(
      "index key version 3 is the current one",
    );
    await expect(command("activate-sealing", keys, "9")).rejects.toThrow("has no sealing key version 9");
    await expect(command("add-index", join(environment.directory, "absent.json"))).rejects.toThrow("ENOENT");
    expect(await readFile(keys, "utf8")).toBe(before);
  });
});
