import { describe, expect, test } from "vitest";
import { mergeRegisterRow, type RegisteredPerson } from "./register-merge.js";
import type { RegisterRow } from "./register-row.js";

const month = (text: string) => Temporal.PlainYearMonth.from(text);
const day = (text: string) => Temporal.PlainDate.from(text);

const row: RegisterRow = {
  displayName: "Li Ming",
  comparableName: "LI MING",
  document: { type: "PASSPORT", number: "E12345678" },
  phone: "13800138000",
  benefitType: "ENTERPRISE_RETIREMENT",
  approvedMonth: month("2009-02"),
  agencyCode: "BJ-HD",
  districtCode: "110108",
  employerCode: "EMP-1",
  lastCertifiedOn: day("2025-05-31"),
};

const second: RegisterRow = { ...row, benefitType: "LIVING_CARE_ALLOWANCE", approvedMonth: month("2020-07") };

/** The person after these rows of one file. */
function afterFile(before: RegisteredPerson | null, ...rows: RegisterRow[]): RegisteredPerson {
  const person = rows.reduce<RegisteredPerson | null>((person, next) => {
    const merge = mergeRegisterRow(person, next);
    return merge.kind === "merged" ? merge.person : person;
  }, before);
  if (!person) throw new Error("no one");
  return person;
}

/** The same person as a later import finds it. */
function stored(...rows: RegisterRow[]): RegisteredPerson {
  const person = afterFile(null, ...rows);
  const benefits = new Map(
    [...person.benefits].map(([type, benefit]) => [type, { ...benefit, seen: false }]),
  );
  return { ...person, seen: false, benefits };
}

function kindOf(person: RegisteredPerson, next: RegisterRow): string {
  const merge = mergeRegisterRow(person, next);
  return merge.kind === "merged"
    ? `${merge.personChanged ? "changed" : "same"}, benefit ${merge.benefit}`
    : merge.kind;
}

describe("the first line of a file about a person", () => {
  test("adds someone new", () => {
    expect(mergeRegisterRow(null, row)).toMatchObject({
      kind: "merged",
      personChanged: true,
      benefit: "added",
    });
  });

  test.each<[string, Partial<RegisterRow>, string]>([
    ["the same again", {}, "same, benefit unchanged"],
    [
      "another name",
      { displayName: "Li Mingming", comparableName: "LI MINGMING" },
      "changed, benefit unchanged",
    ],
    ["the name in other letters", { displayName: "LI MING" }, "changed, benefit unchanged"],
    ["another phone", { phone: "13900139000" }, "changed, benefit unchanged"],
    ["no phone", { phone: null }, "same, benefit unchanged"],
    ["another employer", { employerCode: "EMP-2" }, "changed, benefit unchanged"],
    ["no employer", { employerCode: null }, "same, benefit unchanged"],
    ["a later certification", { lastCertifiedOn: day("2025-06-01") }, "changed, benefit unchanged"],
    ["an earlier certification", { lastCertifiedOn: day("2025-05-30") }, "same, benefit unchanged"],
    ["no certification", { lastCertifiedOn: null }, "same, benefit unchanged"],
    ["another approval month", { approvedMonth: month("2009-03") }, "same, benefit changed"],
    ["another agency", { agencyCode: "BJ-CY" }, "same, benefit changed"],
    ["another district", { districtCode: "110105" }, "same, benefit changed"],
    ["another benefit", { benefitType: "OTHER" }, "same, benefit added"],
  ])("V7 %s", (_, change, expected) => {
    expect(kindOf(stored(row), { ...row, ...change })).toBe(expected);
  });

  test("C2 a phone given in a certification stands against the register's", () => {
    const certified = { ...stored(row), phone: "13700137000", phoneWasGiven: true };
    expect(kindOf(certified, row)).toBe("same, benefit unchanged");
    expect(afterFile(certified, row).phone).toBe("13700137000");
  });
});

describe("later lines of the same file", () => {
  const person = afterFile(null, row);

  test.each<[string, RegisterRow, string]>([
    ["the same line", row, "duplicate"],
    ["the name in other letters", { ...row, displayName: "LI MING" }, "duplicate"],
    ["the same with less", { ...row, phone: null, employerCode: null, lastCertifiedOn: null }, "duplicate"],
    ["another name", { ...row, displayName: "Li Hua", comparableName: "LI HUA" }, "contradiction"],
    [
      "another name with another benefit",
      { ...second, displayName: "Li Hua", comparableName: "LI HUA" },
      "contradiction",
    ],
    ["another approval month", { ...row, approvedMonth: month("2009-03") }, "contradiction"],
    ["another agency", { ...row, agencyCode: "BJ-CY" }, "contradiction"],
    ["another phone", { ...row, phone: "13900139000" }, "contradiction"],
    ["another employer", { ...row, employerCode: "EMP-2" }, "contradiction"],
    ["a later certification", { ...row, lastCertifiedOn: day("2025-06-01") }, "contradiction"],
    ["another benefit", second, "same, benefit added"],
    ["another benefit with another phone", { ...second, phone: "13900139000" }, "same, benefit added"],
    [
      "another benefit with a later certification",
      { ...second, lastCertifiedOn: day("2025-06-01") },
      "changed, benefit added",
    ],
  ])("%s", (_, next, expected) => {
    expect(kindOf(person, next)).toBe(expected);
  });

  test("gaps that an earlier line left are filled", () => {
    const bare = afterFile(null, { ...row, phone: null, employerCode: null });
    expect(afterFile(bare, second)).toMatchObject({ phone: row.phone, employerCode: row.employerCode });
  });

  test("a phone that the certification gave makes no contradiction", () => {
    const certified = afterFile({ ...stored(row), phone: "13700137000", phoneWasGiven: true }, row);
    expect(kindOf(certified, row)).toBe("duplicate");
  });
});

describe("a file imported again", () => {
  test.each<[string, RegisterRow[]]>([
    ["one benefit", [row]],
    ["two benefits", [row, second]],
    [
      "the first line knows less",
      [{ ...row, phone: null, employerCode: null, lastCertifiedOn: null }, second],
    ],
    [
      "the second line says otherwise of the person",
      [row, { ...second, phone: "13900139000", employerCode: "EMP-2" }],
    ],
    ["the second line certified later", [row, { ...second, lastCertifiedOn: day("2025-12-01") }]],
    ["a line that contradicts", [row, { ...row, agencyCode: "BJ-CY" }, second]],
  ])("changes nothing: %s", (_, rows) => {
    const before = stored(...rows);
    expect({ ...afterFile(before, ...rows), seen: false }).toMatchObject({
      ...before,
      benefits: expect.anything(),
    });
    let person = before;
    for (const next of rows) {
      const merge = mergeRegisterRow(person, next);
      if (merge.kind !== "merged") continue;
      expect([merge.personChanged, merge.benefit]).toEqual([false, "unchanged"]);
      person = merge.person;
    }
  });
});
