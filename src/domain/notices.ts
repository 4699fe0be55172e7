import type { ChannelCode } from "./channels.js";
import { dateInWords, type Language, monthInWords, type Text } from "./language.js";
import type { PaymentStatus } from "./payment.js";
import { type RefusalName, Refused, refusalMessage } from "./refusals.js";
import type { CertificationState, Validity } from "./validity.js";

export type NoticeCode =
  | "NOT_IN_SCOPE"
  | "ALREADY_VALID"
  | "DUE_SOON"
  | "OVERDUE"
  | "PAYMENT_SUSPENDED"
  | "UNDER_REVIEW";

/** A text that a channel shows to the pensioner. */
export interface Notice {
  readonly code: NoticeCode;
  readonly text: Text;
  readonly nextChannels: readonly ChannelCode[];
}

const waysToCertify: readonly ChannelCode[] = [
  "JINGTONG_WECHAT",
  "JINGTONG_ALIPAY",
  "JINGTONG_BAIDU",
  "AGENCY_COUNTER",
  "PARTNER_BANK_COUNTER",
  "STREET_SERVICE_CENTER",
];

function textOf(refusal: RefusalName, params: Refused["params"] = {}): Text {
  const refused = { refusal, params };
  return { "zh-CN": refusalMessage(refused, "zh-CN"), en: refusalMessage(refused, "en") };
}

function inBothLanguages(write: (language: Language) => string): Text {
  return { "zh-CN": write("zh-CN"), en: write("en") };
}

/** S2: one answer for wrong name, wrong number and unknown person. */
export const notInScopeNotice: Notice = {
  code: "NOT_IN_SCOPE",
  text: textOf("NOT_IN_SCOPE"),
  nextChannels: [],
};

/** V4: the question to put to someone who is still valid. */
export function alreadyValidRefusal(validity: Validity, path?: readonly string[]): Refused {
  const day = validity.lastCertifiedOn ?? validity.validThrough;
  const name = validity.lastCertifiedOn ? "ALREADY_VALID" : "NEVER_CERTIFIED_STILL_VALID";
  return new Refused(name, path, { date: inBothLanguages((language) => dateInWords(day, language)) });
}

/** V4: the same question as a notice. */
export function alreadyValidNotice(validity: Validity): Notice {
  const refused = alreadyValidRefusal(validity);
  return { code: "ALREADY_VALID", text: textOf(refused.refusal, refused.params), nextChannels: [] };
}

/** What a pensioner in scope should be told now; null when there is nothing to do. The most pressing comes first. */
export function statusNotice(
  status: { readonly state: CertificationState; readonly validThrough: Temporal.PlainDate },
  payment: PaymentStatus,
  underReview: { readonly inTime: boolean } | null,
): Notice | null {
  if (underReview) return underReviewNotice(status.state, payment, underReview.inTime);
  if (payment.state === "SUSPENDED") return suspendedNotice(payment);
  if (status.state === "VALID") return null;
  const overdue = status.state === "OVERDUE";
  return {
    code: overdue ? "OVERDUE" : "DUE_SOON",
    text: inBothLanguages((language) => {
      const day = dateInWords(status.validThrough, language);
      if (language === "en")
        return overdue ? `The certification expired on ${day}.` : `Please certify by ${day}.`;
      return overdue
        ? `您的认证有效期已于${day}届满，请尽快办理认证。`
        : `您的认证有效期至${day}，请在到期前完成认证。`;
    }),
    nextChannels: waysToCertify,
  };
}

/** P3: whoever waits for a decision should know whether payment goes on meanwhile. */
function underReviewNotice(state: CertificationState, payment: PaymentStatus, inTime: boolean): Notice {
  const text = { "zh-CN": "您的认证申请正在审核中，请耐心等待。", en: "The certification is under review." };
  if (payment.state === "SUSPENDED" && payment.reasons.includes("NOT_CERTIFIED")) {
    text["zh-CN"] += "因超期未认证，待遇已暂停发放，审核通过后将予以补发。";
    text.en +=
      " Payment is suspended for want of a certification; the unpaid months are paid once it passes.";
  } else if (payment.state === "PAYING" && state === "OVERDUE" && inTime) {
    text["zh-CN"] += "申请已按期提交，审核期间待遇照常发放。";
    text.en += " It was submitted in time: payment goes on meanwhile.";
  }
  return { code: "UNDER_REVIEW", text, nextChannels: [] };
}

function suspendedNotice(payment: PaymentStatus): Notice {
  const byCertifying = payment.reasons.length === 1 && payment.reasons[0] === "NOT_CERTIFIED";
  const from = payment.firstUnpaidMonth;
  return {
    code: "PAYMENT_SUSPENDED",
    text: inBothLanguages((language) => {
      const month = from ? monthInWords(from, language) : "";
      const since = from ? ` since ${month}` : "";
      const sinceZh = from ? `自${month}起` : "";
      if (language === "en") {
        return byCertifying
          ? `Payment has been suspended${since} for want of a certification. Once certified, the unpaid months are paid.`
          : `Payment has been suspended${since}. Please ask the social insurance agency.`;
      }
      return byCertifying
        ? `因超期未认证，您的待遇${sinceZh}暂停发放。认证通过后，暂停期间的待遇将予以补发。`
        : `您的待遇${sinceZh}暂停发放，请咨询所属社保经办机构。`;
    }),
    nextChannels: byCertifying ? waysToCertify : ["AGENCY_COUNTER"],
  };
}
