import { expect, test } from "vitest";
import { type ChannelCode, channelCodes, channelOf, channels, nextBestChannels } from "./channels.js";
import type { RejectionCode } from "./face-assertion.js";

test("E8 every channel code has exactly one row", () => {
  expect(channels.map((channel) => channel.code).sort()).toEqual([...channelCodes].sort());
  for (const code of channelCodes) expect(channelOf(code).code).toBe(code);
  expect(() => channelOf("FAX" as ChannelCode)).toThrow(RangeError);
});

test.each<[ChannelCode[], string, string, boolean]>([
  [["JINGTONG_WECHAT", "JINGTONG_ALIPAY", "JINGTONG_BAIDU"], "SESSION", "FACE", false],
  [["APP_12333", "NATIONAL_PLATFORM", "E_SOCIAL_SECURITY_CARD"], "SESSION", "FACE", false],
  [["ICBC_APP", "HUAXIA_APP"], "SESSION", "FACE", false],
  [["CHINA_CONSULAR_APP"], "SESSION", "FACE", true],
  [["AGENCY_COUNTER", "PARTNER_BANK_COUNTER"], "RECORD", "IN_PERSON", false],
  [["ICBC_KIOSK", "PSBC_KIOSK", "BOCOM_KIOSK"], "RECORD", "KIOSK", false],
  [["EMPLOYER"], "BATCH", "EMPLOYER_DOCUMENTS", true],
  [["STREET_SERVICE_CENTER"], "VISIT", "HOME_VISIT", false],
  [["DATA_MATCH"], "BATCH", "DATA_MATCH", false],
])("E2 %j certify by %s with %s; reviewed: %s", (codes, flow, method, reviewed) => {
  for (const code of codes) expect(channelOf(code)).toMatchObject({ flow, methods: [method], reviewed });
});

test.each<[number, ChannelCode[]]>([
  [24, ["AGENCY_COUNTER", "PARTNER_BANK_COUNTER", "ICBC_KIOSK", "PSBC_KIOSK", "BOCOM_KIOSK"]],
  [7 * 24, ["EMPLOYER", "STREET_SERVICE_CENTER"]],
])("V6 a backlog of %i hours is allowed to %j and no other channel", (hours, codes) => {
  const allowed = channels.filter((channel) => channel.backlogHours === hours).map((channel) => channel.code);
  expect(allowed.sort()).toEqual([...codes].sort());
});

test("V6 in the apps and for data matches nothing but the receipt time decides", () => {
  const others = channels.filter(({ flow }) => flow === "SESSION" || flow === "BATCH");
  const withBacklog = others.filter((channel) => channel.backlogHours !== 0).map((channel) => channel.code);
  expect(withBacklog).toEqual(["EMPLOYER"]);
});

const policy = { faceFailuresBeforeOtherRoutes: 3 };
const failedFace = (failedFaces: number, hasEmployer = false) =>
  nextBestChannels({ rejection: "FACE_MISMATCH", failedFaces, hasEmployer }, policy);
/** Someone looks at the person, not only a camera. */
const withoutFace = (code: ChannelCode) => !channelOf(code).evidence.includes("FACE_ASSERTION");

test.each([0, 1, 2])("E8 after %i failed faces another try is offered, and a route without one", (failed) => {
  expect(failedFace(failed)[0]).toBe("JINGTONG_WECHAT");
  expect(failedFace(failed).some(withoutFace)).toBe(true);
});

test.each([3, 4, 100])(
  "E8 after %i failed faces counter, kiosk and home visit are offered, no app",
  (failed) => {
    expect(failedFace(failed)).toEqual([
      "AGENCY_COUNTER",
      "PARTNER_BANK_COUNTER",
      "ICBC_KIOSK",
      "PSBC_KIOSK",
      "STREET_SERVICE_CENTER",
    ]);
  },
);

test("E8 who has an employer may also go there", () => {
  expect(failedFace(3, true).at(-1)).toBe("EMPLOYER");
});

test.each<[RejectionCode, ChannelCode[]]>([
  ["DOCUMENT_EXPIRED", ["JINGTONG_WECHAT", "STREET_SERVICE_CENTER"]],
  ["DOCUMENT_INVALID", ["JINGTONG_WECHAT", "STREET_SERVICE_CENTER"]],
  [
    "PHOTO_INCOMPLETE",
    ["JINGTONG_WECHAT", "AGENCY_COUNTER", "PARTNER_BANK_COUNTER", "STREET_SERVICE_CENTER"],
  ],
  ["REVIEW_REJECTED", ["JINGTONG_WECHAT", "AGENCY_COUNTER", "PARTNER_BANK_COUNTER", "STREET_SERVICE_CENTER"]],
])("E8 after %s: %j", (rejection, offered) => {
  expect(nextBestChannels({ rejection, failedFaces: 0, hasEmployer: false }, policy)).toEqual(offered);
});

test("E8 one caller's change to the list does not reach the next", () => {
  failedFace(9).length = 0;
  expect(failedFace(9)).toContain("AGENCY_COUNTER");
});

test("E3 only ICBC's machines must be binocular; every machine says which camera it has", () => {
  const cameras = channels.filter((channel) => channel.cameras !== null);
  expect(cameras.map(({ code }) => code)).toEqual(["ICBC_KIOSK", "PSBC_KIOSK", "BOCOM_KIOSK"]);
  expect(channelOf("ICBC_KIOSK").cameras).toEqual(["BINOCULAR"]);
});
