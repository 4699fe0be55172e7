import type { Language, Text } from "./language.js";
import { lifeEventRefusals } from "./life-event-refusals.js";
import { suspensionRefusals } from "./suspension-refusals.js";
import { webhookRefusals } from "./webhook-refusals.js";

/** The codes of `userErrors`: the contract with integrators. */
export const userErrorCodes = [
  "NOT_IN_SCOPE",
  "ALREADY_VALID",
  "INVALID_DOCUMENT",
  "SESSION_EXPIRED",
  "SESSION_NOT_OPEN",
  "EVIDENCE_REQUIRED",
  "EVIDENCE_NOT_ADMISSIBLE",
  "EVIDENCE_REJECTED",
  "CHANNEL_NOT_ALLOWED",
  "METHOD_NOT_ALLOWED",
  "HELPER_LIMIT_REACHED",
  "TOO_OLD",
  "STALE_VERSION",
  "WRONG_STATE",
  "NOT_FOUND",
  "INVALID_INPUT",
] as const;
export type UserErrorCode = (typeof userErrorCodes)[number];

interface RefusalRow extends Text {
  readonly code: UserErrorCode;
}

/** Everything that can be refused as a matter of business, with the sentence shown for it. */
export const refusals = {
  NOT_IN_SCOPE: {
    code: "NOT_IN_SCOPE",
    "zh-CN":
      "您不在本次认证范围内，无需进行认证！请检查您的姓名与身份证号是否填写正确。如有疑问，请与用人单位或所属社保机构联系。",
    en: "This person is not in the scope of this certification and need not certify. Please check the name and the ID number; if in doubt, ask the employer or the social insurance agency.",
  },
  ALREADY_VALID: {
    code: "ALREADY_VALID",
    "zh-CN": "您上次认证时间为{date}，现在仍处于认证有效期内，是否再次进行认证？",
    en: "The last certification was on {date} and is still valid. Certify again?",
  },
  NEVER_CERTIFIED_STILL_VALID: {
    code: "ALREADY_VALID",
    "zh-CN": "您尚未进行过认证，现在仍处于有效期内（至{date}），是否现在进行认证？",
    en: "There is no certification yet and none is due before {date}. Certify now?",
  },
  DOCUMENT_FORMAT: {
    code: "INVALID_DOCUMENT",
    "zh-CN": "证件号码格式不正确。",
    en: "The document number does not have the form of this document type.",
  },
  DOCUMENT_DIVISION: {
    code: "INVALID_DOCUMENT",
    "zh-CN": "证件号码的地区代码不正确。",
    en: "The document number's division code does not fit this document type.",
  },
  DOCUMENT_BIRTH_DATE: {
    code: "INVALID_DOCUMENT",
    "zh-CN": "证件号码中的出生日期不正确。",
    en: "The document number's birth date does not exist or lies in the future.",
  },
  DOCUMENT_CHECK_DIGIT: {
    code: "INVALID_DOCUMENT",
    "zh-CN": "证件号码校验位不正确，请核对后重新填写。",
    en: "The document number's check digit is wrong; a digit was probably mistyped.",
  },
  NAME_EMPTY: { code: "INVALID_INPUT", "zh-CN": "请填写姓名。", en: "The name is empty." },
  NAME_TOO_LONG: {
    code: "INVALID_INPUT",
    "zh-CN": "姓名过长（最多100个字符）。",
    en: "The name is longer than 100 characters.",
  },
  NAME_NOT_A_NAME: {
    code: "INVALID_INPUT",
    "zh-CN": "姓名中含有不允许的字符。",
    en: "The name contains characters that do not occur in names.",
  },
  PHONE_INVALID: {
    code: "INVALID_INPUT",
    "zh-CN": "手机号码格式不正确。",
    en: "The phone number is not a phone number.",
  },
  IDEMPOTENCY_KEY_INVALID: {
    code: "INVALID_INPUT",
    "zh-CN": "idempotencyKey 应为1至128个可见ASCII字符。",
    en: "idempotencyKey must be 1 to 128 visible ASCII characters.",
  },
  ACTOR_NOT_CHOSEN: {
    code: "INVALID_INPUT",
    "zh-CN": "actor.self 只能为 true；代他人办理时请填写 helper。",
    en: "actor.self can only be true; when acting for someone else give helper.",
  },
  CONSENT_MISSING: {
    code: "INVALID_INPUT",
    "zh-CN": "代他人认证须取得待遇领取人员本人同意。",
    en: "Acting on behalf of a pensioner needs the pensioner's consent.",
  },
  HELPER_IS_PENSIONER: {
    code: "INVALID_INPUT",
    "zh-CN": "代办人与待遇领取人员为同一人，请选择本人认证。",
    en: "The helper and the pensioner are one person: certify as self.",
  },
  HELPER_LIMIT_REACHED: {
    code: "HELPER_LIMIT_REACHED",
    "zh-CN": "该代办人本月代办人数已达上限。",
    en: "This helper has reached the number of pensioners one helper may serve in a month.",
  },
  CHANNEL_NOT_ALLOWED: {
    code: "CHANNEL_NOT_ALLOWED",
    "zh-CN": "该渠道不支持此方式的认证。",
    en: "This channel does not certify in this way.",
  },
  SESSION_NOT_FOUND: {
    code: "NOT_FOUND",
    "zh-CN": "未找到该认证会话。",
    en: "There is no such certification session.",
  },
  SESSION_EXPIRED: {
    code: "SESSION_EXPIRED",
    "zh-CN": "认证会话已过期，请重新开始。",
    en: "The certification session has expired; start a new one.",
  },
  SESSION_NOT_OPEN: {
    code: "SESSION_NOT_OPEN",
    "zh-CN": "认证会话已完成或已取消。",
    en: "The certification session has been completed or cancelled.",
  },
  EVIDENCE_REQUIRED: {
    code: "EVIDENCE_REQUIRED",
    "zh-CN": "认证材料不齐全或有重复，请按渠道要求每种提交一份。",
    en: "Evidence is missing or given twice: one piece of each kind that the channel requires.",
  },
  EVIDENCE_NOT_ADMISSIBLE: {
    code: "EVIDENCE_NOT_ADMISSIBLE",
    "zh-CN": "该材料不能作为此渠道的认证依据。",
    en: "This kind of evidence is not admissible in this channel.",
  },
  CAMERA_MISSING: {
    code: "EVIDENCE_REQUIRED",
    "zh-CN": "自助机须注明人脸比对所用的摄像头类型。",
    en: "A machine must state with which camera it compared the face.",
  },
  CAMERA_NOT_ADMISSIBLE: {
    code: "EVIDENCE_NOT_ADMISSIBLE",
    "zh-CN": "该自助机须使用双目摄像头。",
    en: "This machine must compare faces with a binocular camera.",
  },
  DIGEST_INVALID: {
    code: "INVALID_INPUT",
    "zh-CN": "sha256 应为64位十六进制字符。",
    en: "sha256 must be 64 hexadecimal characters.",
  },
  TEXT_INVALID: {
    code: "INVALID_INPUT",
    "zh-CN": "文字应为1至500个字符，且不含控制字符。",
    en: "The text must be 1 to 500 characters without control characters.",
  },
  OPERATOR_MISSING: {
    code: "INVALID_INPUT",
    "zh-CN": "请填写经办人。",
    en: "Say which operator recorded it.",
  },
  METHOD_NOT_ALLOWED: {
    code: "METHOD_NOT_ALLOWED",
    "zh-CN": "该渠道不支持此认证方式。",
    en: "This channel does not certify by this method.",
  },
  OCCURRED_TOO_LONG_AGO: {
    code: "TOO_OLD",
    "zh-CN": "办理时间超出该渠道允许的补录时限。",
    en: "It happened longer ago than this channel may report.",
  },
  OCCURRED_IN_THE_FUTURE: {
    code: "INVALID_INPUT",
    "zh-CN": "办理时间晚于当前时间。",
    en: "It cannot have happened yet.",
  },
  UNDER_REVIEW_ALREADY: {
    code: "WRONG_STATE",
    "zh-CN": "该人员已有认证申请正在审核中。",
    en: "A submission for this person is under review already.",
  },
  PENSIONER_NOT_FOUND: {
    code: "NOT_FOUND",
    "zh-CN": "未找到该待遇领取人员。",
    en: "There is no such pensioner.",
  },
  REVEAL_REASON_INVALID: {
    code: "INVALID_INPUT",
    "zh-CN": "请说明查看原因（10至500个字符，不含控制字符）。",
    en: "Say why: 10 to 500 characters without control characters.",
  },
  CERTIFICATION_NOT_FOUND: {
    code: "NOT_FOUND",
    "zh-CN": "未找到该认证记录。",
    en: "There is no such certification.",
  },
  PHOTO_TOO_OLD: {
    code: "EVIDENCE_REJECTED",
    "zh-CN": "照片拍摄时间过久，请重新拍摄手持证件照片。",
    en: "The photo was taken too long ago; take a new one.",
  },
  PHOTO_IN_THE_FUTURE: {
    code: "INVALID_INPUT",
    "zh-CN": "照片拍摄时间晚于当前时间。",
    en: "The photo cannot have been taken yet.",
  },
  EVIDENCE_FILE_MISSING: {
    code: "EVIDENCE_REQUIRED",
    "zh-CN": "材料文件尚未上传，请先上传文件再提交。",
    en: "The file has not been uploaded; upload it, then submit.",
  },
  EMPLOYER_CODE_INVALID: {
    code: "INVALID_INPUT",
    "zh-CN": "单位编码应为1至64个字母、数字或 . _ - 字符。",
    en: "An employer's code is 1 to 64 of A-Z a-z 0-9 . _ -.",
  },
  EMPLOYER_NOT_FOUND: { code: "NOT_FOUND", "zh-CN": "未找到该单位。", en: "There is no such employer." },
  ITEM_COUNT: {
    code: "INVALID_INPUT",
    "zh-CN": "一次应提交1至{max}人。",
    en: "1 to {max} persons can be submitted at once.",
  },
  NAMED_TWICE: {
    code: "WRONG_STATE",
    "zh-CN": "该人员在本次提交中重复出现。",
    en: "This person occurs earlier in the same submission.",
  },
  LINE_NOT_TEXT: {
    code: "INVALID_INPUT",
    "zh-CN": "该行不是UTF-8文本，或超过64 KB。",
    en: "The line is not UTF-8 text, or is longer than 64 KB.",
  },
  LINE_NOT_JSON: { code: "INVALID_INPUT", "zh-CN": "该行不是JSON。", en: "The line is not JSON." },
  LINE_SHAPE: {
    code: "INVALID_INPUT",
    "zh-CN": "该行的字段不符合提交项的格式。",
    en: "The line's fields are not those of an item.",
  },
  TOO_MANY_LINES: {
    code: "INVALID_INPUT",
    "zh-CN": "一个文件最多100,000行。",
    en: "A file has at most 100,000 lines.",
  },
  HOME_VISIT_NOT_FOUND: {
    code: "NOT_FOUND",
    "zh-CN": "未找到该上门认证申请。",
    en: "There is no such home visit.",
  },
  HOME_VISIT_OPEN_ALREADY: {
    code: "WRONG_STATE",
    "zh-CN": "该人员已有上门认证申请正在办理中。",
    en: "A home visit has been requested for this person already and is still open.",
  },
  HOME_VISIT_CLOSED: {
    code: "WRONG_STATE",
    "zh-CN": "该上门认证申请已办结、未受理或已取消。",
    en: "This home visit has been completed, declined or cancelled.",
  },
  HOME_VISIT_NOT_OWN_DESK: {
    code: "CHANNEL_NOT_ALLOWED",
    "zh-CN": "该上门认证由居住地街镇便民服务中心办理。",
    en: "This home visit is the work of the street centre of the person's district.",
  },
  HOME_VISIT_DAY: {
    code: "INVALID_INPUT",
    "zh-CN": "上门日期应为今天起{days}天以内。",
    en: "The visit must be on today or within {days} days.",
  },
  DISTRICT_CODE_INVALID: {
    code: "INVALID_INPUT",
    "zh-CN": "行政区划代码应为6位数字。",
    en: "A district code has six digits.",
  },
  VERSION_STALE: {
    code: "STALE_VERSION",
    "zh-CN": "该人员信息已更新，请重新查询后再提交。",
    en: "The person's record has changed since it was read; read it again.",
  },
  CERTIFICATION_NOT_PENDING: {
    code: "WRONG_STATE",
    "zh-CN": "该认证不在待审核状态。",
    en: "This certification is not waiting for a decision.",
  },
  CERTIFICATION_NOT_PASSED: {
    code: "WRONG_STATE",
    "zh-CN": "只能撤销已通过的认证。",
    en: "Only a certification that passed can be revoked.",
  },
  REASON_MISSING: {
    code: "INVALID_INPUT",
    "zh-CN": "请填写理由。",
    en: "Give the reason.",
  },
  ...lifeEventRefusals,
  SOURCE_NOT_ADMISSIBLE: {
    code: "EVIDENCE_NOT_ADMISSIBLE",
    "zh-CN": "该数据来源不能作为资格认证依据。",
    en: "Data of this source is not evidence for a certification.",
  },
  EVENT_BEFORE_APPROVAL: {
    code: "EVIDENCE_NOT_ADMISSIBLE",
    "zh-CN": "该数据早于待遇审核通过月，不能作为认证依据。",
    en: "The event lies before the month in which the benefit was approved.",
  },
  TRACE_KNOWN: {
    code: "WRONG_STATE",
    "zh-CN": "该数据或更新的数据已由其他客户端提交。",
    en: "Another client has submitted this trace or a newer one.",
  },
  ASSERTION_INVALID: {
    code: "EVIDENCE_REJECTED",
    "zh-CN": "人脸核验结果的签名、签发方或内容无效。",
    en: "The face assertion's signature, issuer, audience or claims are not valid.",
  },
  ASSERTION_WRONG_CHALLENGE: {
    code: "EVIDENCE_REJECTED",
    "zh-CN": "人脸核验结果不属于本次认证会话。",
    en: "The face assertion was made for another session.",
  },
  ASSERTION_EXPIRED: {
    code: "EVIDENCE_REJECTED",
    "zh-CN": "人脸核验结果已过期或时间不正确，请重新核验。",
    en: "The face assertion has expired or its times are wrong; verify the face again.",
  },
  ASSERTION_USED: {
    code: "EVIDENCE_REJECTED",
    "zh-CN": "人脸核验结果已被使用，请重新核验。",
    en: "The face assertion has been used before; verify the face again.",
  },
  TOO_MANY_SUBJECTS: {
    code: "INVALID_INPUT",
    "zh-CN": "一次最多查询100人。",
    en: "At most 100 persons can be asked for at once.",
  },
  MONTH_RANGE: {
    code: "INVALID_INPUT",
    "zh-CN": "月份范围应为1至60个月。",
    en: "The range must be 1 to 60 months, from before through.",
  },
  ...webhookRefusals,
  CLOCK_BACKWARDS: {
    code: "INVALID_INPUT",
    "zh-CN": "沙箱时钟只能向前拨动。",
    en: "The sandbox clock only moves forward.",
  },
  CLOCK_TOO_FAR: {
    code: "INVALID_INPUT",
    "zh-CN": "沙箱时钟一次最多向前拨动五年。",
    en: "The sandbox clock moves at most five years at a time.",
  },
  ...suspensionRefusals,
} as const satisfies Record<string, RefusalRow>;

export type RefusalName = keyof typeof refusals;

/** A business refusal: nothing was written. Becomes an entry of `userErrors`. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly refusal: RefusalName;
  /** Where in the input, from `input` on. */
  readonly path: readonly string[] | undefined;
  readonly params: Readonly<Record<string, Text>>;

  constructor(refusal: RefusalName, path?: readonly string[], params: Readonly<Record<string, Text>> = {}) {
    super(refusals[refusal].code);
    this.refusal = refusal;
    this.path = path;
    this.params = params;
  }
}

/** The sentence of a refusal in a language, with its parameters filled in. */
export function refusalMessage(refused: Pick<Refused, "refusal" | "params">, language: Language): string {
  return refusals[refused.refusal][language].replace(
    /\{(\w+)\}/g,
    (whole, name: string) => refused.params[name]?.[language] ?? whole,
  );
}
