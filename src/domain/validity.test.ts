import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isBeforeMonth } from "./calendar.js";
import { policyOn } from "./policy.js";
import { reminderMonths } from "./reminders.js";
import {
  anchorMonthBehind,
  anchorMonthOf,
  deadlineMonthFrom,
  deriveValidity,
  needsConfirmation,
  stateOn,
  type Validity,
  type ValidityFacts,
  validityAfterPass,
  validThroughFrom,
} from "./validity.js";

const policy = policyOn(Temporal.PlainDate.from("2026-04-01"));
const date = (text: string) => Temporal.PlainDate.from(text);
const month = (text: string) => Temporal.PlainYearMonth.from(text);

function facts(
  approved: readonly string[],
  passes: readonly string[] = [],
  registered: string | null = null,
): ValidityFacts {
  return {
    approvedMonths: approved.map(month),
    registerCertifiedOn: registered === null ? null : date(registered),
    passes: passes.map((at, index) => ({ id: `c${index}`, decidingInstant: Temporal.Instant.from(at) })),
  };
}

describe("anchor month", () => {
  test.each([
    ["approval alone", facts(["2026-02"]), "2026-02"],
    ["a pass in the approval month", facts(["2026-02"], ["2026-02-20T10:00:00+08:00"]), "2026-02"],
    ["a pass recorded from before approval", facts(["2026-02"], ["2025-11-20T10:00:00+08:00"]), "2026-02"],
    ["the register's last certification", facts(["2019-08"], [], "2025-05-06"), "2025-05"],
    ["a register date from before approval", facts(["2026-02"], [], "2025-05-06"), "2026-02"],
    [
      "a pass after the register's date",
      facts(["2019-08"], ["2026-03-01T00:00:00+08:00"], "2025-05-06"),
      "2026-03",
    ],
    [
      "a pass before the register's date",
      facts(["2019-08"], ["2024-03-01T00:00:00+08:00"], "2025-05-06"),
      "2025-05",
    ],
    [
      "the latest of passes that arrive out of order",
      facts(["2019-08"], ["2026-03-01T00:00:00+08:00", "2025-07-01T00:00:00+08:00"]),
      "2026-03",
    ],
    ["a pass at the turn of the month in Beijing", facts(["2019-08"], ["2026-05-31T16:00:00Z"]), "2026-06"],
  ])("V1 %s", (_, given, anchor) => {
    expect(anchorMonthOf(given).toString()).toBe(anchor);
  });

  test.each([
    ["2026-02 beside 2024-03", ["2024-03", "2026-02"], [], "2024-03"],
    ["2026-02 listed first", ["2026-02", "2024-03"], [], "2024-03"],
    ["2026-09 after a pass in 2026-05", ["2019-08", "2026-09"], ["2026-05-17T10:00:00+08:00"], "2026-05"],
  ])("V7 a benefit approved later does not move the deadline: %s", (_, approved, passes, anchor) => {
    expect(anchorMonthOf(facts(approved, passes)).toString()).toBe(anchor);
  });

  test("V7 without any benefit there is nothing to derive", () => {
    expect(() => anchorMonthOf(facts([]))).toThrow(RangeError);
  });
});

test.each([
  ["2026-02", 12, "2027-02-28"],
  ["2023-02", 12, "2024-02-29"],
  ["2026-12", 12, "2027-12-31"],
  ["2026-08", 6, "2027-02-28"],
  ["2026-05", 1, "2026-06-30"],
])("V2 anchored in %s for %i months: valid through %s", (anchor, validityMonths, lastDay) => {
  expect(validThroughFrom(month(anchor), { ...policy, validityMonths }).toString()).toBe(lastDay);
});

describe("what a pass does", () => {
  const before = deriveValidity(facts(["2019-08"], ["2026-05-17T10:00:00+08:00"]), policy);

  test.each([
    [
      "an early pass gives up the months that were left",
      "2026-11-03T10:00:00+08:00",
      "2027-11-30",
      "2026-11-03",
    ],
    ["a second pass in the same month adds nothing", "2026-05-30T10:00:00+08:00", "2027-05-31", "2026-05-30"],
    [
      "a pass long overdue counts from its own month",
      "2029-01-31T23:59:59+08:00",
      "2030-01-31",
      "2029-01-31",
    ],
    [
      "an older pass that arrives late shortens nothing",
      "2025-12-01T10:00:00+08:00",
      "2027-05-31",
      "2026-05-17",
    ],
  ])("V3 %s", (_, at, validThrough, lastCertifiedOn) => {
    const after = validityAfterPass(before, Temporal.Instant.from(at), policy);
    expect(after.validThrough.toString()).toBe(validThrough);
    expect(after.lastCertifiedOn?.toString()).toBe(lastCertifiedOn);
  });

  test("V4 the last certification date is the latest pass, none before the first", () => {
    expect(deriveValidity(facts(["2026-02"]), policy).lastCertifiedOn).toBeNull();
    expect(deriveValidity(facts(["2019-08"], [], "2024-04-09"), policy).lastCertifiedOn?.toString()).toBe(
      "2024-04-09",
    );
    const passedTwice = facts(["2019-08"], ["2024-04-08T16:00:00Z", "2023-04-09T02:00:00Z"], "2024-01-01");
    expect(deriveValidity(passedTwice, policy).lastCertifiedOn?.toString()).toBe("2024-04-09");
  });
});

test.each([
  ["2026-05-31", "2025-06-01", "VALID"],
  ["2026-05-31", "2026-02-28", "VALID"],
  ["2026-05-31", "2026-03-01", "DUE_SOON"],
  ["2026-05-31", "2026-05-31", "DUE_SOON"],
  ["2026-05-31", "2026-06-01", "OVERDUE"],
  ["2026-05-31", "2027-01-15", "OVERDUE"],
  ["2027-01-31", "2026-10-31", "VALID"],
  ["2027-01-31", "2026-11-01", "DUE_SOON"],
])("V5 valid through %s, on %s the state is %s", (validThrough, today, state) => {
  expect(stateOn({ validThrough: date(validThrough) }, date(today), policy)).toBe(state);
});

test("V5 how many months count as due is policy", () => {
  const impatient = { ...policy, dueMonthsBeforeDeadline: 0 };
  const validity = { validThrough: date("2026-05-31") };
  expect(stateOn(validity, date("2026-04-30"), impatient)).toBe("VALID");
  expect(stateOn(validity, date("2026-05-01"), impatient)).toBe("DUE_SOON");
});

test.each([
  ["2025-04-30", "2024-05-02", true],
  ["2025-04-30", "2025-04-30", true],
  ["2025-04-30", "2025-05-01", false],
])("V4 valid through %s: on %s asked before certifying again: %s", (validThrough, today, asked) => {
  expect(needsConfirmation({ validThrough: date(validThrough) }, date(today))).toBe(asked);
});

describe("for whatever sequence of passes", () => {
  const instants = fc
    .integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2060, 0, 1) })
    .map(Temporal.Instant.fromEpochMilliseconds);
  const days = fc
    .integer({ min: 0, max: 20_000 })
    .map((offset) => Temporal.PlainDate.from("2005-01-01").add({ days: offset }));
  const months = days.map((day) => day.toPlainYearMonth());
  const starts: fc.Arbitrary<ValidityFacts> = fc.record({
    approvedMonths: fc.array(months, { minLength: 1, maxLength: 4 }),
    registerCertifiedOn: fc.option(days),
    passes: fc.constant([]),
  });
  const passes = fc.array(instants, { maxLength: 12 });
  const withPasses = (start: ValidityFacts, at: readonly Temporal.Instant[]): ValidityFacts => ({
    ...start,
    passes: at.map((decidingInstant, index) => ({ id: `c${index}`, decidingInstant })),
  });
  const written = (validity: Validity) => ({
    anchorMonth: validity.anchorMonth.toString(),
    validThrough: validity.validThrough.toString(),
    lastCertifiedOn: validity.lastCertifiedOn?.toString() ?? null,
  });

  test("V3 validity never gets shorter", () => {
    fc.assert(
      fc.property(starts, passes, (start, at) => {
        let validity = deriveValidity(start, policy);
        for (const instant of at) {
          const after = validityAfterPass(validity, instant, policy);
          expect(
            Temporal.PlainDate.compare(after.validThrough, validity.validThrough),
          ).toBeGreaterThanOrEqual(0);
          validity = after;
        }
      }),
    );
  });

  test("V1 passes taken one at a time give what all the records give", () => {
    fc.assert(
      fc.property(starts, passes, (start, at) => {
        const folded = at.reduce(
          (validity, instant) => validityAfterPass(validity, instant, policy),
          deriveValidity(start, policy),
        );
        expect(written(folded)).toEqual(written(deriveValidity(withPasses(start, at), policy)));
      }),
    );
  });

  test("V1 the order in which records are read does not matter", () => {
    fc.assert(
      fc.property(starts, passes, (start, at) => {
        const backwards = {
          ...withPasses(start, at.toReversed()),
          approvedMonths: start.approvedMonths.toReversed(),
        };
        expect(written(deriveValidity(backwards, policy))).toEqual(
          written(deriveValidity(withPasses(start, at), policy)),
        );
      }),
    );
  });

  test("V3 nothing stacks: a pass never gives more than the policy's months from its own month", () => {
    fc.assert(
      fc.property(starts, passes, instants, (start, at, instant) => {
        const before = deriveValidity(withPasses(start, at), policy);
        const after = validityAfterPass(before, instant, policy);
        const own = instant.toZonedDateTimeISO("Asia/Shanghai").toPlainDate().toPlainYearMonth();
        const lengthened = Temporal.PlainDate.compare(after.validThrough, before.validThrough) > 0;
        if (lengthened)
          expect(after.validThrough.toPlainYearMonth().equals(own.add({ months: 12 }))).toBe(true);
      }),
    );
  });

  test("V2 one month more of proof never expires earlier, and always in the next month", () => {
    fc.assert(
      fc.property(months, (anchor) => {
        const one = validThroughFrom(anchor, policy);
        const more = validThroughFrom(anchor.add({ months: 1 }), policy);
        expect(Temporal.PlainDate.compare(one, more)).toBeLessThan(0);
        expect(more.toPlainYearMonth().equals(one.toPlainYearMonth().add({ months: 1 }))).toBe(true);
        expect(one.toPlainYearMonth().equals(deadlineMonthFrom(anchor, policy))).toBe(true);
        expect(one.add({ days: 1 }).day).toBe(1);
      }),
    );
  });

  test("V5 with time the state only moves on, and is due in exactly the months of the reminders", () => {
    const order = ["VALID", "DUE_SOON", "OVERDUE"];
    fc.assert(
      fc.property(months, days, fc.nat(800), (anchor, today, later) => {
        const validity = { validThrough: validThroughFrom(anchor, policy) };
        const state = stateOn(validity, today, policy);
        const stateLater = stateOn(validity, today.add({ days: later }), policy);
        expect(order.indexOf(stateLater)).toBeGreaterThanOrEqual(order.indexOf(state));
        const reminded = reminderMonths(validity.validThrough, policy);
        expect(state === "DUE_SOON").toBe(reminded.some((each) => each.equals(today.toPlainYearMonth())));
        expect(needsConfirmation(validity, today)).toBe(state !== "OVERDUE");
        expect(isBeforeMonth(anchor, reminded[0] ?? anchor)).toBe(true);
      }),
    );
  });

  test("V1, V2 the anchor month follows from the last valid day as that does from it", () => {
    fc.assert(
      fc.property(months, (anchor) => {
        expect(anchorMonthBehind(validThroughFrom(anchor, policy), policy).equals(anchor)).toBe(true);
      }),
    );
    expect(anchorMonthBehind(date("2028-02-29"), policy).toString()).toBe("2027-02");
  });
});
