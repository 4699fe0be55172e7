import { describe, expect, test } from "vitest";
import {
  actsAndWatches,
  type Scope,
  type StaffRole,
  scopes,
  scopesHeld,
  scopesOfChannel,
  scopesOfRole,
  scopesOfRoles,
  staffRoles,
} from "./actor.js";
import { channelCodes } from "./channels.js";

/** What each role is there for, in the words of the page. */
const table: readonly (readonly [StaffRole, readonly Scope[]])[] = [
  [
    "OPERATOR",
    [
      "status:read",
      "expiry:read",
      "visit:read",
      "visit:write",
      "contact:write",
      "identity:reveal",
      "webhook:read",
      "webhook:write",
    ],
  ],
  ["REVIEWER", ["status:read", "expiry:read", "review:write", "access-log:read", "identity:reveal"]],
  ["PAYROLL", ["status:read", "expiry:read"]],
  ["SECURITY_ADMIN", ["access-log:read", "client:read"]],
  ["AUDITOR", ["status:read", "access-log:read", "client:read", "webhook:read"]],
];

describe("roles", () => {
  test.each(table)("%s may what its row says, and nothing else", (role, held) => {
    expect(scopesOfRoles([role]).sort()).toEqual([...held].sort());
  });

  test("the table has a row for each", () => {
    expect(table.map(([role]) => role)).toEqual([...staffRoles]);
  });

  test.each(staffRoles)("%s does not both act and watch over clients and traces", (role) => {
    expect(actsAndWatches(scopesOfRole[role])).toBe(false);
  });

  test.each(staffRoles)("%s cannot certify", (role) => {
    expect(scopesOfRole[role]).not.toContain("certification:write");
  });

  test.each<[readonly StaffRole[], boolean]>([
    [["OPERATOR", "REVIEWER"], false],
    [["SECURITY_ADMIN", "AUDITOR"], false],
    [["PAYROLL", "AUDITOR"], false],
    [["OPERATOR", "SECURITY_ADMIN"], true],
    [["REVIEWER", "AUDITOR"], true],
    [["OPERATOR", "PAYROLL", "AUDITOR"], true],
  ])("%j together act and watch: %s", (roles, both) => {
    expect(actsAndWatches(scopesOfRoles(roles))).toBe(both);
  });
});

describe("channels", () => {
  test.each(channelCodes)("%s is given nothing that is for staff", (channel) => {
    const given = scopesOfChannel(channel);
    for (const scope of ["expiry:read", "review:write", "access-log:read", "identity:reveal", "client:read"])
      expect(given).not.toContain(scope);
    expect(given).toContain("status:read");
    expect(given.includes("visit:write")).toBe(channel === "STREET_SERVICE_CENTER");
  });

  test("hold what is registered for them, known scopes only", () => {
    expect(scopesHeld({ scopes: ["status:read", "admin"], roles: [] })).toEqual(["status:read"]);
    expect(scopes).toContain("status:read");
  });
});
