import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  beijingDateOf,
  beijingMonthOf,
  earlierMonth,
  firstDayOf,
  isBeforeMonth,
  lastDayOf,
  laterMonth,
  monthsBetween,
  startOfBeijingDay,
} from "./calendar.js";

const month = (text: string) => Temporal.PlainYearMonth.from(text);

describe("V6 months are those of Beijing", () => {
  test.each([
    ["2026-05-31T15:59:59.999Z", "2026-05-31", "2026-05"],
    ["2026-05-31T16:00:00Z", "2026-06-01", "2026-06"],
    ["2025-12-31T23:59:00+08:00", "2025-12-31", "2025-12"],
    ["2025-12-31T16:00:00Z", "2026-01-01", "2026-01"],
    ["2028-02-28T16:00:00Z", "2028-02-29", "2028-02"],
    ["2026-07-01T00:00:00-11:00", "2026-07-01", "2026-07"],
    // Summer time, in force in 1986-1991: the day began an hour earlier.
    ["1988-06-30T15:00:00Z", "1988-07-01", "1988-07"],
  ])("V6 %s falls on %s", (instant, day, inMonth) => {
    expect(beijingDateOf(Temporal.Instant.from(instant)).toString()).toBe(day);
    expect(beijingMonthOf(Temporal.Instant.from(instant)).toString()).toBe(inMonth);
  });

  const first = Date.UTC(1950, 0, 1);
  const last = Date.UTC(2150, 0, 1);
  const instants = fc.integer({ min: first, max: last }).map(Temporal.Instant.fromEpochMilliseconds);
  const months = fc
    .tuple(fc.integer({ min: 1950, max: 2150 }), fc.integer({ min: 1, max: 12 }))
    .map(([year, monthOfYear]) => Temporal.PlainYearMonth.from({ year, month: monthOfYear }));

  test("V6 every instant lies in the one Beijing month that is named for it", () => {
    fc.assert(
      fc.property(instants, (instant) => {
        const named = beijingMonthOf(instant);
        const start = startOfBeijingDay(firstDayOf(named));
        const startOfNext = startOfBeijingDay(firstDayOf(named.add({ months: 1 })));
        expect(Temporal.Instant.compare(start, instant)).toBeLessThanOrEqual(0);
        expect(Temporal.Instant.compare(instant, startOfNext)).toBeLessThan(0);
      }),
    );
  });

  test("V6 a month ends one nanosecond before the next one starts", () => {
    fc.assert(
      fc.property(months, (inMonth) => {
        const boundary = startOfBeijingDay(firstDayOf(inMonth));
        const justBefore = boundary.subtract({ nanoseconds: 1 });
        expect(beijingMonthOf(boundary).equals(inMonth)).toBe(true);
        expect(beijingMonthOf(justBefore).equals(inMonth.subtract({ months: 1 }))).toBe(true);
        expect(beijingDateOf(justBefore).equals(lastDayOf(inMonth.subtract({ months: 1 })))).toBe(true);
      }),
    );
  });

  test("V6 a later instant is never in an earlier month", () => {
    fc.assert(
      fc.property(instants, instants, (a, b) => {
        const [earlier, later] = Temporal.Instant.compare(a, b) <= 0 ? [a, b] : [b, a];
        expect(isBeforeMonth(beijingMonthOf(later), beijingMonthOf(earlier))).toBe(false);
      }),
    );
  });
});

describe("months", () => {
  test.each([
    ["2026-02", "2026-02-28"],
    ["2028-02", "2028-02-29"],
    ["2100-02", "2100-02-28"],
    ["2026-04", "2026-04-30"],
    ["2026-12", "2026-12-31"],
  ])("V2 the last day of %s is %s", (text, day) => {
    expect(lastDayOf(month(text)).toString()).toBe(day);
  });

  test.each([
    ["2026-11", "2027-02", ["2026-11", "2026-12", "2027-01", "2027-02"]],
    ["2026-06", "2026-06", ["2026-06"]],
    ["2026-07", "2026-06", []],
    ["2026-07", "2019-01", []],
  ])("P4 from %s through %s both ends count: %j", (from, through, expected) => {
    expect(monthsBetween(month(from), month(through)).map(String)).toEqual(expected);
  });

  test.each([
    ["2025-12", "2026-01"],
    ["2026-09", "2026-10"],
  ])("V3 of %s and %s the later one is told by year and month, not by month alone", (a, b) => {
    expect(laterMonth(month(a), month(b)).toString()).toBe(b);
    expect(laterMonth(month(b), month(a)).toString()).toBe(b);
    expect(earlierMonth(month(a), month(b)).toString()).toBe(a);
    expect(earlierMonth(month(b), month(a)).toString()).toBe(a);
    expect(isBeforeMonth(month(a), month(b))).toBe(true);
    expect(isBeforeMonth(month(b), month(a))).toBe(false);
    expect(isBeforeMonth(month(a), month(a))).toBe(false);
  });
});
