import { expect, test } from "vitest";
import { paymentSuspendedSms } from "./message-texts.js";

test("R5, R2 the notice of a suspension names the pensioner, the reason, the remedy and the later payment; it has no link", () => {
  const text = paymentSuspendedSms("张三", Temporal.PlainYearMonth.from("2026-06"));
  expect(text).toMatchInlineSnapshot(
    `"【北京市人力社保局】尊敬的待遇领取人张三, 因未在有效期内完成资格认证, 您的待遇自2026年06月起暂停发放。请尽快通过京通小程序、社保经办窗口或合作银行网点办理认证, 认证通过后恢复发放并补发暂停的月份。如有疑问请拨打12333。"`,
  );
  expect(text).not.toMatch(/https?:|www\./);
});
