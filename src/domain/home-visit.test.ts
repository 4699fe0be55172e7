import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChannelActor, Scope, StaffActor } from "./actor.js";
import {
  deskOf,
  type HomeVisitState,
  type HomeVisitStep,
  homeVisitStates,
  homeVisitSteps,
  isVisitDay,
  openVisitStates,
  parseDistrictCode,
  standingOf,
  stateAfter,
} from "./home-visit.js";

const steps = fc.array(fc.constantFrom(...homeVisitSteps), { maxLength: 12 });
const closedBy: Partial<Record<HomeVisitStep, HomeVisitState>> = {
  CERTIFY: "COMPLETED",
  DECLINE: "DECLINED",
  CANCEL: "CANCELLED",
};

/** The states a new visit goes through; a step that is refused changes nothing. */
function walk(taken: readonly HomeVisitStep[]): HomeVisitState[] {
  const states: HomeVisitState[] = ["REQUESTED"];
  for (const step of taken) {
    const state = states.at(-1) ?? "REQUESTED";
    states.push(stateAfter(state, step) ?? state);
  }
  return states;
}

describe("the way of a home visit", () => {
  test.each<[HomeVisitState, HomeVisitStep, HomeVisitState]>([
    ["REQUESTED", "SCHEDULE", "SCHEDULED"],
    ["REQUESTED", "CERTIFY", "COMPLETED"],
    ["REQUESTED", "ATTEMPT", "REQUESTED"],
    ["REQUESTED", "DECLINE", "DECLINED"],
    ["REQUESTED", "CANCEL", "CANCELLED"],
    ["SCHEDULED", "SCHEDULE", "SCHEDULED"],
    ["SCHEDULED", "CERTIFY", "COMPLETED"],
    ["SCHEDULED", "ATTEMPT", "SCHEDULED"],
    ["SCHEDULED", "DECLINE", "DECLINED"],
    ["SCHEDULED", "CANCEL", "CANCELLED"],
  ])("E5 %s, then %s, is %s", (before, step, after) => {
    expect(stateAfter(before, step)).toBe(after);
  });

  test.each(["COMPLETED", "DECLINED", "CANCELLED"] as const)("E5 nothing happens to a %s visit", (state) => {
    for (const step of homeVisitSteps) expect(stateAfter(state, step)).toBeNull();
  });

  test("E5 every state is open or refuses every step, whatever was done before", () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const last = walk(taken).at(-1) ?? "REQUESTED";
        expect(homeVisitStates).toContain(last);
        for (const step of homeVisitSteps) {
          expect(stateAfter(last, step) !== null).toBe(openVisitStates.includes(last));
        }
      }),
    );
  });

  test("E5 the first closing step decides, and only it", () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const closing = taken.find((step) => closedBy[step]);
        const scheduled = taken.includes("SCHEDULE") ? "SCHEDULED" : "REQUESTED";
        expect(walk(taken).at(-1)).toBe(closing ? closedBy[closing] : scheduled);
      }),
    );
  });

  test("E5, E8 a failed attempt never changes the state", () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const without = taken.filter((step) => step !== "ATTEMPT");
        expect(walk(taken).at(-1)).toBe(walk(without).at(-1));
      }),
    );
  });

  test("E5 a visit is never scheduled, then merely requested again", () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const states = walk(taken);
        expect(states.lastIndexOf("REQUESTED")).toBeLessThan(
          states.includes("SCHEDULED") ? states.indexOf("SCHEDULED") : states.length,
        );
      }),
    );
  });
});

const today = Temporal.PlainDate.from("2026-06-01");

test.each([
  ["2026-05-31", false],
  ["2026-06-01", true],
  ["2026-08-30", true],
  ["2026-08-31", false],
  ["9999-12-31", false],
])("E5 on 2026-06-01 a visit may be arranged for %s: %s", (day, may) => {
  expect(isVisitDay(Temporal.PlainDate.from(day), today, { homeVisitDaysAhead: 90 })).toBe(may);
});

test.each([
  ["110108", "110108"],
  ["010108", null],
  ["11010", null],
  ["1101080", null],
  ["11010a", null],
  ["１１０１０８", null],
  ["110108\n", null],
  ["", null],
])("E5 the district code %j is read as %j", (raw, code) => {
  expect(parseDistrictCode(raw)).toBe(code);
});

const visitScopes: readonly Scope[] = ["visit:read", "visit:write"];
function centre(districtCode: string | null, overrides: Partial<ChannelActor> = {}): ChannelActor {
  return {
    kind: "CHANNEL",
    clientId: `centre-${districtCode}`,
    name: "centre",
    channel: "STREET_SERVICE_CENTER",
    employerCode: null,
    districtCode,
    scopes: new Set(visitScopes),
    ...overrides,
  };
}
const bank = centre(null, {
  clientId: "icbc",
  channel: "ICBC_APP",
  scopes: new Set(["certification:write"]),
});
const staff: StaffActor = {
  kind: "STAFF",
  clientId: "staff",
  name: "staff",
  roles: new Set(["OPERATOR"]),
  scopes: new Set(visitScopes),
};
const visit = { clientId: "icbc", districtCode: "110108" };

test.each([
  ["the district's centre", centre("110108"), "DESK"],
  ["a centre that may only read", centre("110108", { scopes: new Set(["visit:read"]) }), "DESK"],
  ["another district's centre", centre("110105"), null],
  ["the city's centre", centre(null), "DESK"],
  ["staff who work on visits", staff, "DESK"],
  ["other staff", { ...staff, scopes: new Set<Scope>(["status:read"]) }, null],
  ["who asked for it", bank, "REQUESTER"],
  ["another client of the same channel", { ...bank, clientId: "icbc-2" }, null],
  ["another channel with the scopes of a centre", centre(null, { channel: "AGENCY_COUNTER" }), null],
  [
    "a centre whose token is for something else",
    centre("110108", { scopes: new Set(["status:read"]) }),
    null,
  ],
  ["another district's centre that asked for it", centre("110105", { clientId: "icbc" }), "REQUESTER"],
  ["the district's centre that asked for it", centre("110108", { clientId: "icbc" }), "DESK"],
] as const)("E5 to a visit in 110108 that a bank asked for, %s is %j", (_, actor, standing) => {
  expect(standingOf(actor, visit)).toBe(standing);
});

test("E5 a desk is a district, everywhere, or none", () => {
  expect(deskOf(centre("110105"))).toEqual({ districtCode: "110105" });
  expect(deskOf(centre(null))).toBe("EVERYWHERE");
  expect(deskOf(staff)).toBe("EVERYWHERE");
  expect(deskOf(bank)).toBeNull();
});
