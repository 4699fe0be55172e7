import { and, asc, count, eq, getTableName, isNotNull, type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import type { BulkArrays } from "./bulk-arrays.js";
import type { Executor, Tx } from "./database.js";
import type { PensionerKey } from "./ids.js";
import {
  type AnyRow,
  auditReason,
  type IndexedColumn,
  type OwnedTable,
  ownedTables,
  type SealedColumn,
  type SpentIndex,
  spentIndexes,
  type UnownedTable,
  unownedTables,
} from "./sealed-columns.js";
import { indexVersionOf, type KeyKind, type Sealing, sealedVersionOf } from "./sealing.js";
import { auditEntry, pensioner } from "./tables.js";

/** A value that is to be put in place of another one in a person's row. */
export interface Replacement extends PensionerKey {
  readonly before: Buffer;
  readonly after: Buffer;
}

export interface ColumnReplacements {
  readonly column: PgColumn;
  readonly replacements: readonly Replacement[];
}

/** The next rows in the order of persons, all or none of a person's; about `size` of them, and none at the end. */
export async function readPersonRows(
  db: Executor,
  table: OwnedTable,
  after: PensionerKey | null,
  size: number,
): Promise<readonly AnyRow[]> {
  const { bucket, pensionerId } = table;
  const read = (where: SQL | undefined) => db.select(table.fields).from(table.table).where(where);
  const rows = await read(
    after
      ? sql`(${bucket}, ${pensionerId}) > (${after.bucket}::smallint, ${after.pensionerId}::uuid)`
      : undefined,
  )
    .orderBy(asc(bucket), asc(pensionerId))
    .limit(size);
  const last = rows.at(-1);
  if (!last || rows.length < size) return rows;
  const person = ownerOf(last);
  const whole = rows.filter((row) => ownerOf(row).pensionerId !== person.pensionerId);
  if (whole.length > 0) return whole;
  return read(and(eq(bucket, person.bucket), eq(pensionerId, person.pensionerId)));
}

/** What is to be replaced in rows, and how many values could not be read or are not what their row says. */
export function replacementsIn(
  sealing: Sealing,
  kind: KeyKind,
  table: OwnedTable,
  rows: readonly AnyRow[],
): { readonly columns: readonly ColumnReplacements[]; readonly faults: number } {
  const current = sealing.current(kind);
  const versionOf = kind === "sealing" ? sealedVersionOf : indexVersionOf;
  let faults = 0;
  const columns = (kind === "sealing" ? table.sealed : table.indexed).map((listed) => {
    const old = rows.flatMap((row) => {
      const before = row[listed.field] as Buffer | null;
      return before === null || versionOf(before) === current ? [] : [{ row, before }];
    });
    const replacements = old.flatMap(({ row, before }): Replacement[] => {
      const after = renewed(sealing, listed, row, before);
      return after ? [{ ...ownerOf(row), before, after }] : [];
    });
    faults += old.length - replacements.length;
    return { column: listed.column, replacements };
  });
  return { columns: columns.filter(({ replacements }) => replacements.length > 0), faults };
}

/**
 * The value under the current version. Null, which leaves the old one as it is, for what was altered, moved or made under
 * a key that is gone, and for an index that is not of its row's value: that is to be looked into, not written over.
 */
function renewed(
  sealing: Sealing,
  listed: SealedColumn | IndexedColumn,
  row: AnyRow,
  before: Buffer,
): Buffer | null {
  try {
    if ("place" in listed) {
      const place = listed.place(row);
      return sealing.seal(sealing.open(before, place), place);
    }
    const indexes = listed.indexesOf(sealing, row);
    return indexes?.some((index) => index.equals(before)) ? (indexes[0] ?? null) : null;
  } catch {
    return null;
  }
}

/** Whose row it is. */
export function ownerOf(row: AnyRow): PensionerKey {
  const id = row["pensionerId"] ?? row["id"];
  return { bucket: row["bucket"] as number, pensionerId: id as string };
}

/**
 * Puts the new values of one bucket in place under the locks of their persons, taken in the order in which all are. A
 * value that was written in the meantime is not the one read before, and stays.
 */
export async function replaceValues(
  tx: Tx,
  arrays: BulkArrays,
  table: OwnedTable,
  columns: readonly ColumnReplacements[],
): Promise<number> {
  const all = columns.flatMap(({ replacements }) => replacements);
  const [first] = all;
  if (!first) return 0;
  await tx
    .select({ one: sql`1` })
    .from(pensioner)
    .where(
      and(
        eq(pensioner.bucket, first.bucket),
        sql`${pensioner.id} = any(${arrays.uuids([...new Set(all.map(({ pensionerId }) => pensionerId))])})`,
      ),
    )
    .orderBy(asc(pensioner.bucket), asc(pensioner.id))
    .for("no key update");
  let replaced = 0;
  for (const { column, replacements } of columns) {
    const name = sql.identifier(column.name);
    const person = sql.identifier(table.pensionerId.name);
    const rows = await tx
      .update(table.table)
      .set({ [fieldOf(table, column)]: sql`given.after` })
      .from(
        sql`unnest(${arrays.uuids(replacements.map(({ pensionerId }) => pensionerId))},
          ${arrays.bytes(replacements.map(({ before }) => before))},
          ${arrays.bytes(replacements.map(({ after }) => after))}) as given(person, before, after)`,
      )
      .where(
        sql`${table.table}.bucket = ${first.bucket}::smallint and ${table.table}.${person} = given.person
          and ${table.table}.${name} = given.before`,
      )
      .returning({ one: sql`1` });
    replaced += rows.length;
  }
  return replaced;
}

function fieldOf(table: OwnedTable, column: PgColumn): string {
  const listed = [...table.sealed, ...table.indexed].find((each) => each.column === column);
  if (!listed) throw new Error(`${table.name}.${column.name} is not listed`);
  return listed.field;
}

/** Seals a small table's values again under the current version; one that was written in the meantime stays. */
export async function resealUnowned(
  tx: Tx,
  sealing: Sealing,
  { table, id, sealed }: UnownedTable,
): Promise<{ readonly replaced: number; readonly faults: number }> {
  const current = sealing.current("sealing");
  const outcome = { replaced: 0, faults: 0 };
  for (const listed of sealed) {
    const rows: readonly AnyRow[] = await tx
      .select({ id, before: listed.column })
      .from(table)
      .where(sql`get_byte(${listed.column}, 0) <> ${current}::int`)
      .orderBy(asc(id));
    for (const row of rows) {
      const before = row["before"] as Buffer;
      const after = renewed(sealing, listed, row, before);
      if (!after) {
        outcome.faults += 1;
        continue;
      }
      await tx
        .update(table)
        .set({ [listed.field]: after })
        .where(and(eq(id, row["id"]), eq(listed.column, before)));
      outcome.replaced += 1;
    }
  }
  return outcome;
}

/** How many values of a column are under a version. */
export interface VersionCount {
  readonly kind: KeyKind;
  /** Table and column. */
  readonly name: string;
  readonly version: number;
  readonly rows: number;
  /** Those that keep the version from being retired. */
  readonly needed: number;
  /** What ends the need, where a backfill does not. */
  readonly until: string | null;
}

/** Reads whole tables: for the command line, not for requests. */
export async function countVersions(tx: Tx, now: Temporal.Instant): Promise<VersionCount[]> {
  await tx.execute(sql`set local statement_timeout = '30min'`);
  const counts: VersionCount[] = [];
  const add = async (
    kind: KeyKind,
    { table, column }: Pick<SpentIndex, "table" | "column">,
    spent: SpentIndex | null,
  ) => {
    const found = await tx
      .select({
        version: kind === "sealing" ? sql<number>`get_byte(${column}, 0)` : indexVersion(column),
        rows: count(),
        needed: spent ? sql<number>`count(*) filter (where ${spent.neededAt(now)})`.mapWith(Number) : count(),
      })
      .from(table)
      .where(isNotNull(column))
      .groupBy(sql`1`)
      .orderBy(sql`1`);
    const name = `${getTableName(table)}.${column.name}`;
    counts.push(...found.map((row) => ({ kind, name, ...row, until: spent?.until ?? null })));
  };
  for (const { table, sealed } of [...ownedTables, ...unownedTables])
    for (const { column } of sealed) await add("sealing", { table, column }, null);
  const { name, until, where, version } = auditReason;
  const reasons = await tx
    .select({ version, rows: count(), needed: count() })
    .from(auditEntry)
    .where(where)
    .groupBy(sql`1`)
    .orderBy(sql`1`);
  counts.push(...reasons.map((row) => ({ kind: "sealing" as const, name, ...row, until })));
  for (const { table, indexed } of ownedTables)
    for (const { column } of indexed) await add("index", { table, column }, null);
  for (const spent of spentIndexes) await add("index", spent, spent);
  return counts;
}

/** The version in SQL as `indexVersionOf` tells it. */
function indexVersion(column: PgColumn): SQL<number> {
  return sql<number>`case when octet_length(${column}) = 32 then 1 else get_byte(${column}, 0) end`;
}

const PURGED_AT_ONCE = 5_000;

/** Does away with what was made under an index version that has been retired: nothing can find it any more. */
export async function purgeSpentIndexes(db: Executor, version: number): Promise<void> {
  for (const { table, column, afterwards } of spentIndexes) {
    if (afterwards === "leave") continue;
    const some = sql`ctid in (select ctid from ${table}
      where ${indexVersion(column)} = ${version}::int limit ${PURGED_AT_ONCE}::int)`;
    for (;;) {
      const { length } =
        afterwards === "delete"
          ? await db.delete(table).where(some).returning({ one: sql`1` })
          : await db.update(table).set({ previousSecretIndex: null }).where(some).returning({ one: sql`1` });
      if (length < PURGED_AT_ONCE) break;
    }
  }
}
