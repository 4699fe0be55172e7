/** P3: what can be refused about batches and moratoria; rows of `refusals`. */
export const suspensionRefusals = {
  SUSPENSION_BATCH_NOT_PREVIEW: {
    code: "WRONG_STATE",
    "zh-CN": "该月停发批次尚未生成或已审批。",
    en: "The suspensions of this month are not proposed yet, or approved already.",
  },
  SUSPENSION_BREAKERS_TRIPPED: {
    code: "WRONG_STATE",
    "zh-CN": "该批次触发熔断：{breakers}。请核实后在overrideBreakers中逐项列明再审批。",
    en: "The batch has tripped breakers: {breakers}. Look into them, then approve with each of them named in overrideBreakers.",
  },
  MORATORIUM_MONTHS: {
    code: "INVALID_INPUT",
    "zh-CN": "缓办期应为1至60个月，且不早于本月结束。",
    en: "A moratorium lasts 1 to 60 months and does not end before the present one.",
  },
  MORATORIUM_NOT_FOUND: {
    code: "NOT_FOUND",
    "zh-CN": "未找到该缓办记录。",
    en: "There is no such moratorium.",
  },
  MORATORIUM_ENDED: {
    code: "WRONG_STATE",
    "zh-CN": "该缓办已结束。",
    en: "This moratorium has been ended already.",
  },
} as const;
