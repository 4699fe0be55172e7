import type { BenefitType } from "../domain/benefits.js";
import type { Policy } from "../domain/policy.js";
import { mergeRegisterRow, type RegisteredBenefit, type RegisteredPerson } from "../domain/register-merge.js";
import type { RegisterRow } from "../domain/register-row.js";
import { deriveValidity, type Pass, type Validity } from "../domain/validity.js";
import type { BulkArrays } from "../storage/bulk-arrays.js";
import type { Tx } from "../storage/database.js";
import type { PensionerKey } from "../storage/ids.js";
import { nameIndex } from "../storage/pensioner-index.js";
import {
  addAgencies,
  addDocuments,
  insertPensioners,
  type LockedByDocument,
  lockByDocuments,
  markPensioners,
  putBenefits,
  type RegisterBenefit,
  type RegisterPensioner,
  type RegisterRun,
  readBenefits,
  readPassesOf,
  updatePensioners,
} from "../storage/register.js";
import { places, type Sealing } from "../storage/sealing.js";
import { type Draft, draftOf, type Entry, type LineProblem, type RegisterBatch } from "./register-batch.js";

export interface BatchContext {
  readonly sealing: Sealing;
  readonly run: RegisterRun;
  readonly arrays: BulkArrays;
  readonly policy: Policy;
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
  readonly firstBenefit: RegisterBenefit | null;
}

/** All writes of a batch, in the caller's transaction. */
export async function applyRegisterBatch(
  tx: Tx,
  context: BatchContext,
  batch: RegisterBatch,
): Promise<BatchOutcome> {
  const { arrays, run } = context;
  const { entries } = batch;
  if (entries.length === 0) return new Writes().outcome();
  await addAgencies(tx, arrays, agenciesOf(entries));
  const locked = await settleDocuments(tx, context, entries, batch.sealAhead);
  const stored = await readStored(tx, context, [...locked.values()]);
  const writes = new Writes();
  for (const entry of entriesByPerson(entries, locked)) {
    const row = locked.get(entry);
    mergeEntry(context, entry, row ? (stored.get(row.pensionerId) ?? null) : null, writes);
  }
  if (writes.inserts.length > 0) await insertPensioners(tx, arrays, byKey(writes.inserts), run);
  if (writes.updates.length > 0) await updatePensioners(tx, arrays, writes.updates, run);
  if (writes.marks.length > 0) await markPensioners(tx, arrays, writes.marks, run);
  if (writes.benefits.length > 0) await putBenefits(tx, arrays, byKey(writes.benefits), run);
  return writes.outcome();
}

function agenciesOf(entries: readonly Entry[]): { code: string; districtCode: string }[] {
  const districts = new Map<string, string>();
  for (const { rows } of entries) {
    for (const { row } of rows) if (!districts.has(row.agencyCode)) districts.set(row.agencyCode, row.districtCode);
  }
  const agencies = [...districts].map(([code, districtCode]) => ({ code, districtCode }));
  return agencies.sort((a, b) => (a.code < b.code ? -1 : 1));
}

/** Decides who is new: adds the documents that no one has and locks the persons of the others. */
async function settleDocuments(
  tx: Tx,
  { sealing, arrays, run }: BatchContext,
  entries: readonly Entry[],
  addFirst: boolean,
): Promise<Map<Entry, LockedByDocument>> {
  const locked = new Map<Entry, LockedByDocument>();
  let open = entries;
  const add = async () => {
    const documents = open.map((entry) => {
      entry.draft ??= draftOf(sealing, firstRow(entry));
      const { key, numberSealed } = entry.draft;
      return { index: entry.index, key, type: entry.document.type, numberSealed };
    });
    const added = await addDocuments(tx, arrays, documents);
    open = open.filter((entry) => !added.has(entry.draft?.key.pensionerId ?? ""));
  };
  const lock = async () => {
    const rows = await lockByDocuments(tx, arrays, open.map((entry) => entry.index), run);
    const byIndex = new Map(rows.map((row) => [row.documentIndex.toString("latin1"), row]));
    for (const entry of open) {
      const row = byIndex.get(entry.index.toString("latin1"));
      if (row) locked.set(entry, row);
    }
    open = open.filter((entry) => !locked.has(entry));
  };
  // The second round is for documents that another import added in between.
  for (const step of addFirst ? [add, lock] : [lock, add, lock]) if (open.length > 0) await step();
  if (open.length > 0) throw new Error(`${open.length} documents belong to no pensioner`);
  return locked;
}

/** One person may have several documents: the lines about any of them belong together. */
function entriesByPerson(entries: readonly Entry[], locked: Map<Entry, LockedByDocument>): Entry[] {
  const known = Map.groupBy(
    entries.filter((entry) => locked.has(entry)),
    (entry) => locked.get(entry)?.pensionerId,
  );
  const merged = [...known.values()].flatMap(([first, ...others]) => {
    if (!first || others.length === 0) return first ?? [];
    const rows = [first, ...others].flatMap((entry) => entry.rows).toSorted((a, b) => a.line - b.line);
    const entry = { ...first, rows };
    const row = locked.get(first);
    if (row) locked.set(entry, row);
    return entry;
  });
  return [...entries.filter((entry) => !locked.has(entry)), ...merged];
}

function firstRow(entry: Entry): RegisterRow {
  const first = entry.rows[0];
  if (!first) throw new Error("an entry without a row");
  return first.row;
}

interface Stored {
  readonly row: LockedByDocument;
  readonly person: RegisteredPerson;
  readonly passes: readonly Pass[];
}

/** What is known of the locked persons, read after their locks were granted. */
async function readStored(
  tx: Tx,
  { sealing, arrays, run }: BatchContext,
  rows: readonly LockedByDocument[],
): Promise<Map<string, Stored>> {
  if (rows.length === 0) return new Map();
  const benefits = Map.groupBy(await readBenefits(tx, arrays, rows, run), (benefit) => benefit.pensionerId);
  const passes = Map.groupBy(await readPassesOf(tx, arrays, rows), (pass) => pass.pensionerId);
  return new Map(
    rows.map((row) => {
      const id = row.pensionerId;
      const person: RegisteredPerson = {
        displayName: sealing.open(row.nameSealed, places.pensionerName(id)),
        phone: row.phoneSealed === null ? null : sealing.open(row.phoneSealed, places.pensionerPhone(id)),
        phoneIsCertified: row.phoneSource === "CERTIFICATION",
        employerCode: row.employerCode,
        registerCertifiedOn:
          row.registerCertifiedOn === null ? null : Temporal.PlainDate.from(row.registerCertifiedOn),
        benefits: new Map(
          (benefits.get(id) ?? []).map(({ type, approvedMonth, ...rest }) => [
            type,
            { ...rest, approvedMonth: Temporal.PlainYearMonth.from(approvedMonth) },
          ]),
        ),
        seen: row.seen,
      };
      return [id, { row, person, passes: passes.get(id) ?? [] }];
    }),
  );
}

/** The statements' rows that a batch comes to, and its counts. */
class Writes {
  readonly inserts: RegisterPensioner[] = [];
  readonly updates: RegisterPensioner[] = [];
  readonly marks: PensionerKey[] = [];
  readonly benefits: RegisterBenefit[] = [];
  readonly problems: LineProblem[] = [];
  added = 0;
  updated = 0;
  unchanged = 0;
  benefitsAdded = 0;
  benefitsChanged = 0;
  duplicates = 0;

  /** A person counts once, whichever of its lines changed it. */
  countPerson(stored: Stored | null, changed: boolean): void {
    if (stored === null) this.added += 1;
    else if (!stored.person.seen && changed) this.updated += 1;
    else if (!stored.person.seen) this.unchanged += 1;
    else if (changed && !stored.row.changed) {
      this.updated += 1;
      this.unchanged -= 1;
    }
  }

  outcome(): BatchOutcome {
    const { added, updated, unchanged, benefitsAdded, benefitsChanged, duplicates } = this;
    return {
      counts: { added, updated, unchanged, benefitsAdded, benefitsChanged, duplicates },
      problems: this.problems,
      firstBenefit: this.benefits[0] ?? null,
    };
  }
}

/** Merges the lines about one document, in their order, into what is stored of the person. */
function mergeEntry(context: BatchContext, entry: Entry, stored: Stored | null, writes: Writes): void {
  let person = stored?.person ?? null;
  let changed = false;
  const named = new Set<BenefitType>();
  for (const { line, row } of entry.rows) {
    const merge = mergeRegisterRow(person, row);
    if (merge.kind === "duplicate") writes.duplicates += 1;
    if (merge.kind === "contradiction") writes.problems.push({ line, code: "DUPLICATE_ROW" });
    if (merge.kind !== "merged") continue;
    person = merge.person;
    named.add(row.benefitType);
    changed ||= merge.personChanged || merge.benefit !== "unchanged";
    if (merge.benefit === "added") writes.benefitsAdded += 1;
    if (merge.benefit === "changed") writes.benefitsChanged += 1;
  }
  if (person === null || named.size === 0) return;
  const validity = deriveValidity(
    {
      approvedMonths: [...person.benefits.values()].map((benefit) => benefit.approvedMonth),
      registerCertifiedOn: person.registerCertifiedOn,
      passes: stored?.passes ?? [],
    },
    context.policy,
  );
  const key = stored?.row ?? draftIn(entry).key;
  const row = pensionerRow(context.sealing, entry, { person, validity, stored });
  changed ||= stored !== null && !isSameValidity(row, stored.row);
  writes.countPerson(stored, changed);
  if (stored === null) writes.inserts.push(row);
  else if (changed) writes.updates.push(row);
  else if (!stored.person.seen) writes.marks.push(key);
  for (const type of named) writes.benefits.push(benefitRow(key, type, person.benefits.get(type)));
}

function draftIn(entry: Entry): Draft {
  if (!entry.draft) throw new Error("a new person without a draft");
  return entry.draft;
}

function isSameValidity(a: StoredValidity, b: StoredValidity): boolean {
  return (
    a.anchorMonth === b.anchorMonth && a.validThrough === b.validThrough && a.lastCertifiedOn === b.lastCertifiedOn
  );
}

type StoredValidity = Pick<RegisterPensioner, "anchorMonth" | "validThrough" | "lastCertifiedOn">;

/** The person's row; what is sealed already and still says the same is not sealed again. */
function pensionerRow(
  sealing: Sealing,
  entry: Entry,
  now: { readonly person: RegisteredPerson; readonly validity: Validity; readonly stored: Stored | null },
): RegisterPensioner {
  const { person, validity, stored } = now;
  const sealed = stored ? { ...stored.row, name: stored.person.displayName, phone: stored.person.phone } : fromDraft(draftIn(entry));
  const { bucket, pensionerId } = sealed;
  const isNameKept = sealed.name === person.displayName;
  const comparableName = entry.rows.find(({ row }) => row.displayName === person.displayName)?.row.comparableName ?? "";
  const isPhoneKept = sealed.phone === person.phone;
  return {
    key: { bucket, pensionerId },
    nameSealed: isNameKept ? sealed.nameSealed : sealing.seal(person.displayName, places.pensionerName(pensionerId)),
    nameIndex: isNameKept ? sealed.nameIndex : nameIndex(sealing, pensionerId, comparableName),
    phoneSealed:
      isPhoneKept || person.phone === null
        ? sealed.phoneSealed
        : sealing.seal(person.phone, places.pensionerPhone(pensionerId)),
    phoneSource: person.phoneIsCertified ? "CERTIFICATION" : person.phone === null ? null : "REGISTER",
    employerCode: person.employerCode,
    registerCertifiedOn: person.registerCertifiedOn?.toString() ?? null,
    anchorMonth: validity.anchorMonth.toString(),
    validThrough: validity.validThrough.toString(),
    lastCertifiedOn: validity.lastCertifiedOn?.toString() ?? null,
  };
}

function fromDraft({ key, row, nameSealed, nameIndex, phoneSealed }: Draft) {
  return { ...key, name: row.displayName, phone: row.phone, nameSealed, nameIndex, phoneSealed };
}

function benefitRow(key: PensionerKey, type: BenefitType, benefit: RegisteredBenefit | undefined): RegisterBenefit {
  if (!benefit) throw new Error("a benefit that was not merged");
  const { approvedMonth, agencyCode, districtCode } = benefit;
  return { key, type, approvedMonth: approvedMonth.toString(), agencyCode, districtCode };
}

/** Written in the order of the primary key, for locality and for one order of locks. */
function byKey<T extends { readonly key: PensionerKey }>(rows: readonly T[]): T[] {
  return rows.toSorted(
    (a, b) => a.key.bucket - b.key.bucket || (a.key.pensionerId < b.key.pensionerId ? -1 : 1),
  );
}
