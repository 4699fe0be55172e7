import { describe, expect, test } from "vitest";
import { registerColumns } from "../domain/register-problems.js";
import { csvRecords, jsonRecords, type ReadRecord } from "./register-records.js";

const header = registerColumns.join(",");

function headerMessage(text: string): string {
  const records = csvRecords(text);
  return records.ok ? "ok" : records.message.slice(records.message.indexOf(": ") + 2);
}

function codeOf(read: ReadRecord | undefined): string {
  return read?.ok ? "ok" : [read?.problem.code, read?.problem.column].filter(Boolean).join(" ");
}

describe("a CSV header", () => {
  test.each<[string, string, string]>([
    ["all columns", header, "ok"],
    ["in another order", registerColumns.toReversed().join(","), "ok"],
    ["quoted and spaced", ` "name" ,${header.slice(5)}`.replace(' "name" ', '"name"'), "ok"],
    ["without the columns that may be empty", registerColumns.slice(0, 7).join(","), "ok"],
    ["a column missing", header.replace("name,", ""), "missing name"],
    ["a column unknown", `${header},Remark`, 'unknown "Remark"'],
    ["a column twice", `${header},phone`, "given twice phone"],
    [
      "several faults",
      header.replace("name", "nom").replace("phone", "name2"),
      'missing name; unknown "nom", "name2"',
    ],
    [
      "semicolons",
      header.replaceAll(",", ";"),
      `missing ${registerColumns.slice(0, 7).join(", ")}; unknown 1 names`,
    ],
  ])("%s", (_, text, expected) => {
    expect(headerMessage(text)).toBe(expected);
  });

  test("a file without a header does not have its first person shown", () => {
    const message = headerMessage("张三,RESIDENT_ID,110108194901010012,13800138000");
    expect(message).toContain("unknown 4 names");
    expect(message).not.toMatch(/张三|1101|138/);
  });

  test("a long header is not repeated at length", () => {
    expect(
      headerMessage(`${header},${Array.from({ length: 50 }, () => "x".repeat(500)).join(",")}`).length,
    ).toBeLessThan(700);
  });
});

describe("records", () => {
  test("CSV values go to the columns that the header names", () => {
    const records = csvRecords(registerColumns.toReversed().join(","));
    const read = records.ok
      ? records.reader.read(registerColumns.map((_, index) => `${index}`).join(","))
      : undefined;
    expect(read).toMatchObject({ ok: true, record: { name: "9", last_certified_on: "0" } });
  });

  test.each<[string, string]>([
    ["a,b", "WRONG_COLUMN_COUNT"],
    [",".repeat(10), "WRONG_COLUMN_COUNT"],
    [`"${",".repeat(9)}`, "NOT_CSV"],
    [",".repeat(9), "ok"],
  ])("CSV %s", (line, code) => {
    const records = csvRecords(header);
    expect(codeOf(records.ok ? records.reader.read(line) : undefined)).toBe(code);
  });

  test.each<[string, string]>([
    ['{"name":"李建国","phone":null}', "ok"],
    ['{"name":"李建国"', "NOT_JSON"],
    ["[]", "NOT_JSON"],
    ["null", "NOT_JSON"],
    ['"name"', "NOT_JSON"],
    ['{"Name":"x"}', "UNKNOWN_COLUMN"],
    ['{"__proto__":"x"}', "UNKNOWN_COLUMN"],
    ['{"document_number":110108194901010012}', "NOT_A_STRING document_number"],
    ['{"name":["x"]}', "NOT_A_STRING name"],
  ])("NDJSON %s", (line, code) => {
    expect(codeOf(jsonRecords().read(line))).toBe(code);
  });
});
