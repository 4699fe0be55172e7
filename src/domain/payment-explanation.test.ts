import { expect, test } from "vitest";
import type { PaymentHold } from "./payment.js";
import { explainPayment } from "./payment-explanation.js";

const month = (text: string) => Temporal.PlainYearMonth.from(text);
const hold = (overrides: Partial<PaymentHold>): PaymentHold => ({
  reason: "NOT_CERTIFIED",
  fromMonth: month("2026-06"),
  resumesMonth: null,
  restores: true,
  voided: false,
  batchMonth: month("2026-06"),
  ...overrides,
});

test.each<[string, Partial<PaymentHold>, string, string]>([
  [
    "P1 P3 open",
    {},
    "P1, P3: not paid from June 2026 because there was no certification, by the approved batch of June 2026; this still holds.",
    "P1, P3：因超期未认证，自2026年6月起停发（经批准的2026年6月停发批次），至今未恢复。",
  ],
  [
    "P3 taken over",
    { batchMonth: null },
    "P1, P3: not paid from June 2026 because there was no certification, taken over from the register; this still holds.",
    "P1, P3：因超期未认证，自2026年6月起停发（由登记册转入），至今未恢复。",
  ],
  [
    "P2 closed",
    { batchMonth: null, resumesMonth: month("2026-10") },
    "P1, P3: not paid from June 2026 because there was no certification, taken over from the register. P2: paid again from October 2026.",
    "P1, P3：因超期未认证，自2026年6月起停发（由登记册转入）。P2：自2026年10月起恢复发放。",
  ],
  [
    "P5 lost months",
    { reason: "IN_PRISON", restores: false, resumesMonth: month("2026-08") },
    "P5: not paid from June 2026 because of a prison sentence. P2: paid again from August 2026; the months between are not paid later.",
    "P5：因服刑，自2026年6月起停发。P2：自2026年8月起恢复发放，其间月份不予补发。",
  ],
  [
    "P6 voided",
    { voided: true, resumesMonth: month("2026-06") },
    "P6: the suspension from June 2026 is void by evidence from before it; none of its months is lost.",
    "P6：因补交的材料在期限内有效，自2026年6月起的停发作废，所停月份不受影响。",
  ],
  [
    "C5 death",
    { reason: "DEATH_REPORTED", batchMonth: null },
    "C5: not paid from June 2026 because a death was reported; this still holds.",
    "C5：因收到死亡报告，自2026年6月起停发，至今未恢复。",
  ],
])("%s", (_, overrides, en, zh) => {
  const history = { holds: [hold(overrides)], backPay: [] };
  expect(explainPayment(history, "en")).toEqual([en]);
  expect(explainPayment(history, "zh-CN")).toEqual([zh]);
});

test("P4 the months are named with the month they are paid with; P7 a review is named last", () => {
  const backPay = ["2026-06", "2026-07"].map((each) => ({
    month: month(each),
    paidWithMonth: month("2026-08"),
  }));
  const history = { holds: [], backPay, heldForReview: true };
  expect(explainPayment(history, "en")[0]).toBe(
    "P4: June 2026, July 2026 paid later, together with August 2026.",
  );
  expect(explainPayment(history, "zh-CN")[0]).toBe("P4：2026年6月、2026年7月的待遇随2026年8月一并补发。");
  for (const language of ["en", "zh-CN"] as const)
    expect(explainPayment(history, language)[1]).toMatch(/^P7/);
  expect(explainPayment({ holds: [], backPay: [] }, "en")).toEqual([]);
});
