import { dateInWords, type Language, monthInWords } from "./language.js";
import { firstUnpaidMonth, holdsSuspension } from "./payment.js";
import { explainPayment, type PaymentHistory } from "./payment-explanation.js";
import type { Policy } from "./policy.js";
import type { CertificationState, Validity } from "./validity.js";

/** V1, V2, V5, P3: why the status is what it is: which record, which rule, which day. */
export function explainStatus(
  validity: Validity,
  state: CertificationState,
  today: Temporal.PlainDate,
  policy: Policy,
  language: Language,
  submittedOn: Temporal.PlainDate | null = null,
  payment: PaymentHistory = { holds: [], backPay: [] },
): string[] {
  const { lastCertifiedOn, anchorMonth, validThrough } = validity;
  const anchor = monthInWords(anchorMonth, language);
  const last = dateInWords(validThrough, language);
  const unpaid = monthInWords(firstUnpaidMonth(validThrough), language);
  const day = dateInWords(today, language);
  const submitted =
    submittedOn !== null && holdsSuspension(submittedOn, validThrough)
      ? dateInWords(submittedOn, language)
      : null;
  const certified = lastCertifiedOn?.toPlainYearMonth().equals(anchorMonth) ?? false;
  if (language === "en") {
    return [
      certified && lastCertifiedOn
        ? `V1: the latest certification is of ${dateInWords(lastCertifiedOn, language)}, so the count is anchored in ${anchor}.`
        : `V1: there is no certification since approval, so the count is anchored in ${anchor}, the month the benefit was approved.`,
      `V2: valid for ${policy.validityMonths} months after the anchor month, through ${last}.`,
      `V5: on ${day} the state is ${state}.`,
      `P1: without a certification by ${last}, ${unpaid} is the first month that is not paid.`,
      ...(submitted
        ? [`P3: a submission of ${submitted}, made in time, is under review and holds the suspension.`]
        : []),
      ...explainPayment(payment, language),
      `Policy ${policy.version}.`,
    ];
  }
  const stateZh = { VALID: "有效期内", DUE_SOON: "临期", OVERDUE: "超期" }[state];
  return [
    certified && lastCertifiedOn
      ? `V1：最近一次认证为${dateInWords(lastCertifiedOn, language)}，基准月为${anchor}。`
      : `V1：待遇审核通过后尚无认证记录，基准月为审核通过月${anchor}。`,
    `V2：有效期为基准月后${policy.validityMonths}个月，至${last}。`,
    `V5：${day}的状态为${stateZh}。`,
    `P1：如${last}前未认证，自${unpaid}起暂停发放。`,
    ...(submitted ? [`P3：${submitted}按期提交的认证申请正在审核中，审核期间不暂停发放。`] : []),
    ...explainPayment(payment, language),
    `政策版本 ${policy.version}。`,
  ];
}
