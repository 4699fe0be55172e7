import { channels } from "./channels.js";
import { dateInWords, type Language, monthInWords, type Text } from "./language.js";
import type { TimelineEntryKind, TimelineFacts } from "./timeline.js";

interface Entry extends Text {
  /** Ids of the rules that it follows from. */
  readonly rules: readonly string[];
}

function entry(zh: string, en: string, ...rules: string[]): Entry {
  return { "zh-CN": zh, en, rules };
}

const entries: Readonly<Record<TimelineEntryKind, Entry>> = {
  REGISTERED: entry("从登记册建立档案", "Entered from the register", "S1"),
  LOOKED_UP: entry("查询", "Looked up"),
  LIFE_EVENT_REPORTED: entry("收到生存状况报告", "Life event reported", "C5"),
  LIFE_EVENT_UPDATED: entry("生存状况报告有更新", "Life event updated", "C5"),
  HOME_VISIT_REQUESTED: entry("申请上门认证", "Home visit requested", "E5"),
  HOME_VISIT_UPDATED: entry("上门认证有进展", "Home visit updated", "E5"),
  SESSION_STARTED: entry("开始认证", "Certification session started"),
  SESSION_CANCELLED: entry("取消认证", "Certification session cancelled"),
  CERTIFICATION_SUBMITTED: entry("提交认证", "Certification submitted", "V6"),
  CERTIFICATION_DECIDED: entry("认证有结果", "Certification decided", "V1", "V2"),
  CERTIFICATION_REVOKED: entry("撤销认证", "Certification revoked", "E9"),
  REVIEW_CASE_OPENED: entry("转人工复核", "Review opened"),
  REVIEW_CASE_CLOSED: entry("人工复核办结", "Review closed"),
  SUSPENSION_PROPOSED: entry("列入停发批次", "Proposed for suspension", "P3"),
  SUSPENSION_DECIDED: entry("停发批次已处理", "Suspension decided", "P3"),
  PAYMENT_HOLD_OPENED: entry("停发", "Payment stopped", "P5"),
  PAYMENT_HOLD_CLOSED: entry("停发原因解除", "Reason for not paying closed", "P5"),
  BACK_PAY_RELEASED: entry("补发", "Back-pay released", "P4"),
  CONTACT_TASK_OPENED: entry("开始查找联系方式", "Search for the person opened", "R6"),
  CONTACT_TASK_CLOSED: entry("联系方式查找办结", "Search for the person closed", "R6"),
  MESSAGE_PLANNED: entry("短信待发送", "Message planned", "R7"),
  MESSAGE_SENT: entry("短信已发送", "Message sent", "R7"),
  MESSAGE_DELIVERED: entry("短信已送达", "Message delivered", "R7"),
  MESSAGE_FAILED: entry("短信未送达", "Message failed", "R6"),
  MESSAGE_CANCELLED: entry("短信未发送", "Message not sent", "R3"),
};

const more: Readonly<Record<string, readonly string[]>> = {
  NOT_CERTIFIED: ["P1"],
  DEATH_REPORTED: ["C5"],
  LONG_SUSPENSION: ["P7"],
  PASS_AFTER_DEATH: ["C5"],
  REJECTED: ["E8"],
  VOIDED_HOLD: ["P6"],
  RESUMES: ["P2"],
  REMINDER: ["R1"],
  CERTIFICATION_SUCCEEDED: ["R4"],
  PAYMENT_SUSPENDED: ["R5"],
  CERTIFIED_ON_BEHALF: ["C1"],
};

function text(zh: string, en: string): Text {
  return { "zh-CN": zh, en };
}

const words: Readonly<Record<string, Text>> = {
  ...Object.fromEntries(channels.map(({ code, nameZh, nameEn }) => [code, text(nameZh, nameEn)])),
  PASSED: text("通过", "passed"),
  REJECTED: text("不通过", "rejected"),
  FACE_MISMATCH: text("人脸比对不一致", "face mismatch"),
  LIVENESS_FAILED: text("活体检测未通过", "liveness failed"),
  DOCUMENT_INVALID: text("证件无效", "document not valid"),
  DOCUMENT_EXPIRED: text("证件已过期", "document expired"),
  PHOTO_INCOMPLETE: text("照片要素不全", "photo incomplete"),
  EVIDENCE_NOT_ADMISSIBLE: text("不能作为认证依据", "evidence not admissible"),
  REVIEW_REJECTED: text("审核不通过", "rejected in review"),
  NOT_CERTIFIED: text("超期未认证", "not certified"),
  DEATH_REPORTED: text("死亡报告", "death reported"),
  IN_PRISON: text("服刑", "in prison"),
  ELIGIBILITY_DOUBT: text("待遇资格待核实", "entitlement in doubt"),
  OTHER: text("其他", "other"),
  VOIDED_HOLD: text("停发作废", "void"),
  RESUMES: text("恢复发放：", "paid again from"),
  FROM: text("起始月份：", "from"),
  WITH: text("随下列月份发放：", "paid with"),
  THROUGH: text("有效期至", "valid through"),
  DEATH: text("死亡", "death"),
  IMPRISONMENT: text("服刑", "imprisonment"),
  RELEASE_FROM_PRISON: text("刑满释放", "release from prison"),
  LEFT_SCOPE: text("不再属于认证范围", "left the scope"),
  MATCHED: text("已匹配", "matched"),
  NO_MATCH: text("未匹配", "no match"),
  MULTIPLE_CANDIDATES: text("多人符合", "several candidates"),
  PENDING_REVIEW: text("待核实", "to be reviewed"),
  CONFIRMED: text("已确认", "confirmed"),
  VOIDED: text("已撤回", "taken back"),
  ADVANCED_AGE: text("高龄", "advanced age"),
  ILLNESS: text("患病", "illness"),
  LIMITED_MOBILITY: text("行动不便", "limited mobility"),
  SCHEDULED: text("已安排", "scheduled"),
  COMPLETED: text("已完成", "completed"),
  DECLINED: text("不予办理", "declined"),
  CANCELLED: text("已取消", "cancelled"),
  LONG_SUSPENSION: text("停发满12个月后认证", "pass after a long suspension"),
  PASS_AFTER_DEATH: text("死亡报告后认证", "pass after a reported death"),
  RELEASE: text("恢复发放", "release"),
  KEEP: text("继续停发", "keep"),
  SUSPENDED: text("已停发", "suspended"),
  CERTIFIED: text("已认证，不停发", "spared: certified"),
  UNDER_REVIEW: text("审核中，不停发", "spared: under review"),
  POSTPONED: text("暂缓停发", "postponed by a moratorium"),
  HELD_ALREADY: text("此前已停发", "held already"),
  WRONG_NUMBER: text("号码有误", "wrong number"),
  CERTIFICATION_SUCCEEDED: text("认证成功通知", "certification succeeded"),
  CERTIFIED_ON_BEHALF: text("代办告知", "certified on behalf"),
  REMINDER: text("到期提醒", "reminder"),
  PAYMENT_SUSPENDED: text("停发通知", "payment suspended"),
  PENSIONER: text("发送至待遇领取人", "to the pensioner"),
  EMPLOYER_CONTACT: text("发送至用人单位", "to the employer"),
  HELPER: text("发送至代办人", "to the helper"),
  NO_PHONE: text("无联系电话", "no phone"),
};

/** What happened, in the reader's language. */
export function timelineTitle({ kind }: TimelineFacts, language: Language): string {
  return entries[kind][language];
}

/** Particulars in the reader's language; null when there are none. */
export function timelineDetail({ code, about }: TimelineFacts, language: Language): string | null {
  const parts = [code, ...(about?.split(" ") ?? [])].filter((part) => part !== null && part !== "");
  return parts.length === 0 ? null : parts.map((part) => inWords(part ?? "", language)).join(" ");
}

/** The rules that it follows from. */
export function timelineRules({ kind, code, about }: TimelineFacts): string[] {
  const particular = [code ?? "", ...(about?.split(" ") ?? [])].flatMap((part) => more[part] ?? []);
  return [...new Set([...entries[kind].rules, ...particular])];
}

function inWords(part: string, language: Language): string {
  if (/^\d{4}-\d{2}$/.test(part)) return monthInWords(Temporal.PlainYearMonth.from(part), language);
  if (/^\d{4}-\d{2}-\d{2}$/.test(part)) return dateInWords(Temporal.PlainDate.from(part), language);
  return words[part]?.[language] ?? part;
}
