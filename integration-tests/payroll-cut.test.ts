import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type PayrollKind, type PayrollLine, payrollKinds } from "../src/domain/payroll.js";
import { createAuditChains } from "../src/storage/audit.js";
import type { Database } from "../src/storage/database.js";
import type { PensionerKey } from "../src/storage/ids.js";
import { readPayrollList, readPayrollPage } from "../src/storage/payroll-lists.js";
import { lockUncut } from "../src/storage/payroll-months.js";
import {
  auditEntry,
  backPayMonth,
  jobRun,
  paymentHold,
  payrollLine,
  payrollList,
} from "../src/storage/tables.js";
import { openTestDatabase } from "./testkit/database.js";
import { cutMonth, insertBackPay, insertHold, keysWithoutPerson, type TestHold } from "./testkit/payroll.js";

let database: Database;

beforeAll(async () => {
  database = await openTestDatabase();
  await database.transact(createAuditChains);
});

afterAll(() => database[Symbol.asyncDispose]());

beforeEach(async () => {
  for (const table of [paymentHold, backPayMonth, payrollLine, payrollList, jobRun])
    await database.db.delete(table);
});

function newKey(): PensionerKey {
  const [key] = keysWithoutPerson(1);
  if (!key) throw new Error("no key");
  return key;
}

async function close(id: string, resumesMonth: string, voided = false): Promise<void> {
  await database.db.update(paymentHold).set({ resumesMonth, voided }).where(eq(paymentHold.id, id));
}

/** A whole list, page by page. */
async function readList(month: string, kind: PayrollKind, limit = 3) {
  const list = await readPayrollList(database.db, month, kind);
  const lines: (PensionerKey & { readonly line: PayrollLine })[] = [];
  for (let after: PensionerKey | null = null; ; ) {
    const page = await readPayrollPage(database.db, list, { after, limit });
    lines.push(...page);
    after = page.at(-1) ?? null;
    if (page.length < limit) return { list, lines };
  }
}

async function lineOf(key: PensionerKey, month: string, kind: PayrollKind): Promise<PayrollLine | undefined> {
  const { lines } = await readList(month, kind);
  return lines.find(({ pensionerId }) => pensionerId === key.pensionerId)?.line;
}

describe("who is on the hold list", () => {
  interface Case {
    readonly holds: readonly TestHold[];
    readonly backPay?: readonly [string, readonly string[]];
    readonly line: { readonly reasons: readonly string[]; readonly fromMonth: string } | undefined;
  }
  const cases: Readonly<Record<string, Case>> = {
    "an open hold": {
      holds: [{ from: "2026-04" }],
      line: { reasons: ["NOT_CERTIFIED"], fromMonth: "2026-04" },
    },
    "one that begins with the month": {
      holds: [{ from: "2026-06" }],
      line: { reasons: ["NOT_CERTIFIED"], fromMonth: "2026-06" },
    },
    "one that begins later": { holds: [{ from: "2026-07" }], line: undefined },
    "one that ends with the month": { holds: [{ from: "2026-03", resumes: "2026-06" }], line: undefined },
    "one that ends later": {
      holds: [{ from: "2026-03", resumes: "2026-07" }],
      line: { reasons: ["NOT_CERTIFIED"], fromMonth: "2026-03" },
    },
    "one voided that is paid again later only": {
      holds: [{ from: "2026-03", resumes: "2026-07", voided: true }],
      line: { reasons: ["NOT_CERTIFIED"], fromMonth: "2026-03" },
    },
    "one voided before it stopped anything": {
      holds: [{ from: "2026-06", resumes: "2026-06", voided: true }],
      line: undefined,
    },
    "several reasons, as a set": {
      holds: [
        { from: "2026-05" },
        { from: "2026-02", reason: "IN_PRISON" },
        { from: "2026-06", reason: "IN_PRISON" },
      ],
      line: { reasons: ["IN_PRISON", "NOT_CERTIFIED"], fromMonth: "2026-02" },
    },
    "holds that touch are one run": {
      holds: [
        { from: "2025-11", resumes: "2026-02", reason: "IN_PRISON" },
        { from: "2026-02", resumes: "2026-05" },
        { from: "2026-05", reason: "OTHER" },
      ],
      line: { reasons: ["OTHER"], fromMonth: "2025-11" },
    },
    "a long hold bridges what short ones leave open": {
      holds: [
        { from: "2025-10", resumes: "2026-05" },
        { from: "2025-11", resumes: "2025-12", reason: "OTHER" },
        { from: "2026-04" },
      ],
      line: { reasons: ["NOT_CERTIFIED"], fromMonth: "2025-10" },
    },
    "a month paid between begins a new run": {
      holds: [{ from: "2025-11", resumes: "2026-02" }, { from: "2026-03" }],
      line: { reasons: ["NOT_CERTIFIED"], fromMonth: "2026-03" },
    },
    "a hold of nothing bridges nothing": {
      holds: [
        { from: "2025-11", resumes: "2026-02" },
        { from: "2026-02", resumes: "2026-02", voided: true },
        { from: "2026-03" },
      ],
      line: { reasons: ["NOT_CERTIFIED"], fromMonth: "2026-03" },
    },
    "months paid later do not count as unpaid": {
      holds: [{ from: "2026-02", resumes: "2026-05" }, { from: "2026-05" }],
      backPay: ["2026-05", ["2026-02", "2026-03", "2026-04"]],
      line: { reasons: ["NOT_CERTIFIED"], fromMonth: "2026-05" },
    },
  };

  test.each(Object.entries(cases))("P5, P8 %s", async (_, { holds, backPay, line }) => {
    const key = newKey();
    for (const hold of holds) await insertHold(database, key, hold);
    if (backPay) await insertBackPay(database, key, backPay[0], backPay[1]);
    const expected = line && { kind: "HOLD", month: "2026-06", ...line };
    expect(await lineOf(key, "2026-06", "HOLD")).toEqual(expected);
    await cutMonth(database, "2026-06");
    expect(await lineOf(key, "2026-06", "HOLD")).toEqual(expected);
  });
});

describe("who is on the release list", () => {
  interface Case {
    readonly holds: readonly TestHold[];
    readonly backPay?: readonly string[];
    readonly line:
      | { readonly resumesMonth: string | null; readonly backPayMonths: readonly string[] }
      | undefined;
  }
  const cases: Readonly<Record<string, Case>> = {
    "paid again, with the months before": {
      holds: [{ from: "2026-04", resumes: "2026-06" }],
      backPay: ["2026-05", "2026-04"],
      line: { resumesMonth: "2026-06", backPayMonths: ["2026-04", "2026-05"] },
    },
    "paid again, months lost": {
      holds: [{ from: "2026-04", resumes: "2026-06", reason: "IN_PRISON", restores: false }],
      line: { resumesMonth: "2026-06", backPayMonths: [] },
    },
    "not while another hold goes on": {
      holds: [
        { from: "2026-04", resumes: "2026-06" },
        { from: "2026-05", reason: "OTHER" },
      ],
      line: undefined,
    },
    "earlier months alone, the month itself held": {
      holds: [
        { from: "2026-04", resumes: "2026-06" },
        { from: "2026-06", reason: "OTHER" },
      ],
      backPay: ["2026-04", "2026-05"],
      line: { resumesMonth: null, backPayMonths: ["2026-04", "2026-05"] },
    },
    "earlier months alone, payment going on for long": {
      holds: [{ from: "2026-02", resumes: "2026-04" }],
      backPay: ["2026-02"],
      line: { resumesMonth: null, backPayMonths: ["2026-02"] },
    },
    "nobody for a hold of nothing": {
      holds: [{ from: "2026-06", resumes: "2026-06", voided: true }],
      line: undefined,
    },
    "nobody for one that ended before": { holds: [{ from: "2026-02", resumes: "2026-04" }], line: undefined },
  };

  test.each(Object.entries(cases))("P4, P8 %s", async (_, { holds, backPay = [], line }) => {
    const key = newKey();
    for (const hold of holds) await insertHold(database, key, hold);
    if (backPay.length > 0) await insertBackPay(database, key, "2026-06", backPay);
    const expected = line && { kind: "RELEASE", month: "2026-06", ...line };
    expect(await lineOf(key, "2026-06", "RELEASE")).toEqual(expected);
    await cutMonth(database, "2026-06");
    expect(await lineOf(key, "2026-06", "RELEASE")).toEqual(expected);
  });
});

/** The months that payroll pays someone with a month when it does what the lists say. */
async function paidWith(key: PensionerKey, month: string): Promise<string[]> {
  const release = await lineOf(key, month, "RELEASE");
  const isHeld = (await lineOf(key, month, "HOLD")) !== undefined;
  return [...(isHeld ? [] : [month]), ...(release?.kind === "RELEASE" ? release.backPayMonths : [])];
}

describe("a list that was cut", () => {
  test("P8 stays what it was, whatever happens afterwards, and so does its checksum", async () => {
    const keys = keysWithoutPerson(9);
    const ids = [];
    for (const key of keys) ids.push(await insertHold(database, key, { from: "2026-05" }));
    await insertHold(database, newKey(), { from: "2026-01", resumes: "2026-06" });
    expect((await readPayrollList(database.db, "2026-06", "HOLD")).state).toBe("PROVISIONAL");
    expect(await cutMonth(database, "2026-06")).toEqual({ holds: 9, releases: 1 });
    const lists = () => Promise.all(payrollKinds.map((kind) => readList("2026-06", kind)));
    const before = await lists();
    expect(before.map(({ list }) => [list.state, list.total])).toEqual([
      ["CUT", 9],
      ["CUT", 1],
    ]);
    expect(before[0]?.list.checksum).toMatch(/^[0-9a-f]{64}$/);
    // What comes later acts from the first month that is not cut.
    expect(String(await database.transact(lockUncut))).toBe("2026-06");
    for (const [position, id] of ids.entries()) await close(id, "2026-07", position % 2 === 0);
    for (const key of keys) await insertBackPay(database, key, "2026-07", ["2026-05", "2026-06"]);
    await insertHold(database, newKey(), { from: "2026-07" });
    expect(await lists()).toEqual(before);
    expect(await cutMonth(database, "2026-07")).toEqual({ holds: 1, releases: 9 });
    expect(await lists()).toEqual(before);
    expect(String(await database.transact(lockUncut))).toBe("2026-07");
  });

  test("P2, P8 a pass before the cut leaves the month's hold and releases with the next", async () => {
    const key = newKey();
    const id = await insertHold(database, key, { from: "2026-05" });
    // NEXT_MONTH: passed in June, before June was cut.
    await close(id, "2026-07");
    await insertBackPay(database, key, "2026-07", ["2026-05", "2026-06"]);
    await cutMonth(database, "2026-06");
    await cutMonth(database, "2026-07");
    expect(await lineOf(key, "2026-06", "HOLD")).toMatchObject({ fromMonth: "2026-05" });
    expect(await lineOf(key, "2026-06", "RELEASE")).toBeUndefined();
    expect(await lineOf(key, "2026-07", "HOLD")).toBeUndefined();
    expect(await lineOf(key, "2026-07", "RELEASE")).toMatchObject({
      resumesMonth: "2026-07",
      backPayMonths: ["2026-05", "2026-06"],
    });
  });

  test("P4, P8 month by month, each is paid once: as its own, or later, unless it was lost", async () => {
    const [restored, lost, twice] = keysWithoutPerson(3);
    if (!restored || !lost || !twice) throw new Error("no keys");
    const months = Array.from({ length: 9 }, (_, index) => `2026-0${index + 1}`);
    const closings: Readonly<Record<string, () => Promise<unknown>>> = {
      "2026-04": async () => {
        await close(first, "2026-05");
        await insertBackPay(database, restored, "2026-05", ["2026-02", "2026-03", "2026-04"]);
        await close(prison, "2026-05");
        await close(early, "2026-05");
        await insertBackPay(database, twice, "2026-05", ["2026-03", "2026-04"]);
        // The second begins while the first one's months are being paid.
        late = await insertHold(database, twice, { from: "2026-05", reason: "OTHER" });
      },
      "2026-06": async () => {
        await close(late, "2026-07", true);
        await insertBackPay(database, twice, "2026-07", ["2026-05", "2026-06"]);
      },
    };
    const first = await insertHold(database, restored, { from: "2026-02" });
    const prison = await insertHold(database, lost, {
      from: "2026-03",
      reason: "IN_PRISON",
      restores: false,
    });
    const early = await insertHold(database, twice, { from: "2026-03" });
    let late = "";
    const paid = new Map<string, number>();
    const pay = (key: PensionerKey, month: string) => {
      const name = `${key.pensionerId} ${month}`;
      paid.set(name, (paid.get(name) ?? 0) + 1);
    };
    for (const month of months) {
      await closings[month]?.();
      await cutMonth(database, month);
      for (const key of [restored, lost, twice])
        for (const each of await paidWith(key, month)) pay(key, each);
    }
    const timesOf = (key: PensionerKey) =>
      months.map((month) => paid.get(`${key.pensionerId} ${month}`) ?? 0);
    expect(timesOf(restored)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1]);
    expect(timesOf(lost)).toEqual([1, 1, 0, 0, 1, 1, 1, 1, 1]);
    expect(timesOf(twice)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1]);
  });

  test("the cut stands in the record of all writes, once", async () => {
    await cutMonth(database, "2026-12");
    const entries = await database.db.select().from(auditEntry);
    const cuts = entries
      .map(({ entry }) => JSON.parse(entry))
      .filter(({ subjectId }) => subjectId === "2026-12");
    expect(cuts).toMatchObject([{ clientId: "job", operation: "payrollCut", outcome: "CUT" }]);
  });
});

describe("a cut that is interrupted", () => {
  test("P8 killed within a chunk, changed meanwhile, and run again: the list is that of the cut", async () => {
    const keys = keysWithoutPerson(40);
    const ids = [];
    for (const key of keys) ids.push(await insertHold(database, key, { from: "2026-06" }));
    const expected = await readList("2026-06", "HOLD");
    let chunks = 0;
    const killed = cutMonth(database, "2026-06", {
      onProgress: () => {
        chunks += 1;
        if (chunks === 20) throw new Error("killed");
      },
    });
    await expect(killed).rejects.toThrow("killed");
    const partly = await database.db.select().from(payrollLine);
    expect(partly.length).toBeLessThan(40);
    // Half written, the list is the whole list already.
    const meanwhile = await readList("2026-06", "HOLD");
    expect(meanwhile.lines).toEqual(expected.lines);
    expect(meanwhile.list).toMatchObject({ state: "CUT", written: false, total: 40, checksum: null });
    for (const id of ids) await close(id, "2026-07");
    expect(await cutMonth(database, "2026-06", { silentMs: -1_000 })).toEqual({ holds: 40, releases: 0 });
    expect((await readList("2026-06", "HOLD")).lines).toEqual(expected.lines);
    expect(await cutMonth(database, "2026-06")).toBeNull();
  });

  test("asked to stop, it begins no new chunk and goes on where it was", async () => {
    for (const key of keysWithoutPerson(20)) await insertHold(database, key, { from: "2026-06" });
    const stop = new AbortController();
    const stopped = cutMonth(database, "2026-06", { signal: stop.signal, onProgress: () => stop.abort() });
    await expect(stopped).rejects.toThrow(/abort/i);
    const [run] = await database.db.select().from(jobRun);
    expect(run).toMatchObject({ total: 1024, cursor: { nextBucket: run?.done } });
    expect(run?.done).toBeLessThan(1024);
    const seen: number[] = [];
    const counts = await cutMonth(database, "2026-06", {
      silentMs: -1_000,
      onProgress: ({ done }) => seen.push(done),
    });
    expect(seen[0]).toBeGreaterThan(run?.done ?? 1024);
    expect(seen[0]).toBeLessThan(1024);
    expect(counts).toEqual({ holds: 20, releases: 0 });
  });
});
