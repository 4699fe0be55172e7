import { dateInWords } from "./language.js";
import type { MessageKind, MessageRecipient } from "./messages.js";

/*
 * Every text names the pensioner (R2), in Chinese only, as the briefing's do. None has a link (R6): ways are told in words,
 * and who doubts a text can call 12333.
 */

const SENDER = "【北京市人力社保局】";
const WAYS =
  "可在微信、支付宝或百度APP中搜索“京通”小程序, 进入社保认证办理; 也可持本人有效身份证件到就近社保经办机构、社银合作网点窗口办理; 行动不便的, 家属可向常住地街镇便民服务中心申请上门认证。咨询电话12333。";

/** R1, R2: to the pensioner, in the deadline month and in each of the two months before it. */
export function reminderSms(name: string, validThrough: Temporal.PlainDate): string {
  const day = dateInWords(validThrough, "zh-CN");
  return `${SENDER}尊敬的待遇领取人${name}, 您的资格认证有效期至${lastMonth(validThrough)}月末, 请最迟于${day}完成认证, 超期未认证将暂停发放待遇。${WAYS}如已认证, 请忽略本短信。`;
}

/** R1, R2: to the employer; one text a pensioner. */
export function employerReminderSms(name: string, validThrough: Temporal.PlainDate): string {
  const day = dateInWords(validThrough, "zh-CN");
  return `${SENDER}贵单位待遇领取人${name}的资格认证有效期至${lastMonth(validThrough)}月末, 请通知其本人最迟于${day}完成认证, 超期未认证将暂停发放待遇。${WAYS}如已认证, 请忽略本短信。`;
}

/** R5: why payment stops, how to mend it, and that the unpaid months will be paid. */
export function paymentSuspendedSms(name: string, fromMonth: Temporal.PlainYearMonth): string {
  return `${SENDER}尊敬的待遇领取人${name}, 因超期未办理资格认证, 您的待遇自${fromMonth.year}年${twoDigits(fromMonth.month)}月起暂停发放。请尽快办理认证, 认证通过后恢复发放, 暂停期间的待遇将予以补发。${WAYS}`;
}

/** What the words of a message follow from that is written only when its turn comes. */
export interface PlannedText {
  readonly kind: MessageKind;
  readonly recipient: MessageRecipient;
  /** The deadline that a reminder speaks of. */
  readonly aboutValidThrough: string | null;
  /** The first month that the person is not paid for want of a certification; null when paid. */
  readonly suspendedFrom: Temporal.PlainYearMonth | null;
}

/** R2, R3: the words as of now; null when there is nothing to say any more. */
export function plannedSms(
  { kind, recipient, aboutValidThrough, suspendedFrom }: PlannedText,
  name: string,
): string | null {
  if (kind === "PAYMENT_SUSPENDED") return suspendedFrom && paymentSuspendedSms(name, suspendedFrom);
  if (kind !== "REMINDER" || aboutValidThrough === null) return null;
  const validThrough = Temporal.PlainDate.from(aboutValidThrough);
  return recipient === "EMPLOYER" ? employerReminderSms(name, validThrough) : reminderSms(name, validThrough);
}

/** R4: confirms a certification in the briefing's wording. */
export function certificationSucceededSms(name: string, validThrough: Temporal.PlainDate): string {
  return `${SENDER}尊敬的待遇领取人${name}, 您本次资格认证操作已成功, 有效期已延长至${lastMonth(validThrough)}月末。祝您生活愉快!`;
}

/** C1: tells the pensioner that a helper certified for them. */
export function certifiedOnBehalfSms(name: string, day: Temporal.PlainDate): string {
  return `${SENDER}尊敬的待遇领取人${name}, 他人已于${dateInWords(day, "zh-CN")}代您办理资格认证。如非您本人同意, 请拨打12333或联系所属社保经办机构。`;
}

/** C1: tells the helper what came of it; no last month while staff have still to decide. */
export function helperSms(
  name: string,
  day: Temporal.PlainDate,
  validThrough: Temporal.PlainDate | null,
): string {
  const outcome =
    validThrough === null
      ? "已提交, 正在审核中, 请耐心等待"
      : `操作已成功, 有效期已延长至${lastMonth(validThrough)}月末`;
  return `${SENDER}您于${dateInWords(day, "zh-CN")}代待遇领取人${name}办理的资格认证${outcome}。如非您本人办理, 请拨打12333或联系就近社保经办机构。`;
}

function lastMonth(validThrough: Temporal.PlainDate): string {
  return `${validThrough.year}年${twoDigits(validThrough.month)}月`;
}

function twoDigits(month: number): string {
  return String(month).padStart(2, "0");
}
