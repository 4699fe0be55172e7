import type { Text } from "./language.js";

export const requiredRegisterColumns = [
  "name",
  "document_type",
  "document_number",
  "benefit_type",
  "approved_month",
  "agency_code",
  "district_code",
] as const;
export const optionalRegisterColumns = ["phone", "employer_code", "last_certified_on"] as const;
export const registerColumns = [...requiredRegisterColumns, ...optionalRegisterColumns] as const;
export type RegisterColumn = (typeof registerColumns)[number];

/** Why a line of a register file was left out. Neither a reason nor its detail ever repeats what the line says. */
export const registerProblems = {
  LINE_TOO_LONG: { en: "the line is longer than 64 KiB", "zh-CN": "该行超过64 KiB" },
  NOT_TEXT: {
    en: "the line has bytes that are not text in the file's encoding",
    "zh-CN": "该行含有无法按文件编码识别的字节",
  },
  NOT_JSON: { en: "the line is not one JSON object", "zh-CN": "该行不是一个JSON对象" },
  NOT_CSV: { en: "a quote is not closed or stands in the wrong place", "zh-CN": "引号未闭合或位置错误" },
  WRONG_COLUMN_COUNT: {
    en: "the line has more or fewer columns than the header",
    "zh-CN": "该行列数与表头不一致",
  },
  UNKNOWN_COLUMN: { en: "the object has a key that is not a column", "zh-CN": "该对象含有未知的列名" },
  NOT_A_STRING: { en: "the value must be a string", "zh-CN": "该列的值必须是字符串" },
  MISSING_VALUE: { en: "the value is missing", "zh-CN": "该列不能为空" },
  INVALID_NAME: {
    en: "the name is too long or has signs that no name has",
    "zh-CN": "姓名过长或含有不允许的字符",
  },
  UNKNOWN_DOCUMENT_TYPE: { en: "there is no such document type", "zh-CN": "证件类型不存在" },
  INVALID_DOCUMENT: {
    en: "the document number is wrong in its form, division, birth date or check digit",
    "zh-CN": "证件号码的格式、地区代码、出生日期或校验位不正确",
  },
  INVALID_PHONE: { en: "the phone number is not a phone number", "zh-CN": "手机号码格式不正确" },
  UNKNOWN_BENEFIT_TYPE: { en: "there is no such benefit type", "zh-CN": "待遇类型不存在" },
  INVALID_MONTH: { en: "not a month YYYY-MM from 1949-01 on", "zh-CN": "月份应为YYYY-MM，且不早于1949-01" },
  INVALID_DATE: {
    en: "not a date YYYY-MM-DD from 1949-01-01 on",
    "zh-CN": "日期应为YYYY-MM-DD，且不早于1949-01-01",
  },
  IN_THE_FUTURE: { en: "the month or day is still to come", "zh-CN": "月份或日期晚于当前日期" },
  INVALID_CODE: {
    en: "not a code: a district has 6 digits, an agency or employer 1 to 64 of A-Z a-z 0-9 . _ -",
    "zh-CN": "代码格式不正确：行政区划为6位数字，经办机构和单位代码为1至64位字母、数字或 . _ -",
  },
  DUPLICATE_ROW: {
    en: "an earlier line of the file says otherwise of this document; the earlier one stands",
    "zh-CN": "文件中较早的一行对同一证件的记载与此行不一致，以较早的一行为准",
  },
} as const satisfies Record<string, Text>;

export type RegisterProblemCode = keyof typeof registerProblems;

export interface RegisterProblem {
  readonly code: RegisterProblemCode;
  readonly column?: RegisterColumn;
  /** A code that says more, never a part of the line. */
  readonly detail?: string;
}
