import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { beijingDateOf } from "../src/domain/calendar.js";
import { type RegisterRecord, registerHorizon } from "../src/domain/register-row.js";
import { type ImportProgress, importRegister } from "../src/operations/import-register.js";
import type { LineProblem } from "../src/operations/register-batch.js";
import { RegisterFile } from "../src/register/register-file.js";
import type { Database } from "../src/storage/database.js";
import { newId } from "../src/storage/ids.js";
import { documentIndex } from "../src/storage/pensioner-index.js";
import { places, Sealing } from "../src/storage/sealing.js";
import { agency, benefit, certification, identityDocument, pensioner } from "../src/storage/tables.js";
import { openTestDatabase } from "./testkit/database.js";
import { buildRecord, csvFile, csvLine, registerHeader } from "./testkit/register-text.js";

const now = Temporal.Instant.from("2026-04-15T02:00:00Z");
const sealing = new Sealing({
  current: 1,
  keys: new Map([[1, Buffer.alloc(16, 3)]]),
  index: { current: 1, keys: new Map([[1, Buffer.alloc(32, 5)]]) },
});

let database: Database;
let directory: string;

beforeAll(async () => {
  database = await openTestDatabase();
  directory = await mkdtemp(join(tmpdir(), "changqing-register-"));
});

afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

interface Imported extends ImportProgress {
  readonly problems: readonly LineProblem[];
}

interface ImportOptions {
  readonly batchLines?: number;
  readonly extension?: string;
  readonly at?: Temporal.Instant;
  readonly into?: Database;
}

async function importText(text: string | Buffer, options: ImportOptions = {}): Promise<Imported> {
  const path = join(directory, `${newId()}.${options.extension ?? "csv"}`);
  await writeFile(path, text);
  await using file = await RegisterFile.open(path);
  const today = beijingDateOf(now);
  const problems: LineProblem[] = [];
  const progress = await importRegister(
    {
      database: options.into ?? database,
      sealing,
      now: options.at ?? now,
      ...(options.batchLines ? { batchLines: options.batchLines } : {}),
      onBatch: (_, found) => {
        problems.push(...found);
      },
    },
    file.lines(registerHorizon({ sandbox: false, serviceDay: today, wallDay: today })),
  );
  return { ...progress, problems };
}

/** What is stored of the person of a record, opened; null when nothing is. */
async function stored(record: Pick<RegisterRecord, "document_type" | "document_number">) {
  const document = { type: record.document_type as "RESIDENT_ID", number: record.document_number };
  const index = documentIndex(sealing, document);
  const [found] = await database.db
    .select()
    .from(identityDocument)
    .where(eq(identityDocument.blindIndex, index));
  if (!found) return null;
  const id = found.pensionerId;
  const [person] = await database.db.select().from(pensioner).where(eq(pensioner.id, id));
  const benefits = await database.db
    .select()
    .from(benefit)
    .where(eq(benefit.pensionerId, id))
    .orderBy(benefit.type);
  if (!person) throw new Error("a document without a pensioner");
  return {
    id,
    bucket: person.bucket,
    name: sealing.open(person.nameSealed, places.pensionerName(id)),
    number: sealing.open(found.numberSealed, places.documentNumber(id)),
    phone: person.phoneSealed && sealing.open(person.phoneSealed, places.pensionerPhone(id)),
    phoneSource: person.phoneSource,
    employerCode: person.employerCode,
    anchorMonth: person.anchorMonth,
    validThrough: person.validThrough,
    lastCertifiedOn: person.lastCertifiedOn,
    version: person.version,
    updatedAt: person.updatedAt.toISOString(),
    benefits: benefits.map(({ type, approvedMonth, agencyCode, districtCode }) => ({
      type,
      approvedMonth,
      agencyCode,
      districtCode,
    })),
  };
}

const later = Temporal.Instant.from("2026-04-16T02:00:00Z");

describe("the first import", () => {
  test("V1, V2 adds pensioner, document, benefit and agency with the validity that follows", async () => {
    const certified = buildRecord({ agency_code: "AG-1" });
    const never = buildRecord({
      approved_month: "2026-02",
      last_certified_on: "",
      phone: "",
      employer_code: "",
    });
    const result = await importText(csvFile(certified, never));
    expect(result).toMatchObject({ lines: 2, added: 2, benefitsAdded: 2, failed: 0, lastLine: 3 });
    expect(await stored(certified)).toMatchObject({
      name: certified.name,
      number: certified.document_number,
      phone: "13800138000",
      phoneSource: "REGISTER",
      employerCode: "EMP-1",
      anchorMonth: "2025-05",
      validThrough: "2026-05-31",
      lastCertifiedOn: "2025-05-06",
      version: 1,
      benefits: [
        {
          type: "ENTERPRISE_RETIREMENT",
          approvedMonth: "2019-08",
          agencyCode: "AG-1",
          districtCode: "110108",
        },
      ],
    });
    expect(await stored(never)).toMatchObject({
      phone: null,
      phoneSource: null,
      employerCode: null,
      anchorMonth: "2026-02",
      validThrough: "2027-02-28",
      lastCertifiedOn: null,
    });
    const agencies = await database.db.select().from(agency).where(eq(agency.code, "AG-1"));
    expect(agencies).toEqual([{ code: "AG-1", name: "AG-1", districtCode: "110108" }]);
  });

  test("an agency that is known keeps its name", async () => {
    await database.db.insert(agency).values({ code: "AG-2", name: "某区社保中心", districtCode: "110105" });
    await importText(csvFile(buildRecord({ agency_code: "AG-2" })));
    const agencies = await database.db.select().from(agency).where(eq(agency.code, "AG-2"));
    expect(agencies).toEqual([{ code: "AG-2", name: "某区社保中心", districtCode: "110105" }]);
  });

  test("V7 several benefits of one person are one pensioner, anchored at the first approval", async () => {
    const first = buildRecord({ last_certified_on: "", approved_month: "2025-10" });
    const second = { ...first, benefit_type: "LIVING_CARE_ALLOWANCE", approved_month: "2025-08" };
    for (const batchLines of [1, 1_000]) {
      await importText(csvFile(first, second), { batchLines });
      const person = await stored(first);
      expect(person?.benefits.map(({ type }) => type)).toEqual([
        "ENTERPRISE_RETIREMENT",
        "LIVING_CARE_ALLOWANCE",
      ]);
      expect(person?.anchorMonth).toBe("2025-08");
    }
  });

  test("C3 15 digits and 18 digits are one person", async () => {
    const old = buildRecord({ document_number: "110108490101001" });
    const upgraded = { ...old, document_number: "110108194901010012" };
    expect(await importText(csvFile(old, upgraded))).toMatchObject({ added: 1, duplicates: 1 });
    expect((await stored(upgraded))?.name).toBe(old.name);
  });

  test("a person known by two documents stays one, also within a batch", async () => {
    const byId = buildRecord();
    await importText(csvFile(byId));
    const person = await stored(byId);
    if (!person) throw new Error("not imported");
    const passport = { type: "PASSPORT", number: `E${byId.document_number.slice(9)}` } as const;
    await database.db.insert(identityDocument).values({
      blindIndex: documentIndex(sealing, passport),
      bucket: person.bucket,
      pensionerId: person.id,
      type: passport.type,
      numberSealed: sealing.seal(passport.number, places.documentNumber(person.id)),
    });
    const byPassport = { ...byId, document_type: passport.type, document_number: passport.number };
    const other = { ...byPassport, benefit_type: "OTHER" };
    expect(await importText(csvFile(byId, other, byPassport))).toMatchObject({
      updated: 1,
      benefitsAdded: 1,
      duplicates: 1,
      failed: 0,
    });
    expect((await stored(byId))?.benefits).toHaveLength(2);
  });
});

describe("importing again", () => {
  test("the same file changes nothing, in whatever batches", async () => {
    const people = Array.from({ length: 7 }, () => buildRecord());
    const bare = buildRecord({ phone: "", employer_code: "", last_certified_on: "" });
    const full = {
      ...bare,
      benefit_type: "OTHER",
      phone: "13900139000",
      employer_code: "E",
      last_certified_on: "2025-12-01",
    };
    const text = csvFile(...people, bare, full);
    await importText(text, { batchLines: 2 });
    const before = await Promise.all([...people, bare].map(stored));
    for (const batchLines of [1, 4, 1_000]) {
      const again = await importText(text, { batchLines, at: later });
      expect(again).toMatchObject({
        added: 0,
        updated: 0,
        unchanged: 8,
        benefitsAdded: 0,
        benefitsChanged: 0,
        duplicates: 0,
      });
      expect(await Promise.all([...people, bare].map(stored))).toEqual(before);
    }
  });

  test("what the register says now is taken, as one more version", async () => {
    const record = buildRecord();
    await importText(csvFile(record));
    const changed = {
      ...record,
      name: "改名者",
      phone: "13900139000",
      employer_code: "EMP-2",
      approved_month: "2018-01",
      agency_code: "AG-3",
      last_certified_on: "2026-03-01",
    };
    expect(await importText(csvFile(changed), { at: later })).toMatchObject({
      updated: 1,
      unchanged: 0,
      benefitsChanged: 1,
    });
    expect(await stored(record)).toMatchObject({
      name: "改名者",
      phone: "13900139000",
      employerCode: "EMP-2",
      anchorMonth: "2026-03",
      validThrough: "2027-03-31",
      version: 2,
      benefits: [
        {
          type: "ENTERPRISE_RETIREMENT",
          approvedMonth: "2018-01",
          agencyCode: "AG-3",
          districtCode: "110108",
        },
      ],
      updatedAt: "2026-04-16T02:00:00.000Z",
    });
  });

  test("V3 an earlier certification and an empty value take nothing away", async () => {
    const record = buildRecord();
    await importText(csvFile(record));
    const before = await stored(record);
    const less = { ...record, phone: "", employer_code: "", last_certified_on: "2024-01-01" };
    expect(await importText(csvFile(less))).toMatchObject({ unchanged: 1 });
    expect(await stored(record)).toEqual(before);
  });

  test("C2 a phone that a certification gave is kept", async () => {
    const record = buildRecord();
    await importText(csvFile(record));
    const person = await stored(record);
    if (!person) throw new Error("not imported");
    const phoneSealed = sealing.seal("13700137000", places.pensionerPhone(person.id));
    await database.db
      .update(pensioner)
      .set({ phoneSealed, phoneSource: "CERTIFICATION" })
      .where(eq(pensioner.id, person.id));
    expect(await importText(csvFile(record))).toMatchObject({ unchanged: 1 });
    await importText(csvFile({ ...record, employer_code: "EMP-9" }));
    expect(await stored(record)).toMatchObject({
      phone: "13700137000",
      phoneSource: "CERTIFICATION",
      employerCode: "EMP-9",
    });
  });

  test("V1, V3 a certification between two imports is not undone", async () => {
    const record = buildRecord({ last_certified_on: "2025-05-06" });
    await importText(csvFile(record));
    const person = await stored(record);
    if (!person) throw new Error("not imported");
    const occurredAt = new Date("2026-03-31T16:00:00Z");
    const passed = { anchorMonth: "2026-04", validThrough: "2027-04-30", lastCertifiedOn: "2026-04-01" };
    await database.db.insert(certification).values({
      bucket: person.bucket,
      pensionerId: person.id,
      id: newId(),
      clientId: "sandbox-icbc-app",
      channel: "ICBC_APP",
      method: "FACE",
      actor: "SELF",
      state: "PASSED",
      occurredAt,
      receivedAt: occurredAt,
      decidedAt: occurredAt,
      validThrough: "2027-04-30",
      policyVersion: "beijing-2026.1",
    });
    await database.db
      .update(pensioner)
      .set({ ...passed, version: 2 })
      .where(eq(pensioner.id, person.id));
    expect(await importText(csvFile(record))).toMatchObject({ unchanged: 1 });
    expect(await stored(record)).toMatchObject({ ...passed, version: 2 });
    expect(await importText(csvFile({ ...record, last_certified_on: "2026-02-01" }))).toMatchObject({
      updated: 1,
    });
    expect(await stored(record)).toMatchObject({ ...passed, version: 3 });
  });
});

describe("several lines about one document", () => {
  const other = (record: RegisterRecord, change: Partial<RegisterRecord>) =>
    csvLine({ ...record, ...change });

  test.each([1, 2, 1_000])("the first one stands, in batches of %i", async (batchLines) => {
    const record = buildRecord();
    const text = csvFile(
      record,
      record,
      other(record, { name: "另一人" }),
      other(record, { approved_month: "2020-01" }),
      other(record, { benefit_type: "OTHER", name: "另一人", agency_code: "AG-UNSEEN" }),
      other(record, { benefit_type: "OTHER" }),
    );
    const first = await importText(text, { batchLines });
    expect(first).toMatchObject({ lines: 6, added: 1, benefitsAdded: 2, duplicates: 1, failed: 3 });
    expect(first.problems).toEqual([4, 5, 6].map((line) => ({ line, code: "DUPLICATE_ROW" })));
    expect(await stored(record)).toMatchObject({
      name: record.name,
      version: batchLines === 1_000 ? 1 : expect.anything(),
    });
    const again = await importText(text, { batchLines });
    expect(again).toMatchObject({ added: 0, updated: 0, unchanged: 1, duplicates: 1, failed: 3 });
    expect(await database.db.select().from(agency).where(eq(agency.code, "AG-UNSEEN"))).toEqual([]);
  });

  test("a person whose later line changes something counts as updated, once", async () => {
    const record = buildRecord();
    await importText(csvFile(record));
    const text = csvFile(
      record,
      { ...record, benefit_type: "OTHER" },
      { ...record, benefit_type: "RESIDENT_PENSION" },
    );
    const result = await importText(text, { batchLines: 1, at: later });
    expect(result).toMatchObject({ added: 0, updated: 1, unchanged: 0, benefitsAdded: 2 });
  });
});

describe("bad lines", () => {
  test("each is named with its number, and the rest goes in", async () => {
    const before = buildRecord();
    const after = buildRecord();
    const unclosed = `"${csvLine(buildRecord())}`;
    const result = await importText(
      Buffer.concat([
        Buffer.from(`${csvFile(before)}a,b\n`),
        Buffer.from(`${unclosed}\n`),
        Buffer.from(`${csvLine(buildRecord({ phone: "1" }))}\n`),
        Buffer.from([...Buffer.from(csvLine(buildRecord())), 0xff, 0x0a]),
        Buffer.from(`${csvLine(buildRecord({ employer_code: "E\0" }))}\n`),
        Buffer.from(`\n   \n${"x".repeat(70_000)}\n`),
        Buffer.from(csvLine(after)),
      ]),
    );
    expect(result).toMatchObject({ lines: 8, added: 2, failed: 6 });
    expect(result.problems).toEqual([
      { line: 3, code: "WRONG_COLUMN_COUNT" },
      { line: 4, code: "NOT_CSV" },
      { line: 5, code: "INVALID_PHONE", column: "phone" },
      { line: 6, code: "NOT_TEXT" },
      { line: 7, code: "NOT_TEXT" },
      { line: 10, code: "LINE_TOO_LONG" },
    ]);
    expect(await stored(before)).not.toBeNull();
    expect(await stored(after)).not.toBeNull();
  });

  test("a file of bad lines only goes through", async () => {
    const text = `${registerHeader}\n${"x\n".repeat(2_500)}`;
    expect(await importText(text, { batchLines: 100 })).toMatchObject({
      lines: 2_500,
      failed: 2_500,
      added: 0,
    });
  });

  test("a line of 200 MB is passed over without being held", async () => {
    const path = join(directory, "long-line.csv");
    const record = buildRecord();
    await writeFile(path, csvFile(record, "a,b"));
    const { open } = await import("node:fs/promises");
    const handle = await open(path, "r+");
    const { size } = await handle.stat();
    // A hole in the file: bytes without a line ending that take no disk.
    await handle.truncate(size + 200 * 1024 * 1024);
    await handle.write(`\n${csvLine(buildRecord())}\n`, size + 200 * 1024 * 1024);
    await handle.close();
    await using file = await RegisterFile.open(path);
    const today = beijingDateOf(now);
    const rssBefore = process.memoryUsage.rss();
    let rssPeak = 0;
    const problems: LineProblem[] = [];
    const sampling = setInterval(() => {
      rssPeak = Math.max(rssPeak, process.memoryUsage.rss());
    }, 5);
    const onBatch = (_: ImportProgress, found: readonly LineProblem[]) => {
      problems.push(...found);
    };
    const lines = file.lines(registerHorizon({ sandbox: false, serviceDay: today, wallDay: today }));
    const result = await importRegister({ database, sealing, now, onBatch }, lines);
    clearInterval(sampling);
    expect(result).toMatchObject({ lines: 4, added: 2, failed: 2 });
    expect(problems.at(-1)).toEqual({ line: 4, code: "LINE_TOO_LONG" });
    expect((rssPeak - rssBefore) / 1024 / 1024).toBeLessThan(64);
  });
});

describe("forms of the file", () => {
  test("columns in any order, CRLF, a BOM and no last line ending", async () => {
    const record = buildRecord();
    const columns = registerHeader.split(",").toReversed() as (keyof RegisterRecord)[];
    const line = columns.map((column) => `"${record[column]}"`).join(",");
    expect(await importText(`\ufeff${columns.join(",")}\r\n${line}`)).toMatchObject({ added: 1, failed: 0 });
    expect((await stored(record))?.name).toBe(record.name);
  });

  test.each(["ndjson", "jsonl", "csv"])("NDJSON in a .%s file", async (extension) => {
    const { phone: _, employer_code: __, ...rest } = buildRecord();
    const lines = [JSON.stringify({ ...rest, last_certified_on: null }), "{", '{"nom":"x"}', '{"name":1}'];
    const result = await importText(lines.join("\n"), { extension });
    expect(result).toMatchObject({ lines: 4, added: 1, failed: 3 });
    expect(result.problems).toEqual([
      { line: 2, code: "NOT_JSON" },
      { line: 3, code: "UNKNOWN_COLUMN" },
      { line: 4, code: "NOT_A_STRING", column: "name" },
    ]);
    expect(await stored(rest)).toMatchObject({ phone: null, lastCertifiedOn: null });
  });

  test("GB18030", async () => {
    const record = buildRecord({ name: "李建国", last_certified_on: "" });
    const bytes = Buffer.concat([
      Buffer.from(`${registerHeader}\n`),
      Buffer.from([0xc0, 0xee, 0xbd, 0xa8, 0xb9, 0xfa]),
      Buffer.from(csvLine({ ...record, name: "" })),
    ]);
    expect(await importText(bytes)).toMatchObject({ added: 1, failed: 0 });
    expect((await stored(record))?.name).toBe("李建国");
  });

  test.each<[string, string | Buffer, RegExp]>([
    ["an empty file", "", /is empty/],
    ["a wrong header", registerHeader.replace("name", "nom"), /missing name; unknown "nom"/],
    ["UTF-16", Buffer.from(`\ufeff${csvFile(buildRecord())}`, "utf16le"), /UTF-16/],
    ["no text", Buffer.from([0x61, 0x0a, 0xff, 0xff, 0x0a]), /neither UTF-8 nor GB18030/],
  ])("%s is refused as a whole", async (_, text, message) => {
    await expect(importText(text)).rejects.toThrow(message);
  });

  test("a header alone is an import of nothing", async () => {
    expect(await importText(registerHeader)).toMatchObject({ lines: 0, failed: 0 });
  });
});

describe("an import cut short", () => {
  test("a batch that fails leaves nothing of itself, and the next import finishes the work", async () => {
    const people = Array.from({ length: 10 }, () => buildRecord());
    let batches = 0;
    const failing: Database = {
      ...database,
      transact: (work) => {
        batches += 1;
        return database.transact(async (tx) => {
          const result = await work(tx);
          if (batches === 3) throw new Error("cut short");
          return result;
        });
      },
    };
    await expect(importText(csvFile(...people), { batchLines: 3, into: failing })).rejects.toThrow(
      "cut short",
    );
    const found = await Promise.all(people.map(stored));
    expect(found.map((person) => person !== null)).toEqual([...Array(6).fill(true), ...Array(4).fill(false)]);
    const again = await importText(csvFile(...people), { batchLines: 3 });
    expect(again).toMatchObject({ added: 4, unchanged: 6, duplicates: 0, failed: 0 });
  });

  test("once it is told to stop, no further batch begins", async () => {
    const path = join(directory, "stopped.csv");
    await writeFile(path, csvFile(...Array.from({ length: 9 }, () => buildRecord())));
    await using file = await RegisterFile.open(path);
    const stop = new AbortController();
    const today = beijingDateOf(now);
    const onBatch = (progress: ImportProgress) => {
      if (progress.lines === 6) stop.abort();
    };
    const result = await importRegister(
      { database, sealing, now, batchLines: 3, signal: stop.signal, onBatch },
      file.lines(registerHorizon({ sandbox: false, serviceDay: today, wallDay: today })),
    );
    expect(result).toMatchObject({ lines: 6, lastLine: 7, added: 6 });
  });
});
