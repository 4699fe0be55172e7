import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LineSplitter, MAX_LINE_BYTES } from "./line-splitter.js";

function split(chunks: readonly Buffer[]): (string | null)[] {
  const lines: (string | null)[] = [];
  const take = (line: Buffer | null) => lines.push(line === null ? null : line.toString());
  const splitter = new LineSplitter();
  for (const chunk of chunks) splitter.push(chunk, take);
  splitter.end(take);
  return lines;
}

describe("cutting bytes into lines", () => {
  test.each<[string, string[]]>([
    ["", []],
    ["a", ["a"]],
    ["a\n", ["a"]],
    ["a\nb", ["a", "b"]],
    ["a\r\nb\r\n", ["a", "b"]],
    ["a\r\rb\n", ["a\r\rb"]],
    ["\n\n", ["", ""]],
    ["\r\n", [""]],
    ["李\n王\n", ["李", "王"]],
  ])("%j", (text, lines) => {
    expect(split([Buffer.from(text)])).toEqual(lines);
  });

  test("wherever the chunks are cut, the lines are the same", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "李", "\n", "\r", "\r\n", ","), maxLength: 60 });
    fc.assert(
      fc.property(text, fc.array(fc.nat({ max: 20 })), (content, cuts) => {
        const bytes = Buffer.from(content);
        const chunks: Buffer[] = [];
        let at = 0;
        for (const length of cuts) {
          chunks.push(bytes.subarray(at, at + length));
          at += length;
        }
        chunks.push(bytes.subarray(at));
        expect(split(chunks)).toEqual(split([bytes]));
      }),
    );
  });

  test.each<[string, number, boolean]>([
    ["the longest line", MAX_LINE_BYTES, true],
    ["one byte more", MAX_LINE_BYTES + 1, false],
    ["far more", MAX_LINE_BYTES * 20, false],
  ])("%s, cut or whole", (_, length, isKept) => {
    const line = Buffer.alloc(length, "x");
    const kept = isKept ? line.toString() : null;
    for (const ending of ["\n", "\r\n"]) {
      const bytes = Buffer.concat([Buffer.from("a\n"), line, Buffer.from(`${ending}b\n`)]);
      expect(split([bytes])).toEqual(["a", kept, "b"]);
      expect(
        split([bytes.subarray(0, 1_000), bytes.subarray(1_000, 70_000), bytes.subarray(70_000)]),
      ).toEqual(["a", kept, "b"]);
    }
    expect(split([line])).toEqual([kept]);
  });
});
