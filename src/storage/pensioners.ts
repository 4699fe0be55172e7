import { and, eq, inArray, type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import type { BenefitType } from "../domain/benefits.js";
import type { DocumentType } from "../domain/document-number.js";
import { isInScope } from "../domain/scope.js";
import type { Subject } from "../domain/subject.js";
import type { Validity } from "../domain/validity.js";
import type { Executor } from "./database.js";
import type { PensionerKey } from "./ids.js";
import { owner, paymentColumns, type StoredPaymentFacts, toPaymentFacts } from "./payment-facts.js";
import { documentIndexes, isNameOf, nameIndex } from "./pensioner-index.js";
import type { Sealing } from "./sealing.js";
import { agency, benefit, identityDocument, pensioner } from "./tables.js";

export interface BenefitRecord {
  readonly type: BenefitType;
  readonly approvedMonth: string;
  readonly agency: { readonly code: string; readonly name: string; readonly districtCode: string };
}

/** A pensioner as read in one statement; names and numbers stay sealed until someone needs them. */
export interface PensionerRecord extends PensionerKey, StoredPaymentFacts {
  readonly nameSealed: Buffer;
  readonly phoneSealed: Buffer | null;
  readonly documents: readonly { readonly type: DocumentType; readonly numberSealed: Buffer }[];
  readonly benefits: readonly BenefitRecord[];
  readonly validity: Validity;
  readonly version: number;
}

// Read as JSON inside the one statement: a second round trip would cost more than all of these together.
const columns = {
  bucket: pensioner.bucket,
  pensionerId: pensioner.id,
  nameSealed: pensioner.nameSealed,
  nameIndex: pensioner.nameIndex,
  phoneSealed: pensioner.phoneSealed,
  anchorMonth: pensioner.anchorMonth,
  validThrough: pensioner.validThrough,
  lastCertifiedOn: pensioner.lastCertifiedOn,
  version: pensioner.version,
  documents: sql<{ type: DocumentType; number: string }[] | null>`(
    select json_agg(json_build_object('type', type, 'number', encode(number_sealed, 'base64')) order by type, blind_index)
    from ${identityDocument} where bucket = ${owner})`,
  benefits: sql<
    { type: BenefitType; month: string; code: string; name: string | null; district: string }[] | null
  >`(
    select json_agg(json_build_object('type', b.type, 'month', b.approved_month, 'code', b.agency_code,
      'name', a.name, 'district', coalesce(a.district_code, b.district_code)) order by b.approved_month, b.type)
    from ${benefit} b left join ${agency} a on a.code = b.agency_code where b.bucket = ${owner})`,
  ...paymentColumns,
};

function selectByDocument(db: Executor) {
  return db
    .select({ blindIndex: identityDocument.blindIndex, ...columns })
    .from(identityDocument)
    .innerJoin(
      pensioner,
      and(eq(pensioner.bucket, identityDocument.bucket), eq(pensioner.id, identityDocument.pensionerId)),
    );
}

/**
 * Two statements: PostgreSQL cannot tell beforehand how long a list is and plans it anew each time, which costs it more
 * than finding one person.
 */
function prepareByDocument(db: Executor) {
  const { blindIndex } = identityDocument;
  return {
    one: selectByDocument(db)
      .where(sql`${blindIndex} = ${sql.placeholder("index")}::bytea`)
      .prepare("pensioner_by_document"),
    many: selectByDocument(db)
      .where(sql`${blindIndex} = any(${sql.placeholder("indexes")}::bytea[])`)
      .prepare("pensioners_by_document"),
  };
}

const byDocument = new WeakMap<Executor, ReturnType<typeof prepareByDocument>>();

/**
 * S2: the persons named, in the order asked; null for everyone who is not in scope *under that name*. One statement
 * however many are asked for.
 */
export async function findInScope(
  db: Executor,
  sealing: Sealing,
  subjects: readonly Subject[],
): Promise<(PensionerRecord | null)[]> {
  let statements = byDocument.get(db);
  if (!statements) {
    statements = prepareByDocument(db);
    byDocument.set(db, statements);
  }
  // While index keys are rotated, a document may be kept under any version at hand.
  const bySubject = subjects.map((subject) => documentIndexes(sealing, subject.document));
  const indexes = bySubject.flat();
  const [index, ...others] = indexes;
  if (!index) return [];
  const rows = await (others.length === 0
    ? statements.one.execute({ index })
    : statements.many.execute({ indexes }));
  const matched = matchNamed(sealing, subjects, bySubject, rows, (row) => row.benefits?.length ?? 0);
  return matched.map((row) => row && toRecord(row));
}

function prepareKeysByDocument(db: Executor) {
  return db
    .select({
      blindIndex: identityDocument.blindIndex,
      bucket: pensioner.bucket,
      pensionerId: pensioner.id,
      nameIndex: pensioner.nameIndex,
      benefits: sql<number>`(select count(*)::int from ${benefit} where bucket = ${owner})`,
    })
    .from(identityDocument)
    .innerJoin(
      pensioner,
      and(eq(pensioner.bucket, identityDocument.bucket), eq(pensioner.id, identityDocument.pensionerId)),
    )
    .where(sql`${identityDocument.blindIndex} = any(${sql.placeholder("indexes")}::bytea[])`)
    .prepare("pensioner_keys_by_document");
}

const keysByDocument = new WeakMap<Executor, ReturnType<typeof prepareKeysByDocument>>();

/** S2: as findInScope, for who needs to know no more than whose rows to lock. */
export async function findKeysInScope(
  db: Executor,
  sealing: Sealing,
  subjects: readonly Subject[],
): Promise<(PensionerKey | null)[]> {
  if (subjects.length === 0) return [];
  let statement = keysByDocument.get(db);
  if (!statement) {
    statement = prepareKeysByDocument(db);
    keysByDocument.set(db, statement);
  }
  const bySubject = subjects.map((subject) => documentIndexes(sealing, subject.document));
  const rows = await statement.execute({ indexes: bySubject.flat() });
  const matched = matchNamed(sealing, subjects, bySubject, rows, (row) => row.benefits);
  return matched.map((row) => row && { bucket: row.bucket, pensionerId: row.pensionerId });
}

/** S2: for each subject the row of its document, if that is in scope under that name. */
function matchNamed<
  R extends { readonly blindIndex: Buffer; readonly pensionerId: string; readonly nameIndex: Buffer },
>(
  sealing: Sealing,
  subjects: readonly Subject[],
  bySubject: readonly (readonly Buffer[])[],
  rows: readonly R[],
  benefitCountOf: (row: R) => number,
): (R | null)[] {
  const found = new Map(rows.map((row) => [row.blindIndex.toString("base64"), row]));
  return subjects.map((subject, position) => {
    const row = bySubject[position]
      ?.map((index) => found.get(index.toString("base64")))
      .find((row) => row !== undefined);
    if (!row) {
      // Equal work for an unknown person and a wrong name.
      nameIndex(sealing, "", subject.comparableName);
      return null;
    }
    const comparableNameMatches = isNameOf(sealing, row, subject.comparableName);
    return isInScope({ comparableNameMatches, benefitCount: benefitCountOf(row) }) ? row : null;
  });
}

/** Persons by key, in no particular order; unknown keys are left out. */
export async function readPensioners(
  db: Executor,
  keys: readonly PensionerKey[],
): Promise<PensionerRecord[]> {
  if (keys.length === 0) return [];
  const buckets = [...new Set(keys.map((key) => key.bucket))];
  const ids = keys.map((key) => key.pensionerId);
  const rows = await db
    .select(columns)
    .from(pensioner)
    .where(and(inArray(pensioner.bucket, buckets), inArray(pensioner.id, ids)));
  return rows.map(toRecord);
}

/** A page of persons in a given order. */
export async function listPensioners(
  db: Executor,
  page: { readonly where: SQL | undefined; readonly orderBy: readonly PgColumn[]; readonly limit: number },
): Promise<PensionerRecord[]> {
  const rows = await db
    .select(columns)
    .from(pensioner)
    .where(page.where)
    .orderBy(...page.orderBy)
    .limit(page.limit);
  return rows.map(toRecord);
}

type Row = Awaited<ReturnType<ReturnType<typeof prepareByDocument>["one"]["execute"]>>[number];

function toRecord(row: Omit<Row, "blindIndex">): PensionerRecord {
  return {
    bucket: row.bucket,
    pensionerId: row.pensionerId,
    nameSealed: row.nameSealed,
    phoneSealed: row.phoneSealed,
    documents: (row.documents ?? []).map(({ type, number }) => ({
      type,
      numberSealed: Buffer.from(number, "base64"),
    })),
    benefits: (row.benefits ?? []).map(({ type, month, code, name, district }) => ({
      type,
      approvedMonth: month,
      agency: { code, name: name ?? code, districtCode: district },
    })),
    validity: toValidity(row),
    ...toPaymentFacts(row),
    version: row.version,
  };
}

/** The stored validity columns as the domain's value. */
export function toValidity(row: {
  readonly anchorMonth: string;
  readonly validThrough: string;
  readonly lastCertifiedOn: string | null;
}): Validity {
  return {
    anchorMonth: Temporal.PlainYearMonth.from(row.anchorMonth),
    validThrough: Temporal.PlainDate.from(row.validThrough),
    lastCertifiedOn: row.lastCertifiedOn === null ? null : Temporal.PlainDate.from(row.lastCertifiedOn),
  };
}
