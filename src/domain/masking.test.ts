import fc from "fast-check";
import { expect, test } from "vitest";
import { maskName, maskNumber } from "./masking.js";

test.each([
  ["张三", "张*"],
  ["张小三", "张**"],
  ["阿里木·买买提", "阿***"],
  ["𠮷野家", "𠮷**"],
  ["", ""],
])("C4 the name %s is shown as %s", (name, shown) => {
  expect(maskName(name)).toBe(shown);
});

test.each([
  ["11010519491231002X", "110***********002X"],
  ["13800138000", "138****8000"],
  ["01062345678", "010****5678"],
  ["E12345678", "E******78"],
  ["AB123", "A**23"],
])("C3 the number %s is shown as %s", (number, shown) => {
  expect(maskNumber(number)).toBe(shown);
});

test("C3 a mask keeps the length and hides at least two characters or all", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."0123456789X"), maxLength: 24 }), (number) => {
      const shown = maskNumber(number);
      expect(shown).toHaveLength(number.length);
      expect([...shown].filter((char) => char === "*").length).toBeGreaterThanOrEqual(
        Math.min(1, number.length),
      );
      for (const [index, char] of [...shown].entries()) expect(["*", number[index]]).toContain(char);
    }),
  );
});
