import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { csvField, parseCsvLine, spreadsheetField } from "./csv-line.js";

describe("a line of RFC 4180", () => {
  test.each<[string, string[]]>([
    ["", [""]],
    ["a,b,c", ["a", "b", "c"]],
    [",,", ["", "", ""]],
    ['"a","b"', ["a", "b"]],
    ['"a,b",c', ["a,b", "c"]],
    ['"say ""hi""",', ['say "hi"', ""]],
    ['""', [""]],
    ['"",""', ["", ""]],
    [" a , b ", [" a ", " b "]],
  ])("%s", (line, fields) => {
    expect(parseCsvLine(line)).toEqual(fields);
  });

  test.each(['a"b,c', '"a', '"a"b,c', 'a,"b', '"', '"""', 'a,b"', '"a" ,b'])("%s is none", (line) => {
    expect(parseCsvLine(line)).toBeNull();
  });

  test("any fields survive being written and read", () => {
    const field = fc.string({ unit: "grapheme" }).filter((text) => !/[\r\n]/.test(text));
    fc.assert(
      fc.property(fc.array(field, { minLength: 1, maxLength: 12 }), (fields) => {
        expect(parseCsvLine(fields.map(csvField).join(","))).toEqual(fields);
      }),
    );
  });
});

describe("a field for a spreadsheet", () => {
  test.each([
    ["=1+1", `"'=1+1"`],
    ["+86", `"'+86"`],
    ["-1", `"'-1"`],
    ["@SUM(A1)", `"'@SUM(A1)"`],
    ["\t=1", `"'\t=1"`],
    ["\r=1", `"'\r=1"`],
    ['=HYPERLINK("x","y")', `"'=HYPERLINK(""x"",""y"")"`],
    ["＝1+1", `"'＝1+1"`],
    ["王=明", "王=明"],
    ["a,b", '"a,b"'],
    ["", ""],
  ])("P8 %j is no formula: %j", (value, field) => {
    expect(spreadsheetField(value)).toBe(field);
  });
});
