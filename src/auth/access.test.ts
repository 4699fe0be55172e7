import { describe, expect, test } from "vitest";
import type { ChannelActor, StaffActor } from "../domain/actor.js";
import {
  maySeeCertification,
  maySeeContactTask,
  maySeeHomeVisit,
  maySeeHomeVisitAddress,
  maySeePensionerById,
  maySeeSession,
  visibleClient,
  visibleVisits,
} from "./access.js";

const bank: ChannelActor = {
  kind: "CHANNEL",
  clientId: "icbc-app",
  name: "ICBC",
  channel: "ICBC_APP",
  employerCode: null,
  districtCode: null,
  scopes: new Set(["status:read", "certification:write"]),
};
const otherBank: ChannelActor = { ...bank, clientId: "huaxia-app", name: "Huaxia", channel: "HUAXIA_APP" };
/** A second client of the same channel is another client. */
const sameChannel: ChannelActor = { ...bank, clientId: "icbc-app-2" };
const staff: StaffActor = {
  kind: "STAFF",
  clientId: "staff",
  name: "Staff",
  roles: new Set(["OPERATOR"]),
  scopes: new Set(["status:read"]),
};

describe("whose row it is", () => {
  test.each([
    ["a channel", bank, false],
    ["staff", staff, true],
  ])("%s finds a pensioner by id: %s", (_, actor, may) => {
    expect(maySeePensionerById(actor)).toBe(may);
  });

  test.each([
    ["the client that made it", bank, true],
    ["another client", otherBank, false],
    ["another client of the same channel", sameChannel, false],
    ["staff", staff, true],
  ])("%s sees a certification", (_, actor, may) => {
    expect(maySeeCertification(actor, { clientId: "icbc-app" })).toBe(may);
  });

  test.each([
    ["the client that opened it", bank, true],
    ["another client", otherBank, false],
    ["another client of the same channel", sameChannel, false],
    ["staff, whom the challenge does not concern", staff, false],
  ])("%s sees a session", (_, actor, may) => {
    expect(maySeeSession(actor, { clientId: "icbc-app" })).toBe(may);
  });

  const centre: ChannelActor = {
    ...bank,
    clientId: "centre-110108",
    channel: "STREET_SERVICE_CENTER",
    districtCode: "110108",
    scopes: new Set(["visit:read", "visit:write"]),
  };
  const operator: StaffActor = { ...staff, scopes: new Set(["visit:read", "contact:write"]) };

  test.each([
    ["who asked for it", bank, true, false, { clientId: "icbc-app", deskDistrict: null }],
    ["another client", otherBank, false, false, { clientId: "huaxia-app", deskDistrict: null }],
    ["the district's centre", centre, true, true, { clientId: "centre-110108", deskDistrict: "110108" }],
    ["the city's centre", { ...centre, districtCode: null }, true, true, null],
    [
      "another district's centre",
      { ...centre, districtCode: "110105" },
      false,
      false,
      { clientId: "centre-110108", deskDistrict: "110105" },
    ],
    ["staff of other work", staff, false, false, { clientId: "staff", deskDistrict: null }],
    ["staff who work on visits", operator, true, true, null],
  ] as const)("%s sees a home visit, its address, and lists", (_, actor, visit, address, listed) => {
    const asked = { clientId: "icbc-app", districtCode: "110108" };
    expect(maySeeHomeVisit(actor, asked)).toBe(visit);
    expect(maySeeHomeVisitAddress(actor, asked)).toBe(address);
    expect(visibleVisits(actor)).toEqual(listed);
  });

  test.each([
    ["a channel", { ...bank, scopes: new Set(["contact:write"] as const) }, false],
    ["staff of other work", staff, false],
    ["staff who work on contacts", operator, true],
  ])("%s sees a contact task: %s", (_, actor, may) => {
    expect(maySeeContactTask(actor)).toBe(may);
  });

  test.each([
    ["a channel to its own", bank, "icbc-app"],
    ["staff to none", staff, null],
  ])("lists limit %s", (_, actor, client) => {
    expect(visibleClient(actor)).toBe(client);
  });
});
