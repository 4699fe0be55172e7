import { describe, expect, test } from "vitest";
import { type RegisterColumn, type RegisterProblemCode, registerProblems } from "./register-problems.js";
import { parseRegisterRow, type RegisterRecord, registerHorizon } from "./register-row.js";

const day = (text: string) => Temporal.PlainDate.from(text);
const production = registerHorizon({
  sandbox: false,
  serviceDay: day("2026-04-15"),
  wallDay: day("2026-04-15"),
});

const good: RegisterRecord = {
  name: "李 建国",
  document_type: "RESIDENT_ID",
  document_number: "110108194901010012",
  phone: "+86 138-0013-8000",
  benefit_type: "ENTERPRISE_RETIREMENT",
  approved_month: "2009-02",
  agency_code: "BJ-HD",
  district_code: "110108",
  employer_code: "EMP_1.a-Z",
  last_certified_on: "2025-05-31",
};

function parse(change: Partial<RegisterRecord>, horizon = production) {
  return parseRegisterRow({ ...good, ...change }, horizon);
}

function problemOf(change: Partial<RegisterRecord>, horizon = production) {
  const parsed = parse(change, horizon);
  return parsed.ok ? null : parsed.problem;
}

describe("rows that are right", () => {
  test("C2, C3, C4 every value is normalised", () => {
    const parsed = parse({ document_number: " 110108490101001 ", name: "阿卜杜拉 • 买买提" });
    expect(parsed).toMatchObject({
      ok: true,
      row: {
        displayName: "阿卜杜拉·买买提",
        document: { type: "RESIDENT_ID", number: "110108194901010012" },
        phone: "13800138000",
        benefitType: "ENTERPRISE_RETIREMENT",
        agencyCode: "BJ-HD",
        districtCode: "110108",
        employerCode: "EMP_1.a-Z",
      },
    });
    expect(parsed.ok && parsed.row.approvedMonth.toString()).toBe("2009-02");
    expect(parsed.ok && parsed.row.lastCertifiedOn?.toString()).toBe("2025-05-31");
  });

  test("phone, employer and last certification may be empty", () => {
    expect(parse({ phone: " ", employer_code: "", last_certified_on: "" })).toMatchObject({
      ok: true,
      row: { phone: null, employerCode: null, lastCertifiedOn: null },
    });
  });

  test.each<[string, Partial<RegisterRecord>]>([
    ["the oldest month", { approved_month: "1949-01" }],
    ["this month", { approved_month: "2026-04" }],
    ["today", { last_certified_on: "2026-04-15" }],
    ["a leap day", { last_certified_on: "2024-02-29" }],
    [
      "V7 a certification before a benefit approved later",
      { approved_month: "2026-01", last_certified_on: "2025-05-31" },
    ],
    ["a code of 64 characters", { agency_code: "a".repeat(64) }],
  ])("%s is accepted", (_, change) => {
    expect(problemOf(change)).toBeNull();
  });
});

describe("rows that are wrong", () => {
  test.each<[RegisterProblemCode, RegisterColumn, string, string?]>([
    ["MISSING_VALUE", "name", "  "],
    ["INVALID_NAME", "name", "1234", "NOT_A_NAME"],
    ["INVALID_NAME", "name", "长".repeat(101), "TOO_LONG"],
    ["MISSING_VALUE", "document_type", ""],
    ["UNKNOWN_DOCUMENT_TYPE", "document_type", "resident_id"],
    ["UNKNOWN_DOCUMENT_TYPE", "document_type", "constructor"],
    ["MISSING_VALUE", "document_number", ""],
    ["INVALID_DOCUMENT", "document_number", "11010819490101001", "FORMAT"],
    ["INVALID_DOCUMENT", "document_number", "990108194901010012", "DIVISION"],
    ["INVALID_DOCUMENT", "document_number", "110108194902310012", "BIRTH_DATE"],
    ["INVALID_DOCUMENT", "document_number", "110108194901010013", "CHECK_DIGIT"],
    ["INVALID_PHONE", "phone", "12345"],
    ["MISSING_VALUE", "benefit_type", ""],
    ["UNKNOWN_BENEFIT_TYPE", "benefit_type", "PENSION"],
    ["MISSING_VALUE", "approved_month", ""],
    ["INVALID_MONTH", "approved_month", "2009-13"],
    ["INVALID_MONTH", "approved_month", "2009-2"],
    ["INVALID_MONTH", "approved_month", "2009/02"],
    ["INVALID_MONTH", "approved_month", "1948-12"],
    ["INVALID_MONTH", "approved_month", "2009-02-01"],
    ["IN_THE_FUTURE", "approved_month", "2026-05"],
    ["MISSING_VALUE", "agency_code", ""],
    ["INVALID_CODE", "agency_code", "海淀"],
    ["INVALID_CODE", "agency_code", "a".repeat(65)],
    ["MISSING_VALUE", "district_code", ""],
    ["INVALID_CODE", "district_code", "11010"],
    ["INVALID_CODE", "district_code", "１１０１０８"],
    ["INVALID_CODE", "employer_code", "a b"],
    ["INVALID_DATE", "last_certified_on", "2025-02-29"],
    ["INVALID_DATE", "last_certified_on", "2025-5-1"],
    ["INVALID_DATE", "last_certified_on", "1948-12-31"],
    ["IN_THE_FUTURE", "last_certified_on", "2026-04-16"],
  ])("%s for %s %j", (code, column, value, detail) => {
    expect(problemOf({ [column]: value })).toEqual({ code, column, ...(detail ? { detail } : {}) });
  });

  test("the first wrong column is named, and nothing of its value", () => {
    const problem = problemOf({ document_number: "110108194901010013", phone: "12345" });
    expect(problem).toEqual({ code: "INVALID_DOCUMENT", column: "document_number", detail: "CHECK_DIGIT" });
  });

  test("every reason is told in both languages", () => {
    for (const text of Object.values(registerProblems)) {
      expect(text.en).toMatch(/^[\x20-\x7e]+$/);
      expect(text["zh-CN"]).toMatch(/\p{Script=Han}/u);
    }
  });
});

describe("how far a register may reach", () => {
  test.each<[string, boolean, string, string, string, string]>([
    ["production goes by today", false, "2026-04-15", "2026-04-15", "2026-04-15", "2026-04-15"],
    ["a sandbox at the present", true, "2026-04-15", "2026-04-15", "2026-04-15", "2028-04-15"],
    [
      "a sandbox in the past goes by the wall clock",
      true,
      "2020-01-31",
      "2026-04-15",
      "2026-04-15",
      "2028-04-15",
    ],
    ["a sandbox moved ahead goes by its own", true, "2027-02-28", "2026-04-15", "2027-02-28", "2029-02-28"],
    ["a leap day two years on", true, "2028-02-29", "2026-04-15", "2028-02-29", "2030-02-28"],
  ])("%s", (_, sandbox, serviceDay, wallDay, today, latest) => {
    const horizon = registerHorizon({ sandbox, serviceDay: day(serviceDay), wallDay: day(wallDay) });
    expect([horizon.today.toString(), horizon.latest.toString(), horizon.latestMonth.toString()]).toEqual([
      today,
      latest,
      latest.slice(0, 7),
    ]);
  });

  test("a sandbox accepts what its clock may reach, and no births to come", () => {
    const sandbox = registerHorizon({
      sandbox: true,
      serviceDay: day("2026-04-15"),
      wallDay: day("2026-04-15"),
    });
    expect(problemOf({ approved_month: "2028-04", last_certified_on: "2028-04-15" }, sandbox)).toBeNull();
    expect(problemOf({ approved_month: "2028-05" }, sandbox)?.code).toBe("IN_THE_FUTURE");
    expect(problemOf({ document_number: "110108202701010015" }, sandbox)?.detail).toBe("BIRTH_DATE");
  });
});
