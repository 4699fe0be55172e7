import { describe, expect, test } from "vitest";
import { afterSending, isGivenUp, RETRY_PAUSES, type SendOutcome } from "./webhooks.js";

const now = Temporal.Instant.from("2026-05-20T02:00:00Z");
const answered = (status: number, retryAfter: string | null = null): SendOutcome => ({
  status,
  retryAfter,
  ms: 12,
});
const timedOut: SendOutcome = { failure: "TIMEOUT", ms: 15_000 };

function secondsUntilNext(outcome: SendOutcome, attempt: number, random = 0): number {
  const after = afterSending(outcome, attempt, now, random);
  if (after.state !== "PENDING") throw new Error(after.state);
  return after.dueAt.since(now).total("seconds");
}

describe("what does not arrive", () => {
  test("H1 is sent again after 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 h, then given up", () => {
    const pauses = RETRY_PAUSES.map((_, index) => secondsUntilNext(answered(500), index + 1));
    expect(pauses).toEqual([5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]);
    expect(pauses.reduce((sum, pause) => sum + pause, 0) / 3_600).toBeCloseTo(75.6, 1);
    expect(afterSending(answered(500), 10, now, 0)).toEqual({ state: "FAILED", gone: false });
  });

  test("H1 pauses are drawn out by at most a tenth", () => {
    expect(secondsUntilNext(timedOut, 2, 0.5)).toBe(315);
    expect(secondsUntilNext(timedOut, 2, 1)).toBe(330);
  });

  test.each([
    ["seconds", answered(429, "600"), 600],
    ["a time", answered(503, "Wed, 20 May 2026 03:00:00 GMT"), 3_600],
    ["less than the table", answered(503, "1"), 5],
    ["more than a day", answered(429, "999999999"), 86_400],
    ["nothing that can be read", answered(429, "soon"), 5],
    ["a time that is over", answered(429, "Wed, 20 May 2020 03:00:00 GMT"), 5],
    ["with another status", answered(500, "600"), 5],
  ])("H1 Retry-After of %s", (_, outcome, seconds) => {
    expect(secondsUntilNext(outcome, 1)).toBe(seconds);
  });
});

describe("what a status means", () => {
  test.each([200, 201, 202, 204, 299])("H2 %i is a success", (status) => {
    expect(afterSending(answered(status), 1, now, 0)).toEqual({ state: "DELIVERED" });
  });

  test.each([100, 301, 302, 307, 308, 400, 401, 404, 500])("H2 %i is a failure", (status) => {
    expect(afterSending(answered(status), 1, now, 0).state).toBe("PENDING");
  });

  test("H2 410 ends it at once", () => {
    expect(afterSending(answered(410), 1, now, 0)).toEqual({ state: "FAILED", gone: true });
  });
});

test("H3 an endpoint is given up once nothing has arrived for five days", () => {
  const since = (hours: number) => now.subtract({ hours });
  expect(isGivenUp(null, now)).toBe(false);
  expect(isGivenUp(since(119), now)).toBe(false);
  expect(isGivenUp(since(120), now)).toBe(true);
});
