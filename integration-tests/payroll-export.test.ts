import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runPayroll } from "../src/commands/payroll-command.js";
import { prepareList } from "../src/commands/payroll-export.js";
import { readConfig } from "../src/config.js";
import { loadKeys } from "../src/keys.js";
import type { Database } from "../src/storage/database.js";
import type { PensionerKey } from "../src/storage/ids.js";
import { openStorage } from "../src/storage/open.js";
import { readPayrollList } from "../src/storage/payroll-lists.js";
import { places, Sealing } from "../src/storage/sealing.js";
import { accessLog, auditEntry, paymentHold, payrollLine, pensioner } from "../src/storage/tables.js";
import {
  type ImportEnvironment,
  importCommand,
  newImportEnvironment,
  runCommand,
} from "./testkit/import-environment.js";
import { cutMonth, insertBackPay, insertHold, readKeys } from "./testkit/payroll.js";
import { buildPeople, type TestPerson } from "./testkit/people.js";

/** More than a page of the export. */
const PEOPLE = 620;
const FORMULA = '=HYPERLINK("http://elsewhere.example","点")';
const HEADER =
  "name,document_type,document_number,phone,benefit_type,approved_month,agency_code,district_code,employer_code,last_certified_on";

let environment: ImportEnvironment;
let people: TestPerson[];
let keys: PensionerKey[];

beforeAll(async () => {
  environment = await newImportEnvironment({ migrated: true });
  people = buildPeople(PEOPLE);
  const file = join(environment.directory, "register.csv");
  const lines = people.map(({ name, document }) =>
    [
      name,
      document.type,
      document.number,
      "",
      "ENTERPRISE_RETIREMENT",
      "2019-08",
      "BJ-HD",
      "110108",
      "",
      "",
    ].join(","),
  );
  await writeFile(file, `${[HEADER, ...lines].join("\n")}\n`);
  const imported = await importCommand([file, "--quiet"], environment.env);
  expect(imported.exitCode, imported.stderr).toBe(0);
  await withDatabase(async (database, sealing) => {
    keys = await readKeys(database);
    await database.db.delete(paymentHold);
    for (const key of keys) await insertHold(database, key, { from: "2026-05" });
    const [first] = keys;
    if (!first) throw new Error("no one");
    await database.db
      .update(pensioner)
      .set({ nameSealed: sealing.seal(FORMULA, places.pensionerName(first.pensionerId)) })
      .where(eq(pensioner.id, first.pensionerId));
    await cutMonth(database, "2026-06");
    await database.db.update(paymentHold).set({ resumesMonth: "2026-07" });
    for (const key of keys.slice(0, 3)) await insertBackPay(database, key, "2026-07", ["2026-05", "2026-06"]);
  });
});

afterAll(() => environment[Symbol.asyncDispose]());

async function withDatabase(work: (database: Database, sealing: Sealing) => Promise<void>): Promise<void> {
  const config = readConfig(environment.env);
  const sealing = new Sealing((await loadKeys(config)).sealing);
  await using database = await openStorage(config);
  await work(database, sealing);
}

const payroll = (...args: string[]) => runCommand(runPayroll, args, environment.env);

async function newDirectory(name: string): Promise<string> {
  const directory = join(environment.directory, name);
  await mkdir(directory);
  return directory;
}

async function contentsOf(directory: string): Promise<Record<string, string>> {
  const names = (await readdir(directory)).sort();
  return Object.fromEntries(
    await Promise.all(
      names.map(async (name) => [name, await readFile(join(directory, name), "utf8")] as const),
    ),
  );
}

describe("payroll export", () => {
  test("P8 a cut month: whole, for its owner alone, the same bytes each time, each person logged", async () => {
    const [once, twice] = [await newDirectory("once"), await newDirectory("twice")];
    for (const out of [once, twice]) {
      const exported = await payroll("export", "--month", "2026-06", "--by", "王会计", "--out", out);
      expect(exported.exitCode, exported.stderr).toBe(0);
    }
    const written = await contentsOf(once);
    expect(await contentsOf(twice)).toEqual(written);
    expect(Object.keys(written)).toEqual([
      "holds-2026-06.csv",
      "holds-2026-06.json",
      "releases-2026-06.csv",
      "releases-2026-06.json",
    ]);
    for (const name of Object.keys(written)) expect((await stat(join(once, name))).mode & 0o777).toBe(0o600);
    const csv = written["holds-2026-06.csv"] ?? "";
    const [header, ...rows] = csv.split("\r\n");
    expect(header).toBe("pensioner_id,name,document_type,document_number,month,reasons,from_month");
    expect(rows.pop()).toBe("");
    expect(rows).toHaveLength(PEOPLE);
    expect(rows[0]).toContain(`,"'=HYPERLINK(""http://elsewhere.example"",""点"")",RESIDENT_ID,`);
    const numbers = rows.map((row) => row.split(",").at(-4));
    expect([...numbers].sort()).toEqual(people.map(({ document }) => document.number).sort());
    const counted = rows
      .map((row) => row.split(","))
      .map((cells) => {
        const [month, reasons, from] = cells.slice(-3);
        return `${cells[0]};${month};${reasons};${from}\n`;
      });
    const manifest = JSON.parse(written["holds-2026-06.json"] ?? "");
    const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
    expect(manifest).toEqual({
      month: "2026-06",
      list: "holds",
      state: "CUT",
      cutAt: "2026-05-28T02:00:00.000Z",
      policy: "beijing-2026.1",
      lines: PEOPLE,
      listChecksum: sha256(counted.join("")),
      file: "holds-2026-06.csv",
      sha256: sha256(csv),
    });
    await withDatabase(async ({ db }) => {
      expect((await readPayrollList(db, "2026-06", "HOLD")).checksum).toBe(manifest.listChecksum);
      const reads = await db.select().from(accessLog).where(eq(accessLog.operation, "payrollExport"));
      expect(reads).toHaveLength(2 * PEOPLE);
      expect(new Set(reads.map(({ clientId }) => clientId))).toEqual(new Set(["cli:王会计"]));
      const entries = (await db.select().from(auditEntry)).map(({ entry }) => JSON.parse(entry));
      const noted = entries.filter(({ operation }) => operation === "payrollExport");
      expect(noted).toHaveLength(2);
      expect(noted[0]).toMatchObject({ clientId: "cli:王会计", subjectId: "2026-06", outcome: "READ" });
    });
  });

  test("writes where the same files are, and replaces nothing that differs", async () => {
    const out = await newDirectory("kept");
    const args = ["export", "--month", "2026-06", "--by", "a", "--kind", "holds", "--out", out];
    expect((await payroll(...args)).exitCode).toBe(0);
    expect((await payroll(...args)).exitCode).toBe(0);
    await writeFile(join(out, "holds-2026-06.csv"), "mine");
    const refused = await payroll(...args);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(/holds-2026-06\.csv is there already and differs/);
    expect(await readFile(join(out, "holds-2026-06.csv"), "utf8")).toBe("mine");
    expect(await readdir(out)).toHaveLength(2);
  });

  test("P8 a month that is not cut: only when asked for, under a name that says so", async () => {
    const out = await newDirectory("provisional");
    const args = ["export", "--month", "2026-07", "--by", "a", "--kind", "releases", "--out", out];
    const refused = await payroll(...args);
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringMatching(/2026-07 is not cut yet/)]);
    expect(await readdir(out)).toEqual([]);
    expect((await payroll(...args, "--provisional")).exitCode).toBe(0);
    const written = await contentsOf(out);
    expect(Object.keys(written)).toEqual([
      "releases-2026-07.provisional.csv",
      "releases-2026-07.provisional.json",
    ]);
    const rows = (written["releases-2026-07.provisional.csv"] ?? "").split("\r\n");
    expect(rows).toHaveLength(PEOPLE + 2);
    expect(rows.filter((row) => row.endsWith(",2026-07,2026-07,2026-05 2026-06"))).toHaveLength(3);
    expect(JSON.parse(written["releases-2026-07.provisional.json"] ?? "")).toMatchObject({
      state: "PROVISIONAL",
      cutAt: null,
    });
  });

  test("reads a page at a time, and leaves nothing behind when it is stopped", async () => {
    const out = await newDirectory("stopped");
    const pages: number[] = [];
    await withDatabase(async (database, sealing) => {
      const list = await readPayrollList(database.db, "2026-06", "HOLD");
      const stop = new AbortController();
      const exporting = { database, sealing, list, directory: out, policyVersion: "x", signal: stop.signal };
      const prepared = async (onRead: (persons: readonly PensionerKey[]) => void) => {
        await using stack = new AsyncDisposableStack();
        await prepareList({ ...exporting, onRead: async (persons) => onRead(persons) }, stack);
      };
      await prepared((persons) => pages.push(persons.length));
      await expect(prepared(() => stop.abort())).rejects.toThrow(/abort/i);
    });
    expect(pages).toEqual([500, PEOPLE - 500]);
    expect(await readdir(out)).toEqual([]);
  });

  test("P8 refuses a list that is no longer what was cut", async () => {
    const out = await newDirectory("changed");
    await withDatabase(async ({ db }) => {
      await db
        .update(payrollLine)
        .set({ fromMonth: "2026-04" })
        .where(eq(payrollLine.pensionerId, keys[1]?.pensionerId ?? ""));
    });
    const refused = await payroll("export", "--month", "2026-06", "--by", "a", "--out", out);
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringMatching(/not what was cut/)]);
    expect(await readdir(out)).toEqual([]);
  });

  test.each([
    ["no month", ["export", "--by", "a"]],
    ["no name", ["export", "--month", "2026-06"]],
    ["a month that is none", ["export", "--month", "2026-13", "--by", "a"]],
    ["a list that is none", ["export", "--month", "2026-06", "--by", "a", "--kind", "all"]],
    ["a name with a line break", ["export", "--month", "2026-06", "--by", "a\nb"]],
    ["another verb", ["cut", "--month", "2026-06", "--by", "a"]],
  ])("tells how to use it: %s", async (_, args) => {
    const told = await payroll(...args);
    expect(told.exitCode).toBe(2);
    expect(told.stderr).toMatch(/^usage: payroll export/);
  });
});
