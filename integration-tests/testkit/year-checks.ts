import { and, eq, inArray } from "drizzle-orm";
import { expect } from "vitest";
import { backPayMonth, message, paymentHold, payrollLine, pensioner } from "../../src/storage/tables.js";
import { readStatus } from "./certify.js";
import { type MonthNumber, monthNumber, monthText } from "./year-model.js";
import type { Life } from "./year-steps.js";
import type { World } from "./year-world.js";

/** By person and kind of list, as the model and as the database has it: one comparison for everybody. */
type ByName = Record<string, unknown>;

/** What a channel is told of a person. */
export async function checkStatus(world: World, { person, model }: Life): Promise<void> {
  const { certificationStatus, paymentStatus } = await readStatus(world.client("AGENCY_COUNTER"), person);
  const reasons = model.reasonsIn(world.now.month);
  expect({
    validThrough: certificationStatus.validThrough.slice(0, 7),
    state: paymentStatus.state,
    reasons: [...paymentStatus.reasons].sort(),
  }).toEqual({
    validThrough: monthText(model.validThrough),
    state: reasons.length > 0 ? "SUSPENDED" : "PAYING",
    reasons,
  });
}

/** P1, P4, P5, E9: until when each is certified, why each is not paid now, and what is paid later with which month. */
export async function checkRecords(world: World): Promise<void> {
  const { db } = world.database;
  const month = monthText(world.now.month);
  const people = groupOf(await db.select().from(pensioner), ({ id }) => id);
  const holds = groupOf(await db.select().from(paymentHold), ({ pensionerId }) => pensionerId);
  const backPay = groupOf(await db.select().from(backPayMonth), ({ pensionerId }) => pensionerId);
  const actual: ByName = {};
  const expected: ByName = {};
  for (const { person, key, model } of world.lives) {
    const open = (holds.get(key.pensionerId) ?? []).filter(
      ({ fromMonth, resumesMonth }) => resumesMonth === null && fromMonth <= month,
    );
    const paid = (backPay.get(key.pensionerId) ?? []).map((row) => `${row.month} with ${row.paidWithMonth}`);
    actual[person.name] = {
      validThrough: people.get(key.pensionerId)?.[0]?.validThrough.slice(0, 7),
      reasons: [...new Set(open.map(({ reason }) => reason))].sort(),
      backPay: paid.sort(),
    };
    expected[person.name] = {
      validThrough: monthText(model.validThrough),
      reasons: model.reasonsIn(world.now.month),
      backPay: [...model.released]
        .map(([released, paidWith]) => `${monthText(released)} with ${monthText(paidWith)}`)
        .sort(),
    };
  }
  expect(actual).toEqual(expected);
}

/** P8: the lists that payroll has been given of the month. */
export async function checkPayroll(world: World): Promise<void> {
  const { month } = world.now;
  const lines = await world.database.db
    .select()
    .from(payrollLine)
    .where(eq(payrollLine.month, monthText(month)));
  const byPerson = groupOf(lines, ({ pensionerId }) => pensionerId);
  const actual: ByName = {};
  const expected: ByName = {};
  for (const { person, key, model } of world.lives) {
    const own = byPerson.get(key.pensionerId) ?? [];
    actual[person.name] = {
      held: own.some(({ kind }) => kind === "HOLD"),
      paidLater: own.flatMap(({ backPayMonths }) => backPayMonths).sort(),
    };
    expected[person.name] = {
      held: model.withheld.at(-1) === month,
      paidLater: model.releasedWith(month).sort().map(monthText),
    };
  }
  expect(actual).toEqual(expected);
}

/**
 * R1, R3, R7: reminded in a month is who is due then, of the deadline that stands when it is sent, and nobody else. Who
 * was not due yet when an interrupted planning looked at them may have been left out.
 */
export async function checkReminders(
  world: World,
  planned: ReadonlyMap<Life, MonthNumber> | null,
): Promise<void> {
  const { month } = world.now;
  const isSent = inArray(message.state, ["SENT", "DELIVERED"]);
  const rows = await world.database.db
    .select()
    .from(message)
    .where(and(eq(message.kind, "REMINDER"), eq(message.month, monthText(month)), isSent));
  const byPerson = groupOf(rows, ({ pensionerId }) => pensionerId);
  const actual: ByName = {};
  const expected: ByName = {};
  for (const life of world.lives) {
    const { person, key, model } = life;
    const own = (byPerson.get(key.pensionerId) ?? []).filter(({ recipient }) => recipient === "PENSIONER");
    const about = own.map(({ aboutValidThrough }) => monthNumber(aboutValidThrough ?? ""));
    const due = model.isRemindedIn(month) ? [model.validThrough] : [];
    const isLeftOut = planned !== null && planned.get(life) !== model.validThrough && about.length === 0;
    actual[person.name] = about;
    expected[person.name] = isLeftOut ? [] : due;
  }
  expect(actual).toEqual(expected);
}

/** P4: everything has ended: each month that was withheld has been paid later, once, unless it was lost. */
export async function checkSettled(world: World): Promise<void> {
  const byPerson = groupOf(
    await world.database.db.select().from(payrollLine),
    ({ pensionerId }) => pensionerId,
  );
  for (const life of world.lives) {
    await checkStatus(world, life);
    const { key, model } = life;
    const lines = byPerson.get(key.pensionerId) ?? [];
    const held = lines.filter(({ kind }) => kind === "HOLD").map(({ month }) => month);
    const released = lines.filter(({ kind }) => kind === "RELEASE").flatMap((line) => line.backPayMonths);
    expect(model.reasonsIn(world.now.month)).toEqual([]);
    expect(held.sort()).toEqual(model.withheld.map(monthText));
    expect(new Set(released).size).toBe(released.length);
    expect(released.sort()).toEqual(model.paidLater.map(monthText).sort());
    const isLost = (month: string) => model.isLost(monthNumber(month));
    expect(held.filter((month) => !released.includes(month))).toEqual(held.filter(isLost));
  }
}

function groupOf<Row>(rows: readonly Row[], nameOf: (row: Row) => string): Map<string, Row[]> {
  return Map.groupBy(rows, nameOf);
}
