/** The calendar every rule counts in. Instants become Beijing days and months here and nowhere else (V6). */

/** A month, or a day standing for the month it lies in. */
type MonthLike = Temporal.PlainYearMonth | Temporal.PlainDate;

export const BEIJING_TIME_ZONE = "Asia/Shanghai";

/** V6: the calendar day of Asia/Shanghai on which an instant falls. */
export function beijingDateOf(instant: Temporal.Instant): Temporal.PlainDate {
  return instant.toZonedDateTimeISO(BEIJING_TIME_ZONE).toPlainDate();
}

/** V6: the month of Asia/Shanghai in which an instant falls; 2026-05-31T16:00:00Z is June. */
export function beijingMonthOf(instant: Temporal.Instant): Temporal.PlainYearMonth {
  return beijingDateOf(instant).toPlainYearMonth();
}

export function firstDayOf(month: Temporal.PlainYearMonth): Temporal.PlainDate {
  return month.toPlainDate({ day: 1 });
}

export function lastDayOf(month: Temporal.PlainYearMonth): Temporal.PlainDate {
  return month.toPlainDate({ day: month.daysInMonth });
}

/** Calendar months from one month, or a day's month, to another: 0 in the same month, negative when `to` lies before. */
export function monthsFrom(from: MonthLike, to: MonthLike): number {
  return monthNumber(to) - monthNumber(from);
}

export function isBeforeMonth(a: MonthLike, b: MonthLike): boolean {
  return monthsFrom(a, b) > 0;
}

/** The month `count` months after a month or a day's month; before it when negative. */
export function addMonths(month: MonthLike, count: number): Temporal.PlainYearMonth {
  return monthOfNumber(monthNumber(month) + count);
}

export function laterMonth(a: Temporal.PlainYearMonth, b: Temporal.PlainYearMonth): Temporal.PlainYearMonth {
  return isBeforeMonth(a, b) ? b : a;
}

export function earlierMonth(
  a: Temporal.PlainYearMonth,
  b: Temporal.PlainYearMonth,
): Temporal.PlainYearMonth {
  return isBeforeMonth(b, a) ? b : a;
}

/** Every month from `from` to `through`, both included; empty when `through` lies before `from`. */
export function monthsBetween(from: MonthLike, through: MonthLike): Temporal.PlainYearMonth[] {
  const first = monthNumber(from);
  const length = monthNumber(through) - first + 1;
  return Array.from({ length: Math.max(0, length) }, (_, index) => monthOfNumber(first + index));
}

/** Months counted through: every status asks for months, and Temporal's own arithmetic costs ten times as much. */
function monthNumber(month: MonthLike): number {
  return month.year * 12 + month.month - 1;
}

const FIRST_KEPT = 1900 * 12;
const KEPT = 300 * 12;
const kept: Temporal.PlainYearMonth[] = [];

/** Values that never change: those of three centuries are made once. */
function monthOfNumber(number: number): Temporal.PlainYearMonth {
  const position = number - FIRST_KEPT;
  if (position < 0 || position >= KEPT) return newMonth(number);
  kept[position] ??= newMonth(number);
  return kept[position];
}

function newMonth(number: number): Temporal.PlainYearMonth {
  return new Temporal.PlainYearMonth(Math.floor(number / 12), (number % 12) + 1);
}

/** The instant at which a Beijing day begins. */
export function startOfBeijingDay(date: Temporal.PlainDate): Temporal.Instant {
  return date.toZonedDateTime(BEIJING_TIME_ZONE).toInstant();
}
