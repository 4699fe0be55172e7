import { existsSync } from "node:fs";
import { mkdtemp, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readConfig } from "../src/config.js";
import { SandboxClock } from "../src/sandbox/sandbox-clock.js";
import type { Database } from "../src/storage/database.js";
import { openStorage } from "../src/storage/open.js";
import { readSetting } from "../src/storage/settings.js";
import { pensioner } from "../src/storage/tables.js";
import { type ImportEnvironment, importCommand, newImportEnvironment } from "./testkit/import-environment.js";
import { buildRecord, csvFile, csvLine, registerHeader } from "./testkit/register-text.js";

let environment: ImportEnvironment;
let file: string;

beforeAll(async () => {
  environment = await newImportEnvironment();
});

afterAll(() => environment[Symbol.asyncDispose]());

beforeEach(async () => {
  file = join(await mkdtemp(join(environment.directory, "file-")), "register.csv");
});

async function importing(text: string, args: readonly string[] = [], isTTY = false) {
  await writeFile(file, text);
  return importCommand([file, ...args], environment.env, isTTY);
}

async function inDatabase<T>(work: (database: Database) => Promise<T>): Promise<T> {
  await using database = await openStorage(readConfig(environment.env));
  return await work(database);
}

describe("before the first start", () => {
  test("the import migrates, imports, says what it did, and is seen by whoever opens the database next", async () => {
    const result = await importing(csvFile(buildRecord(), buildRecord()));
    expect(result).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(/^importing \d+ bytes\n$/) });
    expect(result.stdout).toMatch(
      /^lines +2\npensioners added +2\npensioners updated +0\npensioners unchanged +0\n/,
    );
    expect(result.stdout).toMatch(/\nseconds +\d+\.\d\nlines\/s +\d+\nreport +none\n$/);
    expect(existsSync(`${file}.report.csv`)).toBe(false);
    await inDatabase(async ({ db }) => {
      expect(await db.select().from(pensioner)).toHaveLength(2);
      // The sandbox's clock starts when the sandbox does.
      expect(await readSetting(db, "sandbox_clock_offset_ms")).toBeUndefined();
    });
    const again = await importing(await readFile(file, "utf8"), ["--quiet"]);
    expect(again).toMatchObject({ exitCode: 0, stderr: "" });
    expect(again.stdout).toMatch(/pensioners unchanged +2\n/);
  });

  test.each<[string, string, RegExp]>([
    [
      "a wrong header",
      "nom,phone\n",
      /register\.csv: the first line must name the columns name,.*: missing name, .*; unknown "nom"/,
    ],
    ["an empty file", "", /register\.csv: the file is empty/],
    ["UTF-16", "\ufffe", /neither UTF-8|UTF-16|first line/],
  ])("%s leaves no trace", async (_, text, message) => {
    const dataDir = join(environment.directory, "untouched");
    await writeFile(file, text);
    const result = await importCommand([file], { ...environment.env, DATA_DIR: dataDir });
    expect(result).toMatchObject({ exitCode: 1, stdout: "" });
    expect(result.stderr).toMatch(message);
    expect(result.stderr.trim().split("\n")).toHaveLength(1);
    expect(existsSync(dataDir)).toBe(false);
  });

  test("a terminal gets a bar", async () => {
    const result = await importing(csvFile(buildRecord(), "a,b"), [], true);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain("100% | 2 lines | 1 failed");
  });
});

describe("bad lines", () => {
  test("are listed without anything personal, and a later clean import takes the list away", async () => {
    const secret = buildRecord({ name: "欧阳保密", phone: "13812345678" });
    const good = buildRecord();
    const bad = [
      { ...secret, document_number: `${secret.document_number.slice(0, 17)}Q` },
      { ...secret, approved_month: "2031-13" },
      { ...secret, phone: "13812345678x" },
      { ...secret, benefit_type: "SECRET_BENEFIT" },
    ];
    const result = await importing(
      csvFile(good, ...bad, csvLine(secret).slice(5), { ...good, name: "欧阳保密" }),
    );
    expect(result.exitCode).toBe(1);
    expect(result.stdout).toMatch(/failed lines +6\n/);
    expect(result.stdout).toContain(`report                ${file}.report.csv`);
    const report = await readFile(`${file}.report.csv`, "utf8");
    const lines = report
      .trim()
      .split("\r\n")
      .map((line) => line.split(",").slice(0, 4).join(","));
    expect(lines).toEqual([
      "\ufeffline,code,column,detail".trim(),
      "3,INVALID_DOCUMENT,document_number,FORMAT",
      "4,INVALID_MONTH,approved_month,",
      "5,INVALID_PHONE,phone,",
      "6,UNKNOWN_BENEFIT_TYPE,benefit_type,",
      expect.stringMatching(/^7,/),
      "8,DUPLICATE_ROW,,",
    ]);
    expect(report).toMatch(/check digit.*校验位/);
    for (const text of [report, result.stdout, result.stderr]) {
      expect(text).not.toMatch(/欧阳|1381234|SECRET|2031/);
      expect(text).not.toContain(secret.document_number.slice(6, 14));
    }
    expect(await importing(csvFile(good))).toMatchObject({ exitCode: 0 });
    expect(existsSync(`${file}.report.csv`)).toBe(false);
  });

  test("--report says where, and never over the file itself or another file's content", async () => {
    const elsewhere = join(environment.directory, "elsewhere.csv");
    await writeFile(elsewhere, "not a report");
    expect(await importing(csvFile(buildRecord()), ["--report", elsewhere])).toMatchObject({ exitCode: 0 });
    expect(await readFile(elsewhere, "utf8")).toBe("not a report");
    expect((await importing(csvFile("a,b"), ["--report", elsewhere])).stdout).toContain(elsewhere);
    expect(await readFile(elsewhere, "utf8")).toContain("2,WRONG_COLUMN_COUNT");
    const over = await importing(csvFile("a,b"), ["--report", file]);
    expect(over).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("would overwrite the file itself"),
    });
    const nowhere = await importing(csvFile("a,b"), ["--report", join(environment.directory, "no/such.csv")]);
    expect(nowhere).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("cannot be written") });
  });

  test("GB18030 is read, and said", async () => {
    const line = csvLine(buildRecord({ name: "" }));
    await writeFile(
      file,
      Buffer.concat([
        Buffer.from(`${registerHeader}\n`),
        Buffer.from([0xc0, 0xee, 0xbd, 0xa8]),
        Buffer.from(line),
      ]),
    );
    const result = await importCommand([file, "--quiet"], environment.env);
    expect(result).toMatchObject({
      exitCode: 0,
      stderr: "import: the file is not UTF-8; it is read as GB18030\n",
    });
  });
});

describe("what an operator can mend is said in one line", () => {
  test.each<[string, readonly string[]]>([
    ["no file", []],
    ["two files", ["a.csv", "b.csv"]],
    ["an unknown option", ["a.csv", "--fast"]],
    ["an option without its value", ["a.csv", "--report"]],
  ])("usage: %s", async (_, args) => {
    const result = await importCommand(args, environment.env);
    expect(result).toMatchObject({
      exitCode: 2,
      stdout: "",
      stderr: expect.stringMatching(/^usage: import FILE/),
    });
  });

  test("--help", async () => {
    expect(await importCommand(["--help"], {})).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("usage"),
    });
  });

  test.each<[string, string, Record<string, string>, RegExp]>([
    ["a file that is not there", "missing.csv", {}, /missing\.csv: the file cannot be read \(ENOENT\)/],
    ["a directory", ".", {}, /the file cannot be read: it is a directory/],
    ["a wrong setting", "register.csv", { PORT: "x" }, /PORT/],
    ["no keys in production", "register.csv", { MODE: "production" }, /KEYS_FILE/],
    ["no server", "register.csv", { DATABASE_URL: "postgres://127.0.0.1:1/none" }, /database/],
  ])("%s", async (_, name, change, message) => {
    await writeFile(file, csvFile(buildRecord()));
    const result = await importCommand([join(dirname(file), name)], {
      ...environment.env,
      ...change,
    });
    expect(result).toMatchObject({ exitCode: 1, stdout: "" });
    expect(result.stderr).toMatch(message);
    expect(result.stderr.trim().split("\n")).toHaveLength(1);
  });

  test("keys of another installation", async () => {
    await importing(csvFile(buildRecord()));
    const keys = join(environment.dataDir, "sandbox-keys.json");
    await rename(keys, `${keys}.away`);
    const result = await importing(csvFile(buildRecord()));
    await rename(`${keys}.away`, keys);
    expect(result).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("sealed under other keys") });
  });

  test("a running server holds the embedded database", async ({ skip }) => {
    if (environment.env.DATABASE_URL) skip();
    await inDatabase(async () => {
      const result = await importing(csvFile(buildRecord()));
      expect(result).toMatchObject({ exitCode: 1, stdout: "" });
      expect(result.stderr).toContain(`is held by the running process ${process.pid}`);
    });
  });
});

test("a sandbox's register may reach two years past its clock, wherever that stands", async () => {
  const wall = Temporal.Now.plainDateISO("Asia/Shanghai");
  const month = (ahead: number) => wall.add({ months: ahead }).toPlainYearMonth().toString();
  const text = csvFile(
    ...[1, 24, 25].map((ahead) => buildRecord({ approved_month: month(ahead), last_certified_on: "" })),
  );
  expect((await importing(text)).stdout).toMatch(/pensioners added +2\n(.*\n)*failed lines +1\n/);
  await inDatabase(async (database) => {
    const ahead = Temporal.Now.instant().add({ hours: 24 * 400 });
    using clock = await SandboxClock.open(database, ahead);
    expect(clock.now().epochMilliseconds).toBeGreaterThanOrEqual(ahead.epochMilliseconds);
  });
  expect((await importing(text)).stdout).toMatch(/pensioners added +1\n/);
});
