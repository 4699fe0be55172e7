import { expect, test } from "vitest";
import type { SuspensionCandidateState } from "./suspension.js";
import { explainCandidate } from "./suspension-explanation.js";

const facts = { validThrough: Temporal.PlainDate.from("2026-05-31") };
const june = Temporal.PlainYearMonth.from("2026-06");

test.each<[SuspensionCandidateState, string, string]>([
  ["SUSPENDED", "P1: payment is suspended", "P1：暂停发放"],
  ["CERTIFIED", "P3: certified since", "P3：已完成认证"],
  ["UNDER_REVIEW", "P3: a submission made in time", "P3：按期提交"],
  ["POSTPONED", "P3: a moratorium", "P3：所在地区"],
  ["HELD_ALREADY", "P5: payment stands still", "P5：待遇此前"],
])("P1, P3 %s is explained by the last valid day and the rule", (state, en, zh) => {
  // Of someone who has not been decided: what would become of it by now.
  for (const candidate of [
    { ...facts, state, expected: "CERTIFIED" as const },
    { ...facts, state: "PROPOSED" as const, expected: state as "SUSPENDED" },
  ]) {
    const [why, outcome] = explainCandidate(candidate, june, "en");
    expect(why).toBe(
      "P1: no certification by 31 May 2026, so June 2026 would be the first month that is not paid.",
    );
    expect(outcome).toContain(en);
    const [whyZh, outcomeZh] = explainCandidate(candidate, june, "zh-CN");
    expect(whyZh).toBe("P1：截至2026年5月31日未完成认证，自2026年6月起应暂停发放。");
    expect(outcomeZh).toContain(zh);
  }
});
