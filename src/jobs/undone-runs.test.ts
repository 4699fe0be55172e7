import { describe, expect, test } from "vitest";
import type { JobSchedule } from "./job.js";
import { type KnownRun, standingOf } from "./undone-runs.js";

const monthly: JobSchedule = { every: "month", day: () => 5, time: "09:00" };
const daily: JobSchedule = { every: "day", time: "02:00" };
const jobs = [
  { name: "reminders", schedule: monthly },
  { name: "retention", schedule: daily },
  { name: "event-relay", schedule: { every: "minutes", minutes: 1 } as const },
];
const beijing = (text: string) => Temporal.Instant.from(`${text}+08:00`);
const since = beijing("2026-04-01T00:00");
const run = (job: string, period: string, rest: Partial<KnownRun> = {}): KnownRun => ({
  job,
  period,
  state: "DONE",
  failure: null,
  heardLately: false,
  ...rest,
});

/** Each job as `last due: undone periods`. */
function told(now: string, known: readonly KnownRun[] = [], from = since) {
  return standingOf(jobs, from, beijing(now), known).map(
    ({ lastDue, undone }) => `${lastDue}: ${undone.map(({ period }) => period).join(" ")}`,
  );
}

describe("how the jobs stand", () => {
  test("every month is wanted, of days the last one, and minutes are left out", () => {
    expect(told("2026-06-05T10:00")).toEqual(["2026-06: 2026-04 2026-05 2026-06", "2026-06-05: 2026-06-05"]);
  });

  test("what is done is not wanted any more", () => {
    const known = [
      ...["2026-04", "2026-05", "2026-06"].map((month) => run("reminders", month)),
      run("retention", "2026-06-05"),
    ];
    expect(told("2026-06-05T10:00", known)).toEqual(["2026-06: ", "2026-06-05: "]);
  });

  test("a month that was left out stays wanted after later ones are done", () => {
    expect(told("2026-06-05T10:00", [run("reminders", "2026-04"), run("reminders", "2026-06")])[0]).toBe(
      "2026-06: 2026-05",
    );
  });

  test("what was due before the service began is not wanted", () => {
    expect(told("2026-06-05T10:00", [], beijing("2026-06-05T09:30"))).toEqual(["null: ", "null: "]);
  });

  test("it is not due a minute before its time", () => {
    expect(told("2026-06-05T08:59")[0]).toBe("2026-05: 2026-04 2026-05");
  });

  test("what was tried says how it went; a worker that went silent is not at work", () => {
    const known = [
      run("reminders", "2026-04", { state: "FAILED", failure: "SQLSTATE_42501" }),
      run("reminders", "2026-05", { state: "RUNNING", heardLately: true }),
      run("reminders", "2026-06", { state: "RUNNING" }),
    ];
    expect(standingOf(jobs, since, beijing("2026-06-05T10:00"), known)[0]?.undone).toMatchObject([
      { period: "2026-04", failure: "SQLSTATE_42501", underWay: false },
      { period: "2026-05", failure: null, underWay: true },
      { period: "2026-06", failure: null, underWay: false },
    ]);
  });
});
