/** What the import of a benefit register reads and writes: every statement takes a whole batch of rows. */
import { and, asc, eq, type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import type { BenefitType } from "../domain/benefits.js";
import type { DocumentType } from "../domain/document-number.js";
import type { Pass } from "../domain/validity.js";
import type { BulkArrays } from "./bulk-arrays.js";
import type { Executor, Tx } from "./database.js";
import type { PensionerKey } from "./ids.js";
import { agency, benefit, certification, identityDocument, type PhoneSource, pensioner } from "./tables.js";

/** One run of the import; rows it has seen carry its id. */
export interface RegisterRun {
  readonly id: string;
  readonly at: Temporal.Instant;
}

export interface RegisterDocument {
  readonly index: Buffer;
  readonly key: PensionerKey;
  readonly type: DocumentType;
  readonly numberSealed: Buffer;
}

export interface RegisterPensioner {
  readonly key: PensionerKey;
  readonly nameSealed: Buffer;
  readonly nameIndex: Buffer;
  readonly phoneSealed: Buffer | null;
  readonly phoneIndex: Buffer | null;
  readonly phoneSource: PhoneSource | null;
  readonly employerCode: string | null;
  readonly registerCertifiedOn: string | null;
  readonly anchorMonth: string;
  readonly validThrough: string;
  readonly lastCertifiedOn: string | null;
}

export interface RegisterBenefit {
  readonly key: PensionerKey;
  readonly type: BenefitType;
  readonly approvedMonth: string;
  readonly agencyCode: string;
  readonly districtCode: string;
}

/** Adds the agencies that are not known, by their code; what is known of an agency stays. */
export async function addAgencies(
  tx: Tx,
  arrays: BulkArrays,
  agencies: readonly { readonly code: string; readonly districtCode: string }[],
): Promise<void> {
  const codes = arrays.texts(agencies.map(({ code }) => code));
  const districts = arrays.texts(agencies.map(({ districtCode }) => districtCode));
  await tx.execute(sql`
    insert into ${agency} (code, name, district_code)
    select code, code, district_code from unnest(${codes}, ${districts}) as given(code, district_code)
    on conflict do nothing`);
}

/** Adds the documents that no one has yet; returns the ids of the pensioners they were added for. */
export async function addDocuments(
  tx: Tx,
  arrays: BulkArrays,
  documents: readonly RegisterDocument[],
): Promise<ReadonlySet<string>> {
  const added = await tx
    .insert(identityDocument)
    .select(
      sql`select * from unnest(${arrays.bytes(documents.map(({ index }) => index))},
        ${keyArrays(arrays, documents)}, ${arrays.texts(documents.map(({ type }) => type))},
        ${arrays.bytes(documents.map(({ numberSealed }) => numberSealed))})`,
    )
    .onConflictDoNothing()
    .returning({ id: identityDocument.pensionerId });
  return new Set(added.map(({ id }) => id));
}

export type LockedByDocument = Awaited<ReturnType<typeof lockByDocuments>>[number];

/** Locks the persons of the documents, in the order that all locks are taken in, and reads their rows. */
export async function lockByDocuments(
  tx: Tx,
  arrays: BulkArrays,
  indexes: readonly Buffer[],
  run: RegisterRun,
) {
  return tx
    .select({
      documentIndex: identityDocument.blindIndex,
      bucket: pensioner.bucket,
      pensionerId: pensioner.id,
      nameSealed: pensioner.nameSealed,
      nameIndex: pensioner.nameIndex,
      phoneSealed: pensioner.phoneSealed,
      phoneIndex: pensioner.phoneIndex,
      phoneSource: pensioner.phoneSource,
      employerCode: pensioner.employerCode,
      registerCertifiedOn: pensioner.registerCertifiedOn,
      anchorMonth: pensioner.anchorMonth,
      validThrough: pensioner.validThrough,
      lastCertifiedOn: pensioner.lastCertifiedOn,
      seen: isSeenBy(pensioner.importRun, run),
      changed: sql<boolean>`${pensioner.updatedAt} = ${run.at.toString()}::timestamptz(3)`,
    })
    .from(identityDocument)
    .innerJoin(
      pensioner,
      and(eq(pensioner.bucket, identityDocument.bucket), eq(pensioner.id, identityDocument.pensionerId)),
    )
    .where(sql`${identityDocument.blindIndex} = any(${arrays.bytes(indexes)})`)
    .orderBy(asc(pensioner.bucket), asc(pensioner.id))
    .for("update", { of: pensioner });
}

/** The benefits of persons already locked. */
export async function readBenefits(
  tx: Tx,
  arrays: BulkArrays,
  keys: readonly PensionerKey[],
  run: RegisterRun,
) {
  return tx
    .select({
      pensionerId: benefit.pensionerId,
      type: benefit.type,
      approvedMonth: benefit.approvedMonth,
      agencyCode: benefit.agencyCode,
      districtCode: benefit.districtCode,
      seen: isSeenBy(benefit.importRun, run),
    })
    .from(benefit)
    .where(isOwnedBy(benefit, arrays, keys));
}

/** Passed and not revoked, of persons already locked. */
export async function readPassesOf(
  tx: Tx,
  arrays: BulkArrays,
  keys: readonly PensionerKey[],
): Promise<(Pass & { readonly pensionerId: string })[]> {
  const rows = await tx
    .select({
      pensionerId: certification.pensionerId,
      id: certification.id,
      occurredAt: certification.occurredAt,
    })
    .from(certification)
    .where(and(isOwnedBy(certification, arrays, keys), eq(certification.state, "PASSED")));
  return rows.map(({ pensionerId, id, occurredAt }) => ({
    pensionerId,
    id,
    decidingInstant: Temporal.Instant.fromEpochMilliseconds(occurredAt.getTime()),
  }));
}

export async function insertPensioners(
  tx: Tx,
  arrays: BulkArrays,
  rows: readonly RegisterPensioner[],
  run: RegisterRun,
): Promise<void> {
  const at = run.at.toString();
  await tx.execute(sql`
    insert into ${pensioner} (bucket, id, name_sealed, name_index, phone_sealed, phone_index, phone_source, employer_code,
      register_certified_on, anchor_month, valid_through, last_certified_on, version, import_run, created_at, updated_at)
    select bucket, id, name_sealed, name_index, phone_sealed, phone_index, phone_source, employer_code, register_certified_on::date,
      anchor_month, valid_through::date, last_certified_on::date, 1, ${run.id}::uuid, ${at}::timestamptz, ${at}::timestamptz
    from ${pensionerRows(arrays, rows)}`);
}

/** Writes persons already locked, as their next version. */
export async function updatePensioners(
  tx: Tx,
  arrays: BulkArrays,
  rows: readonly RegisterPensioner[],
  run: RegisterRun,
): Promise<void> {
  await tx.execute(sql`
    update ${pensioner} p set name_sealed = given.name_sealed, name_index = given.name_index,
      phone_sealed = given.phone_sealed, phone_index = given.phone_index, phone_source = given.phone_source, employer_code = given.employer_code,
      register_certified_on = given.register_certified_on::date, anchor_month = given.anchor_month,
      valid_through = given.valid_through::date, last_certified_on = given.last_certified_on::date,
      version = p.version + 1, import_run = ${run.id}::uuid,
      updated_at = greatest(p.updated_at, ${run.at.toString()}::timestamptz)
    from ${pensionerRows(arrays, rows)} where p.bucket = given.bucket and p.id = given.id`);
}

/** Marks persons already locked as seen, and changes nothing else. */
export async function markPensioners(
  tx: Tx,
  arrays: BulkArrays,
  keys: readonly PensionerKey[],
  run: RegisterRun,
): Promise<void> {
  await tx.execute(sql`
    update ${pensioner} p set import_run = ${run.id}::uuid
    from unnest(${keyArrays(
      arrays,
      keys.map((key) => ({ key })),
    )}) as given(bucket, id)
    where p.bucket = given.bucket and p.id = given.id`);
}

/** Adds the benefits of pensioners that are new in this transaction: nothing can be there yet. */
export async function insertBenefits(
  tx: Tx,
  arrays: BulkArrays,
  rows: readonly RegisterBenefit[],
  run: RegisterRun,
): Promise<void> {
  await tx.execute(benefitInsertion(arrays, rows, run));
}

/** Adds benefits, or brings them to what the register says; each is marked as seen. */
export async function putBenefits(
  tx: Tx,
  arrays: BulkArrays,
  rows: readonly RegisterBenefit[],
  run: RegisterRun,
): Promise<void> {
  await tx.execute(sql`${benefitInsertion(arrays, rows, run)}
    on conflict on constraint benefit_pk do update set approved_month = excluded.approved_month,
      agency_code = excluded.agency_code, district_code = excluded.district_code, import_run = excluded.import_run`);
}

function benefitInsertion(arrays: BulkArrays, rows: readonly RegisterBenefit[], run: RegisterRun): SQL {
  return sql`
    insert into ${benefit} (bucket, pensioner_id, type, approved_month, agency_code, district_code, import_run)
    select given.*, ${run.id}::uuid from unnest(${keyArrays(arrays, rows)},
      ${arrays.texts(rows.map(({ type }) => type))},
      ${arrays.texts(rows.map(({ approvedMonth }) => approvedMonth))},
      ${arrays.texts(rows.map(({ agencyCode }) => agencyCode))},
      ${arrays.texts(rows.map(({ districtCode }) => districtCode))}) as given`;
}

/** True when the run's mark stands on the benefit: whether a transaction whose commit is in doubt went through. */
export async function isBenefitSeen(
  db: Executor,
  { key, type }: Pick<RegisterBenefit, "key" | "type">,
  run: RegisterRun,
): Promise<boolean> {
  const rows = await db
    .select({ seen: isSeenBy(benefit.importRun, run) })
    .from(benefit)
    .where(
      and(eq(benefit.bucket, key.bucket), eq(benefit.pensionerId, key.pensionerId), eq(benefit.type, type)),
    );
  return rows[0]?.seen ?? false;
}

function isSeenBy(importRun: PgColumn, run: RegisterRun): SQL<boolean> {
  return sql<boolean>`coalesce(${importRun} = ${run.id}::uuid, false)`;
}

function isOwnedBy(
  table: { readonly bucket: PgColumn; readonly pensionerId: PgColumn },
  arrays: BulkArrays,
  keys: readonly PensionerKey[],
): SQL {
  const wanted = keyArrays(
    arrays,
    keys.map((key) => ({ key })),
  );
  return sql`(${table.bucket}, ${table.pensionerId}) in (select * from unnest(${wanted}))`;
}

export function keyArrays(arrays: BulkArrays, rows: readonly { readonly key: PensionerKey }[]): SQL {
  const buckets = arrays.smallints(rows.map(({ key }) => key.bucket));
  return sql`${buckets}, ${arrays.uuids(rows.map(({ key }) => key.pensionerId))}`;
}

function pensionerRows(arrays: BulkArrays, rows: readonly RegisterPensioner[]): SQL {
  return sql`unnest(${keyArrays(arrays, rows)}, ${arrays.bytes(rows.map(({ nameSealed }) => nameSealed))},
      ${arrays.bytes(rows.map(({ nameIndex }) => nameIndex))},
      ${arrays.bytes(rows.map(({ phoneSealed }) => phoneSealed))},
      ${arrays.bytes(rows.map(({ phoneIndex }) => phoneIndex))},
      ${arrays.texts(rows.map(({ phoneSource }) => phoneSource))},
      ${arrays.texts(rows.map(({ employerCode }) => employerCode))},
      ${arrays.texts(rows.map(({ registerCertifiedOn }) => registerCertifiedOn))},
      ${arrays.texts(rows.map(({ anchorMonth }) => anchorMonth))},
      ${arrays.texts(rows.map(({ validThrough }) => validThrough))},
      ${arrays.texts(rows.map(({ lastCertifiedOn }) => lastCertifiedOn))})
    as given(bucket, id, name_sealed, name_index, phone_sealed, phone_index, phone_source, employer_code, register_certified_on,
      anchor_month, valid_through, last_certified_on)`;
}
