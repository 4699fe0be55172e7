import type { BenefitType } from "../domain/benefits.js";
import type { ChannelCode } from "../domain/channels.js";
import { checkDigit, type IdentityDocument } from "../domain/document-number.js";
import type { HoldReason } from "../domain/payment.js";

/** A synthetic pensioner; all times count back from the day the sandbox was made. */
export interface SandboxPerson {
  readonly shows: string;
  readonly name: string;
  readonly documents: readonly IdentityDocument[];
  readonly phone: string | null;
  readonly employerCode: string | null;
  readonly benefits: readonly {
    readonly type: BenefitType;
    readonly approvedMonthsAgo: number;
    readonly agency: AgencyCode;
  }[];
  /** Certifications, oldest first. */
  readonly passes: readonly { readonly monthsAgo: number; readonly channel: ChannelCode }[];
  readonly hold?: { readonly reason: HoldReason; readonly fromMonthsAgo: number };
  readonly underReview?: ChannelCode;
}

export const sandboxAgencies = {
  "BJ-HD": { name: "北京市海淀区社会保险事业管理中心", districtCode: "110108" },
  "BJ-CY": { name: "北京市朝阳区社会保险事业管理中心", districtCode: "110105" },
  "BJ-XC": { name: "北京市西城区社会保险事业管理中心", districtCode: "110102" },
} as const;
export type AgencyCode = keyof typeof sandboxAgencies;

export const sandboxEmployerPhones = { "SANDBOX-EMPLOYER-1": "13900000101" } as const;

function resident(division: string, birth: string, sequence: string): IdentityDocument {
  return numbered("RESIDENT_ID", `${division}${birth}${sequence}`);
}

function numbered(type: IdentityDocument["type"], first17: string): IdentityDocument {
  return { type, number: first17 + checkDigit(first17) };
}

type Defaulted = "phone" | "employerCode" | "passes";

function person(
  shows: string,
  given: Omit<SandboxPerson, Defaulted | "shows"> & Partial<Pick<SandboxPerson, Defaulted>>,
): SandboxPerson {
  return { shows, phone: null, employerCode: null, passes: [], ...given };
}

/** People in every state. The first one is the example that the sandbox prints when it starts. */
export const sandboxPeople: readonly SandboxPerson[] = [
  person("VALID: certified two months ago", {
    name: "王建国",
    documents: [resident("110108", "19520314", "901")],
    phone: "13900000001",
    employerCode: "SANDBOX-EMPLOYER-1",
    benefits: [{ type: "ENTERPRISE_RETIREMENT", approvedMonthsAgo: 120, agency: "BJ-HD" }],
    passes: [
      { monthsAgo: 14, channel: "JINGTONG_WECHAT" },
      { monthsAgo: 2, channel: "ICBC_APP" },
    ],
  }),
  person("VALID: approved five months ago, never certified", {
    name: "李秀英",
    documents: [resident("110105", "19660520", "902")],
    phone: "13900000002",
    benefits: [{ type: "ENTERPRISE_RETIREMENT", approvedMonthsAgo: 5, agency: "BJ-CY" }],
  }),
  person("DUE_SOON: the deadline is this month", {
    name: "张桂兰",
    documents: [resident("110102", "19481107", "904")],
    phone: "13900000003",
    benefits: [{ type: "PUBLIC_INSTITUTION_RETIREMENT", approvedMonthsAgo: 200, agency: "BJ-XC" }],
    passes: [{ monthsAgo: 12, channel: "APP_12333" }],
  }),
  person("DUE_SOON: the deadline is two months away", {
    name: "刘志强",
    documents: [resident("110103", "19550801", "907")],
    phone: "13900000004",
    employerCode: "SANDBOX-EMPLOYER-1",
    benefits: [{ type: "RESIDENT_PENSION", approvedMonthsAgo: 60, agency: "BJ-XC" }],
    passes: [{ monthsAgo: 10, channel: "NATIONAL_PLATFORM" }],
  }),
  person("OVERDUE since this month, payment suspended", {
    name: "陈玉梅",
    documents: [resident("110108", "19500212", "908")],
    phone: "13900000005",
    benefits: [{ type: "ENTERPRISE_RETIREMENT", approvedMonthsAgo: 150, agency: "BJ-HD" }],
    passes: [{ monthsAgo: 13, channel: "JINGTONG_ALIPAY" }],
  }),
  person("OVERDUE for five months: certify and see the back-pay", {
    name: "赵德福",
    documents: [resident("110221", "19450630", "909")],
    benefits: [{ type: "RESIDENT_PENSION", approvedMonthsAgo: 180, agency: "BJ-CY" }],
    passes: [{ monthsAgo: 18, channel: "HUAXIA_APP" }],
  }),
  person("Resumed: certified this month after three unpaid months", {
    name: "黄淑珍",
    documents: [resident("110108", "19530909", "910")],
    phone: "13900000007",
    benefits: [{ type: "LIVING_CARE_ALLOWANCE", approvedMonthsAgo: 70, agency: "BJ-HD" }],
    passes: [
      { monthsAgo: 15, channel: "JINGTONG_BAIDU" },
      { monthsAgo: 0, channel: "E_SOCIAL_SECURITY_CARD" },
    ],
  }),
  person("UNDER_REVIEW: submitted abroad, not decided yet", {
    name: "吴海燕",
    documents: [resident("110105", "19580117", "911"), { type: "PASSPORT", number: "EA0000012" }],
    phone: "+8190000000012",
    benefits: [{ type: "ENTERPRISE_RETIREMENT", approvedMonthsAgo: 90, agency: "BJ-CY" }],
    passes: [{ monthsAgo: 11, channel: "CHINA_CONSULAR_APP" }],
    underReview: "CHINA_CONSULAR_APP",
  }),
  person("SUSPENDED for a reported death, certification still valid", {
    name: "周永福",
    documents: [resident("110102", "19380404", "912")],
    benefits: [{ type: "DEPENDENT_SURVIVOR_ALLOWANCE", approvedMonthsAgo: 40, agency: "BJ-XC" }],
    passes: [{ monthsAgo: 4, channel: "ICBC_APP" }],
    hold: { reason: "DEATH_REPORTED", fromMonthsAgo: 1 },
  }),
  person("Two benefits: one certification covers both", {
    name: "买买提·艾力",
    documents: [resident("650102", "19601212", "913")],
    phone: "13900000010",
    benefits: [
      { type: "WORK_INJURY_DISABILITY_ALLOWANCE", approvedMonthsAgo: 50, agency: "BJ-HD" },
      { type: "ENTERPRISE_RETIREMENT", approvedMonthsAgo: 3, agency: "BJ-HD" },
    ],
    passes: [{ monthsAgo: 6, channel: "JINGTONG_WECHAT" }],
  }),
  person("Hong Kong resident's permit", {
    name: "何家明",
    documents: [numbered("HMT_RESIDENCE_PERMIT", "81000019570707915")],
    phone: "13900000011",
    benefits: [{ type: "ENTERPRISE_RETIREMENT", approvedMonthsAgo: 24, agency: "BJ-CY" }],
    passes: [{ monthsAgo: 1, channel: "HUAXIA_APP" }],
  }),
  person("Foreign permanent resident", {
    name: "MARIA SANTOS",
    documents: [numbered("FOREIGN_PERMANENT_RESIDENT_ID", "91107619621103916")],
    benefits: [{ type: "ILLNESS_DISABILITY_ALLOWANCE", approvedMonthsAgo: 8, agency: "BJ-HD" }],
  }),
];
