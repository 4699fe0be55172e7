import { BEIJING_TIME_ZONE, beijingDateOf, beijingMonthOf, firstDayOf } from "../domain/calendar.js";
import { policyOn } from "../domain/policy.js";
import { collapses, type Job, type JobSchedule } from "./job.js";

/** One period of a schedule, and when it is due. */
export interface Due {
  readonly period: string;
  readonly dueAt: Temporal.Instant;
}

export interface DueRun<J extends Scheduled = Job> extends Due {
  readonly job: J;
}

type Scheduled = Pick<Job, "name" | "schedule">;

const MINUTE_MS = 60_000;

/** The first period that is due after an instant. */
export function nextDue(schedule: JobSchedule, after: Temporal.Instant): Due {
  const [earlier, later] = [dueIn(schedule, after, 0), dueIn(schedule, after, 1)];
  return isAfter(earlier.dueAt, after) ? earlier : later;
}

/** The last period that is due at an instant or before it. */
export function lastDue(schedule: JobSchedule, until: Temporal.Instant): Due {
  const [later, earlier] = [dueIn(schedule, until, 0), dueIn(schedule, until, -1)];
  return isAfter(later.dueAt, until) ? earlier : later;
}

/** The period of that name; null when the schedule has none. */
export function dueOfPeriod(schedule: JobSchedule, period: string): Due | null {
  try {
    const due = periodAt(schedule, period);
    return due.period === period ? due : null;
  } catch {
    return null;
  }
}

/**
 * What is due after `from` and not after `to`, in the order in which it is to run. Months are complete. Of a job that
 * collapses there is the first run after each month's run, which takes up what that one has left it, and the last one:
 * years of minutes are a few runs.
 */
export function dueRuns<J extends Scheduled>(
  jobs: readonly J[],
  from: Temporal.Instant,
  to: Temporal.Instant,
): DueRun<J>[] {
  const monthly = jobs.filter(({ schedule }) => !collapses(schedule)).flatMap((job) => allDue(job, from, to));
  const stops = monthly.map(({ dueAt }) => dueAt);
  const others = jobs
    .filter(({ schedule }) => collapses(schedule))
    .flatMap((job) => fewDue(job, stops, from, to));
  const place = new Map(jobs.map((job, index) => [job.name, index]));
  const placeOf = ({ job }: DueRun<J>) => place.get(job.name) ?? 0;
  return [...monthly, ...others].sort(
    (a, b) => Temporal.Instant.compare(a.dueAt, b.dueAt) || placeOf(a) - placeOf(b),
  );
}

function allDue<J extends Scheduled>(job: J, from: Temporal.Instant, to: Temporal.Instant): DueRun<J>[] {
  const found: DueRun<J>[] = [];
  for (let due = nextDue(job.schedule, from); !isAfter(due.dueAt, to); due = nextDue(job.schedule, due.dueAt))
    found.push({ job, ...due });
  return found;
}

function fewDue<J extends Scheduled>(
  job: J,
  stops: readonly Temporal.Instant[],
  from: Temporal.Instant,
  to: Temporal.Instant,
): DueRun<J>[] {
  const candidates = [...stops.map((stop) => nextDue(job.schedule, stop)), lastDue(job.schedule, to)];
  const due = candidates.filter(({ dueAt }) => isAfter(dueAt, from) && !isAfter(dueAt, to));
  return [...new Map(due.map((one) => [one.period, { job, ...one }])).values()];
}

/** The period in which an instant lies, or the one so many further on. */
function dueIn(schedule: JobSchedule, instant: Temporal.Instant, further: number): Due {
  switch (schedule.every) {
    case "month":
      return dueInMonth(schedule, beijingMonthOf(instant).add({ months: further }));
    case "day":
      return dueOnDay(schedule, beijingDateOf(instant).add({ days: further }));
    case "minutes": {
      const length = schedule.minutes * MINUTE_MS;
      const begun = (Math.floor(instant.epochMilliseconds / length) + further) * length;
      return dueAtMinute(Temporal.Instant.fromEpochMilliseconds(begun));
    }
  }
}

function periodAt(schedule: JobSchedule, period: string): Due {
  switch (schedule.every) {
    case "month":
      return dueInMonth(schedule, Temporal.PlainYearMonth.from(period));
    case "day":
      return dueOnDay(schedule, Temporal.PlainDate.from(period));
    case "minutes":
      return dueIn(schedule, inBeijing(Temporal.PlainDateTime.from(period)), 0);
  }
}

/** A day that the month does not have is its last one. */
function dueInMonth(
  { day, time }: Extract<JobSchedule, { every: "month" }>,
  month: Temporal.PlainYearMonth,
): Due {
  const date = month.toPlainDate({ day: day(policyOn(firstDayOf(month))) });
  return { period: month.toString(), dueAt: inBeijing(date.toPlainDateTime(time)) };
}

function dueOnDay({ time }: Extract<JobSchedule, { every: "day" }>, date: Temporal.PlainDate): Due {
  return { period: date.toString(), dueAt: inBeijing(date.toPlainDateTime(time)) };
}

function dueAtMinute(dueAt: Temporal.Instant): Due {
  const local = dueAt.toZonedDateTimeISO(BEIJING_TIME_ZONE).toPlainDateTime();
  return { period: local.toString({ smallestUnit: "minute" }), dueAt };
}

function inBeijing(time: Temporal.PlainDateTime): Temporal.Instant {
  return time.toZonedDateTime(BEIJING_TIME_ZONE).toInstant();
}

function isAfter(a: Temporal.Instant, b: Temporal.Instant): boolean {
  return Temporal.Instant.compare(a, b) > 0;
}
