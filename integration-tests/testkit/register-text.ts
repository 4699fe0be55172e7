import { registerColumns } from "../../src/domain/register-problems.js";
import type { RegisterRecord } from "../../src/domain/register-row.js";
import { buildPerson } from "./people.js";

export const registerHeader = registerColumns.join(",");

/** A record about someone new; an override may name someone who is not. */
export function buildRecord(overrides: Partial<RegisterRecord> = {}): RegisterRecord {
  const person = buildPerson();
  return {
    name: person.name,
    document_type: person.document.type,
    document_number: person.document.number,
    phone: "13800138000",
    benefit_type: "ENTERPRISE_RETIREMENT",
    approved_month: "2019-08",
    agency_code: "BJ-HD",
    district_code: "110108",
    employer_code: "EMP-1",
    last_certified_on: "2025-05-06",
    ...overrides,
  };
}

export function csvLine(record: RegisterRecord): string {
  return registerColumns.map((column) => record[column]).join(",");
}

/** A CSV file of records, and of lines given as they are. */
export function csvFile(...lines: readonly (RegisterRecord | string)[]): string {
  const texts = lines.map((line) => (typeof line === "string" ? line : csvLine(line)));
  return `${[registerHeader, ...texts].join("\n")}\n`;
}
