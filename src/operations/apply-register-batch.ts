import { setImmediate as turn } from "node:timers/promises";
import type { Policy } from "../domain/policy.js";
import type { RegisteredPerson } from "../domain/register-merge.js";
import type { RegisterRow } from "../domain/register-row.js";
import type { BulkArrays } from "../storage/bulk-arrays.js";
import { closeContactTasksOf } from "../storage/contact-tasks.js";
import type { Tx } from "../storage/database.js";
import type { PensionerKey } from "../storage/ids.js";
import { lockForNewDocuments } from "../storage/key-versions.js";
import {
  addAgencies,
  addDocuments,
  insertBenefits,
  insertPensioners,
  type LockedByDocument,
  lockByDocuments,
  markPensioners,
  putBenefits,
  type RegisterBenefit,
  type RegisterRun,
  readBenefits,
  readPassesOf,
  updatePensioners,
} from "../storage/register.js";
import { places, type Sealing } from "../storage/sealing.js";
import { draftOf, type Entry, type RegisterBatch } from "./register-batch.js";
import { type BatchOutcome, mergeEntry, type Stored, Writes } from "./register-writes.js";
import { liftByRegister, takeOverSuspensions } from "./take-over-suspensions.js";

export interface BatchContext {
  readonly sealing: Sealing;
  readonly run: RegisterRun;
  readonly arrays: BulkArrays;
  readonly policy: Policy;
}

/** All writes of a batch, in the caller's transaction. */
export async function applyRegisterBatch(
  tx: Tx,
  context: BatchContext,
  batch: RegisterBatch,
): Promise<BatchOutcome> {
  const { entries } = batch;
  if (entries.length === 0) return new Writes().outcome();
  // That no one has a document shows only under all versions; with several, the constraint alone cannot tell.
  const addFirst = batch.sealAhead && context.sealing.versions("index").length === 1;
  await lockForNewDocuments(tx, context.sealing);
  const [locked, asNew] = await Promise.all([
    settleDocuments(tx, context, entries, addFirst),
    batch.sealAhead ? mergeAsNew(context, entries) : null,
  ]);
  const writes = asNew && locked.size === 0 ? asNew : await mergeStored(tx, context, entries, locked);
  await write(tx, context, writes);
  return writes.outcome();
}

/** What there is to write if nobody is there yet; worked out while the database finds out whether that is so. */
async function mergeAsNew(context: BatchContext, entries: readonly Entry[]): Promise<Writes> {
  // The statement must be on its way first.
  await turn();
  const writes = new Writes();
  for (const entry of entries) mergeEntry(context, entry, null, writes);
  return writes;
}

async function mergeStored(
  tx: Tx,
  context: BatchContext,
  entries: readonly Entry[],
  locked: Map<Entry, LockedByDocument>,
): Promise<Writes> {
  const stored = await readStored(tx, context, [...locked.values()]);
  const writes = new Writes();
  for (const entry of entriesByPerson(entries, locked)) {
    const row = locked.get(entry);
    mergeEntry(context, entry, row ? (stored.get(row.pensionerId) ?? null) : null, writes);
  }
  return writes;
}

/** In the order in which every import takes its locks. */
async function write(tx: Tx, { arrays, run }: BatchContext, writes: Writes): Promise<void> {
  const { inserts, updates, revalidated, rephoned, marks, firstBenefits, benefits } = writes;
  if (inserts.length > 0) await insertPensioners(tx, arrays, byKey(inserts), run);
  if (updates.length > 0) await updatePensioners(tx, arrays, updates, run);
  if (rephoned.length > 0)
    await closeContactTasksOf(tx, arrays, rephoned, new Date(run.at.epochMilliseconds));
  if (marks.length > 0) await markPensioners(tx, arrays, marks, run);
  if (firstBenefits.length > 0) await insertBenefits(tx, arrays, byKey(firstBenefits), run);
  if (benefits.length > 0) await putBenefits(tx, arrays, byKey(benefits), run);
  const agencies = agenciesOf([...firstBenefits, ...benefits]);
  if (agencies.length > 0) await addAgencies(tx, arrays, agencies);
  await takeOverSuspensions({ tx, arrays, at: run.at }, inserts);
  await liftByRegister({ tx, arrays, at: run.at }, byKey(revalidated));
}

/** One row an agency, in one order: two imports never wait for each other in a ring. */
function agenciesOf(benefits: readonly RegisterBenefit[]): { code: string; districtCode: string }[] {
  const districts = new Map<string, string>();
  for (const { agencyCode, districtCode } of benefits) {
    if (!districts.has(agencyCode)) districts.set(agencyCode, districtCode);
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
    const rows = await lockByDocuments(
      tx,
      arrays,
      open.flatMap((entry) => entry.indexes),
      run,
    );
    const byIndex = new Map(rows.map((row) => [row.documentIndex.toString("latin1"), row]));
    for (const entry of open) {
      const row = entry.indexes.map((index) => byIndex.get(index.toString("latin1"))).find(Boolean);
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
        phoneWasGiven: row.phoneSource === "CERTIFICATION" || row.phoneSource === "UPDATE",
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

/** Written in the order of the primary key, for locality and for one order of locks. */
function byKey<T extends { readonly key: PensionerKey }>(rows: readonly T[]): T[] {
  return rows.toSorted(
    (a, b) => a.key.bucket - b.key.bucket || (a.key.pensionerId < b.key.pensionerId ? -1 : 1),
  );
}
