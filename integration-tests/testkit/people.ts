import type { App } from "../../src/app.js";
import type { BenefitType } from "../../src/domain/benefits.js";
import { beijingDateOf } from "../../src/domain/calendar.js";
import { checkDigit, type IdentityDocument } from "../../src/domain/document-number.js";
import {
  parseRegisterRow,
  type RegisterLine,
  type RegisterRecord,
  registerHorizon,
} from "../../src/domain/register-row.js";
import { type ImportProgress, importRegister } from "../../src/operations/import-register.js";
import { RegisterFile } from "../../src/register/register-file.js";
import type { SubjectInput } from "./gql/graphql.js";

export interface TestBenefit {
  readonly type: BenefitType;
  readonly approvedMonth: string;
  readonly agencyCode: string;
  readonly districtCode: string;
}

/** A synthetic pensioner as a benefit register lists one. */
export interface TestPerson {
  readonly name: string;
  readonly document: IdentityDocument;
  readonly phone: string | null;
  readonly employerCode: string | null;
  readonly benefits: readonly TestBenefit[];
  readonly lastCertifiedOn: string | null;
}

let peopleBuilt = 0;
const BORN_PER_DAY = 900;

/** Someone new, whose document and name no other built person of the file has. */
export function buildPerson(overrides: Partial<TestPerson> = {}): TestPerson {
  const position = peopleBuilt;
  peopleBuilt += 1;
  return {
    name: `测试${inChineseDigits(position)}`,
    document: { type: "RESIDENT_ID", number: residentNumber(position) },
    phone: null,
    employerCode: null,
    benefits: [buildBenefit()],
    lastCertifiedOn: null,
    ...overrides,
  };
}

export function buildPeople(count: number, overrides: Partial<TestPerson> = {}): TestPerson[] {
  return Array.from({ length: count }, () => buildPerson(overrides));
}

export function buildBenefit(overrides: Partial<TestBenefit> = {}): TestBenefit {
  return {
    type: "ENTERPRISE_RETIREMENT",
    approvedMonth: "2019-08",
    agencyCode: "BJ-HD",
    districtCode: "110108",
    ...overrides,
  };
}

function residentNumber(position: number): string {
  const born = Temporal.PlainDate.from("1941-01-01").add({ days: Math.floor(position / BORN_PER_DAY) });
  const sequence = String(position % BORN_PER_DAY).padStart(3, "0");
  const first17 = `110108${born.toString().replaceAll("-", "")}${sequence}`;
  return first17 + checkDigit(first17);
}

function inChineseDigits(position: number): string {
  return [...String(position)].map((digit) => "零一二三四五六七八九".charAt(Number(digit))).join("");
}

/** How a channel names the person. */
export function subjectOf({ name, document }: Pick<TestPerson, "name" | "document">): SubjectInput {
  return { name, document };
}

/** Imports people, one register line a benefit; a line that is left out fails the test. */
export async function importPeople(app: App, people: readonly TestPerson[]): Promise<ImportProgress> {
  const horizon = horizonOf(app);
  const lines = people.flatMap(recordsOf).map(
    (record, position): RegisterLine => ({
      number: position + 1,
      parsed: parseRegisterRow(record, horizon),
      readBytes: 0,
    }),
  );
  async function* inOneGroup() {
    yield lines;
  }
  return importLines(app, inOneGroup());
}

/** Imports a register file as the command line does; a line that is left out fails the test. */
export async function importRegisterFile(app: App, path: string): Promise<ImportProgress> {
  await using file = await RegisterFile.open(path);
  return await importLines(app, file.lines(horizonOf(app)));
}

async function importLines(app: App, lines: AsyncIterable<readonly RegisterLine[]>): Promise<ImportProgress> {
  const { database, sealing, services } = app;
  return importRegister(
    {
      database,
      sealing,
      now: services.now(),
      onBatch: (_, problems) => {
        if (problems.length > 0) throw new Error(`lines left out: ${JSON.stringify(problems)}`);
      },
    },
    lines,
  );
}

function horizonOf(app: App) {
  const today = beijingDateOf(app.services.now());
  return registerHorizon({ sandbox: true, serviceDay: today, wallDay: today });
}

function recordsOf(person: TestPerson): RegisterRecord[] {
  return person.benefits.map((benefit) => ({
    name: person.name,
    document_type: person.document.type,
    document_number: person.document.number,
    phone: person.phone ?? "",
    benefit_type: benefit.type,
    approved_month: benefit.approvedMonth,
    agency_code: benefit.agencyCode,
    district_code: benefit.districtCode,
    employer_code: person.employerCode ?? "",
    last_certified_on: person.lastCertifiedOn ?? "",
  }));
}
