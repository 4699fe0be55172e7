import { describe, expect, test } from "vitest";
import { lineDecoder, sniffEncoding } from "./text-encoding.js";

// “李建国” and “联通” in GB18030; the latter is also well-formed UTF-8.
const GB_LI_JIANGUO = [0xc0, 0xee, 0xbd, 0xa8, 0xb9, 0xfa];
const GB_LIANTONG = [0xc1, 0xaa, 0xcd, 0xa8];
const LF = 0x0a;

function sniff(...parts: (string | readonly number[])[]) {
  const sniffed = sniffEncoding(Buffer.concat(parts.map((part) => Buffer.from(part as string))));
  return sniffed.ok ? `${sniffed.encoding} after ${sniffed.bomBytes}` : sniffed.reason;
}

describe("the encoding of a file", () => {
  test.each<[string, string, (string | readonly number[])[]]>([
    ["plain ASCII", "utf-8 after 0", ["name\nLi"]],
    ["UTF-8", "utf-8 after 0", ["name\n李建国\n"]],
    ["UTF-8 with its mark", "utf-8 after 3", ["\ufeffname\n"]],
    ["UTF-8 cut within a character", "utf-8 after 0", ["name\n", [0xe6, 0x9d, 0x8e, 0xe5, 0xbb]]],
    ["UTF-8 with a damaged line", "utf-8 after 0", ["李建国\n", [0xe6, 0x9d, LF], "王芳\n"]],
    ["UTF-8 damaged in its only line", "utf-8 after 0", ["李建国", [0xe6, 0x9d], "王芳\n"]],
    ["GB18030", "gb18030 after 0", ["name\n", GB_LI_JIANGUO, "\n"]],
    [
      "GB18030 that has a character of UTF-8 in it by chance",
      "gb18030 after 0",
      ["name\n", [0xc0, 0xee, 0xbd, 0xa8]],
    ],
    ["GB18030 cut within a character", "gb18030 after 0", ["name\n", GB_LI_JIANGUO.slice(0, 5)]],
    [
      "GB18030 with a line that is UTF-8 by chance",
      "gb18030 after 0",
      [GB_LIANTONG, "\n", GB_LI_JIANGUO, "\n", GB_LI_JIANGUO, "\n"],
    ],
    ["UTF-16, little endian", "UTF-16", [[0xff, 0xfe, 0x6e, 0x00]]],
    ["UTF-16, big endian", "UTF-16", [[0xfe, 0xff, 0x00, 0x6e]]],
    ["UTF-16 without its mark", "UTF-16", [[0x6e, 0x00, 0x61, 0x00]]],
    ["neither", "UNKNOWN", ["name\n", [0xff, 0xff, 0xfe, LF], [0xff, 0x81, 0xff, LF]]],
  ])("%s", (_, expected, parts) => {
    expect(sniff(...parts)).toBe(expected);
  });

  test("a decoded line shows what was no text", () => {
    expect(lineDecoder("utf-8")(Buffer.from([0x61, 0xff, 0x62]))).toBe("a\ufffdb");
    expect(lineDecoder("gb18030")(Buffer.from(GB_LI_JIANGUO))).toBe("李建国");
    expect(lineDecoder("gb18030")(Buffer.from([0x61, 0xff, 0x62]))).toContain("\ufffd");
  });
});
