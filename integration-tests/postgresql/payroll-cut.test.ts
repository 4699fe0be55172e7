import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { actsFrom } from "../../src/domain/payment.js";
import { createAuditChains } from "../../src/storage/audit.js";
import type { Database } from "../../src/storage/database.js";
import { newId, type PensionerKey } from "../../src/storage/ids.js";
import { readPayrollList, readPayrollPage } from "../../src/storage/payroll-lists.js";
import { lockUncut } from "../../src/storage/payroll-months.js";
import { paymentHold } from "../../src/storage/tables.js";
import { openTestDatabase } from "../testkit/database.js";
import { cutMonth, insertHold, keysWithoutPerson } from "../testkit/payroll.js";

let database: Database;

beforeAll(async () => {
  database = await openTestDatabase();
  await database.transact(createAuditChains);
});

afterAll(() => database[Symbol.asyncDispose]());

/** Opens a hold as whoever opens one does: from June on unless June is cut. */
async function openHold(key: PensionerKey): Promise<string> {
  return database.transact(async (tx) => {
    const fromMonth = actsFrom(Temporal.PlainYearMonth.from("2026-06"), await lockUncut(tx)).toString();
    const openedAt = new Date();
    const common = { ...key, id: newId(), reason: "OTHER", fromMonth, openedAt } as const;
    // Others get between the lock and the write.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
    await tx.insert(paymentHold).values(common);
    return fromMonth;
  });
}

async function closeHold(id: string): Promise<string> {
  return database.transact(async (tx) => {
    const resumesMonth = actsFrom(Temporal.PlainYearMonth.from("2026-06"), await lockUncut(tx)).toString();
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
    await tx.update(paymentHold).set({ resumesMonth }).where(eq(paymentHold.id, id));
    return resumesMonth;
  });
}

test("P8 holds that open and close while a month is cut: each is on the list or acts on the next month", async () => {
  const opening = keysWithoutPerson(120);
  const closing = keysWithoutPerson(120);
  const ids = new Map<PensionerKey, string>();
  for (const key of closing) ids.set(key, await insertHold(database, key, { from: "2026-05" }));
  const expected = new Set<string>();
  let counts: Awaited<ReturnType<typeof cutMonth>> = null;
  const cutting = new Promise((resolve) => setTimeout(resolve, 60)).then(async () => {
    counts = await cutMonth(database, "2026-06");
  });
  const changing = Promise.all(
    opening.map(async (key, position) => {
      await new Promise((resolve) => setTimeout(resolve, position * 2));
      if ((await openHold(key)) === "2026-06") expected.add(key.pensionerId);
      const closed = closing[position];
      const id = closed && ids.get(closed);
      if (id && (await closeHold(id)) === "2026-07") expected.add(closed.pensionerId);
    }),
  );
  await Promise.all([cutting, changing]);
  const list = await readPayrollList(database.db, "2026-06", "HOLD");
  const lines = await readPayrollPage(database.db, list, { after: null, limit: 1_000 });
  expect(new Set(lines.map(({ pensionerId }) => pensionerId))).toEqual(expected);
  expect(counts).toMatchObject({ holds: expected.size });
  // Both sides of the cut were met.
  expect(expected.size).toBeGreaterThan(0);
  expect(expected.size).toBeLessThan(240);
});
