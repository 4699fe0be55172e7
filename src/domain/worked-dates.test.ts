import { describe, expect, test } from "vitest";
import { firstUnpaidMonth, liftOf, owedMonths } from "./payment.js";
import { policyOn } from "./policy.js";
import { reminderMonths } from "./reminders.js";
import { deriveValidity, stateOn, type ValidityFacts } from "./validity.js";

const policy = policyOn(Temporal.PlainDate.from("2026-04-01"));

interface WorkedCase {
  readonly name: string;
  readonly approved: string;
  /** The instants of all passes, oldest first. */
  readonly passes: readonly string[];
  readonly anchor: string;
  readonly lastValidDay: string;
  readonly reminders: readonly string[];
  readonly firstUnpaid: string;
}

const workedCases: readonly WorkedCase[] = [
  {
    name: "approved 2026-02 (retired 2026-01), never certified",
    approved: "2026-02",
    passes: [],
    anchor: "2026-02",
    lastValidDay: "2027-02-28",
    reminders: ["2026-12", "2027-01", "2027-02"],
    firstUnpaid: "2027-03",
  },
  {
    name: "passed 2026-05",
    approved: "2019-08",
    passes: ["2026-05-17T10:00:00+08:00"],
    anchor: "2026-05",
    lastValidDay: "2027-05-31",
    reminders: ["2027-03", "2027-04", "2027-05"],
    firstUnpaid: "2027-06",
  },
  {
    name: "passed 2025-05",
    approved: "2019-08",
    passes: ["2025-05-06T09:00:00+08:00"],
    anchor: "2025-05",
    lastValidDay: "2026-05-31",
    reminders: ["2026-03", "2026-04", "2026-05"],
    firstUnpaid: "2026-06",
  },
  {
    name: "whose SMS says 2025年06月月末",
    approved: "2019-08",
    passes: ["2024-06-20T15:30:00+08:00"],
    anchor: "2024-06",
    lastValidDay: "2025-06-30",
    reminders: ["2025-04", "2025-05", "2025-06"],
    firstUnpaid: "2025-07",
  },
  {
    name: "passed 2024-04-09",
    approved: "2019-08",
    passes: ["2024-04-09T08:00:00+08:00"],
    anchor: "2024-04",
    lastValidDay: "2025-04-30",
    reminders: ["2025-02", "2025-03", "2025-04"],
    firstUnpaid: "2025-05",
  },
  {
    name: "passed 2027-02-28, due in a leap February",
    approved: "2019-08",
    passes: ["2027-02-28T12:00:00+08:00"],
    anchor: "2027-02",
    lastValidDay: "2028-02-29",
    reminders: ["2027-12", "2028-01", "2028-02"],
    firstUnpaid: "2028-03",
  },
  {
    name: "passed 2025-12-31 23:59 Beijing",
    approved: "2019-08",
    passes: ["2025-12-31T15:59:00Z"],
    anchor: "2025-12",
    lastValidDay: "2026-12-31",
    reminders: ["2026-10", "2026-11", "2026-12"],
    firstUnpaid: "2027-01",
  },
  {
    name: "valid to 2027-05, passes again 2026-11-03",
    approved: "2019-08",
    passes: ["2026-05-17T10:00:00+08:00", "2026-11-03T10:00:00+08:00"],
    anchor: "2026-11",
    lastValidDay: "2027-11-30",
    reminders: ["2027-09", "2027-10", "2027-11"],
    firstUnpaid: "2027-12",
  },
  {
    name: "unpaid from 2026-06, passes 2026-09-10",
    approved: "2019-08",
    passes: ["2025-05-06T09:00:00+08:00", "2026-09-10T11:00:00+08:00"],
    anchor: "2026-09",
    lastValidDay: "2027-09-30",
    reminders: ["2027-07", "2027-08", "2027-09"],
    firstUnpaid: "2027-10",
  },
  {
    name: "passed 2025-12-31T16:00Z, already January in Beijing",
    approved: "2019-08",
    passes: ["2025-12-31T16:00:00Z"],
    anchor: "2026-01",
    lastValidDay: "2027-01-31",
    reminders: ["2026-11", "2026-12", "2027-01"],
    firstUnpaid: "2027-02",
  },
  {
    name: "passed twice in 2026-05",
    approved: "2019-08",
    passes: ["2026-05-02T10:00:00+08:00", "2026-05-30T10:00:00+08:00"],
    anchor: "2026-05",
    lastValidDay: "2027-05-31",
    reminders: ["2027-03", "2027-04", "2027-05"],
    firstUnpaid: "2027-06",
  },
];

function factsOf({ approved, passes }: WorkedCase): ValidityFacts {
  return {
    approvedMonths: [Temporal.PlainYearMonth.from(approved)],
    registerCertifiedOn: null,
    passes: passes.map((at, index) => ({ id: `c${index}`, decidingInstant: Temporal.Instant.from(at) })),
  };
}

describe.each(workedCases)("$name", (worked) => {
  const validity = deriveValidity(factsOf(worked), policy);
  const { validThrough } = validity;

  test(`V1 the anchor month is ${worked.anchor}`, () => {
    expect(validity.anchorMonth.toString()).toBe(worked.anchor);
  });

  test(`V2 the last valid day is ${worked.lastValidDay}`, () => {
    expect(validThrough.toString()).toBe(worked.lastValidDay);
  });

  test(`V5 still due on ${worked.lastValidDay}, overdue the day after, valid before the reminders`, () => {
    const firstReminderDay = Temporal.PlainDate.from(`${worked.reminders[0]}-01`);
    const stateAt = (day: Temporal.PlainDate) => stateOn(validity, day, policy);
    expect(stateAt(firstReminderDay.subtract({ days: 1 }))).toBe("VALID");
    expect(stateAt(firstReminderDay)).toBe("DUE_SOON");
    expect(stateAt(Temporal.PlainDate.from(worked.lastValidDay))).toBe("DUE_SOON");
    expect(stateAt(Temporal.PlainDate.from(worked.lastValidDay).add({ days: 1 }))).toBe("OVERDUE");
  });

  test(`R1 reminders go out in ${worked.reminders.join(", ")}`, () => {
    expect(reminderMonths(validThrough, policy).map(String)).toEqual(worked.reminders);
  });

  test(`P1 the first unpaid month is ${worked.firstUnpaid}`, () => {
    expect(firstUnpaidMonth(validThrough).toString()).toBe(worked.firstUnpaid);
  });
});

test("P2, P4 unpaid from 2026-06 and passed on 2026-09-10: 2026-06 to 2026-09 are paid with 2026-10", () => {
  const hold = {
    reason: "NOT_CERTIFIED",
    fromMonth: Temporal.PlainYearMonth.from("2026-06"),
    resumesMonth: null,
    restores: true,
  } as const;
  const passedOn = Temporal.PlainDate.from("2026-09-10");
  const pass = { validThrough: Temporal.PlainDate.from("2027-09-30"), decidedBy: passedOn, passedOn };
  const lift = liftOf(hold, pass, policy, null);
  expect(lift?.resumesMonth.toString()).toBe("2026-10");
  const lifted = [{ ...hold, resumesMonth: lift?.resumesMonth ?? null }];
  expect(owedMonths(lifted, []).map(String)).toEqual(["2026-06", "2026-07", "2026-08", "2026-09"]);
});
