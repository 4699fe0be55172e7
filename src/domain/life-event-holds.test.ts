import { describe, expect, test } from "vitest";
import type { PersonsLifeEvent } from "./life-event.js";
import {
  firstUncutMonth,
  type HoldStep,
  type LifeEventHold,
  type SettledFrom,
  settleHolds,
} from "./life-event-holds.js";

const day = (text: string) => Temporal.PlainDate.from(text);
const month = (text: string) => Temporal.PlainYearMonth.from(text);

const event = (
  id: string,
  kind: PersonsLifeEvent["kind"],
  occurredOn: string,
  overrides: Partial<PersonsLifeEvent> = {},
): PersonsLifeEvent => ({
  id,
  kind,
  state: "ACTIVE",
  basis: "IDENTITY",
  source: "CIVIL_AFFAIRS",
  clientId: "counter",
  byStaff: false,
  occurredOn: day(occurredOn),
  ...overrides,
});

const hold = (
  id: string,
  lifeEventId: string | null,
  from: string,
  resumes: string | null = null,
  voided = false,
): LifeEventHold => ({
  id,
  lifeEventId,
  reason: lifeEventId === null ? "NOT_CERTIFIED" : "DEATH_REPORTED",
  fromMonth: month(from),
  resumesMonth: resumes === null ? null : month(resumes),
  restores: true,
  voided,
});

const from = (overrides: Partial<SettledFrom>): SettledFrom => ({
  events: [],
  holds: [],
  backPay: [],
  cutMonth: month("2026-05"),
  approvedMonth: month("2019-08"),
  today: day("2026-05-20"),
  corrected: null,
  ...overrides,
});

/** Steps as texts. */
function settled(overrides: Partial<SettledFrom>): string[] {
  return settleHolds(from(overrides)).map(asText);
}

function asText(step: HoldStep): string {
  switch (step.step) {
    case "OPEN":
      return `OPEN ${step.lifeEventId} ${step.reason} ${step.fromMonth} overpaid ${step.overpaidMonths.join()}`;
    case "OVERPAID":
      return `OVERPAID ${step.lifeEventId} ${step.overpaidMonths.join()}`;
    case "END":
      return `END ${step.lifeEventId} ${step.until}`;
    case "VOID":
      return `VOID ${step.holdId}`;
  }
}

test.each([
  ["2026-05-03", null, "2026-05-20", "2026-06", ""],
  ["2026-05-03", "2026-05", "2026-05-20", "2026-06", ""],
  // June's list was cut already: June is lost.
  ["2026-05-03", "2026-06", "2026-05-20", "2026-07", "2026-06"],
  ["2026-03-20", "2026-05", "2026-05-20", "2026-06", "2026-04,2026-05"],
  ["2026-03-20", "2026-04", "2026-05-20", "2026-05", "2026-04"],
  // Without any list yet, the months before the present one were paid without.
  ["2026-03-20", null, "2026-05-20", "2026-05", "2026-04"],
  ["2025-12-31", "2026-02", "2026-03-01", "2026-03", "2026-01,2026-02"],
])(
  "C5 a death on %s, lists cut through %s, told on %s stops payment from %s; overpaid: %s",
  (died, cut, today, first, overpaid) => {
    expect(
      settled({
        events: [event("d", "DEATH", died)],
        cutMonth: cut === null ? null : month(cut),
        today: day(today),
      }),
    ).toEqual([`OPEN d DEATH_REPORTED ${first} overpaid ${overpaid}`]);
  },
);

describe("what was overpaid", () => {
  const events = [event("d", "DEATH", "2026-01-10")];

  test("C5 a month that another hold stopped was not, unless it was paid back since", () => {
    const holds = [hold("h", null, "2026-02", "2026-04")];
    expect(settled({ events, holds })[0]).toContain("overpaid 2026-04,2026-05");
    expect(
      settled({ events, holds, backPay: [{ month: month("2026-03"), paidWithMonth: month("2026-04") }] })[0],
    ).toContain("overpaid 2026-03,2026-04,2026-05");
  });

  test("C5 nothing was paid before the benefit was approved", () => {
    expect(settled({ events, approvedMonth: month("2026-04") })[0]).toContain("overpaid 2026-04,2026-05");
  });
});

test.each<[string, Partial<SettledFrom>, string[]]>([
  ["a report that only waits", { events: [event("d", "DEATH", "2026-03-20", { basis: null })] }, []],
  [
    "a report that has its hold",
    { events: [event("d", "DEATH", "2026-03-20")], holds: [hold("h", "d", "2026-06")] },
    [],
  ],
  [
    "a report taken back",
    {
      events: [event("d", "DEATH", "2026-03-20", { state: "VOIDED" })],
      holds: [hold("h", "d", "2026-06")],
    },
    ["VOID h"],
  ],
  [
    "one of two reports taken back: the other's hold stays",
    {
      events: [
        event("d", "DEATH", "2026-03-20", { state: "VOIDED" }),
        event("e", "DEATH", "2026-03-21", { source: "HEALTH" }),
      ],
      holds: [hold("h", "d", "2026-06"), hold("i", "e", "2026-06")],
    },
    ["VOID h"],
  ],
  [
    "an end of entitlement",
    { events: [event("l", "LEFT_SCOPE", "2026-05-01")] },
    ["OPEN l ELIGIBILITY_DOUBT 2026-06 overpaid "],
  ],
])("P5 %s", (_, overrides, steps) => {
  expect(settled(overrides)).toEqual(steps);
});

describe("a correction", () => {
  const corrected = "d";

  test("C5 opens the new hold before it voids the old one", () => {
    const events = [event("d", "DEATH", "2026-05-02")];
    expect(settled({ events, holds: [hold("h", "d", "2026-04")], corrected })).toEqual([
      "OPEN d DEATH_REPORTED 2026-06 overpaid ",
      "VOID h",
    ]);
  });

  test("C5 an earlier day: months that the old hold has stopped were not paid", () => {
    const events = [event("d", "DEATH", "2026-01-02")];
    expect(settled({ events, holds: [hold("h", "d", "2026-04")], corrected })).toEqual([
      "OPEN d DEATH_REPORTED 2026-04 overpaid 2026-02,2026-03",
      "VOID h",
    ]);
  });

  test("C5 another kind stops for another reason", () => {
    const events = [event("d", "IMPRISONMENT", "2026-03-02")];
    expect(settled({ events, holds: [hold("h", "d", "2026-04")], corrected })).toEqual([
      "OPEN d IN_PRISON 2026-04 overpaid ",
      "VOID h",
    ]);
  });
});

describe("prison", () => {
  const sentence = event("i", "IMPRISONMENT", "2026-01-15");
  const release = event("r", "RELEASE_FROM_PRISON", "2026-04-10", { source: "COURT_PRISON" });

  test("P4 a release ends what the sentence stopped: through its own month the months are lost", () => {
    expect(settled({ events: [sentence, release], holds: [hold("h", "i", "2026-02")] })).toEqual([
      "END i 2026-05",
    ]);
  });

  test("P4 the order in which both are told does not matter: what was paid meanwhile is listed", () => {
    expect(settled({ events: [release, sentence] })).toEqual(["OVERPAID i 2026-02,2026-03,2026-04"]);
  });

  test("P5 a release taken back stops payment again, from the next list on", () => {
    const events = [sentence, { ...release, state: "VOIDED" as const }];
    const holds = [hold("h", "i", "2026-02", "2026-05")];
    expect(settled({ events, holds })).toEqual(["OPEN i IN_PRISON 2026-06 overpaid 2026-05"]);
  });

  test("P4 a sentence corrected after the release loses its own months and no more", () => {
    const events = [event("i", "IMPRISONMENT", "2026-02-15"), release];
    const holds = [hold("h", "i", "2026-02", "2026-05")];
    expect(settled({ events, holds, corrected: "i" })).toEqual([
      "OPEN i IN_PRISON 2026-03 overpaid ",
      "END i 2026-05",
      "VOID h",
    ]);
  });

  test("P4 a sentence taken back after the release gives its months back", () => {
    const events = [{ ...sentence, state: "VOIDED" as const }, release];
    expect(settled({ events, holds: [hold("h", "i", "2026-02", "2026-05")] })).toEqual(["VOID h"]);
  });

  test("P4 a release before the sentence ends nothing of it", () => {
    const events = [sentence, event("r", "RELEASE_FROM_PRISON", "2025-12-01")];
    expect(settled({ events, holds: [hold("h", "i", "2026-02")] })).toEqual([]);
  });
});

test.each([
  [null, "2026-05-20", "2026-05"],
  ["2026-05", "2026-05-20", "2026-06"],
  ["2026-06", "2026-05-20", "2026-07"],
  ["2026-03", "2026-05-20", "2026-04"],
])("P8 lists cut through %s on %s: the next is that of %s", (cut, today, first) => {
  expect(firstUncutMonth(cut === null ? null : month(cut), day(today)).toString()).toBe(first);
});
