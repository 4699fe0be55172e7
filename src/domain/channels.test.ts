import { expect, test } from "vitest";
import { type ChannelCode, channelCodes, channelOf, channels, nextBestChannels } from "./channels.js";

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

/** Kiosks read the face too. */
const withoutFace = (code: ChannelCode) =>
  channelOf(code).methods.every((method) => method !== "FACE" && method !== "KIOSK");

test.each([0, 1, 2])(
  "E8 after %i failed faces another try is offered, and a route without a face",
  (failed) => {
    const offered = nextBestChannels(failed, 3);
    expect(offered.some(withoutFace)).toBe(true);
    expect(offered.every(withoutFace)).toBe(false);
  },
);

test.each([3, 4, 100])("E8 after %i failed faces only routes without a face are offered", (failed) => {
  const offered = nextBestChannels(failed, 3);
  expect(offered.length).toBeGreaterThan(0);
  expect(offered.every(withoutFace)).toBe(true);
});

test("E8 one caller's change to the list does not reach the next", () => {
  nextBestChannels(9, 3).length = 0;
  expect(nextBestChannels(9, 3)).toContain("AGENCY_COUNTER");
});
