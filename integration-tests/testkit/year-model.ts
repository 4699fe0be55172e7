/** Months as plain numbers, so that the model shares no arithmetic with the service. */
export type MonthNumber = number;

export function monthNumber(text: string): MonthNumber {
  const [year, month] = text.split("-");
  return Number(year) * 12 + Number(month) - 1;
}

export function monthText(month: MonthNumber): string {
  return `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, "0")}`;
}

/** What the person is not paid for: from a month on, up to the one before `until`. */
interface Stop {
  readonly reason: "NOT_CERTIFIED" | "DEATH_REPORTED";
  readonly from: MonthNumber;
  until: MonthNumber | null;
}

/** Suspended for so many months or more, a pass waits for someone to look at it. */
const LONG_MONTHS = 12;

/** A person as the rules have it, counted by hand: no calendar, no database, nothing of the service's. */
export class ModelPerson {
  readonly stops: Stop[] = [];
  /** The months for which payroll was told not to pay. */
  readonly withheld: MonthNumber[] = [];
  submittedIn: MonthNumber | null = null;
  /** A pass after a long suspension that nobody has looked at. */
  waitsForDesk = false;

  constructor(public validThrough: MonthNumber) {}

  get isDead(): boolean {
    return this.#open("DEATH_REPORTED") !== undefined;
  }

  get isSuspended(): boolean {
    return this.#open("NOT_CERTIFIED") !== undefined;
  }

  /** The first of a month: whoever was not certified by then is suspended. */
  close(month: MonthNumber): void {
    if (this.validThrough >= month || this.isSuspended || this.isDead) return;
    if (this.submittedIn !== null && this.submittedIn <= this.validThrough) return;
    this.stops.push({ reason: "NOT_CERTIFIED", from: month, until: null });
  }

  /** The day on which payroll is given its list. */
  cut(month: MonthNumber): void {
    if (this.isWithheldIn(month)) this.withheld.push(month);
  }

  pass(anchor: MonthNumber, now: MonthNumber): void {
    this.validThrough = Math.max(this.validThrough, anchor + 12);
    const open = this.#open("NOT_CERTIFIED");
    if (!open) return;
    if (now - open.from >= LONG_MONTHS) this.waitsForDesk = true;
    else open.until = now + 1;
  }

  deskReleases(now: MonthNumber): void {
    this.waitsForDesk = false;
    const open = this.#open("NOT_CERTIFIED");
    if (open) open.until = now + 1;
  }

  die(from: MonthNumber): void {
    this.stops.push({ reason: "DEATH_REPORTED", from, until: null });
  }

  /** The report of the death is taken back. */
  live(now: MonthNumber): void {
    const open = this.#open("DEATH_REPORTED");
    if (open) open.until = Math.max(open.from, now + 1);
  }

  isWithheldIn(month: MonthNumber): boolean {
    return this.stops.some(({ from, until }) => from <= month && (until === null || month < until));
  }

  /** The reasons that stand in a month. */
  reasonsIn(month: MonthNumber): string[] {
    return this.stops
      .filter(({ from, until }) => from <= month && until === null)
      .map(({ reason }) => reason)
      .sort();
  }

  #open(reason: Stop["reason"]): Stop | undefined {
    return this.stops.find((stop) => stop.reason === reason && stop.until === null);
  }
}
