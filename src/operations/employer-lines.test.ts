import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { batchGroups, type NumberedLine } from "./employer-lines.js";

async function groupsOf(chunks: readonly Uint8Array[], size = 3): Promise<(readonly NumberedLine[])[]> {
  async function* bytes() {
    yield* chunks;
  }
  const groups: (readonly NumberedLine[])[] = [];
  for await (const group of batchGroups(bytes(), size)) groups.push(group);
  return groups;
}

const linesOf = (text: string | Buffer) => groupsOf([Buffer.from(text)], 100).then((groups) => groups.flat());

describe("lines of a batch", () => {
  test("are numbered as an editor does; empty ones are passed over", async () => {
    expect(await linesOf("a\r\n\n \nb\n\nc")).toEqual([
      { number: 1, text: "a" },
      { number: 4, text: "b" },
      { number: 6, text: "c" },
    ]);
    expect(await linesOf("")).toEqual([]);
  });

  test("a byte order mark is no part of the first", async () => {
    expect(await linesOf("\ufeff{}\n")).toEqual([{ number: 1, text: "{}" }]);
  });

  test.each([
    ["GB18030", Buffer.of(0xd5, 0xc5, 0xc8, 0xfd)],
    ["half a character", Buffer.from("张").subarray(0, 2)],
    ["U+0000", Buffer.from("a\0b")],
    ["more than 64 KB", Buffer.alloc(64 * 1024 + 1, "a")],
  ])("%s is no text", async (_, bytes) => {
    expect(await linesOf(Buffer.concat([bytes, Buffer.from("\nb")]))).toEqual([
      { number: 1, text: null },
      { number: 2, text: "b" },
    ]);
  });

  test("come in the same groups however the bytes are cut", async () => {
    const text = Buffer.from(Array.from({ length: 20 }, (_, at) => `第${at}行\n`).join(""));
    const whole = await groupsOf([text], 7);
    expect(whole.map((group) => group.length)).toEqual([7, 7, 6]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: text.length })), async (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), text.length];
        const chunks = places.slice(1).map((end, at) => text.subarray(places[at], end));
        expect(await groupsOf(chunks, 7)).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });
});
