import { describe, expect, test } from "vitest";
import { payrollLineText } from "./payroll.js";

describe("the text that a list's checksum counts", () => {
  test("P8 a hold: person, month, reasons and the first unpaid month", () => {
    const line = {
      kind: "HOLD",
      month: "2026-06",
      reasons: ["DEATH_REPORTED", "NOT_CERTIFIED"],
      fromMonth: "2026-04",
    } as const;
    expect(payrollLineText("pen_1", line)).toBe("pen_1;2026-06;DEATH_REPORTED,NOT_CERTIFIED;2026-04\n");
  });

  test.each([
    [{ resumesMonth: "2026-06", backPayMonths: ["2026-04", "2026-05"] }, "2026-06;2026-04,2026-05"],
    [{ resumesMonth: "2026-06", backPayMonths: [] }, "2026-06;"],
    [{ resumesMonth: null, backPayMonths: ["2026-04"] }, ";2026-04"],
  ] as const)(
    "P8 a release: person, month, whether it goes on, the months paid with it %#",
    (given, text) => {
      expect(payrollLineText("pen_1", { kind: "RELEASE", month: "2026-06", ...given })).toBe(
        `pen_1;2026-06;${text}\n`,
      );
    },
  );
});
