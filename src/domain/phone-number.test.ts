import fc from "fast-check";
import { expect, test } from "vitest";
import { parsePhone } from "./phone-number.js";

test.each([
  ["13800138000", "13800138000"],
  ["138 0013 8000", "13800138000"],
  ["138-0013-8000", "13800138000"],
  ["１３８００１３８０００", "13800138000"],
  ["+86 13800138000", "13800138000"],
  ["＋86（138）00138000", "13800138000"],
  ["008613800138000", "13800138000"],
  ["19912345678", "19912345678"],
  ["010-62345678", "01062345678"],
  ["(0755) 1234567", "07551234567"],
  ["021-52345678", "02152345678"],
  ["0311-86000000", "031186000000"],
  ["+86 10 62345678", "01062345678"],
  ["0086 010 62345678", "01062345678"],
  ["+1 212 555 0100", "+12125550100"],
  ["001 212 555 0100", "+12125550100"],
  ["+852 2123 4567", "+85221234567"],
  ["0065 6123 4567", "+6561234567"],
  ["+290 2123", "+2902123"],
  ["+123456789012345", "+123456789012345"],
  [`${" ".repeat(29)}13800138000`, "13800138000"],
  ["0047 21 23 45 67", "+4721234567"],
])("C2 %j is kept as %s", (raw, kept) => {
  expect(parsePhone(raw)).toBe(kept);
});

test.each([
  ["nothing", ""],
  ["ten digits", "1380013800"],
  ["twelve digits", "138001380000"],
  ["a mobile number that starts with 12", "12800138000"],
  ["an impossible number under +86", "+86 12800138000"],
  ["a landline of nine digits", "010-623456789"],
  ["a landline of six digits", "010-623456"],
  ["a landline without its area code", "62345678"],
  ["a landline without the 0", "1062345678"],
  ["an area code 00", "0012"],
  ["a country code 0", "+0123456789"],
  ["more than fifteen digits abroad", "+1234567890123456"],
  ["fewer than seven digits abroad", "+123456"],
  ["41 characters", `${" ".repeat(30)}13800138000`],
  ["letters", "1380013800O"],
  ["an extension", "010-62345678转1"],
  ["a second plus", "++8613800138000"],
  ["U+0000", "138\u000000138000"],
  ["an emoji", "13800138000😀"],
  ["keycap digits", "1\ufe0f\u20e33800138000"],
  ["10,000 characters", "1".repeat(10_000)],
  ["10,000 spaces and a number", `${" ".repeat(10_000)}13800138000`],
])("C2 %s: no one can be reached", (_, raw) => {
  expect(parsePhone(raw)).toBeNull();
});

test("C2 a number that was kept is kept unchanged", () => {
  const written = fc
    .tuple(
      fc.constantFrom("", "+", "00", "0", "+86", "0086", "+860", "1", "13", "010", "+1"),
      fc.string({ unit: fc.constantFrom(..."0123456789 -()１"), maxLength: 16 }),
    )
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(written, (raw) => {
      const kept = parsePhone(raw);
      if (kept === null) return;
      expect(kept).toMatch(/^\+?\d{7,15}$/);
      expect(kept).not.toMatch(/^\+86|^00/);
      expect(parsePhone(kept)).toBe(kept);
    }),
    { numRuns: 3000 },
  );
});
