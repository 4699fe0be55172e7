import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Writable } from "node:stream";
import { count, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createApp } from "../src/app.js";
import { runDataMatch } from "../src/commands/data-match-command.js";
import { readConfig } from "../src/config.js";
import { createLogger } from "../src/logging.js";
import { openStorage } from "../src/storage/open.js";
import { accessLog, certification } from "../src/storage/tables.js";
import { matchOf } from "./testkit/data-matches.js";
import type { DataMatchCertificationItemInput } from "./testkit/gql/graphql.js";
import { type ImportEnvironment, newImportEnvironment } from "./testkit/import-environment.js";
import { buildPeople, buildPerson, importPeople } from "./testkit/people.js";

const people = buildPeople(12, { lastCertifiedOn: "2025-05-08" });
let environment: ImportEnvironment;
let env: Readonly<Record<string, string>>;
let file: string;
let out: string;

beforeAll(async () => {
  environment = await newImportEnvironment({ migrated: true });
  env = { ...environment.env, SANDBOX_CLOCK: "2026-09-10T02:00:00Z", LOG_LEVEL: "silent" };
  // A first start makes the sandbox's clients.
  await using app = await createApp(readConfig(env), { logger: createLogger("silent") });
  await importPeople(app, people);
});

afterAll(() => environment[Symbol.asyncDispose]());

beforeEach(async () => {
  const folder = await mkdtemp(join(environment.directory, "match-"));
  [file, out] = [join(folder, "traces.jsonl"), join(folder, "results.jsonl")];
});

class Recorder extends Writable {
  text = "";
  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

async function run(args: readonly string[]) {
  const [stdout, stderr] = [new Recorder(), new Recorder()];
  const exitCode = await runDataMatch(args, env, { stdout, stderr });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

async function submitting(
  lines: readonly (DataMatchCertificationItemInput | string)[],
  more: readonly string[] = [],
) {
  const text = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n");
  await writeFile(file, text);
  return run([file, "--client", "sandbox-data-match", "--results", out, "--quiet", ...more]);
}

interface Answer {
  readonly line: number;
  readonly outcome: string;
  readonly certificationId: string | null;
  readonly validThrough: string | null;
  readonly errors: readonly {
    readonly code: string;
    readonly message: string;
    readonly path: readonly string[];
  }[];
}

async function answers(): Promise<Answer[]> {
  return (await readFile(out, "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Answer);
}

async function certificationsOf(source: "TRAVEL_RECORD" | "COUNTER_SERVICE"): Promise<number> {
  await using database = await openStorage(readConfig(env));
  const [row] = await database.db
    .select({ rows: count() })
    .from(certification)
    .where(eq(certification.dataSource, source));
  return row?.rows ?? 0;
}

const person = (index: number) => people[index] ?? buildPerson();

test("E7 every line has its result, and one that is refused keeps no other from passing", async () => {
  const good = matchOf(person(0), "2026-08-01T10:00:00+08:00");
  const result = await submitting([
    good,
    matchOf(person(1), "2026-08-01T02:00:00Z", "OUTPATIENT_VISIT"),
    matchOf(buildPerson(), "2026-08-01T02:00:00Z"),
    "{not json",
    "",
    JSON.stringify({ ...good, evidence: { ...good.evidence, eventAt: "2026-02-30T00:00:00Z" } }),
    JSON.stringify({ ...good, phone: "13911110001" }),
    `"${"x".repeat(70_000)}"`,
    matchOf(person(1), "2026-08-01T02:00:00Z"),
  ]);
  expect(result).toMatchObject({ exitCode: 1, stderr: "" });
  expect(result.stdout).toBe("lines     9\ncertified 2\nrefused   7\n");
  const told = await answers();
  expect(told.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(told.map(({ errors: [error] }) => error && [error.code, error.path])).toEqual([
    undefined,
    ["EVIDENCE_NOT_ADMISSIBLE", ["evidence", "source"]],
    ["NOT_IN_SCOPE", ["subject"]],
    ["INVALID_INPUT", []],
    ["INVALID_INPUT", []],
    ["INVALID_INPUT", ["evidence", "eventAt"]],
    ["INVALID_INPUT", []],
    ["INVALID_INPUT", []],
    undefined,
  ]);
  expect(told[0]).toEqual({
    line: 1,
    outcome: "PASSED",
    certificationId: expect.stringMatching(/^cert_/),
    validThrough: "2027-08-31",
    errors: [],
  });
  const text = await readFile(out, "utf8");
  for (const secret of [person(0).name, person(0).document.number, "13911110001"]) {
    expect(text).not.toContain(secret);
  }
  expect(told[2]?.errors[0]?.message).toMatch(/^您不在本次认证范围内/);
  await using database = await openStorage(readConfig(env));
  const reads = await database.db.select().from(accessLog).where(eq(accessLog.operation, "dataMatchLine"));
  expect(reads).toHaveLength(2);
});

test("more lines than one request takes go in groups; all certified is exit code 0", async () => {
  const lines = Array.from({ length: 620 }, (_, index) =>
    matchOf(person(2 + (index % 2)), "2026-08-01T02:00:00Z", "TRAVEL_RECORD", `R-${index % 2}`),
  );
  const result = await submitting(lines);
  expect(result).toEqual({ exitCode: 0, stdout: "lines     620\ncertified 620\nrefused   0\n", stderr: "" });
  expect(await answers()).toHaveLength(620);
  expect(await certificationsOf("TRAVEL_RECORD")).toBe(2);
});

test("in English when asked", async () => {
  await submitting([matchOf(buildPerson(), "2026-08-01T02:00:00Z"), "[]"], ["--language", "en"]);
  const messages = (await answers()).map(({ errors: [error] }) => error?.message);
  expect(messages[0]).toMatch(/^This person is not in the scope/);
  expect(messages[1]).toMatch(/^The line/);
});

describe("run again", () => {
  test("it goes on behind the last line that is answered", async () => {
    const lines = [4, 5, 6].map((index) => matchOf(person(index), "2026-08-01T02:00:00Z", "COUNTER_SERVICE"));
    await submitting(lines.slice(0, 2));
    const before = await readFile(out, "utf8");
    const again = await submitting(lines);
    expect(again).toEqual({
      exitCode: 0,
      stdout: "lines     3\ncertified 1\nrefused   0\n",
      stderr: "data-match: going on behind line 2\n",
    });
    expect((await readFile(out, "utf8")).startsWith(before)).toBe(true);
    expect(await certificationsOf("COUNTER_SERVICE")).toBe(3);
  });

  test("after a crash that lost or cut off results it finds what was done, and does it once", async () => {
    const lines = [7, 8, 9].map((index) => matchOf(person(index), "2026-08-01T02:00:00Z", "COUNTER_SERVICE"));
    const had = await certificationsOf("COUNTER_SERVICE");
    await submitting(lines);
    const whole = await readFile(out, "utf8");
    const [first = ""] = whole.split("\n");
    await writeFile(out, `${first}\n${'{"line":2,"certificat'}`);
    await submitting(lines);
    expect(await readFile(out, "utf8")).toBe(whole);
    expect(await certificationsOf("COUNTER_SERVICE")).toBe(had + 3);
  });
});

describe("what is refused before anything is submitted", () => {
  test.each([
    ["no file", []],
    ["no client", ["traces.jsonl", "--results", "x"]],
    ["no results", ["traces.jsonl", "--client", "x"]],
    ["an unknown option", ["traces.jsonl", "--client", "x", "--results", "y", "--nonsense"]],
    ["another language", ["traces.jsonl", "--client", "x", "--results", "y", "--language", "fr"]],
  ])("%s: the usage, exit code 2", async (_, args) => {
    const result = await run(args);
    expect(result).toMatchObject({ exitCode: 2, stdout: "" });
    expect(result.stderr).toMatch(/^usage: data-match/);
  });

  test("--help is no failure", async () => {
    expect(await run(["--help"])).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^usage:/) });
  });

  test.each([
    ["another channel's client", "sandbox-icbc-app"],
    ["staff", "sandbox-staff"],
    ["no one", randomUUID()],
  ])("%s as client", async (_, client) => {
    await writeFile(file, "{}\n");
    const result = await run([file, "--client", client, "--results", out]);
    expect(result).toMatchObject({ exitCode: 1, stdout: "" });
    expect(result.stderr).toMatch(/^data-match: there is no DATA_MATCH client .*\n$/);
  });

  test("a file that is not there, a folder, and results that would overwrite the file", async () => {
    const missing = await run([file, "--client", "sandbox-data-match", "--results", out]);
    expect(missing).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("cannot be read (ENOENT)"),
    });
    const folder = await run([environment.directory, "--client", "sandbox-data-match", "--results", out]);
    expect(folder.stderr).toContain("is not a file");
    await writeFile(file, "{}\n");
    const itself = await run([file, "--client", "sandbox-data-match", "--results", file]);
    expect(itself.stderr).toBe("data-match: the results would overwrite the file itself\n");
    expect(await readFile(file, "utf8")).toBe("{}\n");
  });
});
