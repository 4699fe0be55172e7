import { describe, expect, test } from "vitest";
import type { JobStanding, UndoneRun } from "../../jobs/undone-runs.js";
import type { Overdue, OverdueWork } from "../../storage/overdue-work.js";
import {
  judgeAnchors,
  judgeDeliveries,
  judgeEvents,
  judgeImport,
  judgeJob,
  judgeJobAlarms,
  judgeMessages,
  judgeProcesses,
  type Present,
} from "./judge-work.js";

const now = Temporal.Instant.from("2026-06-15T02:00:00Z");
const present: Present = { mode: "production", now, running: true };
const stopped: Present = { ...present, running: false };
const ago = (length: Temporal.DurationLike) => now.subtract(length);

const nothing: Overdue = { count: 0, since: null };
const waits = (length: Temporal.DurationLike, count = 3): Overdue => ({ count, since: ago(length) });
const idle: OverdueWork = {
  confirmations: nothing,
  otherMessages: nothing,
  events: nothing,
  deliveries: nothing,
  failingEndpoints: 0,
};

test("a service of which nothing runs is warned of", () => {
  expect(judgeProcesses(0).state).toBe("WARN");
  expect(judgeProcesses(2)).toMatchObject({ state: "OK", cause: "2 run" });
});

test.each([
  [present, 1_000, "OK"],
  [present, 5 * 60_000 + 1, "FAIL"],
  [present, null, "WARN"],
  [stopped, 86_400_000, "OK"],
])("job alarms %#: %s", (given, silenceMs, state) => {
  expect(judgeJobAlarms(given, silenceMs).state).toBe(state);
});

describe("a job of the calendar", () => {
  const undone = (length: Temporal.DurationLike, rest: Partial<UndoneRun> = {}): UndoneRun => ({
    period: "2026-06",
    dueAt: ago(length),
    failure: null,
    underWay: false,
    ...rest,
  });
  const standing = (every: "month" | "day", ...runs: readonly UndoneRun[]): JobStanding => ({
    job: "reminders",
    every,
    lastDue: "2026-06",
    undone: runs,
  });

  test.each<[string, Present, JobStanding, string]>([
    ["that is done", present, standing("month"), "OK"],
    ["that was due a moment ago", present, standing("month", undone({ minutes: 15 })), "OK"],
    ["a month's that is late", present, standing("month", undone({ minutes: 16 })), "FAIL"],
    ["a day's that is late", present, standing("day", undone({ minutes: 16 })), "WARN"],
    ["that is late while nothing runs", stopped, standing("month", undone({ hours: 16 })), "WARN"],
    ["that is worked on", present, standing("month", undone({ hours: 2 }, { underWay: true })), "OK"],
    [
      "that is worked on all day",
      present,
      standing("month", undone({ hours: 7 }, { underWay: true })),
      "WARN",
    ],
    ["that failed just now", present, standing("month", undone({ minutes: 1 }, { failure: "X" })), "FAIL"],
    ["that was stopped", present, standing("month", undone({ minutes: 1 }, { failure: "STOPPED" })), "OK"],
  ])("%s", (_, given, job, state) => {
    expect(judgeJob(given, job).state).toBe(state);
  });

  test("says what is missing, since when, why, and what to run", () => {
    const job = standing(
      "month",
      undone({ hours: 960 }, { failure: "SQLSTATE_42501" }),
      undone({ hours: 240 }),
    );
    expect(judgeJob(present, job)).toMatchObject({
      cause: "reminders: 2026-06 is not done, nor is a later one, due for 40 days, failed (SQLSTATE_42501)",
      cure: "npm run cli -- run-job reminders --period 2026-06",
    });
  });

  test("may not be due yet", () => {
    expect(judgeJob(present, { ...standing("month"), lastDue: null }).cause).toMatch(/not due since/);
  });
});

describe("messages", () => {
  test.each<[string, Present, Partial<OverdueWork>, boolean, string]>([
    ["none", present, {}, true, "OK"],
    ["a confirmation for a while", present, { confirmations: waits({ minutes: 14 }) }, true, "OK"],
    ["a confirmation for long", present, { confirmations: waits({ minutes: 16 }) }, true, "WARN"],
    ["a confirmation for hours", present, { confirmations: waits({ hours: 3 }) }, true, "FAIL"],
    ["while nothing runs", stopped, { confirmations: waits({ hours: 3 }) }, true, "WARN"],
    ["reminders over night", present, { otherMessages: waits({ hours: 13 }) }, true, "OK"],
    ["reminders for days", present, { otherMessages: waits({ hours: 73 }) }, true, "FAIL"],
    [
      "the worse of two",
      present,
      { confirmations: waits({ hours: 3 }), otherMessages: waits({ hours: 25 }) },
      true,
      "FAIL",
    ],
    ["without a gateway", present, { otherMessages: waits({ hours: 1 }) }, false, "WARN"],
    ["none without a gateway", present, {}, false, "OK"],
  ])("%s", (_, given, work, gateway, state) => {
    expect(judgeMessages(given, { ...idle, ...work }, gateway).state).toBe(state);
  });

  test("are counted in words", () => {
    const work = {
      ...idle,
      confirmations: waits({ hours: 3 }, 1),
      otherMessages: waits({ hours: 1 }, 100_000),
    };
    expect(judgeMessages(present, work, true).cause).toBe(
      "1 confirmation waits, the oldest for 3 hours; at least 100000 reminders and notices wait, the oldest for 1 hour",
    );
  });
});

test.each([
  [nothing, "OK"],
  [waits({ minutes: 4 }), "OK"],
  [waits({ minutes: 6 }), "WARN"],
  [waits({ minutes: 61 }), "FAIL"],
])("events %#: %s", (events, state) => {
  expect(judgeEvents(present, { ...idle, events }).state).toBe(state);
});

test.each([
  [nothing, 0, "OK"],
  [waits({ minutes: 14 }), 0, "OK"],
  [waits({ minutes: 16 }), 0, "WARN"],
  [waits({ hours: 7 }), 0, "FAIL"],
  [nothing, 2, "WARN"],
])("deliveries %#: %s", (deliveries, failingEndpoints, state) => {
  expect(judgeDeliveries(present, { ...idle, deliveries, failingEndpoints }).state).toBe(state);
});

describe("anchors of the audit chains", () => {
  const facts = { lastAt: ago({ hours: 20 }), since: ago({ hours: 900 }), inFile: true };
  test.each([
    ["of last night", present, facts, "OK"],
    ["a day late", present, { ...facts, lastAt: ago({ hours: 27 }) }, "WARN"],
    ["days late", present, { ...facts, lastAt: ago({ hours: 73 }) }, "FAIL"],
    ["days late while nothing runs", stopped, { ...facts, lastAt: ago({ hours: 73 }) }, "WARN"],
    ["none on the first day", present, { ...facts, lastAt: null, since: ago({ hours: 20 }) }, "OK"],
    ["none for days", present, { ...facts, lastAt: null }, "FAIL"],
    ["none before the first start", present, { ...facts, lastAt: null, since: null }, "OK"],
    ["without a file in production", present, { ...facts, inFile: null }, "WARN"],
    [
      "without a file in a sandbox",
      { ...present, mode: "sandbox" as const },
      { ...facts, inFile: null },
      "OK",
    ],
    ["that the file lacks", present, { ...facts, inFile: false }, "WARN"],
  ] as const)("%s", (_, given, anchors, state) => {
    expect(judgeAnchors(given, anchors).state).toBe(state);
  });
});

test.each([
  ["production", "2026-06-01T00:00:00+08:00", "OK"],
  ["production", "2026-05-31T23:59:00+08:00", "WARN"],
  ["production", null, "WARN"],
  ["sandbox", null, "OK"],
] as const)("P3: a register in %s, imported %s, is %s in June", (mode, at, state) => {
  const importedAt = at === null ? null : Temporal.Instant.from(at);
  expect(judgeImport({ ...present, mode }, importedAt).state).toBe(state);
});
