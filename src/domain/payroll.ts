import type { HoldReason } from "./payment.js";

export const payrollKinds = ["HOLD", "RELEASE"] as const;
/** P8: the two lists of a month: who is not paid, and who is paid again or paid later. */
export type PayrollKind = (typeof payrollKinds)[number];

/** A list changes until payroll cuts the month, and never after. */
export type PayrollListState = "PROVISIONAL" | "CUT";

export interface HoldLine {
  readonly kind: "HOLD";
  readonly month: string;
  readonly reasons: readonly HoldReason[];
  /** The first month of the unbroken run of unpaid months. */
  readonly fromMonth: string;
}

export interface ReleaseLine {
  readonly kind: "RELEASE";
  readonly month: string;
  /** The month itself when payment goes on with it; null when only earlier months are paid later. */
  readonly resumesMonth: string | null;
  readonly backPayMonths: readonly string[];
}

export type PayrollLine = HoldLine | ReleaseLine;

/**
 * P8: a line as the list's checksum counts it: the person by id alone, so that anyone who has the list can count again
 * without a name or number, and a corrected name changes nothing. Each line ends with a line feed.
 */
export function payrollLineText(pensionerId: string, line: PayrollLine): string {
  const fields =
    line.kind === "HOLD"
      ? [line.reasons.join(","), line.fromMonth]
      : [line.resumesMonth ?? "", line.backPayMonths.join(",")];
  return `${[pensionerId, line.month, ...fields].join(";")}\n`;
}
