import { describe, expect, test } from "vitest";
import type { BenefitType } from "./benefits.js";
import { type Policy, policies } from "./policy.js";
import {
  type BreakerFacts,
  type CandidateFacts,
  decideCandidate,
  isPostponed,
  type MoratoriumTerms,
  trippedBreakers,
} from "./suspension.js";

const month = (text: string) => Temporal.PlainYearMonth.from(text);
const day = (text: string) => Temporal.PlainDate.from(text);
const [policy] = policies as readonly [Policy];

function moratoriumOf(overrides: Partial<MoratoriumTerms> = {}): MoratoriumTerms {
  return {
    districtCode: null,
    benefitType: null,
    fromMonth: month("2026-06"),
    throughMonth: month("2026-08"),
    ...overrides,
  };
}

const benefits = [
  { type: "ENTERPRISE_RETIREMENT" as BenefitType, districtCode: "110108" },
  { type: "LIVING_CARE_ALLOWANCE" as BenefitType, districtCode: "110105" },
];

function factsOf(overrides: Partial<CandidateFacts> = {}): CandidateFacts {
  return {
    validThrough: day("2026-05-31"),
    heldAlready: false,
    submittedOn: null,
    benefits,
    moratoria: [],
    ...overrides,
  };
}

describe("P3 a candidate of the batch of June 2026", () => {
  test.each<[string, Partial<CandidateFacts>, string]>([
    ["valid through May and nothing else", {}, "SUSPENDED"],
    ["valid through 2024", { validThrough: day("2024-04-30") }, "SUSPENDED"],
    ["valid through June", { validThrough: day("2026-06-30") }, "CERTIFIED"],
    ["certified in May", { validThrough: day("2027-05-31") }, "CERTIFIED"],
    [
      "certified, and held for another lapse",
      { validThrough: day("2027-05-31"), heldAlready: true },
      "CERTIFIED",
    ],
    ["held already", { heldAlready: true }, "HELD_ALREADY"],
    ["submitted on the last valid day", { submittedOn: day("2026-05-31") }, "UNDER_REVIEW"],
    ["submitted the day after", { submittedOn: day("2026-06-01") }, "SUSPENDED"],
    ["held already and under review", { heldAlready: true, submittedOn: day("2026-05-31") }, "HELD_ALREADY"],
    ["under a moratorium for all", { moratoria: [moratoriumOf()] }, "POSTPONED"],
    [
      "under review and under a moratorium",
      { submittedOn: day("2026-05-31"), moratoria: [moratoriumOf()] },
      "UNDER_REVIEW",
    ],
  ])("%s", (_, overrides, decision) => {
    expect(decideCandidate(factsOf(overrides), month("2026-06"), policy)).toBe(decision);
  });
});

describe("P3 a moratorium", () => {
  test.each<[string, Partial<MoratoriumTerms>, string, boolean]>([
    ["for all, in its first month", {}, "2026-06", true],
    ["for all, in its last month", {}, "2026-08", true],
    ["for all, the month before", {}, "2026-05", false],
    ["for all, the month after", {}, "2026-09", false],
    ["for the district of one benefit", { districtCode: "110105" }, "2026-06", true],
    ["for another district", { districtCode: "110101" }, "2026-06", false],
    ["for one of the benefits", { benefitType: "LIVING_CARE_ALLOWANCE" }, "2026-06", true],
    [
      "for a benefit in a district where the person has another one",
      { districtCode: "110108", benefitType: "LIVING_CARE_ALLOWANCE" },
      "2026-06",
      false,
    ],
  ])("%s", (_, terms, of, spared) => {
    expect(isPostponed([moratoriumOf(terms)], benefits, month(of), policy)).toBe(spared);
  });

  test("spares, under the other policy, only who has no benefit beside it", () => {
    const other = { moratoriumSpares: "EVERY_BENEFIT" } as const;
    const one = moratoriumOf({ districtCode: "110105" });
    const two = moratoriumOf({ districtCode: "110108" });
    expect(isPostponed([one], benefits, month("2026-06"), other)).toBe(false);
    expect(isPostponed([one, two], benefits, month("2026-06"), other)).toBe(true);
    expect(isPostponed([one, two], [], month("2026-06"), other)).toBe(false);
  });
});

describe("P3 a batch stops for a person", () => {
  const calm: BreakerFacts = {
    candidates: 100,
    suspendedLastMonth: 50,
    districts: [{ candidates: 50, pensioners: 1_000 }],
    channelsWithOverdueReviews: 0,
    importedMonth: month("2026-05"),
    deadlineMonth: month("2026-05"),
  };

  test.each<[string, Partial<BreakerFacts>, readonly string[]]>([
    ["not at twice and at 5 %", {}, []],
    ["above twice last month's", { candidates: 101 }, ["TWICE_LAST_MONTH"]],
    ["not without a month before", { candidates: 101, suspendedLastMonth: null }, []],
    ["not for a handful", { candidates: 49, suspendedLastMonth: 0 }, []],
    ["at fifty after a month without any", { candidates: 50, suspendedLastMonth: 0 }, ["TWICE_LAST_MONTH"]],
    [
      "above 5 % of one district",
      { districts: [...calm.districts, { candidates: 51, pensioners: 1_000 }] },
      ["LARGE_SHARE_OF_DISTRICT"],
    ],
    ["not for a handful of a small district", { districts: [{ candidates: 49, pensioners: 49 }] }, []],
    ["for a channel that waits", { channelsWithOverdueReviews: 1 }, ["CHANNEL_INBOX_UNREAD"]],
    ["without any import", { importedMonth: null }, ["IMPORT_MISSING"]],
    ["with an import of the month before", { importedMonth: month("2026-04") }, ["IMPORT_MISSING"]],
    ["not with one since", { importedMonth: month("2026-06") }, []],
    [
      "for all at once",
      {
        candidates: 101,
        districts: [{ candidates: 101, pensioners: 101 }],
        channelsWithOverdueReviews: 2,
        importedMonth: null,
      },
      ["TWICE_LAST_MONTH", "LARGE_SHARE_OF_DISTRICT", "CHANNEL_INBOX_UNREAD", "IMPORT_MISSING"],
    ],
  ])("%s", (_, overrides, tripped) => {
    expect(trippedBreakers({ ...calm, ...overrides }, policy)).toEqual(tripped);
  });
});
