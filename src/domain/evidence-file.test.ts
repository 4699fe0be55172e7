import { expect, test } from "vitest";
import { mediaTypeOf } from "./evidence-file.js";

test.each([
  ["a JPEG", [0xff, 0xd8, 0xff, 0xe0, 0, 16], "image/jpeg"],
  ["a PNG", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0], "image/png"],
  ["a PDF", [...Buffer.from("%PDF-1.7\n")], "application/pdf"],
  ["half a PNG's beginning", [0x89, 0x50, 0x4e, 0x47], null],
  ["a GIF", [...Buffer.from("GIF89a")], null],
  ["a web page", [...Buffer.from("<html>")], null],
  ["a PDF behind something else", [...Buffer.from(" %PDF-1.7")], null],
  ["a program", [0x4d, 0x5a], null],
  ["nothing", [], null],
])("E4 %s is told by its first bytes", (_, bytes, expected) => {
  expect(mediaTypeOf(Uint8Array.from(bytes))).toBe(expected);
});
