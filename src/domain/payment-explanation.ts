import { type Language, monthInWords } from "./language.js";
import type { BackPay, HoldReason, PaymentHold } from "./payment.js";

/** What was stopped, and what was paid later. */
export interface PaymentHistory {
  readonly holds: readonly PaymentHold[];
  readonly backPay: readonly BackPay[];
  /** P7: a pass after a long suspension waits for a review. */
  readonly heldForReview?: boolean;
}

const reasons: Readonly<Record<HoldReason, Readonly<Record<Language, string>>>> = {
  NOT_CERTIFIED: { "zh-CN": "超期未认证", en: "there was no certification" },
  DEATH_REPORTED: { "zh-CN": "收到死亡报告", en: "a death was reported" },
  IN_PRISON: { "zh-CN": "服刑", en: "of a prison sentence" },
  ELIGIBILITY_DOUBT: { "zh-CN": "待遇资格待核实", en: "entitlement is being looked into" },
  OTHER: { "zh-CN": "其他原因", en: "of another reason" },
};

/** P1, P2, P3, P4, P5, P6, P7, C5: each hold and each release, in the order of their months. */
export function explainPayment(history: PaymentHistory, language: Language): string[] {
  const { holds, backPay, heldForReview = false } = history;
  const review = {
    "zh-CN": "P7：停发满12个月后通过认证，须经人工复核后恢复发放。",
    en: "P7: the pass came after 12 suspended months or more; a review decides before payment resumes.",
  };
  return [
    ...holds.map((hold) => explainHold(hold, language)),
    ...Map.groupBy(backPay, ({ paidWithMonth }) => paidWithMonth.toString())
      .entries()
      .map(([paidWith, released]) =>
        explainRelease(
          released.map(({ month }) => month.toString()),
          paidWith,
          language,
        ),
      ),
    ...(heldForReview ? [review[language]] : []),
  ];
}

function explainHold(hold: PaymentHold, language: Language): string {
  const from = monthInWords(hold.fromMonth, language);
  const resumes = hold.resumesMonth && monthInWords(hold.resumesMonth, language);
  const reason = reasons[hold.reason][language];
  const rule = ruleOf(hold);
  if (hold.voided) {
    return language === "en"
      ? `P6: the suspension from ${from} is void by evidence from before it; none of its months is lost.`
      : `P6：因补交的材料在期限内有效，自${from}起的停发作废，所停月份不受影响。`;
  }
  const opened =
    language === "en"
      ? `${rule}: not paid from ${from} because ${reason}${openedByInEnglish(hold)}`
      : `${rule}：因${reason}，自${from}起停发${openedByInChinese(hold)}`;
  if (resumes === null) return language === "en" ? `${opened}; this still holds.` : `${opened}，至今未恢复。`;
  const isLost = hold.restores === false;
  if (language === "en") {
    return `${opened}. P2: paid again from ${resumes}${isLost ? "; the months between are not paid later" : ""}.`;
  }
  return `${opened}。P2：自${resumes}起恢复发放${isLost ? "，其间月份不予补发" : ""}。`;
}

function ruleOf({ reason }: PaymentHold): string {
  if (reason === "NOT_CERTIFIED") return "P1, P3";
  return reason === "DEATH_REPORTED" ? "C5" : "P5";
}

function openedByInEnglish({ reason, batchMonth }: PaymentHold): string {
  if (reason !== "NOT_CERTIFIED" || batchMonth === undefined) return "";
  return batchMonth
    ? `, by the approved batch of ${monthInWords(batchMonth, "en")}`
    : ", taken over from the register";
}

function openedByInChinese({ reason, batchMonth }: PaymentHold): string {
  if (reason !== "NOT_CERTIFIED" || batchMonth === undefined) return "";
  return batchMonth ? `（经批准的${monthInWords(batchMonth, "zh-CN")}停发批次）` : "（由登记册转入）";
}

function explainRelease(months: readonly string[], paidWith: string, language: Language): string {
  const named = (month: string) => monthInWords(Temporal.PlainYearMonth.from(month), language);
  const list = months.map(named).join(language === "en" ? ", " : "、");
  return language === "en"
    ? `P4: ${list} paid later, together with ${named(paidWith)}.`
    : `P4：${list}的待遇随${named(paidWith)}一并补发。`;
}
