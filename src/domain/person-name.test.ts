import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type NameFault, parseName } from "./person-name.js";

function comparable(raw: string): string {
  const parsed = parseName(raw);
  if (!parsed.ok) throw new Error(`${raw} was refused: ${parsed.fault}`);
  return parsed.comparable;
}

test.each([
  ["阿里木·买买提", "阿里木•买买提", "a bullet"],
  ["阿里木·买买提", "阿里木．买买提", "a full-width full stop"],
  ["阿里木·买买提", "阿里木.买买提", "a full stop"],
  ["阿里木·买买提", "阿里木・买买提", "a Japanese middle dot"],
  ["阿里木·买买提", "阿里木･买买提", "a half-width Japanese middle dot"],
  ["阿里木·买买提", "阿里木‧买买提", "a hyphenation point"],
  ["阿里木·买买提", "阿里木 · 买买提", "spaces around the dot"],
  ["张三", "  张三　", "spaces around, one of them ideographic"],
  ["张三", "\n张三\t", "line ends around"],
  ["张三", "\ufeff张三", "a byte order mark in front"],
  ["王⼀", "王一", "a Kangxi radical for the character"],
  ["金樂", "金\uf914", "a compatibility ideograph"],
  ["MARY ANN SMITH", "ＭＡＲＹ　ＡＮＮ　ＳＭＩＴＨ", "full-width letters"],
  ["MARY ANN SMITH", "Mary  Ann Smith", "other case and a doubled space"],
  ["José", "Jose\u0301", "a combining accent"],
])("C4 %j compares equal to %j: %s", (one, other) => {
  expect(comparable(other)).toBe(comparable(one));
});

test.each([
  ["张三", "张山"],
  ["阿里木·买买提", "阿里木买买提"],
  ["张三", "張三"],
  ["MARY ANN", "MARYANN"],
])("C4 %j and %j are two names", (one, other) => {
  expect(comparable(one)).not.toBe(comparable(other));
});

test.each([
  [" 阿里木•买买提 ", "阿里木·买买提"],
  ["Mary  Smith", "Mary Smith"],
  ["欧阳〇", "欧阳〇"],
  ["𠮷野", "𠮷野"],
  ["O’Brien-Smith, John (Jr)", "O’Brien-Smith, John (Jr)"],
  ["王\ue863", "王\ue863"],
])("C4 %j is stored and shown as %j", (raw, display) => {
  expect(parseName(raw)).toMatchObject({ ok: true, display });
});

test.each<[string, string, NameFault]>([
  ["nothing", "", "EMPTY"],
  ["spaces", " 　\t", "EMPTY"],
  ["101 characters", "张".repeat(101), "TOO_LONG"],
  ["101 characters outside the basic plane", "𠮷".repeat(101), "TOO_LONG"],
  ["10,000 characters", "张".repeat(10_000), "TOO_LONG"],
  ["characters that unfold to more than 100", "ﷺ".repeat(10), "TOO_LONG"],
  ["U+0000", "张\u0000三", "NOT_A_NAME"],
  ["an escape character", "张\u001b三", "NOT_A_NAME"],
  ["a line end inside", "张\n三", "NOT_A_NAME"],
  ["a right-to-left override", "张\u202e三", "NOT_A_NAME"],
  ["a zero-width space", "张\u200b三", "NOT_A_NAME"],
  ["half a surrogate pair", "张\ud83d", "NOT_A_NAME"],
  ["an emoji", "张三😀", "NOT_A_NAME"],
  ["digits", "张三1", "NOT_A_NAME"],
  ["markup", "<b>张三</b>", "NOT_A_NAME"],
  ["a percent sign", "张%", "NOT_A_NAME"],
  ["dots alone", "···", "NOT_A_NAME"],
  ["a hyphen alone", "-", "NOT_A_NAME"],
])("C4 %s: refused", (_, raw, fault) => {
  expect(parseName(raw)).toEqual({ ok: false, fault });
});

test("C4 100 characters are not too many, wherever they stand in Unicode", () => {
  expect(parseName("张".repeat(100)).ok).toBe(true);
  expect(parseName("𠮷".repeat(100)).ok).toBe(true);
});

describe("for any name", () => {
  const written = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 30 }),
    fc.string({ unit: fc.constantFrom(..."张三阿·•．・. 　\tAéßıﬁ-'\u0301\u0345\u0130"), maxLength: 12 }),
  );

  test("C4 what is stored parses to itself, and so does what is compared", () => {
    fc.assert(
      fc.property(written, (raw) => {
        const parsed = parseName(raw);
        if (!parsed.ok) return;
        expect(parseName(parsed.display)).toEqual(parsed);
        expect(comparable(parsed.comparable)).toBe(parsed.comparable);
      }),
      { numRuns: 2000 },
    );
  });

  test("C4 blanks around and the kind of dot make no difference", () => {
    const parts = fc.array(fc.constantFrom("阿里木", "买买提", "古丽", "Mary"), {
      minLength: 1,
      maxLength: 3,
    });
    const dots = fc.constantFrom("·", "•", "．", "・", " · ");
    const blanks = fc.constantFrom("", " ", "　", "\t\n");
    fc.assert(
      fc.property(parts, dots, blanks, blanks, (names, dot, before, after) => {
        expect(comparable(before + names.join(dot) + after)).toBe(comparable(names.join("·")));
      }),
    );
  });
});
