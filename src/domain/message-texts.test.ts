import { describe, expect, test } from "vitest";
import {
  certificationSucceededSms,
  certifiedOnBehalfSms,
  employerReminderSms,
  helperSms,
  paymentSuspendedSms,
  reminderSms,
} from "./message-texts.js";

const until = Temporal.PlainDate.from("2025-06-30");
const day = Temporal.PlainDate.from("2024-06-09");
const unpaid = Temporal.PlainYearMonth.from("2025-07");

const ways =
  "可在微信、支付宝或百度APP中搜索“京通”小程序, 进入社保认证办理; 也可持本人有效身份证件到就近社保经办机构、社银合作网点窗口办理; 行动不便的, 家属可向常住地街镇便民服务中心申请上门认证。咨询电话12333。";

describe("R2 every text, word by word, with the pensioner's name", () => {
  test("R1 the reminder", () => {
    expect(reminderSms("张三", until)).toBe(
      `【北京市人力社保局】尊敬的待遇领取人张三, 您的资格认证有效期至2025年06月月末, 请最迟于2025年6月30日完成认证, 超期未认证将暂停发放待遇。${ways}如已认证, 请忽略本短信。`,
    );
  });

  test("R1 the employer's reminder, one a pensioner", () => {
    expect(employerReminderSms("张三", until)).toBe(
      `【北京市人力社保局】贵单位待遇领取人张三的资格认证有效期至2025年06月月末, 请通知其本人最迟于2025年6月30日完成认证, 超期未认证将暂停发放待遇。${ways}如已认证, 请忽略本短信。`,
    );
  });

  test("R5 the suspension: reason, how to mend it, and that the months will be paid later", () => {
    expect(paymentSuspendedSms("张三", unpaid)).toBe(
      `【北京市人力社保局】尊敬的待遇领取人张三, 因超期未办理资格认证, 您的待遇自2025年07月起暂停发放。请尽快办理认证, 认证通过后恢复发放, 暂停期间的待遇将予以补发。${ways}`,
    );
  });

  test("R4 the success text is the briefing's", () => {
    expect(certificationSucceededSms("张三", until)).toBe(
      "【北京市人力社保局】尊敬的待遇领取人张三, 您本次资格认证操作已成功, 有效期已延长至2025年06月月末。祝您生活愉快!",
    );
  });

  test("C1 what the pensioner is told of a helper", () => {
    expect(certifiedOnBehalfSms("张三", day)).toBe(
      "【北京市人力社保局】尊敬的待遇领取人张三, 他人已于2024年6月9日代您办理资格认证。如非您本人同意, 请拨打12333或联系所属社保经办机构。",
    );
  });

  test("C1 what the helper is told: passed, or under review", () => {
    expect(helperSms("张三", day, until)).toBe(
      "【北京市人力社保局】您于2024年6月9日代待遇领取人张三办理的资格认证操作已成功, 有效期已延长至2025年06月月末。如非您本人办理, 请拨打12333或联系就近社保经办机构。",
    );
    expect(helperSms("张三", day, null)).toBe(
      "【北京市人力社保局】您于2024年6月9日代待遇领取人张三办理的资格认证已提交, 正在审核中, 请耐心等待。如非您本人办理, 请拨打12333或联系就近社保经办机构。",
    );
  });
});

const textsFor = (name: string) => [
  reminderSms(name, until),
  employerReminderSms(name, until),
  paymentSuspendedSms(name, unpaid),
  certificationSucceededSms(name, until),
  certifiedOnBehalfSms(name, day),
  helperSms(name, day, until),
  helperSms(name, day, null),
];

test("R6 no text has a link, nor anything that a phone makes one of", () => {
  for (const text of textsFor("买买提·艾力")) {
    expect(text).not.toMatch(/https?:|www|\/\/|[a-z0-9-]+\.[a-z]{2,}|t\.cn/iu);
    expect(text.startsWith("【北京市人力社保局】")).toBe(true);
  }
});

test("R2 two people who share a phone get two texts", () => {
  const others = textsFor("李四");
  for (const [position, text] of textsFor("张三").entries()) expect(text).not.toBe(others[position]);
});
