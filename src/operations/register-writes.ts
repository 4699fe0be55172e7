import type { BenefitType } from "../domain/benefits.js";
import type { Policy } from "../domain/policy.js";
import { mergeRegisterRow, type RegisteredBenefit, type RegisteredPerson } from "../domain/register-merge.js";
import { deriveValidity, type Pass, type Validity } from "../domain/validity.js";
import type { PensionerKey } from "../storage/ids.js";
import { nameIndex, phoneIndex } from "../storage/pensioner-index.js";
import type { LockedByDocument, RegisterBenefit, RegisterPensioner } from "../storage/register.js";
import { places, type Sealing } from "../storage/sealing.js";
import type { Draft, Entry, LineProblem } from "./register-batch.js";

/** A locked person, and all that validity follows from. */
export interface Stored {
  readonly row: LockedByDocument;
  readonly person: RegisteredPerson;
  readonly passes: readonly Pass[];
}

/** What a batch did, told once it is committed. */
export interface BatchOutcome {
  readonly counts: {
    readonly added: number;
    readonly updated: number;
    readonly unchanged: number;
    readonly benefitsAdded: number;
    readonly benefitsChanged: number;
    readonly duplicates: number;
  };
  readonly problems: readonly LineProblem[];
  /** Carries the run's mark if and only if the transaction stands; null when there was nothing to write. */
  readonly mark: RegisterBenefit | null;
}

/** The statements' rows that a batch comes to, and its counts. */
export class Writes {
  readonly inserts: RegisterPensioner[] = [];
  readonly updates: RegisterPensioner[] = [];
  /** Whose validity the register has changed. */
  readonly revalidated: RegisterPensioner[] = [];
  /** Whose phone the register has changed. */
  readonly rephoned: PensionerKey[] = [];
  readonly marks: PensionerKey[] = [];
  /** Of persons that are new. */
  readonly firstBenefits: RegisterBenefit[] = [];
  /** Of persons that were there. */
  readonly benefits: RegisterBenefit[] = [];
  readonly problems: LineProblem[] = [];
  added = 0;
  updated = 0;
  unchanged = 0;
  benefitsAdded = 0;
  benefitsChanged = 0;
  duplicates = 0;

  insert(row: RegisterPensioner): void {
    this.inserts.push(row);
    this.added += 1;
  }

  update(row: RegisterPensioner, { row: before, person }: Stored, changed: boolean): void {
    if (changed) this.updates.push(row);
    if (changed && !isSameValidity(row, before)) this.revalidated.push(row);
    if (changed && person.phone !== null && !isSameIndex(row, before)) this.rephoned.push(row.key);
    else if (!person.seen) this.marks.push(row.key);
    // A person counts once: one that an earlier batch of the same file changed has been counted.
    if (changed && !(person.seen && before.changed)) this.updated += 1;
    if (!changed && !person.seen) this.unchanged += 1;
    if (changed && person.seen && !before.changed) this.unchanged -= 1;
  }

  countBenefit(change: "added" | "changed" | "unchanged"): void {
    if (change === "added") this.benefitsAdded += 1;
    if (change === "changed") this.benefitsChanged += 1;
  }

  passOver(line: number, why: "duplicate" | "contradiction"): void {
    if (why === "duplicate") this.duplicates += 1;
    else this.problems.push({ line, code: "DUPLICATE_ROW" });
  }

  outcome(): BatchOutcome {
    const { added, updated, unchanged, benefitsAdded, benefitsChanged, duplicates } = this;
    return {
      counts: { added, updated, unchanged, benefitsAdded, benefitsChanged, duplicates },
      problems: this.problems,
      mark: this.firstBenefits[0] ?? this.benefits[0] ?? null,
    };
  }
}

/** Merges the lines about one person, in their order, into what is stored, and adds the rows that follow from it. */
export function mergeEntry(
  { sealing, policy }: { readonly sealing: Sealing; readonly policy: Policy },
  entry: Entry,
  stored: Stored | null,
  writes: Writes,
): void {
  const { person, named, changed } = mergeRows(entry, stored?.person ?? null, writes);
  if (person === null || named.size === 0) return;
  const validity = deriveValidity(
    {
      approvedMonths: [...person.benefits.values()].map((benefit) => benefit.approvedMonth),
      registerCertifiedOn: person.registerCertifiedOn,
      passes: stored?.passes ?? [],
    },
    policy,
  );
  const row = pensionerRow(sealing, entry, { person, validity, stored });
  if (stored === null) writes.insert(row);
  else
    writes.update(row, stored, changed || !isSameValidity(row, stored.row) || !isSameIndex(row, stored.row));
  const benefits = stored === null ? writes.firstBenefits : writes.benefits;
  for (const type of named) benefits.push(benefitRow(row.key, type, person.benefits.get(type)));
}

interface MergedRows {
  readonly person: RegisteredPerson | null;
  /** The benefits that a row of this batch was the first of its file to name. */
  readonly named: ReadonlySet<BenefitType>;
  readonly changed: boolean;
}

function mergeRows(entry: Entry, before: RegisteredPerson | null, writes: Writes): MergedRows {
  const named = new Set<BenefitType>();
  let person = before;
  let changed = false;
  for (const { line, row } of entry.rows) {
    const merge = mergeRegisterRow(person, row);
    if (merge.kind !== "merged") {
      writes.passOver(line, merge.kind);
      continue;
    }
    person = merge.person;
    named.add(row.benefitType);
    changed ||= merge.personChanged || merge.benefit !== "unchanged";
    writes.countBenefit(merge.benefit);
  }
  return { person, named, changed };
}

function draftIn(entry: Entry): Draft {
  if (!entry.draft) throw new Error("a new person without a draft");
  return entry.draft;
}

function isSameValidity(a: StoredValidity, b: StoredValidity): boolean {
  return (
    a.anchorMonth === b.anchorMonth &&
    a.validThrough === b.validThrough &&
    a.lastCertifiedOn === b.lastCertifiedOn
  );
}

type StoredPhone = Pick<RegisterPensioner, "phoneIndex">;

/** Differs too where a phone has no index yet: the register's next import gives it one. */
function isSameIndex({ phoneIndex: a }: StoredPhone, { phoneIndex: b }: StoredPhone): boolean {
  return a === null || b === null ? a === b : a.equals(b);
}

type StoredValidity = Pick<RegisterPensioner, "anchorMonth" | "validThrough" | "lastCertifiedOn">;

/** The person's row; what is sealed already and still says the same is not sealed again. */
function pensionerRow(
  sealing: Sealing,
  entry: Entry,
  now: { readonly person: RegisteredPerson; readonly validity: Validity; readonly stored: Stored | null },
): RegisterPensioner {
  const { person, validity, stored } = now;
  const sealed = stored
    ? { ...stored.row, name: stored.person.displayName, phone: stored.person.phone }
    : fromDraft(draftIn(entry));
  const { bucket, pensionerId } = sealed;
  const isNameKept = sealed.name === person.displayName;
  const comparableName =
    entry.rows.find(({ row }) => row.displayName === person.displayName)?.row.comparableName ?? "";
  const isPhoneKept = sealed.phone === person.phone;
  return {
    key: { bucket, pensionerId },
    nameSealed: isNameKept
      ? sealed.nameSealed
      : sealing.seal(person.displayName, places.pensionerName(pensionerId)),
    nameIndex: isNameKept ? sealed.nameIndex : nameIndex(sealing, pensionerId, comparableName),
    phoneSealed:
      isPhoneKept || person.phone === null
        ? sealed.phoneSealed
        : sealing.seal(person.phone, places.pensionerPhone(pensionerId)),
    phoneIndex:
      (isPhoneKept ? sealed.phoneIndex : null) ??
      (person.phone === null ? null : phoneIndex(sealing, person.phone)),
    phoneSource:
      person.phoneWasGiven && stored ? stored.row.phoneSource : person.phone === null ? null : "REGISTER",
    employerCode: person.employerCode,
    registerCertifiedOn: person.registerCertifiedOn?.toString() ?? null,
    anchorMonth: validity.anchorMonth.toString(),
    validThrough: validity.validThrough.toString(),
    lastCertifiedOn: validity.lastCertifiedOn?.toString() ?? null,
  };
}

function fromDraft({ key, row, ...sealed }: Draft) {
  return { ...key, name: row.displayName, phone: row.phone, ...sealed };
}

function benefitRow(
  key: PensionerKey,
  type: BenefitType,
  benefit: RegisteredBenefit | undefined,
): RegisterBenefit {
  if (!benefit) throw new Error("a benefit that was not merged");
  const { approvedMonth, agencyCode, districtCode } = benefit;
  return { key, type, approvedMonth: approvedMonth.toString(), agencyCode, districtCode };
}
