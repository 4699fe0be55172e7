/** C5, P7: refusals around reports of life events and the cases that follow from them. */
export const lifeEventRefusals = {
  LIFE_EVENT_NOT_FOUND: {
    code: "NOT_FOUND",
    "zh-CN": "未找到该事件报告。",
    en: "There is no such report of a life event.",
  },
  LIFE_EVENT_KNOWN: {
    code: "WRONG_STATE",
    "zh-CN": "该来源编号已报告过不同内容，请更正原报告。",
    en: "This reference of the source was reported with other contents; correct that report.",
  },
  LIFE_EVENT_VOIDED: {
    code: "WRONG_STATE",
    "zh-CN": "该报告已撤回。",
    en: "This report has been taken back.",
  },
  LIFE_EVENT_CONFIRMED: {
    code: "WRONG_STATE",
    "zh-CN": "该报告已由经办机构核实，请与经办机构联系。",
    en: "Staff have confirmed this report; turn to the agency.",
  },
  LIFE_EVENT_WITHOUT_PERSON: {
    code: "WRONG_STATE",
    "zh-CN": "该报告未能对应到唯一人员，无法确认。",
    en: "This report does not lead to one person and cannot be confirmed.",
  },
  LIFE_EVENT_TOO_OLD: {
    code: "INVALID_INPUT",
    "zh-CN": "发生日期过早，请核对。",
    en: "The day lies too far back; please check it.",
  },
  NOTHING_CORRECTED: {
    code: "INVALID_INPUT",
    "zh-CN": "请填写要更正的内容。",
    en: "Give what is to be corrected: another day or another kind.",
  },
  REVIEW_CASE_NOT_FOUND: {
    code: "NOT_FOUND",
    "zh-CN": "未找到该核查案件。",
    en: "There is no such review case.",
  },
  REVIEW_CASE_CLOSED: {
    code: "WRONG_STATE",
    "zh-CN": "该核查案件已办结。",
    en: "This review case has been decided.",
  },
  REVIEW_CASE_OWN_PASS: {
    code: "WRONG_STATE",
    "zh-CN": "该认证由您本人办理或审核通过，核查须由其他人员办理。",
    en: "The pass was recorded or decided by you: someone else must look at it.",
  },
} as const;
