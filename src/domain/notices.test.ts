import { describe, expect, test } from "vitest";
import { alreadyValidNotice, notInScopeNotice, statusNotice } from "./notices.js";
import { paymentStatusOn } from "./payment.js";
import { policyOn } from "./policy.js";
import { stateOn, type Validity } from "./validity.js";

const policy = policyOn(Temporal.PlainDate.from("2026-04-01"));
const validity = (validThrough: string, lastCertifiedOn: string | null): Validity => ({
  anchorMonth: Temporal.PlainDate.from(validThrough).toPlainYearMonth().subtract({ months: 12 }),
  validThrough: Temporal.PlainDate.from(validThrough),
  lastCertifiedOn: lastCertifiedOn === null ? null : Temporal.PlainDate.from(lastCertifiedOn),
});

test("S2 the answer is the briefing's sentence, followed by what to check and whom to ask", () => {
  const text = notInScopeNotice.text["zh-CN"];
  expect(text.startsWith("您不在本次认证范围内，无需进行认证！")).toBe(true);
  for (const advice of ["姓名", "身份证号", "用人单位", "社保机构"]) expect(text).toContain(advice);
});

test("V4 the question is the briefing's, with the last certification date", () => {
  expect(alreadyValidNotice(validity("2025-04-30", "2024-04-09")).text["zh-CN"]).toBe(
    "您上次认证时间为2024年4月9日，现在仍处于认证有效期内，是否再次进行认证？",
  );
});

test("V4 someone who has never certified is asked without a date that does not exist", () => {
  const { code, text } = alreadyValidNotice(validity("2027-02-28", null));
  expect(code).toBe("ALREADY_VALID");
  expect(text["zh-CN"]).not.toContain("上次认证");
  expect(text["zh-CN"]).toContain("2027年2月28日");
  expect(text.en).toContain("28 February 2027");
});

const paying = paymentStatusOn({ holds: [], backPay: [] }, Temporal.PlainDate.from("2026-06-10"));
const suspended = paymentStatusOn(
  {
    holds: [
      {
        reason: "NOT_CERTIFIED",
        fromMonth: Temporal.PlainYearMonth.from("2026-06"),
        resumesMonth: null,
        restores: true,
      },
    ],
    backPay: [],
  },
  Temporal.PlainDate.from("2026-06-10"),
);

test.each([
  ["2026-02-28", null],
  ["2026-03-01", "DUE_SOON"],
  ["2026-05-31", "DUE_SOON"],
  ["2026-06-01", "OVERDUE"],
])("V5 valid through 2026-05-31, on %s the notice is %s", (today, code) => {
  const day = Temporal.PlainDate.from(today);
  const { validThrough } = validity("2026-05-31", "2025-05-06");
  const state = stateOn({ validThrough }, day, policy);
  expect(statusNotice({ state, validThrough }, paying, null)?.code ?? null).toBe(code);
});

test("P1 once a batch has suspended the person, the notice says since when", () => {
  const overdue = { state: "OVERDUE", validThrough: Temporal.PlainDate.from("2026-05-31") } as const;
  const notice = statusNotice(overdue, suspended, null);
  expect(notice?.code).toBe("PAYMENT_SUSPENDED");
  expect(notice?.text["zh-CN"]).toContain("自2026年6月起暂停发放");
});

describe("under review", () => {
  const validThrough = Temporal.PlainDate.from("2026-05-31");
  const noticeOn = (today: string, submitted: string) => {
    const state = stateOn({ validThrough }, Temporal.PlainDate.from(today), policy);
    const inTime = submitted <= "2026-05-31";
    const payment = inTime || today < "2026-06-01" ? paying : suspended;
    return statusNotice({ state, validThrough }, payment, { inTime });
  };

  test.each([
    ["2026-05-25", "2026-05-20", "您的认证申请正在审核中，请耐心等待。"],
    ["2026-06-02", "2026-05-20", "申请已按期提交，审核期间待遇照常发放。"],
    ["2026-06-02", "2026-06-01", "因超期未认证，待遇已暂停发放，审核通过后将予以补发。"],
  ])("P3 on %s, submitted on %s, the person is told whether payment goes on", (today, submitted, text) => {
    const notice = noticeOn(today, submitted);
    expect(notice?.code).toBe("UNDER_REVIEW");
    expect(notice?.text["zh-CN"].endsWith(text)).toBe(true);
  });

  test("P3 in English too", () => {
    expect(noticeOn("2026-06-02", "2026-05-20")?.text.en).toContain("payment goes on meanwhile");
    expect(noticeOn("2026-06-02", "2026-06-01")?.text.en).toContain(
      "the unpaid months are paid once it passes",
    );
  });
});

test("E9 who has been paid through this month by a pass revoked since is told of no month", () => {
  const noMonth = { ...suspended, firstUnpaidMonth: null, unpaidMonths: [] };
  const overdue = { state: "OVERDUE", validThrough: Temporal.PlainDate.from("2026-05-31") } as const;
  const notice = statusNotice(overdue, noMonth, null);
  expect(notice?.text["zh-CN"]).toContain("您的待遇暂停发放");
  expect(notice?.text.en).toContain("Payment has been suspended for want");
});

test("P3 submitted late, before the batch: nobody is told that it came in time", () => {
  const overdue = { state: "OVERDUE", validThrough: Temporal.PlainDate.from("2026-05-31") } as const;
  expect(statusNotice(overdue, paying, { inTime: false })?.text["zh-CN"]).not.toContain("按期");
});
