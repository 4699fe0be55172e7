import { describe, expect, test } from "vitest";
import { judgeClock, judgeDurability, judgeMigrations, judgeRights, judgeServer } from "./judge-database.js";

const sound = { version: 180_004, standby: false, unsafeSettings: [] };

describe("the doctor's word on a server", () => {
  test.each([
    [{}, "OK", /^PostgreSQL 18\.4 answers$/],
    [{ version: 150_000 }, "OK", /15\.0/],
    [{ version: 140_011 }, "FAIL", /14\.11 is too old/],
    [{ version: 190_001 }, "WARN", /newer/],
    [{ standby: true }, "FAIL", /standby/],
  ])("%j is %s", (facts, state, cause) => {
    const finding = judgeServer({ ...sound, ...facts });
    expect(finding).toMatchObject({ check: "database", state });
    expect(finding.cause).toMatch(cause);
    expect(finding.cure === undefined).toBe(state === "OK");
  });

  test.each([
    ["postgresql", "production", [], "OK"],
    ["postgresql", "production", ["fsync", "synchronous_commit"], "WARN"],
    ["embedded", "sandbox", [], "OK"],
    ["embedded", "production", ["fsync"], "WARN"],
  ] as const)("durability of %s in %s with %j off is %s", (kind, mode, unsafeSettings, state) => {
    expect(judgeDurability(kind, mode, { ...sound, unsafeSettings })).toMatchObject({ state });
  });
});

test.each([
  [{ shipped: 4, missing: [], unknown: 0 }, "OK", /all 4/],
  [{ shipped: 4, missing: ["0003_the_year"], unknown: 0 }, "FAIL", /0003_the_year/],
  [{ shipped: 2, missing: ["0000_a", "0001_b"], unknown: 0 }, "FAIL", /no tables yet/],
  [{ shipped: 4, missing: [], unknown: 1 }, "WARN", /newer version/],
])("migrations %j are %s", (migrations, state, cause) => {
  const finding = judgeMigrations(migrations);
  expect(finding.state).toBe(state);
  expect(finding.cause).toMatch(cause);
});

test.each([
  ["production", [], [], "OK"],
  ["production", ["insert into message"], [], "FAIL"],
  ["sandbox", ["insert into message"], [], "FAIL"],
  ["production", [], ["delete from audit_entry"], "WARN"],
  ["sandbox", [], ["delete from audit_entry"], "OK"],
] as const)("rights in %s that lack %j and go beyond by %j are %s", (mode, missing, beyond, state) => {
  expect(judgeRights(mode, { role: "changqing_service", missing, beyond }).state).toBe(state);
});

test("of many missing rights three are named", () => {
  const missing = ["a", "b", "c", "d", "e"].map((table) => `insert into ${table}`);
  expect(judgeRights("production", { role: "r", missing, beyond: [] }).cause).toMatch(
    /insert into c and 2 more$/,
  );
});

describe("the doctor's word on the clock", () => {
  test.each([
    [0, 0, "OK"],
    [2_000, 0, "OK"],
    [2_001, 0, "WARN"],
    [-2_001, 0, "WARN"],
    [30_000, 0, "WARN"],
    [30_001, 0, "FAIL"],
    [-3_600_000, 100, "FAIL"],
    // What the way leaves open is nobody's fault.
    [2_400, 500, "OK"],
    [30_400, 500, "WARN"],
  ])("%i ms, give or take %i, is %s", (aheadMs, uncertainMs, state) => {
    expect(judgeClock({ aheadMs, uncertainMs }).state).toBe(state);
  });

  test("which of the two is ahead is told", () => {
    expect(judgeClock({ aheadMs: 5_000, uncertainMs: 0 }).cause).toBe(
      "this machine is 5.0 s ahead of the database",
    );
    expect(judgeClock({ aheadMs: -5_000, uncertainMs: 0 }).cause).toBe(
      "this machine is 5.0 s behind the database",
    );
  });
});
