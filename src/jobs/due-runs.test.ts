import { describe, expect, test } from "vitest";
import { dueOfPeriod, dueRuns, lastDue, nextDue } from "./due-runs.js";
import type { JobSchedule } from "./job.js";

const monthly = (day: number, time = "00:30"): JobSchedule => ({ every: "month", day: () => day, time });
const daily = (time: string): JobSchedule => ({ every: "day", time });
const minutes = (count: number): JobSchedule => ({ every: "minutes", minutes: count });
const beijing = (text: string) => Temporal.Instant.from(`${text}+08:00`);
const told = (instant: Temporal.Instant) =>
  instant.toZonedDateTimeISO("Asia/Shanghai").toPlainDateTime().toString({ smallestUnit: "minute" });

describe("the next and the last run of a schedule", () => {
  test.each<[string, JobSchedule, string, string, string, string]>([
    ["a month's first", monthly(1), "2026-05-31T23:59", "2026-05", "2026-06", "2026-06-01T00:30"],
    ["before it, on its day", monthly(1), "2026-06-01T00:29", "2026-05", "2026-06", "2026-06-01T00:30"],
    ["at its instant it is due", monthly(1), "2026-06-01T00:30", "2026-06", "2026-07", "2026-07-01T00:30"],
    [
      "over the year's end",
      monthly(11, "00:00"),
      "2026-12-11T00:00",
      "2026-12",
      "2027-01",
      "2027-01-11T00:00",
    ],
    [
      "the 31st in a month of 30 days",
      monthly(31),
      "2026-06-29T12:00",
      "2026-05",
      "2026-06",
      "2026-06-30T00:30",
    ],
    ["the 29th in February", monthly(29), "2027-02-01T12:00", "2027-01", "2027-02", "2027-02-28T00:30"],
    ["29 February", monthly(29), "2028-02-28T12:00", "2028-01", "2028-02", "2028-02-29T00:30"],
    ["a day", daily("03:30"), "2026-06-01T03:29", "2026-05-31", "2026-06-01", "2026-06-01T03:30"],
    ["a day at midnight", daily("00:00"), "2026-05-31T23:59", "2026-05-31", "2026-06-01", "2026-06-01T00:00"],
    [
      "the day after 28 February",
      daily("02:00"),
      "2028-02-28T02:00",
      "2028-02-28",
      "2028-02-29",
      "2028-02-29T02:00",
    ],
    [
      "five minutes",
      minutes(5),
      "2026-06-01T08:04",
      "2026-06-01T08:00",
      "2026-06-01T08:05",
      "2026-06-01T08:05",
    ],
    [
      "a minute over midnight",
      minutes(1),
      "2026-05-31T23:59",
      "2026-05-31T23:59",
      "2026-06-01T00:00",
      "2026-06-01T00:00",
    ],
  ])("%s", (_, schedule, at, last, next, nextAt) => {
    expect(lastDue(schedule, beijing(at)).period).toBe(last);
    const due = nextDue(schedule, beijing(at));
    expect([due.period, told(due.dueAt)]).toEqual([next, nextAt]);
  });

  test("the day of a month's run is that of the policy in force then", () => {
    const schedule: JobSchedule = {
      every: "month",
      day: (policy) => policy.payrollCutoffDay + 1,
      time: "00:00",
    };
    expect(told(nextDue(schedule, beijing("2026-06-01T00:00")).dueAt)).toBe("2026-06-11T00:00");
  });

  test("Beijing's midnight is four in the afternoon of the day before in UTC", () => {
    expect(nextDue(monthly(1, "00:00"), beijing("2026-05-20T00:00")).dueAt.toString()).toBe(
      "2026-05-31T16:00:00Z",
    );
  });
});

test.each<[JobSchedule, string, string | null]>([
  [monthly(5), "2026-06", "2026-06-05T00:30"],
  [monthly(5), "2026-6", null],
  [monthly(5), "2026-13", null],
  [monthly(5), "2026-06-05", null],
  [daily("03:30"), "2026-02-28", "2026-02-28T03:30"],
  [daily("03:30"), "2026-02-29", null],
  [daily("03:30"), "2026-02", null],
  [minutes(5), "2026-06-01T08:05", "2026-06-01T08:05"],
  [minutes(5), "2026-06-01T08:04", null],
  [minutes(5), "nonsense", null],
])("the period %j %s is due at %s", (schedule, period, at) => {
  const due = dueOfPeriod(schedule, period);
  expect(due && told(due.dueAt)).toBe(at);
});

describe("what is due in a stretch of time", () => {
  const jobs = [
    { name: "close", schedule: monthly(1) },
    { name: "remind", schedule: monthly(5, "09:00") },
    { name: "send", schedule: minutes(1) },
    { name: "tidy", schedule: daily("03:30") },
  ];
  const listed = (from: string, to: string) =>
    dueRuns(jobs, beijing(from), beijing(to)).map(({ job, period }) => `${job.name} ${period}`);

  test("nothing between two minutes", () => {
    expect(listed("2026-06-10T08:00", "2026-06-10T08:00:59")).toEqual([]);
  });

  test("its beginning is not in it, its end is", () => {
    expect(listed("2026-06-01T00:30", "2026-06-01T00:31")).toEqual(["send 2026-06-01T00:31"]);
    expect(listed("2026-06-01T00:29", "2026-06-01T00:30")).toEqual([
      "close 2026-06",
      "send 2026-06-01T00:30",
    ]);
  });

  test("days and minutes are as few as do, months are complete and all is in order", () => {
    expect(listed("2026-05-20T12:00", "2026-07-02T12:00")).toEqual([
      "close 2026-06",
      "send 2026-06-01T00:31",
      "tidy 2026-06-01",
      "remind 2026-06",
      "send 2026-06-05T09:01",
      "tidy 2026-06-06",
      "close 2026-07",
      "send 2026-07-01T00:31",
      "tidy 2026-07-01",
      "tidy 2026-07-02",
      "send 2026-07-02T12:00",
    ]);
  });

  test("a time in two parts gives every month once", () => {
    const months = (from: string, to: string) =>
      listed(from, to).filter((run) => /^(close|remind)/.test(run));
    const whole = months("2026-05-20T12:00", "2031-05-20T12:00");
    expect(whole).toHaveLength(120);
    expect([
      ...months("2026-05-20T12:00", "2028-02-29T13:00"),
      ...months("2028-02-29T13:00", "2031-05-20T12:00"),
    ]).toEqual(whole);
  });
});
