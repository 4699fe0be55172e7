import { dateInWords, type Language, monthInWords } from "./language.js";
import type { SuspensionCandidateState } from "./suspension.js";

const outcomes: Readonly<
  Record<Exclude<SuspensionCandidateState, "PROPOSED">, Readonly<Record<Language, string>>>
> = {
  SUSPENDED: {
    "zh-CN": "P1：暂停发放；认证通过后恢复并补发。",
    en: "P1: payment is suspended; after a certification it resumes and the unpaid months are paid.",
  },
  CERTIFIED: { "zh-CN": "P3：已完成认证，不予暂停。", en: "P3: certified since, therefore spared." },
  UNDER_REVIEW: {
    "zh-CN": "P3：按期提交的认证申请正在审核中，审核期间不暂停发放。",
    en: "P3: a submission made in time is under review and holds the suspension.",
  },
  POSTPONED: {
    "zh-CN": "P3：所在地区或待遇类型正在缓办期内，暂缓停发。",
    en: "P3: a moratorium for the district or the benefit postpones the suspension.",
  },
  HELD_ALREADY: {
    "zh-CN": "P5：待遇此前已停发。",
    en: "P5: payment stands still already.",
  },
};

/** P1, P3: why a person is a candidate, and what became of it or, while nothing has, what would by now. */
export function explainCandidate(
  candidate: {
    readonly validThrough: Temporal.PlainDate;
    readonly state: SuspensionCandidateState;
    readonly expected: Exclude<SuspensionCandidateState, "PROPOSED">;
  },
  batchMonth: Temporal.PlainYearMonth,
  language: Language,
): string[] {
  const { validThrough, state, expected } = candidate;
  const day = dateInWords(validThrough, language);
  const month = monthInWords(batchMonth, language);
  const outcome = outcomes[state === "PROPOSED" ? expected : state][language];
  return language === "en"
    ? [`P1: no certification by ${day}, so ${month} would be the first month that is not paid.`, outcome]
    : [`P1：截至${day}未完成认证，自${month}起应暂停发放。`, outcome];
}
