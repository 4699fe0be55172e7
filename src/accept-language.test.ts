import { describe, expect, test } from "vitest";
import { languageOf } from "./accept-language.js";

describe("the language of an answer", () => {
  test.each([
    [undefined, "zh-CN"],
    ["", "zh-CN"],
    ["en", "en"],
    ["EN-gb", "en"],
    ["zh", "zh-CN"],
    ["zh-Hant-TW", "zh-CN"],
    ["en-US,en;q=0.9", "en"],
    ["zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"],
    ["en;q=0.5, zh;q=0.7", "zh-CN"],
    ["zh;q=0.2, en ; q=0.3", "en"],
    ["fr, en;q=0.1", "en"],
    ["fr, de", "zh-CN"],
    ["*", "zh-CN"],
    ["en;q=0", "zh-CN"],
    ["zh;q=0, en;q=0.001", "en"],
    ["en;q=nonsense", "en"],
    [";;;,,,;q=1", "zh-CN"],
    [`${"x,".repeat(100_000)}en`, "zh-CN"],
  ])("%.40s → %s", (header, language) => {
    expect(languageOf(header)).toBe(language);
  });

  test("of two that are wanted equally, the first one", () => {
    expect(languageOf("en,zh")).toBe("en");
    expect(languageOf("zh,en")).toBe("zh-CN");
  });
});
