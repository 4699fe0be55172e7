import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lastDayOf } from "./calendar.js";
import {
  backPayMonths,
  type HoldReason,
  type PaymentHold,
  paidMonths,
  paymentStatusOn,
  resumesMonth,
  resumptionAfterPass,
  unpaidMonths,
} from "./payment.js";
import { policyOn } from "./policy.js";
import { validThroughFrom } from "./validity.js";

const policy = policyOn(Temporal.PlainDate.from("2026-04-01"));
const untilCutoff = { ...policy, resumeRule: "SAME_MONTH_BEFORE_CUTOFF", payrollCutoffDay: 10 } as const;
const date = (text: string) => Temporal.PlainDate.from(text);
const month = (text: string) => Temporal.PlainYearMonth.from(text);

/** A pass of that day, made and received on it. */
function passOn(day: string | Temporal.PlainDate) {
  const passedOn = Temporal.PlainDate.from(day);
  const validThrough = validThroughFrom(passedOn.toPlainYearMonth(), policy);
  return { validThrough, passedOn };
}

function hold(reason: HoldReason, from: string, resumes: string | null = null): PaymentHold {
  return { reason, fromMonth: month(from), resumesMonth: resumes === null ? null : month(resumes) };
}

function statusOn(
  today: string,
  given: {
    validThrough: string;
    holds?: readonly PaymentHold[];
    backPay?: readonly string[];
    overpaid?: readonly string[];
    submittedOn?: string;
  },
) {
  const { holds = [] } = given;
  const backPay = (given.backPay ?? []).map(month);
  const status = paymentStatusOn(
    {
      validThrough: date(given.validThrough),
      holds,
      backPayMonths: backPay,
      paidMonths: paidMonths({
        holds,
        backPayMonths: backPay,
        overpaidMonths: (given.overpaid ?? []).map(month),
      }),
      submittedOn: given.submittedOn === undefined ? null : date(given.submittedOn),
    },
    date(today),
  );
  return {
    ...status,
    firstUnpaidMonth: status.firstUnpaidMonth?.toString() ?? null,
    unpaidMonths: status.unpaidMonths.map(String),
    resumesMonth: status.resumesMonth?.toString() ?? null,
    backPayMonths: status.backPayMonths.map(String),
  };
}

test.each([
  ["2026-05-31", "2026-05-31", []],
  ["2026-05-31", "2026-06-01", ["2026-06"]],
  ["2026-05-31", "2026-08-31", ["2026-06", "2026-07", "2026-08"]],
  ["2026-12-31", "2027-02-01", ["2027-01", "2027-02"]],
  ["2026-05-31", "2025-01-01", []],
])("P1 valid through %s, on %s unpaid: %j", (validThrough, today, expected) => {
  expect(unpaidMonths(date(validThrough), date(today)).map(String)).toEqual(expected);
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
});

describe("what a pass releases", () => {
  const beforePass = (otherHolds: readonly PaymentHold[] = []) => ({
    validThrough: date("2026-05-31"),
    otherHolds,
    paidMonths: [],
    submittedOn: null,
  });

  test.each(["2025-06-01", "2026-05-31"])("P2 a pass on %s, in time, has nothing to resume", (passedOn) => {
    expect(resumptionAfterPass(beforePass(), passOn(passedOn), policy)).toBeNull();
  });

  test.each([
    ["2026-06-01", ["2026-06"]],
    ["2026-06-30", ["2026-06"]],
    ["2027-01-15", ["2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11", "2026-12", "2027-01"]],
  ])("P4 unpaid from 2026-06, a pass on %s releases %j", (passedOn, expected) => {
    expect(resumptionAfterPass(beforePass(), passOn(passedOn), policy)?.backPayMonths.map(String)).toEqual(
      expected,
    );
  });

  test.each([
    ["2026-06-05", "2026-06", []],
    ["2026-06-11", "2026-07", ["2026-06"]],
    ["2026-08-10", "2026-08", ["2026-06", "2026-07"]],
  ])(
    "P4 with a cut-off on the 10th, a pass on %s resumes in %s and releases %j",
    (passedOn, resumes, expected) => {
      const resumption = resumptionAfterPass(beforePass(), passOn(passedOn), untilCutoff);
      expect(resumption?.resumesMonth.toString()).toBe(resumes);
      expect(resumption?.backPayMonths.map(String)).toEqual(expected);
    },
  );

  test.each([
    ["in the middle", [hold("IN_PRISON", "2026-07", "2026-09")], ["2026-06", "2026-09"]],
    ["from before the lapse", [hold("IN_PRISON", "2026-01", "2026-07")], ["2026-07", "2026-08", "2026-09"]],
    ["beyond the resumption", [hold("IN_PRISON", "2026-09", "2026-12")], ["2026-06", "2026-07", "2026-08"]],
    [
      "twice, overlapping",
      [hold("IN_PRISON", "2026-07", "2026-09"), hold("OTHER", "2026-06", "2026-08")],
      ["2026-09"],
    ],
    [
      "and ended before the lapse",
      [hold("IN_PRISON", "2025-01", "2025-09")],
      ["2026-06", "2026-07", "2026-08", "2026-09"],
    ],
    ["all along", [hold("IN_PRISON", "2026-06", "2026-10")], []],
  ])("P4 months lost for another reason %s are not paid", (_, otherHolds, expected) => {
    const resumption = resumptionAfterPass(beforePass(otherHolds), passOn("2026-09-10"), policy);
    expect(resumption?.backPayMonths.map(String)).toEqual(expected);
  });

  test("P5 while another reason is open a pass releases nothing", () => {
    const holds = [hold("IN_PRISON", "2026-07", "2026-08"), hold("DEATH_REPORTED", "2026-08")];
    expect(resumptionAfterPass(beforePass(holds), passOn("2026-09-10"), policy)?.backPayMonths).toEqual([]);
  });
});

describe("payment as of a day", () => {
  test("P1 one day after the deadline payment is suspended for want of a certification", () => {
    expect(statusOn("2026-08-15", { validThrough: "2026-05-31" })).toEqual({
      state: "SUSPENDED",
      reasons: ["NOT_CERTIFIED"],
      firstUnpaidMonth: "2026-06",
      unpaidMonths: ["2026-06", "2026-07", "2026-08"],
      resumesMonth: null,
      backPayMonths: [],
    });
  });

  const released = {
    validThrough: "2027-09-30",
    holds: [hold("NOT_CERTIFIED", "2026-06", "2026-10")],
    backPay: ["2026-06", "2026-07", "2026-08", "2026-09"],
  };

  test.each([
    ["2026-09-10", "2026-06", released.backPay],
    ["2026-09-30", "2026-06", released.backPay],
    ["2026-10-01", null, []],
    ["2027-09-30", null, []],
  ])("P2 passed on 2026-09-10: on %s paying, first unpaid %s", (today, firstUnpaid, unpaid) => {
    expect(statusOn(today, released)).toEqual({
      state: "PAYING",
      reasons: [],
      firstUnpaidMonth: firstUnpaid,
      unpaidMonths: unpaid,
      resumesMonth: "2026-10",
      backPayMonths: released.backPay,
    });
  });

  test("P4 the back-pay of an earlier lapse is not awaited again after a later one", () => {
    const twice = {
      validThrough: "2028-12-31",
      holds: [hold("NOT_CERTIFIED", "2027-10", "2028-01"), hold("NOT_CERTIFIED", "2026-06", "2026-10")],
      backPay: [...released.backPay, "2027-10", "2027-11", "2027-12"],
    };
    const status = statusOn("2027-12-20", twice);
    expect(status.resumesMonth).toBe("2028-01");
    expect(status.unpaidMonths).toEqual(["2027-10", "2027-11", "2027-12"]);
    expect(status.backPayMonths).toEqual(["2027-10", "2027-11", "2027-12"]);
  });

  test("P4 a second lapse counts from its own first unpaid month", () => {
    const status = statusOn("2027-11-05", released);
    expect(status.state).toBe("SUSPENDED");
    expect(status.unpaidMonths).toEqual(["2027-10", "2027-11"]);
  });

  test("P5 reasons add up, and the first unpaid month is that of the first of them", () => {
    const status = statusOn("2026-08-15", {
      validThrough: "2026-05-31",
      holds: [
        hold("IN_PRISON", "2026-04"),
        hold("DEATH_REPORTED", "2026-07"),
        hold("NOT_CERTIFIED", "2026-06"),
      ],
    });
    expect(status.reasons).toEqual(["DEATH_REPORTED", "IN_PRISON", "NOT_CERTIFIED"]);
    expect(status.firstUnpaidMonth).toBe("2026-04");
    expect(status.unpaidMonths).toHaveLength(5);
  });

  test("P5 a pass does not resume payment while a reported death is open", () => {
    const status = statusOn("2026-11-15", {
      validThrough: "2027-09-30",
      holds: [hold("NOT_CERTIFIED", "2026-06", "2026-10"), hold("DEATH_REPORTED", "2026-08")],
    });
    expect(status.state).toBe("SUSPENDED");
    expect(status.reasons).toEqual(["DEATH_REPORTED"]);
    expect(status.firstUnpaidMonth).toBe("2026-06");
    expect(status.unpaidMonths).toEqual(["2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11"]);
  });

  test("P5 a reason that begins in a later month does not act yet", () => {
    const holds = [hold("DEATH_REPORTED", "2026-09")];
    expect(statusOn("2026-08-31", { validThrough: "2027-05-31", holds }).state).toBe("PAYING");
    expect(statusOn("2026-09-01", { validThrough: "2027-05-31", holds }).state).toBe("SUSPENDED");
  });

  test("P5 when the last reason is closed, payment resumes in the later of their months", () => {
    const status = statusOn("2026-12-01", {
      validThrough: "2027-09-30",
      holds: [hold("IN_PRISON", "2026-08", "2026-12"), hold("NOT_CERTIFIED", "2026-06", "2026-10")],
      backPay: ["2026-06", "2026-07"],
    });
    expect(status.state).toBe("PAYING");
    expect(status.resumesMonth).toBe("2026-12");
    expect(status.backPayMonths).toEqual(["2026-06", "2026-07"]);
    expect(status.unpaidMonths).toEqual([]);
  });

  test("P1 back-pay already released is not counted as unpaid when another reason stops payment", () => {
    const status = statusOn("2026-11-15", {
      ...released,
      holds: [...released.holds, hold("IN_PRISON", "2026-10")],
    });
    expect(status.reasons).toEqual(["IN_PRISON"]);
    expect(status.unpaidMonths).toEqual(["2026-10", "2026-11"]);
  });
});

describe("for any lapse", () => {
  const months = fc.integer({ min: 0, max: 600 }).map((offset) => month("2010-01").add({ months: offset }));
  const lapses = fc.record({
    deadline: months,
    daysLate: fc.integer({ min: 1, max: 1500 }),
    rule: fc.constantFrom(policy, untilCutoff),
  });
  const otherHolds = fc.array(
    fc
      .tuple(fc.integer({ min: -6, max: 50 }), fc.integer({ min: 1, max: 12 }))
      .map(([start, length]) => ({ start, length })),
    { maxLength: 4 },
  );
  const months1 = { months: 1 };

  test("P4 back-pay runs without a gap from the first unpaid month to the one before payment resumes", () => {
    fc.assert(
      fc.property(lapses, ({ deadline, daysLate, rule }) => {
        const passedOn = lastDayOf(deadline).add({ days: daysLate });
        const resumption = resumptionAfterPass(
          { validThrough: lastDayOf(deadline), otherHolds: [], paidMonths: [], submittedOn: null },
          passOn(passedOn),
          rule,
        );
        if (!resumption) throw new Error("a pass after the deadline resumes payment");
        const expected: string[] = [];
        for (
          let each = deadline.add(months1);
          !each.equals(resumption.resumesMonth);
          each = each.add(months1)
        ) {
          expected.push(each.toString());
        }
        expect(resumption.firstUnpaidMonth.equals(deadline.add(months1))).toBe(true);
        expect(resumption.backPayMonths.map(String)).toEqual(expected);
        const late = unpaidMonths(lastDayOf(deadline), passedOn).length;
        expect(late - resumption.backPayMonths.length).toBe(
          passedOn.toPlainYearMonth().equals(resumption.resumesMonth) ? 1 : 0,
        );
      }),
    );
  });

  test("P4 months paid back and months lost add up to the whole, and none is in both", () => {
    fc.assert(
      fc.property(lapses, otherHolds, ({ deadline, daysLate, rule }, spans) => {
        const holds = spans.map(({ start, length }): PaymentHold => {
          const fromMonth = deadline.add({ months: start });
          return { reason: "IN_PRISON", fromMonth, resumesMonth: fromMonth.add({ months: length }) };
        });
        const first = deadline.add(months1);
        const resumes = resumesMonth(lastDayOf(deadline).add({ days: daysLate }), rule);
        const whole = backPayMonths(first, resumes, []).map(String);
        const paid = backPayMonths(first, resumes, holds).map(String);
        const lost = new Set(
          holds
            .flatMap((each) => backPayMonths(each.fromMonth, each.resumesMonth ?? each.fromMonth, []))
            .map(String),
        );
        expect([...paid, ...whole.filter((each) => lost.has(each))].sort()).toEqual(whole);
        expect(new Set(paid).size).toBe(paid.length);
      }),
    );
  });

  test("P2 once the pass is applied, nothing is unpaid from the month payment resumes", () => {
    fc.assert(
      fc.property(lapses, fc.nat(11), ({ deadline, daysLate, rule }, monthsAfter) => {
        const validThrough = lastDayOf(deadline);
        const passedOn = validThrough.add({ days: daysLate });
        const resumption = resumptionAfterPass(
          { validThrough, otherHolds: [], paidMonths: [], submittedOn: null },
          passOn(passedOn),
          rule,
        );
        if (!resumption) throw new Error("a pass after the deadline resumes payment");
        const { firstUnpaidMonth: fromMonth, resumesMonth: resumes, backPayMonths: released } = resumption;
        const facts = {
          validThrough: lastDayOf(passedOn.toPlainYearMonth().add({ months: rule.validityMonths })),
          holds: [{ reason: "NOT_CERTIFIED", fromMonth, resumesMonth: resumes }] as const,
          backPayMonths: released,
          paidMonths: released,
          submittedOn: null,
        };
        const then = paymentStatusOn(facts, resumes.add({ months: monthsAfter }).toPlainDate({ day: 1 }));
        expect(then.state).toBe("PAYING");
        expect(then.unpaidMonths).toEqual([]);
        expect(then.backPayMonths.map(String)).toEqual(released.map(String));
      }),
    );
  });
});
