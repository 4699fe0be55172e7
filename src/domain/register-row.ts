import { type BenefitType, benefitTypes } from "./benefits.js";
import { type DocumentType, documentTypes, type IdentityDocument, parseDocument } from "./document-number.js";
import { parseName } from "./person-name.js";
import { parsePhone } from "./phone-number.js";
import type { RegisterColumn, RegisterProblem } from "./register-problems.js";

/** One row as it was written: every column, empty where nothing was given. */
export type RegisterRecord = Readonly<Record<RegisterColumn, string>>;

/** One benefit of one person, as the benefit register states it. */
export interface RegisterRow {
  readonly displayName: string;
  readonly comparableName: string;
  readonly document: IdentityDocument;
  readonly phone: string | null;
  readonly benefitType: BenefitType;
  readonly approvedMonth: Temporal.PlainYearMonth;
  readonly agencyCode: string;
  readonly districtCode: string;
  readonly employerCode: string | null;
  readonly lastCertifiedOn: Temporal.PlainDate | null;
}

/** How far a register may reach. */
export interface RegisterHorizon {
  /** No one is born after it. */
  readonly today: Temporal.PlainDate;
  /** No approval and no certification lies after it. */
  readonly latest: Temporal.PlainDate;
  readonly latestMonth: Temporal.PlainYearMonth;
}

export type ParsedRegisterRow =
  | { readonly ok: true; readonly row: RegisterRow }
  | { readonly ok: false; readonly problem: RegisterProblem };

/** One line of a register file that should be a record, and what it says. */
export interface RegisterLine {
  /** Counted from 1, a header included. */
  readonly number: number;
  readonly parsed: ParsedRegisterRow;
  /** How far the file had been read when this line was cut out of it. */
  readonly readBytes: number;
}

/** The oldest month a benefit can have been approved in. */
const EARLIEST_YEAR = 1949;
/** A sandbox's clock can be moved, so its register may run ahead of it by this much. */
const SANDBOX_MONTHS_AHEAD = 24;

/**
 * Today where the clock is the real one. A sandbox's clock may stand in the past or be moved ahead later: what counts
 * there is the later of the two clocks, and two years more.
 */
export function registerHorizon(clock: {
  readonly sandbox: boolean;
  readonly serviceDay: Temporal.PlainDate;
  readonly wallDay: Temporal.PlainDate;
}): RegisterHorizon {
  const isBehind = clock.sandbox && Temporal.PlainDate.compare(clock.serviceDay, clock.wallDay) < 0;
  const today = isBehind ? clock.wallDay : clock.serviceDay;
  const latest = clock.sandbox ? today.add({ months: SANDBOX_MONTHS_AHEAD }) : today;
  return { today, latest, latestMonth: latest.toPlainYearMonth() };
}

/** The row meant, or the first thing wrong with it, in the order of the columns. */
export function parseRegisterRow(record: RegisterRecord, horizon: RegisterHorizon): ParsedRegisterRow {
  try {
    return { ok: true, row: parseRow(record, horizon) };
  } catch (error) {
    if (error instanceof Fault) return { ok: false, problem: error.problem };
    throw error;
  }
}

class Fault {
  constructor(readonly problem: RegisterProblem) {}
}

function parseRow(record: RegisterRecord, horizon: RegisterHorizon): RegisterRow {
  const name = parseName(required(record, "name"));
  if (!name.ok) throw new Fault({ code: "INVALID_NAME", column: "name", detail: name.fault });
  const document = documentOf(record, horizon);
  const phone = phoneOf(record.phone.trim());
  return {
    displayName: name.display,
    comparableName: name.comparable,
    document,
    phone,
    benefitType: oneOf(benefitTypes, record, "benefit_type", "UNKNOWN_BENEFIT_TYPE"),
    approvedMonth: monthOf(required(record, "approved_month"), horizon),
    agencyCode: codeOf(required(record, "agency_code"), "agency_code"),
    districtCode: districtOf(required(record, "district_code")),
    employerCode:
      record.employer_code.trim() === "" ? null : codeOf(record.employer_code.trim(), "employer_code"),
    lastCertifiedOn: dayOf(record.last_certified_on.trim(), horizon),
  };
}

function required(record: RegisterRecord, column: RegisterColumn): string {
  const value = record[column].trim();
  if (value === "") throw new Fault({ code: "MISSING_VALUE", column });
  return value;
}

function oneOf<T extends string>(
  known: readonly T[],
  record: RegisterRecord,
  column: RegisterColumn,
  code: "UNKNOWN_BENEFIT_TYPE" | "UNKNOWN_DOCUMENT_TYPE",
): T {
  const value = required(record, column);
  const found = known.find((item) => item === value);
  if (found === undefined) throw new Fault({ code, column });
  return found;
}

function documentOf(record: RegisterRecord, horizon: RegisterHorizon): IdentityDocument {
  const type: DocumentType = oneOf(documentTypes, record, "document_type", "UNKNOWN_DOCUMENT_TYPE");
  const parsed = parseDocument({ type, number: required(record, "document_number") }, horizon.today);
  if (!parsed.ok)
    throw new Fault({ code: "INVALID_DOCUMENT", column: "document_number", detail: parsed.fault });
  return parsed.document;
}

function phoneOf(value: string): string | null {
  if (value === "") return null;
  const phone = parsePhone(value);
  if (phone === null) throw new Fault({ code: "INVALID_PHONE", column: "phone" });
  return phone;
}

function codeOf(value: string, column: "agency_code" | "employer_code"): string {
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(value)) throw new Fault({ code: "INVALID_CODE", column });
  return value;
}

function districtOf(value: string): string {
  if (!/^\d{6}$/.test(value)) throw new Fault({ code: "INVALID_CODE", column: "district_code" });
  return value;
}

function monthOf(value: string, horizon: RegisterHorizon): Temporal.PlainYearMonth {
  const column = "approved_month";
  const month = months.of(value);
  if (!month) throw new Fault({ code: "INVALID_MONTH", column });
  if (Temporal.PlainYearMonth.compare(month, horizon.latestMonth) > 0) {
    throw new Fault({ code: "IN_THE_FUTURE", column });
  }
  return month;
}

function dayOf(value: string, horizon: RegisterHorizon): Temporal.PlainDate | null {
  if (value === "") return null;
  const column = "last_certified_on";
  const day = days.of(value);
  if (!day) throw new Fault({ code: "INVALID_DATE", column });
  if (Temporal.PlainDate.compare(day, horizon.latest) > 0) throw new Fault({ code: "IN_THE_FUTURE", column });
  return day;
}

function readMonth(value: string): Temporal.PlainYearMonth | null {
  const match = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(value);
  if (!match || Number(match[1]) < EARLIEST_YEAR) return null;
  return new Temporal.PlainYearMonth(Number(match[1]), Number(match[2]));
}

function readDay(value: string): Temporal.PlainDate | null {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(value);
  if (!match || Number(match[1]) < EARLIEST_YEAR) return null;
  try {
    return new Temporal.PlainDate(Number(match[1]), Number(match[2]), Number(match[3]));
  } catch {
    return null;
  }
}

/** A register repeats few months and days; making each again would be the dearest part of reading a row. */
class Repeated<T> {
  readonly #known = new Map<string, T>();

  constructor(
    readonly read: (value: string) => T | null,
    readonly limit: number,
  ) {}

  of(value: string): T | null {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const made = this.read(value);
    if (made === null) return null;
    if (this.#known.size >= this.limit) this.#known.clear();
    this.#known.set(value, made);
    return made;
  }
}

const months = new Repeated(readMonth, 2_000);
const days = new Repeated(readDay, 10_000);
