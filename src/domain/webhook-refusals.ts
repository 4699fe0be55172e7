/** What can be refused of webhooks. */
export const webhookRefusals = {
  WEBHOOK_URL: {
    code: "INVALID_INPUT",
    "zh-CN": "接收地址须为公网 https 地址（端口443或8443），不得含用户名、密码或片段；最长500个字符。",
    en: "The URL must be https to a public host on port 443 or 8443, without credentials or fragment, at most 500 characters.",
  },
  WEBHOOK_ENDPOINT_LIMIT: {
    code: "WRONG_STATE",
    "zh-CN": "每个客户端最多可有10个有效的接收地址。",
    en: "A client has at most 10 active endpoints.",
  },
  WEBHOOK_ENDPOINT_NOT_FOUND: {
    code: "NOT_FOUND",
    "zh-CN": "未找到该接收地址。",
    en: "There is no such endpoint.",
  },
  WEBHOOK_ENDPOINT_DISABLED: {
    code: "WRONG_STATE",
    "zh-CN": "该接收地址已停用。",
    en: "The endpoint has been disabled.",
  },
  WEBHOOK_ENDPOINT_UNCHANGED: {
    code: "INVALID_INPUT",
    "zh-CN": "请至少填写一项要修改的内容：接收地址或事件类型。",
    en: "Give at least one of the things to change: url or types.",
  },
  WEBHOOK_ENDPOINT_IN_USE: {
    code: "WRONG_STATE",
    "zh-CN": "该接收地址正在使用，无需启用。",
    en: "The endpoint is in use: there is nothing to enable.",
  },
  WEBHOOK_MISSED_TOO_MUCH: {
    code: "WRONG_STATE",
    "zh-CN": "停用期间错过的事件超过10000条。请以 skipMissed: true 启用，错过的事件可通过 changes 查询读取。",
    en: "The endpoint missed more than 10000 events. Enable it with skipMissed: true, and read what it missed by the query changes.",
  },
  WEBHOOK_DELIVERY_NOT_FOUND: {
    code: "NOT_FOUND",
    "zh-CN": "未找到该推送记录。",
    en: "There is no such delivery.",
  },
  WEBHOOK_DELIVERY_PENDING: {
    code: "WRONG_STATE",
    "zh-CN": "该事件正在推送，无需重新推送。",
    en: "The event is being delivered anyway.",
  },
  WEBHOOK_REPLAY_WHICH: {
    code: "INVALID_INPUT",
    "zh-CN": "请指定推送记录，或指定接收地址和起始时间。",
    en: "Name a delivery, or an endpoint and since when.",
  },
} as const;
