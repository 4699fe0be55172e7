import { expect, test } from "vitest";
import { timelineEntryKinds } from "./timeline.js";
import { timelineDetail, timelineRules, timelineTitle } from "./timeline-texts.js";

test.each(timelineEntryKinds)("%s has a title in both languages", (kind) => {
  const facts = { kind, code: null, about: null };
  expect(timelineTitle(facts, "zh-CN")).toMatch(/[一-鿿]/);
  expect(timelineTitle(facts, "en")).toMatch(/^[A-Z][\w -]+$/);
  expect(timelineDetail(facts, "en")).toBeNull();
});

test("P5 a hold names its reason, its month and its rules", () => {
  const facts = { kind: "PAYMENT_HOLD_OPENED", code: "NOT_CERTIFIED", about: "FROM 2026-06" } as const;
  expect(timelineDetail(facts, "en")).toBe("not certified from June 2026");
  expect(timelineDetail(facts, "zh-CN")).toBe("超期未认证 起始月份： 2026年6月");
  expect(timelineRules(facts)).toEqual(["P5", "P1"]);
});

test("a day is told in words, and a code without a word as it is", () => {
  const facts = { kind: "LOOKED_UP", code: "pensionerStatus", about: "2026-06-01" } as const;
  expect(timelineDetail(facts, "en")).toBe("pensionerStatus 1 June 2026");
});
