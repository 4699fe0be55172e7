import fc from "fast-check";
import { expect, test } from "vitest";
import { addMonths, beijingDateOf, isBeforeMonth, startOfBeijingDay } from "./calendar.js";
import {
  actsFrom,
  type BackPay,
  firstUnpaidMonth,
  type HoldReason,
  holdCovers,
  holdsSuspension,
  isOpen,
  liftOf,
  owedMonths,
  type PaymentHold,
  resumesMonth,
} from "./payment.js";
import { type Policy, policyOn } from "./policy.js";
import { casesAfterPass } from "./review-case.js";
import { deriveValidity, type Pass, type Validity, validityAfterPass } from "./validity.js";

type Step =
  | { readonly kind: "pass" | "submit" | "accept" | "reject" | "release" }
  | { readonly kind: "trace"; readonly daysAgo: number }
  | { readonly kind: "revoke"; readonly which: number }
  | { readonly kind: "report"; readonly reason: HoldReason }
  | { readonly kind: "takeBack"; readonly restores: boolean }
  | { readonly kind: "wait"; readonly days: number };

interface KeptHold extends PaymentHold {
  readonly id: number;
  readonly pass: string | null;
}

interface Released extends BackPay {
  readonly pass: string | null;
}

const register = {
  approvedMonths: [Temporal.PlainYearMonth.from("2019-08")],
  registerCertifiedOn: Temporal.PlainDate.from("2025-09-10"),
};
const CUT_DAY = 11;

/** One person's records, kept as the operations keep them, and a payroll that pays by its lists. */
class Ledger {
  readonly #start: Temporal.PlainDate;
  #today: Temporal.PlainDate;
  #validity: Validity;
  #passes: Pass[] = [];
  #holds: KeptHold[] = [];
  #released: Released[] = [];
  #pending: Temporal.PlainDate[] = [];
  #heldForReview: string | null = null;
  readonly #madeOn = new Map<string, Temporal.PlainDate>();
  #lastCut: Temporal.PlainYearMonth | null = null;
  #lost = new Set<string>();
  readonly #paid = new Map<string, number>();

  constructor(
    today: Temporal.PlainDate,
    readonly policy: Policy,
    readonly approvedOnDay: number,
  ) {
    this.#today = today;
    this.#start = today;
    this.#validity = deriveValidity({ ...register, passes: [] }, policy);
  }

  /** Suspended for want of a certification by someone who has one that nobody needs to look at. */
  isWronglySuspended(): boolean {
    const month = this.#today.toPlainYearMonth();
    const suspended = this.#holds.some(
      (hold) => hold.reason === "NOT_CERTIFIED" && isOpen(hold) && holdCovers(hold, month),
    );
    const certified = Temporal.PlainDate.compare(this.#today, this.#validity.validThrough) <= 0;
    return suspended && certified && this.#heldForReview === null;
  }

  take(step: Step): void {
    if (step.kind === "pass") this.#pass(this.#today);
    if (step.kind === "trace") this.#pass(this.#today.subtract({ days: step.daysAgo }));
    if (step.kind === "submit") this.#pending.push(this.#today);
    if (step.kind === "accept" && this.#pending.shift()) this.#pass(this.#today);
    if (step.kind === "reject") this.#pending.shift();
    if (step.kind === "revoke") this.#revoke(step.which);
    if (step.kind === "report") this.#open(step.reason, addMonths(this.#today, 1));
    if (step.kind === "takeBack") this.#takeBack(step.restores);
    if (step.kind === "release") this.#releaseCase();
    if (step.kind === "wait") for (let day = 0; day < step.days; day += 1) this.#nextDay();
  }

  /** Everyone passes in the end, every reason ends, and what is due goes out. */
  settle(): void {
    while (this.#pending.length > 0) this.take({ kind: "accept" });
    for (const _ of this.#holds) this.take({ kind: "takeBack", restores: true });
    this.take({ kind: "pass" });
    this.take({ kind: "release" });
    this.take({ kind: "wait", days: 70 });
  }

  paidTwice(): string[] {
    return [...this.#paid].filter(([, times]) => times > 1).map(([month]) => month);
  }

  /** From the month after the start to the last one cut: neither paid nor lost. */
  neverPaid(): string[] {
    const missing: string[] = [];
    for (let month = addMonths(this.#start, 1); this.#lastCut; month = addMonths(month, 1)) {
      if (isBeforeMonth(this.#lastCut, month)) break;
      const text = month.toString();
      if (!this.#paid.has(text) && !this.#lost.has(text)) missing.push(text);
    }
    return missing;
  }

  #pass(evidenceOf: Temporal.PlainDate): void {
    const decidingInstant = startOfBeijingDay(evidenceOf).add({ hours: 12 });
    const id = String(this.#passes.length);
    this.#passes.push({ id, decidingInstant });
    this.#validity = validityAfterPass(this.#validity, decidingInstant, this.policy);
    this.#madeOn.set(id, this.#today);
    if (casesAfterPass(this.#holds, this.#today, this.policy).includes("LONG_SUSPENSION"))
      this.#heldForReview = id;
    else this.#lift(id, evidenceOf);
  }

  #lift(id: string, decidedBy: Temporal.PlainDate, passedOn = this.#today): void {
    const pass = { validThrough: this.#validity.validThrough, decidedBy, passedOn };
    for (const hold of this.#holds) {
      const lift =
        hold.reason === "NOT_CERTIFIED" && isOpen(hold) && liftOf(hold, pass, this.policy, this.#lastCut);
      if (!lift) continue;
      this.#change(hold, { resumesMonth: lift.resumesMonth, voided: lift.voided, pass: id });
      if (lift.continuesFrom) this.#open("NOT_CERTIFIED", lift.continuesFrom, true);
    }
    this.#release(id, passedOn);
  }

  #releaseCase(): void {
    const pass = this.#passes.find(({ id }) => id === this.#heldForReview);
    if (pass) this.#lift(pass.id, this.#today);
    this.#heldForReview = null;
  }

  #release(pass: string | null, passedOn = this.#today): void {
    const paidWithMonth = actsFrom(resumesMonth(passedOn, this.policy), this.#lastCut);
    const known = this.#released.map(({ month }) => month);
    for (const month of owedMonths(this.#holds, known)) this.#released.push({ month, paidWithMonth, pass });
  }

  #revoke(which: number): void {
    const revoked = this.#passes[which % Math.max(1, this.#passes.length)];
    if (!revoked) return;
    this.#passes = this.#passes.filter((pass) => pass !== revoked);
    this.#validity = deriveValidity({ ...register, passes: this.#passes }, this.policy);
    if (this.#heldForReview === revoked.id) this.#heldForReview = null;
    const uncut = actsFrom(this.#today.toPlainYearMonth(), this.#lastCut);
    for (const hold of this.#holds) {
      if (hold.pass !== revoked.id || !hold.resumesMonth || isBeforeMonth(hold.resumesMonth, uncut)) continue;
      this.#change(hold, { resumesMonth: null, voided: false, pass: null });
    }
    this.#released = this.#released.filter(
      (each) => each.pass !== revoked.id || isBeforeMonth(each.paidWithMonth, uncut),
    );
    const latest = this.#passes.at(-1);
    if (latest && this.#heldForReview === null)
      this.#lift(latest.id, beijingDateOf(latest.decidingInstant), this.#madeOn.get(latest.id));
  }

  #takeBack(restores: boolean): void {
    const hold = this.#holds.find((each) => isOpen(each) && each.reason !== "NOT_CERTIFIED");
    if (!hold) return;
    const resumes = actsFrom(resumesMonth(this.#today, this.policy), this.#lastCut);
    this.#change(hold, { resumesMonth: resumes, restores });
    this.#release(null);
  }

  #open(reason: HoldReason, from: Temporal.PlainYearMonth, asItIs = false): void {
    const fromMonth = asItIs ? from : actsFrom(from, this.#lastCut);
    const id = this.#holds.length;
    this.#holds.push({ id, reason, fromMonth, resumesMonth: null, restores: true, pass: null });
  }

  #change(hold: KeptHold, changes: Partial<KeptHold>): void {
    this.#holds = this.#holds.map((each) => (each.id === hold.id ? { ...each, ...changes } : each));
  }

  #nextDay(): void {
    this.#today = this.#today.add({ days: 1 });
    if (this.#today.day === this.approvedOnDay) this.#applyBatch();
    if (this.#today.day === CUT_DAY) this.#cut();
  }

  /** P3: the batch of the month, re-checked person by person. */
  #applyBatch(): void {
    const month = this.#today.toPlainYearMonth();
    const { validThrough } = this.#validity;
    const waits = this.#pending.some((day) => holdsSuspension(day, validThrough));
    const suspended = this.#holds.some((hold) => hold.reason === "NOT_CERTIFIED" && isOpen(hold));
    if (isBeforeMonth(month, firstUnpaidMonth(validThrough)) || waits || suspended) return;
    this.#open("NOT_CERTIFIED", month);
  }

  /** P8: the lists of a month, and what payroll pays by them. */
  #cut(): void {
    const month = this.#today.toPlainYearMonth();
    const text = month.toString();
    const stopping = this.#holds.filter((hold) => holdCovers(hold, month));
    if (stopping.length === 0) this.#pay(text);
    if (stopping.some((hold) => !hold.restores)) this.#lost.add(text);
    for (const each of this.#released) if (each.paidWithMonth.equals(month)) this.#pay(each.month.toString());
    this.#lastCut = month;
    // A reason that ended without giving its months back may have ended before this month was cut.
    for (const hold of this.#holds) if (!hold.restores) this.#lose(hold);
  }

  #lose({ fromMonth, resumesMonth: until }: PaymentHold): void {
    for (let month = fromMonth; until && isBeforeMonth(month, until); month = addMonths(month, 1))
      this.#lost.add(month.toString());
  }

  #pay(month: string): void {
    this.#paid.set(month, (this.#paid.get(month) ?? 0) + 1);
  }
}

const kind = <K extends Step["kind"]>(name: K) => fc.constant(name);
const plain = (...names: ("pass" | "submit" | "accept" | "reject" | "release")[]) =>
  fc.record({ kind: fc.constantFrom(...names) });
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: plain("pass", "submit", "accept", "reject", "release") },
  { weight: 2, arbitrary: fc.record({ kind: kind("trace"), daysAgo: fc.integer({ min: 0, max: 500 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: kind("revoke"), which: fc.nat(9) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kind("report"),
      reason: fc.constantFrom<HoldReason>("DEATH_REPORTED", "IN_PRISON", "ELIGIBILITY_DOUBT"),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: kind("takeBack"), restores: fc.boolean() }) },
  { weight: 7, arbitrary: fc.record({ kind: kind("wait"), days: fc.integer({ min: 1, max: 200 }) }) },
);

test("P3, P4, P5, P6, P8, E9 payroll that pays by its lists pays no month twice, and in the end each one", () => {
  const rules = fc.constantFrom<Policy["resumeRule"]>("NEXT_MONTH", "SAME_MONTH_BEFORE_CUTOFF");
  fc.assert(
    fc.property(
      fc.array(steps, { minLength: 3, maxLength: 18 }),
      rules,
      fc.integer({ min: 1, max: 28 }),
      (taken, resumeRule, approvedOnDay) => {
        const start = Temporal.PlainDate.from("2026-05-20");
        const ledger = new Ledger(start, { ...policyOn(start), resumeRule }, approvedOnDay);
        for (const step of taken) {
          ledger.take(step);
          expect(ledger.isWronglySuspended()).toBe(false);
        }
        ledger.settle();
        expect(ledger.paidTwice()).toEqual([]);
        expect(ledger.neverPaid()).toEqual([]);
      },
    ),
    { numRuns: 1_000 },
  );
}, 60_000);
