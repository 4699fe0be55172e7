import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { smsSegments, UNITS_ALONE, UNITS_IN_PART } from "./sms-segments.js";

const texts = fc.oneof(
  fc.string({ unit: "binary", maxLength: 400 }),
  fc.string({ unit: fc.constantFrom("认", "证", "𠮷", "😀", "a", "，"), maxLength: 400 }),
);

describe("the parts of a text", () => {
  test("put together are the text", () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(smsSegments(text).join("")).toBe(text);
      }),
    );
  });

  test("fit an SMS: 70 units alone, 67 in a part, and no part is empty", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const segments = smsSegments(text);
        if (segments.length === 1) expect(text.length).toBeLessThanOrEqual(UNITS_ALONE);
        for (const segment of segments.length > 1 ? segments : []) {
          expect(segment.length).toBeGreaterThan(0);
          expect(segment.length).toBeLessThanOrEqual(UNITS_IN_PART);
        }
      }),
    );
  });

  test("never split a pair of surrogates", () => {
    fc.assert(
      fc.property(texts, (text) => {
        for (const segment of smsSegments(text)) expect(segment.isWellFormed()).toBe(true);
      }),
    );
  });

  test("are as few as can be where nothing is a pair", () => {
    const lengths = [0, 1, 70, 71, 134, 135].map((length) => smsSegments("认".repeat(length)).length);
    expect(lengths).toEqual([1, 1, 1, 2, 2, 3]);
  });

  test("shift a pair on the border into the next part", () => {
    expect(smsSegments(`${"认".repeat(66)}𠮷${"证".repeat(10)}`)).toEqual([
      "认".repeat(66),
      `𠮷${"证".repeat(10)}`,
    ]);
  });
});
