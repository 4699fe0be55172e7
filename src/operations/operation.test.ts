import { describe, expect, test } from "vitest";
import { canonicalJson } from "./operation.js";

describe("what inputs are compared by", () => {
  test("neither the order of members nor those that are absent count", () => {
    expect(canonicalJson({ b: [1, { d: null, c: undefined }], a: "x" })).toBe('{"a":"x","b":[1,{"d":null}]}');
  });

  test.each([
    [
      "instants",
      Temporal.Instant.from("2026-05-12T02:00:00Z"),
      Temporal.Instant.from("2026-05-12T02:00:01Z"),
    ],
    ["days", Temporal.PlainDate.from("2026-05-12"), Temporal.PlainDate.from("2026-05-13")],
    ["months", Temporal.PlainYearMonth.from("2026-05"), Temporal.PlainYearMonth.from("2026-06")],
    ["dates", new Date(0), new Date(1)],
  ])("%s that differ are different", (_, one, other) => {
    expect(canonicalJson({ at: one })).not.toBe(canonicalJson({ at: other }));
    expect(canonicalJson({ at: one })).toBe(canonicalJson({ at: one }));
  });
});
