import fc from "fast-check";
import { expect, test } from "vitest";
import { startOfBeijingDay } from "./calendar.js";
import { type PaymentHold, paidMonths, paymentStatusOn, resumptionAfterPass } from "./payment.js";
import { type Policy, policyOn } from "./policy.js";
import { overpaidMonths } from "./revocation.js";
import { deriveValidity, type Pass, type Validity, validityAfterPass } from "./validity.js";

type Step =
  | { readonly kind: "pass" }
  | { readonly kind: "trace"; readonly daysAgo: number }
  | { readonly kind: "revoke"; readonly which: number }
  | { readonly kind: "submit" }
  | { readonly kind: "accept" }
  | { readonly kind: "wait"; readonly days: number };

const register = {
  approvedMonths: [Temporal.PlainYearMonth.from("2019-08")],
  registerCertifiedOn: Temporal.PlainDate.from("2025-09-10"),
};

/** One person's records, kept as the operations keep them, and a payroll that does what they say. */
class Ledger {
  #today: Temporal.PlainDate;
  #validity: Validity;
  #passes: Pass[] = [];
  #holds: PaymentHold[] = [];
  #backPay: { month: Temporal.PlainYearMonth; paidWith: Temporal.PlainYearMonth }[] = [];
  #overpaid: Temporal.PlainYearMonth[] = [];
  #pending: Temporal.PlainDate[] = [];
  readonly #start: Temporal.PlainDate;
  readonly #payments = new Map<string, number>();

  constructor(
    today: Temporal.PlainDate,
    readonly policy: Policy,
  ) {
    this.#today = today;
    this.#start = today;
    this.#validity = deriveValidity({ ...register, passes: [] }, policy);
  }

  take(step: Step): void {
    switch (step.kind) {
      case "pass":
        this.#pass(this.#today);
        break;
      case "trace":
        this.#pass(this.#today.subtract({ days: step.daysAgo }));
        break;
      case "revoke":
        this.#revoke(step.which);
        break;
      case "submit":
        this.#pending.push(this.#today);
        break;
      case "accept":
        if (this.#pending.length === 0) break;
        this.#pass(this.#today);
        this.#pending.shift();
        break;
      case "wait":
        for (let day = 0; day < step.days; day += 1) this.#nextDay();
    }
  }

  /** Everyone passes in the end, and what is due goes out. */
  settle(): void {
    while (this.#pending.length > 0) this.take({ kind: "accept" });
    this.take({ kind: "pass" });
    this.take({ kind: "wait", days: 40 });
  }

  get paidTwice(): string[] {
    return [...this.#payments].filter(([, times]) => times > 1).map(([month]) => month);
  }

  neverPaid(): string[] {
    const missing: string[] = [];
    for (let day = this.#start.add({ months: 1 }).with({ day: 1 }); ; day = day.add({ months: 1 })) {
      if (Temporal.PlainDate.compare(day, this.#today) > 0) return missing;
      const month = day.toPlainYearMonth().toString();
      if (!this.#payments.has(month)) missing.push(month);
    }
  }

  #pass(eventDay: Temporal.PlainDate): void {
    const decidingInstant = startOfBeijingDay(eventDay).add({ hours: 12 });
    const after = validityAfterPass(this.#validity, decidingInstant, this.policy);
    const resumption = resumptionAfterPass(
      {
        validThrough: this.#validity.validThrough,
        otherHolds: [],
        paidMonths: this.#paidMonths(),
        submittedOn: this.#submittedOn(),
      },
      { validThrough: after.validThrough, passedOn: this.#today },
      this.policy,
    );
    if (resumption) {
      const { firstUnpaidMonth: fromMonth, resumesMonth } = resumption;
      this.#holds.push({ reason: "NOT_CERTIFIED", fromMonth, resumesMonth });
      for (const month of resumption.backPayMonths) {
        this.#backPay.push({ month, paidWith: resumption.paidWithMonth });
      }
    }
    this.#passes.push({ id: String(this.#passes.length), decidingInstant });
    this.#validity = after;
  }

  #revoke(which: number): void {
    const revoked = this.#passes[which % Math.max(1, this.#passes.length)];
    if (!revoked) return;
    this.#passes = this.#passes.filter((pass) => pass !== revoked);
    const after = deriveValidity({ ...register, passes: this.#passes }, this.policy);
    const before = {
      validThrough: this.#validity.validThrough,
      holds: this.#holds,
      backPayMonths: this.#backPay.map(({ month }) => month),
      overpaidMonths: this.#overpaid,
      submittedOn: this.#submittedOn(),
    };
    const overpaid = overpaidMonths(before, after.validThrough, this.#today);
    const listed = new Set(overpaid.map(String));
    const thisMonth = this.#today.toPlainYearMonth();
    this.#backPay = this.#backPay.filter(
      ({ month, paidWith }) =>
        !listed.has(month.toString()) || Temporal.PlainYearMonth.compare(paidWith, thisMonth) <= 0,
    );
    this.#overpaid.push(...overpaid);
    this.#validity = after;
  }

  #nextDay(): void {
    this.#today = this.#today.add({ days: 1 });
    if (this.#today.day !== 1) return;
    const month = this.#today.toPlainYearMonth().toString();
    const status = this.#status();
    if (status.state === "PAYING" && !status.unpaidMonths.some((each) => each.toString() === month)) {
      this.#pay(month);
    }
    for (const each of this.#backPay) {
      if (each.paidWith.toString() === month) this.#pay(each.month.toString());
    }
  }

  #pay(month: string): void {
    this.#payments.set(month, (this.#payments.get(month) ?? 0) + 1);
  }

  #status() {
    const latest = this.#backPay
      .map(({ paidWith }) => paidWith.toString())
      .sort()
      .at(-1);
    return paymentStatusOn(
      {
        validThrough: this.#validity.validThrough,
        holds: this.#holds,
        backPayMonths: this.#backPay
          .filter(({ paidWith }) => paidWith.toString() === latest)
          .map(({ month }) => month),
        paidMonths: this.#paidMonths(),
        submittedOn: this.#submittedOn(),
      },
      this.#today,
    );
  }

  #paidMonths(): Temporal.PlainYearMonth[] {
    return paidMonths({
      holds: this.#holds,
      backPayMonths: this.#backPay.map(({ month }) => month),
      overpaidMonths: this.#overpaid,
    });
  }

  #submittedOn(): Temporal.PlainDate | null {
    return [...this.#pending].sort(Temporal.PlainDate.compare)[0] ?? null;
  }
}

const kind = <K extends Step["kind"]>(name: K) => fc.constant(name);
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: kind("pass") }) },
  { weight: 2, arbitrary: fc.record({ kind: kind("trace"), daysAgo: fc.integer({ min: 0, max: 500 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: kind("revoke"), which: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ kind: kind("submit") }) },
  { weight: 1, arbitrary: fc.record({ kind: kind("accept") }) },
  { weight: 6, arbitrary: fc.record({ kind: kind("wait"), days: fc.integer({ min: 1, max: 200 }) }) },
);

test("P4, P6, E9 payroll that does what the status says pays no month twice, and in the end each one", () => {
  fc.assert(
    fc.property(fc.array(steps, { minLength: 3, maxLength: 16 }), (taken) => {
      const ledger = new Ledger(
        Temporal.PlainDate.from("2026-05-10"),
        policyOn(Temporal.PlainDate.from("2026-05-10")),
      );
      for (const step of taken) ledger.take(step);
      ledger.settle();
      expect(ledger.paidTwice).toEqual([]);
      expect(ledger.neverPaid()).toEqual([]);
    }),
    { numRuns: 400 },
  );
}, 60_000);
