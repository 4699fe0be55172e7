import type { ActorKind } from "./certification.js";
import type { CameraKind, EvidenceKind } from "./evidence-kinds.js";
import type { RejectionCode } from "./face-assertion.js";
import type { Policy } from "./policy.js";

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
  /** Who acts; for a session the caller says which of the two. */
  readonly actors: readonly ActorKind[];
  /** E2–E5: one of each is required. */
  readonly evidence: readonly EvidenceKind[];
  /** Accepted besides, and then checked like the required ones. */
  readonly alsoAdmits: readonly EvidenceKind[];
  /** E3: the camera that a machine has compared the face with; null where no machine does. */
  readonly cameras: readonly CameraKind[] | null;
  /** E6: a submission starts PENDING and is decided by staff. */
  readonly reviewed: boolean;
  /** V6: how old a channel's own signed time may be; 0 where the receipt time always decides. */
  readonly backlogHours: number;
  /** Persons in one request. */
  readonly personsAtOnce: number;
}

function session(code: ChannelCode, nameZh: string, nameEn: string): Channel {
  return {
    code,
    nameZh,
    nameEn,
    flow: "SESSION",
    methods: ["FACE"],
    actors: ["SELF", "ON_BEHALF"],
    evidence: ["FACE_ASSERTION"],
    alsoAdmits: [],
    cameras: null,
    reviewed: false,
    backlogHours: 0,
    personsAtOnce: 1,
  };
}

function counter(code: ChannelCode, nameZh: string, nameEn: string): Channel {
  return {
    ...session(code, nameZh, nameEn),
    flow: "RECORD",
    methods: ["IN_PERSON"],
    actors: ["OPERATOR"],
    evidence: ["IDENTITY_DOCUMENT"],
    alsoAdmits: ["FACE_ASSERTION"],
    backlogHours: 24,
  };
}

function kiosk(code: ChannelCode, nameZh: string, nameEn: string, cameras: readonly CameraKind[]): Channel {
  return { ...counter(code, nameZh, nameEn), methods: ["KIOSK"], actors: ["MACHINE"], cameras };
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
  { ...session("CHINA_CONSULAR_APP", "中国领事App", "China Consular app"), reviewed: true },
  counter("AGENCY_COUNTER", "社保经办机构窗口", "Agency counter"),
  counter("PARTNER_BANK_COUNTER", "社银合作网点窗口", "Partner-bank counter"),
  kiosk("ICBC_KIOSK", "工商银行双目自助机", "ICBC binocular kiosk", ["BINOCULAR"]),
  kiosk("PSBC_KIOSK", "邮储银行自助机", "PSBC kiosk", ["MONOCULAR", "BINOCULAR"]),
  kiosk("BOCOM_KIOSK", "交通银行自助机", "Bank of Communications kiosk", ["MONOCULAR", "BINOCULAR"]),
  {
    ...session("EMPLOYER", "单位办理", "Employer"),
    flow: "BATCH",
    methods: ["EMPLOYER_DOCUMENTS"],
    actors: ["EMPLOYER"],
    evidence: ["CERTIFICATION_FORM", "ID_COPY_BOTH_SIDES", "HOLDING_ID_PHOTO"],
    reviewed: true,
    backlogHours: week,
    personsAtOnce: 200,
  },
  {
    ...session("STREET_SERVICE_CENTER", "街镇便民服务中心上门认证", "Street service centre (home visit)"),
    flow: "VISIT",
    methods: ["HOME_VISIT"],
    actors: ["AGENCY"],
    evidence: ["HOME_VISIT"],
    alsoAdmits: ["IDENTITY_DOCUMENT", "FACE_ASSERTION"],
    backlogHours: week,
  },
  {
    ...session("DATA_MATCH", "数据比对认证", "Data matching"),
    flow: "BATCH",
    methods: ["DATA_MATCH"],
    actors: ["AGENCY"],
    evidence: ["DATA_SOURCE"],
    personsAtOnce: 500,
  },
];

const byCode = new Map(channels.map((channel) => [channel.code, channel]));

export function channelOf(code: ChannelCode): Channel {
  const channel = byCode.get(code);
  if (!channel) throw new RangeError(`unknown channel ${code}`);
  return channel;
}

/** What is known of a failed attempt when the person is sent elsewhere. */
export interface FailedAttempt {
  readonly rejection: RejectionCode;
  /** Faces that failed in this attempt so far. */
  readonly failedFaces: number;
  readonly hasEmployer: boolean;
}

const faceRejections: readonly RejectionCode[] = ["FACE_MISMATCH", "LIVENESS_FAILED"];

/** E8: where to turn after a failed attempt, best first. Face recognition is never the only route. */
export function nextBestChannels(
  { rejection, failedFaces, hasEmployer }: FailedAttempt,
  policy: Pick<Policy, "faceFailuresBeforeOtherRoutes">,
): ChannelCode[] {
  const employer: ChannelCode[] = hasEmployer ? ["EMPLOYER"] : [];
  const inPerson: ChannelCode[] = ["AGENCY_COUNTER", "PARTNER_BANK_COUNTER"];
  if (!faceRejections.includes(rejection)) {
    // A document that was not accepted will not be accepted at another counter: the face, or someone who comes.
    const byDocument = rejection === "DOCUMENT_INVALID" || rejection === "DOCUMENT_EXPIRED";
    return ["JINGTONG_WECHAT", ...(byDocument ? [] : inPerson), "STREET_SERVICE_CENTER"];
  }
  const again: ChannelCode[] = failedFaces >= policy.faceFailuresBeforeOtherRoutes ? [] : ["JINGTONG_WECHAT"];
  return [...again, ...inPerson, "ICBC_KIOSK", "PSBC_KIOSK", "STREET_SERVICE_CENTER", ...employer];
}
