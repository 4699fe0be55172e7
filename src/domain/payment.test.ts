import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addMonths, firstDayOf, lastDayOf, monthsBetween } from "./calendar.js";
import {
  actsFrom,
  type BackPay,
  firstUnpaidMonth,
  type HoldReason,
  liftOf,
  owedMonths,
  type PaymentHold,
  paymentStatusOn,
  resumesMonth,
} from "./payment.js";
import { policyOn } from "./policy.js";
import { validThroughFrom } from "./validity.js";

const policy = policyOn(Temporal.PlainDate.from("2026-04-01"));
const untilCutoff = { ...policy, resumeRule: "SAME_MONTH_BEFORE_CUTOFF", payrollCutoffDay: 10 } as const;
const date = (text: string) => Temporal.PlainDate.from(text);
const month = (text: string) => Temporal.PlainYearMonth.from(text);
const monthOrNull = (text: string | null) => (text === null ? null : month(text));

function hold(
  reason: HoldReason,
  from: string,
  resumes: string | null = null,
  more: Partial<PaymentHold> = {},
): PaymentHold {
  const restores = reason !== "IN_PRISON";
  return { reason, fromMonth: month(from), resumesMonth: monthOrNull(resumes), restores, ...more };
}

/** A pass made on a day, by evidence of an earlier day or of that day. */
function passOn(day: string, evidenceOf = day) {
  const decidedBy = date(evidenceOf);
  return {
    validThrough: validThroughFrom(decidedBy.toPlainYearMonth(), policy),
    decidedBy,
    passedOn: date(day),
  };
}

const releasedWith = (paidWith: string, months: readonly string[]): BackPay[] =>
  months.map((each) => ({ month: month(each), paidWithMonth: month(paidWith) }));

function statusOn(today: string, holds: readonly PaymentHold[], backPay: readonly BackPay[] = []) {
  const status = paymentStatusOn({ holds, backPay }, date(today));
  return {
    ...status,
    firstUnpaidMonth: status.firstUnpaidMonth?.toString() ?? null,
    unpaidMonths: status.unpaidMonths.map(String),
    resumesMonth: status.resumesMonth?.toString() ?? null,
    backPayMonths: status.backPayMonths.map(String),
  };
}

const liftedOn = (
  day: string,
  given: { evidenceOf?: string; from?: string; rule?: typeof policy; cut?: string } = {},
) => {
  const { evidenceOf = day, from = "2026-06", rule = policy, cut = null } = given;
  const lift = liftOf(hold("NOT_CERTIFIED", from), passOn(day, evidenceOf), rule, monthOrNull(cut));
  return (
    lift && [
      lift.resumesMonth.toString(),
      lift.voided ? "voided" : "lifted",
      lift.continuesFrom?.toString() ?? null,
    ]
  );
};

test.each([
  ["2026-05-31", "2026-06"],
  ["2026-12-31", "2027-01"],
  ["2028-02-29", "2028-03"],
])("P1 valid through %s: the first unpaid month is %s", (validThrough, expected) => {
  expect(firstUnpaidMonth(date(validThrough)).toString()).toBe(expected);
});

describe("when payment resumes", () => {
  test.each([
    ["2026-09-01", "2026-10"],
    ["2026-09-30", "2026-10"],
    ["2026-12-31", "2027-01"],
  ])("P2 by default a pass on %s resumes payment in %s", (passedOn, expected) => {
    expect(resumesMonth(date(passedOn), policy).toString()).toBe(expected);
  });

  test.each([
    ["2026-09-01", "2026-09"],
    ["2026-09-10", "2026-09"],
    ["2026-09-11", "2026-10"],
    ["2026-12-11", "2027-01"],
  ])("P2 with a cut-off on the 10th a pass on %s resumes payment in %s", (passedOn, expected) => {
    expect(resumesMonth(date(passedOn), untilCutoff).toString()).toBe(expected);
  });

  test.each([
    ["2026-06", null, "2026-06"],
    ["2026-06", "2026-05", "2026-06"],
    ["2026-06", "2026-06", "2026-07"],
    ["2026-06", "2026-08", "2026-09"],
  ])("P8 decided for %s when payroll has cut %s, it acts from %s", (wanted, cut, expected) => {
    expect(actsFrom(month(wanted), monthOrNull(cut)).toString()).toBe(expected);
  });
});

describe("what a pass does to a suspension from 2026-06", () => {
  test.each([
    ["2026-06-01", "2026-07"],
    ["2026-09-10", "2026-10"],
    ["2027-01-15", "2027-02"],
  ])("P2 passed on %s it is lifted: paid again from %s", (day, resumes) => {
    expect(liftedOn(day)).toEqual([resumes, "lifted", null]);
  });

  test("P2 under the other policy in the same month, unless payroll has cut it already", () => {
    expect(liftedOn("2026-09-10", { rule: untilCutoff })).toEqual(["2026-09", "lifted", null]);
    expect(liftedOn("2026-09-10", { rule: untilCutoff, cut: "2026-09" })).toEqual([
      "2026-10",
      "lifted",
      null,
    ]);
  });

  test.each([
    ["2026-05-20", ["2026-09", "voided", null]],
    ["2025-12-01", ["2026-09", "voided", null]],
    ["2026-06-03", ["2026-09", "lifted", null]],
    ["2025-07-15", ["2026-08", "voided", "2026-08"]],
    ["2025-05-31", null],
    ["2024-01-01", null],
  ])("P6 by evidence of %s that comes on 2026-08-20: %j", (evidenceOf, expected) => {
    expect(liftedOn("2026-08-20", { evidenceOf })).toEqual(expected);
  });
});

describe("the months that are owed", () => {
  const owed = (holds: readonly PaymentHold[], released: readonly string[] = []) =>
    owedMonths(holds, released.map(month)).map(String);

  test.each([
    ["nothing was held", [], [], []],
    ["the only hold is open", [hold("NOT_CERTIFIED", "2026-06")], [], []],
    [
      "it has been lifted",
      [hold("NOT_CERTIFIED", "2026-06", "2026-10")],
      [],
      ["2026-06", "2026-07", "2026-08", "2026-09"],
    ],
    [
      "some were released before",
      [hold("NOT_CERTIFIED", "2026-06", "2026-10")],
      ["2026-06", "2026-08"],
      ["2026-07", "2026-09"],
    ],
    [
      "two of them were lost in prison",
      [hold("NOT_CERTIFIED", "2026-06", "2026-10"), hold("IN_PRISON", "2026-07", "2026-09")],
      [],
      ["2026-06", "2026-09"],
    ],
    [
      "all were lost in prison",
      [hold("NOT_CERTIFIED", "2026-06", "2026-10"), hold("IN_PRISON", "2026-05", "2026-12")],
      [],
      [],
    ],
    [
      "a wrong death report was taken back",
      [hold("NOT_CERTIFIED", "2026-06", "2026-10"), hold("DEATH_REPORTED", "2026-08", "2026-12")],
      [],
      ["2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11"],
    ],
    [
      "the evidence covers some months and the suspension goes on after them",
      [hold("NOT_CERTIFIED", "2026-06", "2026-08"), hold("NOT_CERTIFIED", "2026-08")],
      [],
      ["2026-06", "2026-07"],
    ],
  ])("P4 %s", (_, holds, released, expected) => {
    expect(owed(holds, released)).toEqual(expected);
  });

  test("P5 none while another reason is open", () => {
    const lifted = hold("NOT_CERTIFIED", "2026-06", "2026-10");
    expect(owed([lifted, hold("DEATH_REPORTED", "2026-08")])).toEqual([]);
    expect(owed([lifted, hold("ELIGIBILITY_DOUBT", "2026-12")])).toEqual([]);
  });

  const anyHold = fc
    .record({
      reason: fc.constantFrom<HoldReason>("NOT_CERTIFIED", "DEATH_REPORTED", "IN_PRISON", "OTHER"),
      start: fc.integer({ min: 0, max: 40 }),
      length: fc.integer({ min: 0, max: 14 }),
      restores: fc.boolean(),
    })
    .map(({ reason, start, length, restores }): PaymentHold => {
      const fromMonth = addMonths(month("2024-01"), start);
      return { reason, fromMonth, resumesMonth: addMonths(fromMonth, length), restores };
    });

  test("P4 for any holds: owed exactly when stopped, restored by every reason, and not released", () => {
    fc.assert(
      fc.property(
        fc.array(anyHold, { maxLength: 5 }),
        fc.array(fc.integer({ min: 0, max: 60 })),
        (holds, out) => {
          const released = out.map((offset) => addMonths(month("2024-01"), offset));
          const covers = (each: PaymentHold, at: Temporal.PlainYearMonth) =>
            each.resumesMonth !== null &&
            Temporal.PlainYearMonth.compare(each.fromMonth, at) <= 0 &&
            Temporal.PlainYearMonth.compare(at, each.resumesMonth) < 0;
          const expected = monthsBetween(month("2024-01"), month("2030-01")).filter((at) => {
            const stopping = holds.filter((each) => covers(each, at));
            return (
              stopping.length > 0 &&
              stopping.every((each) => each.restores) &&
              !released.some((each) => each.equals(at))
            );
          });
          expect(owedMonths(holds, released).map(String)).toEqual(expected.map(String));
        },
      ),
    );
  });
});

describe("payment as of a day", () => {
  test("P3 without a hold everything is paid, whatever the validity", () => {
    expect(statusOn("2030-08-15", [])).toMatchObject({ state: "PAYING", unpaidMonths: [] });
  });

  test("P1 suspended from 2026-06", () => {
    expect(statusOn("2026-08-15", [hold("NOT_CERTIFIED", "2026-06")])).toEqual({
      state: "SUSPENDED",
      reasons: ["NOT_CERTIFIED"],
      firstUnpaidMonth: "2026-06",
      unpaidMonths: ["2026-06", "2026-07", "2026-08"],
      resumesMonth: null,
      backPayMonths: [],
    });
  });

  const lifted = [hold("NOT_CERTIFIED", "2026-06", "2026-10")];
  const months = ["2026-06", "2026-07", "2026-08", "2026-09"];
  const backPay = releasedWith("2026-10", months);

  test.each([
    ["2026-09-10", "2026-06", months],
    ["2026-09-30", "2026-06", months],
    ["2026-10-01", null, []],
    ["2027-09-30", null, []],
  ])("P2 passed on 2026-09-10: on %s paying, first unpaid %s", (today, firstUnpaid, unpaid) => {
    expect(statusOn(today, lifted, backPay)).toEqual({
      state: "PAYING",
      reasons: [],
      firstUnpaidMonth: firstUnpaid,
      unpaidMonths: unpaid,
      resumesMonth: "2026-10",
      backPayMonths: months,
    });
  });

  test("P4 the back-pay of an earlier suspension is not awaited again after a later one", () => {
    const twice = [...lifted, hold("NOT_CERTIFIED", "2027-10", "2028-01")];
    const later = ["2027-10", "2027-11", "2027-12"];
    const status = statusOn("2027-12-20", twice, [...backPay, ...releasedWith("2028-01", later)]);
    expect(status).toMatchObject({ resumesMonth: "2028-01", unpaidMonths: later, backPayMonths: later });
  });

  test("P5 reasons add up, and the first unpaid month is that of the first of them", () => {
    const status = statusOn("2026-08-15", [
      hold("IN_PRISON", "2026-04"),
      hold("DEATH_REPORTED", "2026-07"),
      hold("NOT_CERTIFIED", "2026-06"),
    ]);
    expect(status.reasons).toEqual(["DEATH_REPORTED", "IN_PRISON", "NOT_CERTIFIED"]);
    expect(status.firstUnpaidMonth).toBe("2026-04");
    expect(status.unpaidMonths).toHaveLength(5);
  });

  test("P5 a pass does not resume payment while a reported death is open", () => {
    const status = statusOn("2026-11-15", [...lifted, hold("DEATH_REPORTED", "2026-08")]);
    expect(status).toMatchObject({ state: "SUSPENDED", reasons: ["DEATH_REPORTED"] });
    expect(status.unpaidMonths).toEqual([...months, "2026-10", "2026-11"]);
  });

  test("P5 a reason that begins in a later month does not act yet", () => {
    const holds = [hold("DEATH_REPORTED", "2026-09")];
    expect(statusOn("2026-08-31", holds).state).toBe("PAYING");
    expect(statusOn("2026-09-01", holds).state).toBe("SUSPENDED");
  });

  test("C5 once staff have seen the proof of death, payment has ended", () => {
    expect(statusOn("2026-09-01", [hold("DEATH_REPORTED", "2026-09", null, { final: true })]).state).toBe(
      "TERMINATED",
    );
  });

  test("P5 when the last reason is closed, payment resumes in the later of their months", () => {
    const holds = [...lifted, hold("IN_PRISON", "2026-08", "2026-12")];
    const status = statusOn("2026-12-01", holds, releasedWith("2026-12", ["2026-06", "2026-07"]));
    expect(status).toMatchObject({ state: "PAYING", resumesMonth: "2026-12", unpaidMonths: [] });
    expect(status.backPayMonths).toEqual(["2026-06", "2026-07"]);
  });

  test("P4 back-pay released already is not counted as unpaid when another reason stops payment", () => {
    const status = statusOn("2026-11-15", [...lifted, hold("IN_PRISON", "2026-10")], backPay);
    expect(status.reasons).toEqual(["IN_PRISON"]);
    expect(status.unpaidMonths).toEqual(["2026-10", "2026-11"]);
  });
});

describe("for any suspension and pass", () => {
  const lapses = fc.record({
    from: fc.integer({ min: 0, max: 600 }).map((offset) => addMonths(month("2010-01"), offset)),
    daysLate: fc.integer({ min: 0, max: 1500 }),
    rule: fc.constantFrom(policy, untilCutoff),
  });

  test("P4 back-pay runs without a gap from the first unpaid month to the one before payment resumes", () => {
    fc.assert(
      fc.property(lapses, fc.nat(11), ({ from, daysLate, rule }, monthsAfter) => {
        const day = firstDayOf(from).add({ days: daysLate });
        const suspended = hold("NOT_CERTIFIED", from.toString());
        const lift = liftOf(suspended, passOn(day.toString()), rule, null);
        if (!lift) throw new Error("a pass after the suspension lifts it");
        const holds = [{ ...suspended, resumesMonth: lift.resumesMonth }];
        const owed = owedMonths(holds, []);
        expect(owed.map(String)).toEqual(monthsBetween(from, addMonths(lift.resumesMonth, -1)).map(String));
        const backPay = owed.map((each) => ({ month: each, paidWithMonth: lift.resumesMonth }));
        const then = lastDayOf(addMonths(lift.resumesMonth, monthsAfter));
        expect(paymentStatusOn({ holds, backPay }, then)).toMatchObject({
          state: "PAYING",
          unpaidMonths: [],
        });
      }),
    );
  });
});
