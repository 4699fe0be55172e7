import { expect, test } from "vitest";
import { type KeyHolder, WrongKeys } from "../../storage/key-versions.js";
import { judgeKeys, judgeRotation } from "./judge-keys.js";

const unused = { fault: null, inUse: { sealing: [], index: [] }, holders: [] };
const used = { fault: null, inUse: { sealing: [1], index: [1] }, holders: [] };
const holder = (current: number): KeyHolder => ({
  sealing: { current, versions: [1, 2] },
  index: { current: 1, versions: [1] },
});

test.each([
  ["no keys and no data", unused, false, "OK", /first start makes them/],
  ["data whose keys are gone", used, false, "FAIL", /not here/],
  ["keys and no data", unused, true, "OK", /in use/],
  ["keys and their data", used, true, "OK", /belongs/],
  ["other keys", { ...used, fault: new WrongKeys() }, true, "FAIL", /does not belong/],
])("%s", (_, examination, held, state, cause) => {
  const finding = judgeKeys(examination, held);
  expect(finding.state).toBe(state);
  expect(finding.cause).toMatch(cause);
});

test.each([
  ["one version", used, "OK", /none/],
  ["two in use", { ...used, inUse: { sealing: [1, 2], index: [1] } }, "WARN", /sealing versions 1 and 2 are/],
  ["writers that differ", { ...used, holders: [holder(2), holder(1)] }, "WARN", /write under .* 1 and 2/],
  ["writers that agree", { ...used, holders: [holder(1), holder(1)] }, "OK", /none/],
])("a rotation with %s", (_, examination, state, cause) => {
  const finding = judgeRotation(examination);
  expect(finding.state).toBe(state);
  expect(finding.cause).toMatch(cause);
});
