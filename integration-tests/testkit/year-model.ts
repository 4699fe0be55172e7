/** Months as plain numbers, so that the model shares no arithmetic with the service. */
export type MonthNumber = number;

export function monthNumber(text: string): MonthNumber {
  const [year, month] = text.split("-");
  return Number(year) * 12 + Number(month) - 1;
}

export function monthText(month: MonthNumber): string {
  return `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, "0")}`;
}

/** Ten in the morning in Beijing. */
export function dayText(month: MonthNumber, day: number): string {
  return `${monthText(month)}-${String(day).padStart(2, "0")}T02:00:00Z`;
}

/** The present month, and the first one that payroll has not been given its list of. */
export interface Present {
  readonly month: MonthNumber;
  readonly uncut: MonthNumber;
}

type Reason = "NOT_CERTIFIED" | "DEATH_REPORTED" | "IN_PRISON";
type CaseState = "OPEN" | "KEPT" | "RELEASED";
export type CaseKind = "LONG_SUSPENSION" | "PASS_AFTER_DEATH";

/** What the person is not paid for: from a month on, up to the one before `until`. */
interface Stop {
  readonly reason: Reason;
  readonly from: MonthNumber;
  until: MonthNumber | null;
  /** False for months that are lost. */
  restores: boolean;
  /** The pass that ended it, and the payment that went on with it. */
  lifted: { readonly by: ModelPass; readonly paidWith: MonthNumber } | null;
}

export interface ModelPass {
  readonly anchor: MonthNumber;
  readonly madeIn: MonthNumber;
  readonly cases: Map<CaseKind, CaseState>;
  revoked: boolean;
}

/** Valid for so many months after the anchor's. */
const VALID_MONTHS = 12;
/** Suspended for so many months or more, a pass waits for someone to look at it. */
const LONG_MONTHS = 12;
/** Reminded in the deadline month and in so many before it. */
const REMINDED_BEFORE = 2;

/** A person as the rules have it, counted by hand: no calendar, no database, nothing of the service's. */
export class ModelPerson {
  readonly passes: ModelPass[] = [];
  readonly stops: Stop[] = [];
  /** Months paid later, each once, and the month with which. */
  readonly released = new Map<MonthNumber, MonthNumber>();
  /** The months for which payroll was told not to pay. */
  readonly withheld: MonthNumber[] = [];
  /** The months that payroll was told to pay later, by the list that said so. */
  readonly paidLater: MonthNumber[] = [];
  /** Submissions that staff have not decided, by who handed them in. */
  readonly pending = new Map<string, MonthNumber>();
  /** The latest release from prison that was told of. */
  freeSince: MonthNumber | null = null;
  imprisonedSince: MonthNumber | null = null;
  /** What the latest imprisonment stopped. */
  #imprisonment: Stop[] = [];

  constructor(
    readonly registered: MonthNumber,
    present: Present,
  ) {
    // Who is overdue when the register first names them was suspended by the one who kept it.
    if (this.validThrough < present.month) this.#stop("NOT_CERTIFIED", this.validThrough + 1);
  }

  get validThrough(): MonthNumber {
    return Math.max(this.registered, ...this.standing.map(({ anchor }) => anchor)) + VALID_MONTHS;
  }

  get standing(): ModelPass[] {
    return this.passes.filter(({ revoked }) => !revoked);
  }

  get isDead(): boolean {
    return this.#open("DEATH_REPORTED").length > 0;
  }

  get isInPrison(): boolean {
    return this.#open("IN_PRISON").length > 0;
  }

  get isSuspended(): boolean {
    return this.#open("NOT_CERTIFIED").length > 0;
  }

  /** Waits for a decision on something that came while the person was certified. */
  get isUnderReview(): boolean {
    return [...this.pending.values()].some((month) => month <= this.validThrough);
  }

  isProposed(month: MonthNumber): boolean {
    return this.validThrough < month && !this.isSuspended && !this.isDead;
  }

  isRemindedIn(month: MonthNumber): boolean {
    const ahead = this.validThrough - month;
    return ahead >= 0 && ahead <= REMINDED_BEFORE && !this.isDead && !this.isUnderReview;
  }

  /** The first of a month: whoever was not certified by then is suspended, unless a moratorium spares them. */
  close(month: MonthNumber, isSpared: boolean): void {
    if (this.isProposed(month) && !this.isUnderReview && !isSpared) this.#stop("NOT_CERTIFIED", month);
  }

  /** Payroll is given its lists of a month. */
  cut(month: MonthNumber): void {
    if (this.isWithheldIn(month)) this.withheld.push(month);
    this.paidLater.push(...this.releasedWith(month));
  }

  releasedWith(month: MonthNumber): MonthNumber[] {
    return [...this.released].filter(([, paidWith]) => paidWith === month).map(([released]) => released);
  }

  pass(anchor: MonthNumber, present: Present): ModelPass {
    const pass: ModelPass = { anchor, madeIn: present.month, cases: new Map(), revoked: false };
    this.passes.push(pass);
    if (this.isDead) pass.cases.set("PASS_AFTER_DEATH", "OPEN");
    this.#liftUnlessLong(pass, present);
    return pass;
  }

  /** It never was: what it gave is taken away, as far as it has not been paid. */
  revoke(pass: ModelPass, present: Present): void {
    pass.revoked = true;
    const ended = this.stops.filter(({ lifted }) => lifted?.by === pass);
    for (const stop of ended) {
      if (!stop.lifted || stop.lifted.paidWith < present.uncut) continue;
      stop.until = null;
      stop.lifted = null;
    }
    this.#withdraw(present);
    const remaining = this.standing.at(-1);
    if (ended.length > 0 && remaining) this.#liftUnlessLong(remaining, present);
  }

  get openCases(): { readonly pass: ModelPass; readonly kind: CaseKind }[] {
    return this.passes.flatMap((pass) =>
      [...pass.cases].flatMap(([kind, state]) => (state === "OPEN" ? [{ pass, kind }] : [])),
    );
  }

  keepCase(pass: ModelPass, kind: CaseKind): void {
    pass.cases.set(kind, "KEPT");
  }

  /** Staff let payment go on: by as much as the pass itself would have given. */
  releaseCase(pass: ModelPass, kind: CaseKind, present: Present): void {
    pass.cases.set(kind, "RELEASED");
    if (kind === "PASS_AFTER_DEATH") this.takeBackDeath(present);
    const waitsForAnother = this.openCases.some((each) => each.kind === "LONG_SUSPENSION");
    if (kind === "LONG_SUSPENSION" || !waitsForAnother) this.#lift(pass, present.month + 1);
  }

  die(month: MonthNumber, present: Present): void {
    this.#stop("DEATH_REPORTED", Math.max(month + 1, present.uncut));
    this.#withdraw(present);
  }

  takeBackDeath({ month }: Present): void {
    for (const stop of this.#open("DEATH_REPORTED")) stop.until = month + 1;
    this.#pay(month + 1);
  }

  imprison(month: MonthNumber, present: Present): void {
    this.imprisonedSince = month;
    this.#imprisonment = [this.#stop("IN_PRISON", Math.max(month + 1, present.uncut))];
    this.#withdraw(present);
  }

  /** Free since a month: what was stopped up to it is lost, what was stopped after it is owed. */
  leavePrison(since: MonthNumber, { month }: Present): void {
    this.freeSince = since;
    for (const stop of this.#open("IN_PRISON")) {
      const lostUntil = Math.max(stop.from, since + 1);
      stop.until = lostUntil;
      stop.restores = false;
      if (lostUntil === month + 1) continue;
      const owed = this.#stop("IN_PRISON", lostUntil);
      owed.until = month + 1;
      this.#imprisonment.push(owed);
    }
    this.#pay(month + 1);
  }

  /** The person was never in prison: nothing of it is lost. */
  takeBackPrison({ month }: Present): void {
    this.imprisonedSince = null;
    for (const stop of this.#imprisonment) {
      stop.until ??= month + 1;
      stop.restores = true;
    }
    this.#pay(month + 1);
  }

  isWithheldIn(month: MonthNumber): boolean {
    return this.stops.some((stop) => covers(stop, month));
  }

  /** Not paid, and never will be. */
  isLost(month: MonthNumber): boolean {
    return this.stops.some((stop) => !stop.restores && covers(stop, month));
  }

  /** The reasons that stand in a month. */
  reasonsIn(month: MonthNumber): string[] {
    const standing = this.stops.filter((stop) => stop.until === null && stop.from <= month);
    return [...new Set(standing.map(({ reason }) => reason))].sort();
  }

  #liftUnlessLong(pass: ModelPass, present: Present): void {
    const isLong = this.#open("NOT_CERTIFIED").some(({ from }) => pass.madeIn - from >= LONG_MONTHS);
    if (isLong && pass.cases.get("LONG_SUSPENSION") !== "RELEASED") {
      if (!pass.cases.has("LONG_SUSPENSION")) pass.cases.set("LONG_SUSPENSION", "OPEN");
      return;
    }
    this.#lift(pass, Math.max(pass.madeIn + 1, present.uncut));
  }

  /** What is certified is paid; months that only come after it stay unpaid. */
  #lift(pass: ModelPass, paidWith: MonthNumber): void {
    const coveredUntil = this.validThrough + 1;
    for (const stop of this.#open("NOT_CERTIFIED")) {
      if (stop.from >= coveredUntil) continue;
      stop.until = Math.min(paidWith, coveredUntil);
      stop.lifted = { by: pass, paidWith };
      if (coveredUntil < paidWith) this.#stop("NOT_CERTIFIED", coveredUntil);
    }
    this.#pay(paidWith);
  }

  /** What only ended reasons have stopped is paid later, once; not while the person may be dead or is in prison. */
  #pay(paidWith: MonthNumber): void {
    if (this.isDead || this.isInPrison) return;
    for (const { from, until, restores } of this.stops) {
      if (!restores || until === null) continue;
      for (let month = from; month < until; month += 1) {
        const isHeld = this.stops.some(
          (stop) => (stop.until === null || !stop.restores) && covers(stop, month),
        );
        if (!isHeld && !this.released.has(month)) this.released.set(month, paidWith);
      }
    }
  }

  /** What has not been paid yet is not paid for a month that is stopped again, nor to who may be dead or is in prison. */
  #withdraw({ uncut }: Present): void {
    for (const [month, paidWith] of [...this.released]) {
      const isStopped = this.stops.some((stop) => stop.until === null && covers(stop, month));
      if (paidWith >= uncut && (isStopped || this.isDead || this.isInPrison)) this.released.delete(month);
    }
  }

  #open(reason: Reason): Stop[] {
    return this.stops.filter((stop) => stop.reason === reason && stop.until === null);
  }

  #stop(reason: Reason, from: MonthNumber): Stop {
    const stop: Stop = { reason, from, until: null, restores: true, lifted: null };
    this.stops.push(stop);
    return stop;
  }
}

function covers({ from, until }: Stop, month: MonthNumber): boolean {
  return from <= month && (until === null || month < until);
}
