import type { BenefitType } from "./benefits.js";
import { parseName } from "./person-name.js";
import type { RegisterRow } from "./register-row.js";

export interface RegisteredBenefit {
  readonly approvedMonth: Temporal.PlainYearMonth;
  readonly agencyCode: string;
  readonly districtCode: string;
  /** An earlier line of the same file named it. */
  readonly seen: boolean;
}

/** What the service holds of a person that a benefit register also speaks of. */
export interface RegisteredPerson {
  readonly displayName: string;
  readonly phone: string | null;
  /** C2: given in a certification or an update, hence newer than anything a register knows. */
  readonly phoneWasGiven: boolean;
  readonly employerCode: string | null;
  readonly registerCertifiedOn: Temporal.PlainDate | null;
  readonly benefits: ReadonlyMap<BenefitType, RegisteredBenefit>;
  /** An earlier line of the same file named this person. */
  readonly seen: boolean;
}

export type RegisterMerge =
  | {
      readonly kind: "merged";
      readonly person: RegisteredPerson;
      readonly personChanged: boolean;
      readonly benefit: "added" | "changed" | "unchanged";
    }
  /** The line repeats an earlier line of the file. */
  | { readonly kind: "duplicate" }
  /** The line says otherwise than an earlier line of the file, which stands. */
  | { readonly kind: "contradiction" };

/**
 * What a register's row makes of a person. An empty value says nothing, so it erases nothing. The first line of a file
 * that names a person decides; later ones add benefits and fill gaps. Merging a file again changes nothing.
 */
export function mergeRegisterRow(person: RegisteredPerson | null, row: RegisterRow): RegisterMerge {
  if (person === null) return addBenefit(newPerson(row), row, true);
  if (!person.seen) {
    const updated = updatedPerson(person, row);
    return addBenefit(updated, row, differs(person, updated));
  }
  if (comparable(person.displayName) !== row.comparableName) return { kind: "contradiction" };
  const standing = person.benefits.get(row.benefitType);
  if (standing?.seen) return { kind: changesAnything(person, standing, row) ? "contradiction" : "duplicate" };
  const filled = filledPerson(person, row);
  return addBenefit(filled, row, differs(person, filled));
}

function newPerson(row: RegisterRow): RegisteredPerson {
  return {
    displayName: row.displayName,
    phone: row.phone,
    phoneWasGiven: false,
    employerCode: row.employerCode,
    registerCertifiedOn: row.lastCertifiedOn,
    benefits: new Map(),
    seen: true,
  };
}

function updatedPerson(person: RegisteredPerson, row: RegisterRow): RegisteredPerson {
  return {
    ...person,
    displayName: row.displayName,
    phone: person.phoneWasGiven ? person.phone : (row.phone ?? person.phone),
    employerCode: row.employerCode ?? person.employerCode,
    registerCertifiedOn: laterDay(person.registerCertifiedOn, row.lastCertifiedOn),
    seen: true,
  };
}

function filledPerson(person: RegisteredPerson, row: RegisterRow): RegisteredPerson {
  return {
    ...person,
    phone: person.phone ?? row.phone,
    employerCode: person.employerCode ?? row.employerCode,
    registerCertifiedOn: laterDay(person.registerCertifiedOn, row.lastCertifiedOn),
  };
}

function addBenefit(person: RegisteredPerson, row: RegisterRow, personChanged: boolean): RegisterMerge {
  const before = person.benefits.get(row.benefitType);
  const benefit = before === undefined ? "added" : isSameBenefit(before, row) ? "unchanged" : "changed";
  const { approvedMonth, agencyCode, districtCode } = row;
  const benefits = new Map(person.benefits).set(row.benefitType, {
    approvedMonth,
    agencyCode,
    districtCode,
    seen: true,
  });
  return { kind: "merged", person: { ...person, benefits }, personChanged, benefit };
}

function changesAnything(person: RegisteredPerson, standing: RegisteredBenefit, row: RegisterRow): boolean {
  const later = laterDay(person.registerCertifiedOn, row.lastCertifiedOn);
  return (
    !isSameBenefit(standing, row) ||
    (row.phone !== null && !person.phoneWasGiven && row.phone !== person.phone) ||
    (row.employerCode !== null && row.employerCode !== person.employerCode) ||
    !isSameDay(person.registerCertifiedOn, later)
  );
}

function isSameBenefit(benefit: RegisteredBenefit, row: RegisterRow): boolean {
  return (
    benefit.agencyCode === row.agencyCode &&
    benefit.districtCode === row.districtCode &&
    benefit.approvedMonth.equals(row.approvedMonth)
  );
}

function differs(a: RegisteredPerson, b: RegisteredPerson): boolean {
  return (
    a.displayName !== b.displayName ||
    a.phone !== b.phone ||
    a.employerCode !== b.employerCode ||
    !isSameDay(a.registerCertifiedOn, b.registerCertifiedOn)
  );
}

/** C4: stored names are normalised, so they always parse. */
function comparable(displayName: string): string {
  const name = parseName(displayName);
  return name.ok ? name.comparable : displayName;
}

function laterDay(a: Temporal.PlainDate | null, b: Temporal.PlainDate | null): Temporal.PlainDate | null {
  if (a === null || b === null) return a ?? b;
  return Temporal.PlainDate.compare(a, b) < 0 ? b : a;
}

function isSameDay(a: Temporal.PlainDate | null, b: Temporal.PlainDate | null): boolean {
  return a === null || b === null ? a === b : a.equals(b);
}
