import type { Executor } from "../../src/storage/database.js";
import { type AnyRow, ownedTables } from "../../src/storage/sealed-columns.js";
import { indexVersionOf, type Sealing, sealedVersionOf } from "../../src/storage/sealing.js";

export interface ReadValues {
  /** How many values there are under each version, by column. */
  readonly versions: Readonly<Record<string, Readonly<Record<number, number>>>>;
  /** What every sealed value says, by column, sorted. */
  readonly plain: Readonly<Record<string, readonly string[]>>;
}

/** Opens everything that is sealed and makes every index anew; a value that is not what its row says is an error. */
export async function readEverything(db: Executor, sealing: Sealing): Promise<ReadValues> {
  const versions: Record<string, Record<number, number>> = {};
  const plain: Record<string, string[]> = {};
  for (const table of ownedTables) {
    const rows = await db.select(table.fields).from(table.table);
    for (const { field, place } of table.sealed) {
      const values = valuesOf(rows, field);
      versions[`${table.name}.${field}`] = countBy(values, sealedVersionOf);
      plain[`${table.name}.${field}`] = values
        .map(({ row, value }) => sealing.open(value, place(row)))
        .toSorted();
    }
    for (const { field, indexesOf } of table.indexed) {
      const values = valuesOf(rows, field);
      versions[`${table.name}.${field}`] = countBy(values, indexVersionOf);
      for (const { row, value } of values) {
        if (!indexesOf(sealing, row)?.some((index) => index.equals(value)))
          throw new Error(`${table.name}.${field} is not the index of its row`);
      }
    }
  }
  return { versions, plain };
}

interface Value {
  readonly row: AnyRow;
  readonly value: Buffer;
}

function valuesOf(rows: readonly AnyRow[], field: string): Value[] {
  return rows.flatMap((row) => (row[field] === null ? [] : [{ row, value: row[field] as Buffer }]));
}

function countBy(values: readonly Value[], versionOf: (value: Buffer) => number): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { value } of values) counts[versionOf(value)] = (counts[versionOf(value)] ?? 0) + 1;
  return counts;
}
