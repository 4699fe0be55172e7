import { describe, expect, test } from "vitest";
import type { ChannelActor, StaffActor } from "../domain/actor.js";
import { maySeeCertification, maySeePensionerById, maySeeSession, visibleClient } from "./access.js";

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

  test.each([
    ["a channel to its own", bank, "icbc-app"],
    ["staff to none", staff, null],
  ])("lists limit %s", (_, actor, client) => {
    expect(visibleClient(actor)).toBe(client);
  });
});
