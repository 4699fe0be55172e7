import fc from "fast-check";
import { expect, test } from "vitest";
import { beijingMonthOf, isBeforeMonth } from "./calendar.js";
import { type ChannelCode, channelCodes, channelOf } from "./channels.js";
import { decidingInstant } from "./receipt-time.js";

const at = (text: string) => Temporal.Instant.from(text);

function decided(channel: ChannelCode, receivedAt: string, occurredAt: string | null): string {
  const result = decidingInstant(
    channelOf(channel),
    at(receivedAt),
    occurredAt === null ? null : at(occurredAt),
  );
  return result.ok ? result.instant.toString() : result.fault;
}

test.each<[ChannelCode, string, string | null, string]>([
  ["AGENCY_COUNTER", "2026-06-01T02:00:00Z", null, "2026-06-01T02:00:00Z"],
  ["AGENCY_COUNTER", "2026-06-01T02:00:00Z", "2026-05-31T09:00:00Z", "2026-05-31T09:00:00Z"],
  ["ICBC_KIOSK", "2026-06-01T02:00:00Z", "2026-05-31T02:00:00Z", "2026-05-31T02:00:00Z"],
  ["ICBC_KIOSK", "2026-06-01T02:00:00Z", "2026-05-31T01:59:59.999Z", "TOO_OLD"],
  ["EMPLOYER", "2026-06-08T02:00:00Z", "2026-06-01T02:00:00Z", "2026-06-01T02:00:00Z"],
  ["STREET_SERVICE_CENTER", "2026-06-08T02:00:00Z", "2026-06-01T01:59:59Z", "TOO_OLD"],
  ["JINGTONG_WECHAT", "2026-06-01T02:00:00Z", null, "2026-06-01T02:00:00Z"],
  ["JINGTONG_WECHAT", "2026-06-01T02:00:00Z", "2026-06-01T02:00:00Z", "NOT_ACCEPTED"],
  ["PSBC_KIOSK", "2026-06-01T02:00:00Z", "2026-06-01T02:01:00Z", "2026-06-01T02:00:00Z"],
  ["PSBC_KIOSK", "2026-06-01T02:00:00Z", "2026-06-01T02:01:00.001Z", "IN_THE_FUTURE"],
])("V6 %s, received %s, signed %s: %s", (channel, receivedAt, occurredAt, expected) => {
  expect(decided(channel, receivedAt, occurredAt)).toBe(expected);
});

test("V6 a kiosk whose clock runs ahead does not certify in a month that has not begun", () => {
  const instant = decided("PSBC_KIOSK", "2026-05-31T15:59:30Z", "2026-05-31T16:00:10Z");
  expect(beijingMonthOf(at(instant)).toString()).toBe("2026-05");
});

test("V6 no channel certifies after the month of receipt or before its allowed backlog", () => {
  const instants = fc
    .integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) })
    .map(Temporal.Instant.fromEpochMilliseconds);
  const offsets = fc.integer({ min: -10 * 24 * 3600, max: 3600 });
  fc.assert(
    fc.property(fc.constantFrom(...channelCodes), instants, offsets, (code, receivedAt, seconds) => {
      const result = decidingInstant(channelOf(code), receivedAt, receivedAt.add({ seconds }));
      if (!result.ok) return;
      expect(isBeforeMonth(beijingMonthOf(receivedAt), beijingMonthOf(result.instant))).toBe(false);
      const waited = result.instant.until(receivedAt).total("hours");
      expect(waited).toBeGreaterThanOrEqual(0);
      expect(waited).toBeLessThanOrEqual(channelOf(code).backlogHours);
    }),
  );
});
