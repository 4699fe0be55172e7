import { and, eq, inArray, type SQL } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import type { OwnedKey, PensionerKey } from "./ids.js";

/** Rows of these keys, whose ids are unique: buckets and persons are named for the index and for the shard. */
export function isOneOf(
  columns: { readonly bucket: PgColumn; readonly pensionerId: PgColumn; readonly id: PgColumn },
  keys: readonly OwnedKey[],
): SQL | undefined {
  const distinct = <T>(values: readonly T[]) => [...new Set(values)];
  return and(
    inArray(columns.bucket, distinct(keys.map((key) => key.bucket))),
    inArray(columns.pensionerId, distinct(keys.map((key) => key.pensionerId))),
    inArray(columns.id, distinct(keys.map((key) => key.id))),
  );
}

/** Rows of one person. */
export function belongsTo(
  columns: { readonly bucket: PgColumn; readonly pensionerId: PgColumn },
  { bucket, pensionerId }: PensionerKey,
): SQL | undefined {
  return and(eq(columns.bucket, bucket), eq(columns.pensionerId, pensionerId));
}
