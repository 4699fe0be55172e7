import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApp } from "../src/app.js";
import { runEmployer } from "../src/commands/employer-command.js";
import { readConfig } from "../src/config.js";
import { loadKeys } from "../src/keys.js";
import { createLogger } from "../src/logging.js";
import type { ToldResult } from "../src/operations/line-results.js";
import { openStorage } from "../src/storage/open.js";
import { accessLog, certification } from "../src/storage/tables.js";
import { buildItem } from "./testkit/employer.js";
import { type ImportEnvironment, newImportEnvironment, runCommand } from "./testkit/import-environment.js";
import { buildPeople, buildPerson, importPeople } from "./testkit/people.js";

let environment: ImportEnvironment;
let env: Readonly<Record<string, string>>;

const people = buildPeople(260, { employerCode: "E1", lastCertifiedOn: "2025-02-11" });
const foreign = buildPerson({ employerCode: "E2", lastCertifiedOn: "2025-02-11" });

beforeAll(async () => {
  environment = await newImportEnvironment({ migrated: true });
  env = { ...environment.env, SANDBOX_CLOCK: "2026-05-12T02:00:00Z", LOG_LEVEL: "silent" };
  const config = readConfig(env);
  const keys = await loadKeys(config);
  await using app = await createApp(config, { keys, logger: createLogger("silent") });
  await importPeople(app, [...people, foreign]);
});

afterAll(() => environment[Symbol.asyncDispose]());

const pathOf = (name: string) => join(environment.directory, name);

async function submitting(text: string, name = "items.jsonl", args: readonly string[] = [], isTTY = false) {
  const [file, results] = [pathOf(name), pathOf(`${name}.results`)];
  await writeFile(file, text);
  const given = ["submit", file, "--client", "sandbox-employer", "--employer", "E1", "--results", results];
  const result = await runCommand(runEmployer, [...given, ...args], env, isTTY);
  return { ...result, results: existsSync(results) ? toldIn(await readFile(results, "utf8")) : [] };
}

function toldIn(text: string): ToldResult[] {
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as ToldResult);
}

async function counts() {
  await using database = await openStorage(readConfig(env));
  const { db } = database;
  return {
    certifications: (await db.select().from(certification)).length,
    reads: (await db.select().from(accessLog)).length,
  };
}

const lineOf = (person: (typeof people)[number]) => `${JSON.stringify(buildItem(person))}\n`;

describe("employer submit", () => {
  test("E4, E6 hands in a file line by line, and the same file again gives the same results", async () => {
    const text = people.slice(0, 205).map(lineOf).join("");
    const before = await counts();
    const first = await submitting(text);
    expect(first).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(/^submitting \d+ bytes\n$/) });
    expect(first.stdout).toMatch(
      /^lines +205\nunder review +205\nrejected +0\nrefused +0\nfailed +0\nseconds +\d+\.\d\nlines\/s +\d+\nresults +\S+\n$/,
    );
    expect(first.results.map(({ line }) => line)).toEqual(Array.from({ length: 205 }, (_, at) => at + 1));
    expect(first.results.every(({ outcome }) => outcome === "PENDING")).toBe(true);
    const again = await submitting(text, "items.jsonl", ["--quiet"]);
    expect(again).toMatchObject({ exitCode: 0, stderr: "" });
    expect(again.results).toEqual(first.results);
    // The second time the reads are recorded, and nothing else is written.
    expect(await counts()).toEqual({
      certifications: before.certifications + 205,
      reads: before.reads + 410,
    });
    // Under another name it is the same file; with another line it is another one.
    expect((await submitting(text, "renamed.jsonl")).results).toEqual(first.results);
    const other = await submitting(`${text}\n`, "longer.jsonl");
    expect(other.exitCode).toBe(1);
    expect(other.results.every(({ errors }) => errors[0]?.code === "WRONG_STATE")).toBe(true);
  });

  test("a bad line is told with its number, the others go in, and the exit code is 1", async () => {
    const [good, bad] = people.slice(210);
    if (!good || !bad) throw new Error("no one");
    const incomplete = `${JSON.stringify(buildItem(bad, { shows: ["FACE"] }))}\n`;
    const text = `\ufeff${lineOf(good)}\n{"subject":\n${lineOf(foreign)}${incomplete}`;
    const { exitCode, stdout, results } = await submitting(text, "bad.jsonl", ["--language", "en"]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/under review +1\nrejected +1\nrefused +2\nfailed +0\n/);
    expect(results.map(({ line, outcome, errors }) => [line, outcome, errors[0]?.code])).toEqual([
      [1, "PENDING", undefined],
      [3, "REFUSED", "INVALID_INPUT"],
      [4, "REFUSED", "NOT_IN_SCOPE"],
      [5, "REJECTED", "PHOTO_INCOMPLETE"],
    ]);
    expect(results[1]?.errors[0]?.message).toBe("The line is not JSON.");
    expect(JSON.stringify(results)).not.toContain(foreign.name);
  });

  test("a terminal gets a bar", async () => {
    const { stderr } = await submitting(lineOf(people[220] ?? foreign), "bar.jsonl", [], true);
    expect(stderr).toContain("100% | 1 lines | 0 failed");
  });

  test.each<[string, readonly string[], RegExp]>([
    ["a client that is not there", ["--client", "nobody"], /no channel's client nobody/],
    ["staff", ["--client", "sandbox-staff"], /no channel's client sandbox-staff/],
    [
      "another channel's client",
      ["--client", "sandbox-icbc-app"],
      /This channel does not certify in this way/,
    ],
    ["an employer that cannot be", ["--employer", "海淀"], /An employer's code is/],
    ["results in no directory", ["--results", "/nowhere/results"], /cannot be written \(ENOENT\)/],
  ])("%s: one line says so", async (_, args, message) => {
    const { exitCode, stdout, stderr } = await submitting(lineOf(people[230] ?? foreign), "who.jsonl", args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  test("a file that is empty, missing, too long or the results themselves is refused before anything is done", async () => {
    expect((await submitting("", "empty.jsonl")).stderr).toMatch(/the file is empty/);
    expect((await submitting("{}\n".repeat(100_001), "long.jsonl")).stderr).toMatch(/at most 100,000 lines/);
    expect(
      (await submitting(lineOf(foreign), "same.jsonl", ["--results", pathOf("same.jsonl")])).stderr,
    ).toMatch(/would overwrite the file itself/);
    expect(await readFile(pathOf("same.jsonl"), "utf8")).toBe(lineOf(foreign));
    const given = ["--client", "sandbox-employer", "--employer", "E1", "--results", pathOf("r")];
    const missing = await runCommand(runEmployer, ["submit", pathOf("missing"), ...given], env);
    expect(missing).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/cannot be read \(ENOENT\)/),
    });
    // Of all that was refused so far nothing is there: the first lines have not been handed in.
    expect((await submitting(lineOf(people[230] ?? foreign), "who.jsonl")).exitCode).toBe(0);
  });

  test.each([
    [[]],
    [["submit"]],
    [["submit", "a", "b", "--client", "c", "--employer", "e", "--results", "r"]],
    [["submit", "a", "--client", "c", "--employer", "e"]],
    [["submit", "a", "--client", "c", "--employer", "e", "--results", "r", "--language", "fr"]],
    [["delete", "a", "--client", "c", "--employer", "e", "--results", "r"]],
  ])("%j is wrong usage", async (args) => {
    const result = await runCommand(runEmployer, args, env);
    expect(result).toMatchObject({ exitCode: 2, stdout: "", stderr: expect.stringMatching(/^usage: /) });
  });

  test("where files are required, lines without theirs are refused", async () => {
    const [person = foreign] = people.slice(240);
    const file = pathOf("required.jsonl");
    await writeFile(file, lineOf(person));
    const given = [
      "submit",
      file,
      "--client",
      "sandbox-employer",
      "--employer",
      "E1",
      "--results",
      pathOf("q"),
    ];
    const strict = await runCommand(runEmployer, given, { ...env, EVIDENCE_FILES: "required" });
    expect(strict.exitCode).toBe(1);
    expect(toldIn(await readFile(pathOf("q"), "utf8"))).toMatchObject([
      { outcome: "REFUSED", errors: [{ code: "EVIDENCE_REQUIRED" }] },
    ]);
  });
});
