export type ChannelFlow = "SESSION" | "RECORD" | "BATCH" | "VISIT";
export type CertificationMethod =
  | "FACE"
  | "IN_PERSON"
  | "KIOSK"
  | "EMPLOYER_DOCUMENTS"
  | "HOME_VISIT"
  | "DATA_MATCH";

export const channelCodes = [
  "JINGTONG_WECHAT",
  "JINGTONG_ALIPAY",
  "JINGTONG_BAIDU",
  "APP_12333",
  "NATIONAL_PLATFORM",
  "E_SOCIAL_SECURITY_CARD",
  "ICBC_APP",
  "HUAXIA_APP",
  "CHINA_CONSULAR_APP",
  "AGENCY_COUNTER",
  "PARTNER_BANK_COUNTER",
  "ICBC_KIOSK",
  "PSBC_KIOSK",
  "BOCOM_KIOSK",
  "EMPLOYER",
  "STREET_SERVICE_CENTER",
  "DATA_MATCH",
] as const;
export type ChannelCode = (typeof channelCodes)[number];

/** One row a channel: whatever differs between channels stands here and nowhere else. */
export interface Channel {
  readonly code: ChannelCode;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly flow: ChannelFlow;
  readonly methods: readonly CertificationMethod[];
  /** E6: a submission starts PENDING and is decided by staff. */
  readonly reviewed: boolean;
  /** V6: how old a channel's own signed time may be; 0 where the receipt time always decides. */
  readonly backlogHours: number;
  /** Whether this version certifies through the channel. */
  readonly open: boolean;
}

function session(code: ChannelCode, nameZh: string, nameEn: string): Channel {
  return {
    code,
    nameZh,
    nameEn,
    flow: "SESSION",
    methods: ["FACE"],
    reviewed: false,
    backlogHours: 0,
    open: true,
  };
}

function recorded(code: ChannelCode, nameZh: string, nameEn: string, method: CertificationMethod): Channel {
  return {
    code,
    nameZh,
    nameEn,
    flow: "RECORD",
    methods: [method],
    reviewed: false,
    backlogHours: 24,
    open: false,
  };
}

const week = 7 * 24;

export const channels: readonly Channel[] = [
  session("JINGTONG_WECHAT", "京通（微信）", "Jingtong in WeChat"),
  session("JINGTONG_ALIPAY", "京通（支付宝）", "Jingtong in Alipay"),
  session("JINGTONG_BAIDU", "京通（百度）", "Jingtong in Baidu"),
  session("APP_12333", "掌上12333", "12333 app"),
  session("NATIONAL_PLATFORM", "国家社会保险公共服务平台", "National social insurance platform"),
  session("E_SOCIAL_SECURITY_CARD", "电子社保卡", "E-social-security card"),
  session("ICBC_APP", "工商银行App", "ICBC app"),
  session("HUAXIA_APP", "华夏银行App", "Huaxia Bank app"),
  { ...session("CHINA_CONSULAR_APP", "中国领事App", "China Consular app"), reviewed: true, open: false },
  recorded("AGENCY_COUNTER", "社保经办机构窗口", "Agency counter", "IN_PERSON"),
  recorded("PARTNER_BANK_COUNTER", "社银合作网点窗口", "Partner-bank counter", "IN_PERSON"),
  recorded("ICBC_KIOSK", "工商银行双目自助机", "ICBC binocular kiosk", "KIOSK"),
  recorded("PSBC_KIOSK", "邮储银行自助机", "PSBC kiosk", "KIOSK"),
  recorded("BOCOM_KIOSK", "交通银行自助机", "Bank of Communications kiosk", "KIOSK"),
  {
    code: "EMPLOYER",
    nameZh: "单位办理",
    nameEn: "Employer",
    flow: "BATCH",
    methods: ["EMPLOYER_DOCUMENTS"],
    reviewed: true,
    backlogHours: week,
    open: false,
  },
  {
    code: "STREET_SERVICE_CENTER",
    nameZh: "街镇便民服务中心上门认证",
    nameEn: "Street service centre (home visit)",
    flow: "VISIT",
    methods: ["HOME_VISIT"],
    reviewed: false,
    backlogHours: week,
    open: false,
  },
  {
    code: "DATA_MATCH",
    nameZh: "数据比对认证",
    nameEn: "Data matching",
    flow: "BATCH",
    methods: ["DATA_MATCH"],
    reviewed: false,
    backlogHours: 0,
    open: false,
  },
];

const byCode = new Map(channels.map((channel) => [channel.code, channel]));

export function channelOf(code: ChannelCode): Channel {
  const channel = byCode.get(code);
  if (!channel) throw new RangeError(`unknown channel ${code}`);
  return channel;
}

/** Kiosks read the document *and* the face, so they are no way out for a face that is not recognised. */
const routesWithFace: readonly ChannelCode[] = ["JINGTONG_WECHAT", "PSBC_KIOSK"];
const routesWithoutFace: readonly ChannelCode[] = [
  "AGENCY_COUNTER",
  "PARTNER_BANK_COUNTER",
  "STREET_SERVICE_CENTER",
];

/** E8: where to turn when a face is not recognised. Face recognition is never the only route. */
export function nextBestChannels(failedFaces: number, facesBeforeOtherRoutes: number): ChannelCode[] {
  return failedFaces >= facesBeforeOtherRoutes
    ? [...routesWithoutFace]
    : [...routesWithFace, ...routesWithoutFace];
}
