import fc from "fast-check";
import { expect, test } from "vitest";
import { type SessionState, type StoredSessionState, sessionStateAt } from "./certification-session.js";

const expiresAt = Temporal.Instant.from("2026-04-15T04:30:00Z");

test.each<[StoredSessionState, number, SessionState]>([
  ["OPEN", -1, "OPEN"],
  ["OPEN", 0, "EXPIRED"],
  ["OPEN", 1, "EXPIRED"],
  ["COMPLETED", -1, "COMPLETED"],
  ["COMPLETED", 1, "COMPLETED"],
  ["CANCELLED", -1, "CANCELLED"],
  ["CANCELLED", 1, "CANCELLED"],
])("E2 a session stored as %s, %i ms from its end, is %s", (stored, milliseconds, state) => {
  expect(sessionStateAt({ stored, expiresAt }, expiresAt.add({ milliseconds }))).toBe(state);
});

test("E2 time moves a session from OPEN to EXPIRED and in no other way", () => {
  const stored = fc.constantFrom<StoredSessionState>("OPEN", "COMPLETED", "CANCELLED");
  const offset = fc.integer({ min: -7_200_000, max: 7_200_000 });
  fc.assert(
    fc.property(stored, offset, fc.nat(7_200_000), (state, start, wait) => {
      const now = expiresAt.add({ milliseconds: start });
      const before = sessionStateAt({ stored: state, expiresAt }, now);
      const then = sessionStateAt({ stored: state, expiresAt }, now.add({ milliseconds: wait }));
      if (before === "OPEN") expect(["OPEN", "EXPIRED"]).toContain(then);
      else expect(then).toBe(before);
    }),
  );
});
