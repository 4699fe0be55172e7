import { describe, expect, test } from "vitest";
import { isEmployerCode, refuseForeignEmployer } from "./employer.js";
import { Refused } from "./refusals.js";

test.each(["E1", "SANDBOX-EMPLOYER-1", "a.b_c-d", "9".repeat(64)])("E4 %s is an employer's code", (code) => {
  expect(isEmployerCode(code)).toBe(true);
});

test.each(["", " ", "E 1", "海淀", "E\n", "E\0", "9".repeat(65)])("E4 %j is none", (code) => {
  expect(isEmployerCode(code)).toBe(false);
});

describe("for whom a client acts", () => {
  const outcome = (own: string | null, named: string) => {
    try {
      refuseForeignEmployer({ employerCode: own }, named, ["input", "employerCode"]);
      return null;
    } catch (error) {
      return error instanceof Refused ? [error.refusal, error.path] : error;
    }
  };
  const path = ["input", "employerCode"];

  test.each<[string | null, string, unknown]>([
    [null, "E1", null],
    ["E1", "E1", null],
    ["E1", "E2", ["EMPLOYER_NOT_FOUND", path]],
    ["E1", "e1", ["EMPLOYER_NOT_FOUND", path]],
    ["E1", "", ["EMPLOYER_CODE_INVALID", path]],
    [null, "E\0", ["EMPLOYER_CODE_INVALID", path]],
  ])("E4 a client of %j names %j", (own, named, expected) => {
    expect(outcome(own, named)).toEqual(expected);
  });
});
