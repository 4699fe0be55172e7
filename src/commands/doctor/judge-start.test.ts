import { expect, test } from "vitest";
import { spell } from "./finding.js";
import { judgeFaceVerifiers, judgeGateway, judgeRuntime } from "./judge-start.js";

test.each([
  ["v26.10.0", "OK"],
  ["v31.0.0", "OK"],
  ["v24.9.0", "FAIL"],
])("Node %s is %s", (version, state) => {
  expect(judgeRuntime(version).state).toBe(state);
});

test.each([
  ["production", null, "WARN"],
  ["sandbox", null, "OK"],
  ["production", 2, "OK"],
] as const)("face verifiers in %s: %s is %s", (mode, count, state) => {
  expect(judgeFaceVerifiers(mode, count).state).toBe(state);
});

test.each([
  ["production", null, null, "WARN", /stay queued/],
  ["sandbox", "sandbox", null, "OK", /nobody/],
  ["production", "smpp", { answers: true }, "OK", /answers/],
  ["production", "smpp", { answers: false, reason: "ECONNREFUSED" }, "FAIL", /ECONNREFUSED/],
  ["production", "smpp", { answers: false, reason: "BIND_ESME_RINVPASWD" }, "FAIL", /RINVPASWD/],
] as const)("a gateway in %s: %s, %j is %s", (mode, name, reached, state, cause) => {
  const finding = judgeGateway(mode, name, reached);
  expect(finding.state).toBe(state);
  expect(finding.cause).toMatch(cause);
});

test("a refused sign-in is mended by other words than a closed door", () => {
  const cure = (reason: string) => judgeGateway("production", "smpp", { answers: false, reason }).cure;
  expect(cure("BIND_ESME_RINVPASWD")).toMatch(/SMPP_PASSWORD/);
  expect(cure("CONNECT_TIMEOUT")).toMatch(/connect/);
});

test.each([
  [0, "0 seconds"],
  [1_000, "1 second"],
  [59_999, "59 seconds"],
  [60_000, "1 minute"],
  [7_199_000, "1 hour"],
  [86_400_000 * 3, "3 days"],
])("%i ms are %s", (ms, text) => {
  expect(spell(ms)).toBe(text);
});
