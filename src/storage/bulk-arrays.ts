import { type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import type { Database } from "./database.js";
import type { PensionerKey } from "./ids.js";

/** Columns of values as array parameters, for `unnest`: one statement for any number of rows. */
export interface BulkArrays {
  bytes(values: readonly (Uint8Array | null)[]): SQL;
  texts(values: readonly (string | null)[]): SQL;
  uuids(values: readonly string[]): SQL;
  smallints(values: readonly number[]): SQL;
  integers(values: readonly number[]): SQL;
  bigints(values: readonly number[]): SQL;
}

/** Whether a row is one of these persons'. */
export function isAmong(
  bucket: PgColumn,
  id: PgColumn,
  arrays: BulkArrays,
  keys: readonly PensionerKey[],
): SQL {
  return sql`(${bucket}, ${id}) in (select * from unnest(${keyArrays(arrays, keys)}))`;
}

/** Two arrays, of buckets and of ids, for `unnest`. */
export function keyArrays(arrays: BulkArrays, keys: readonly PensionerKey[]): SQL {
  return sql`${arrays.smallints(keys.map(({ bucket }) => bucket))}, ${arrays.uuids(keys.map(({ pensionerId }) => pensionerId))}`;
}

/** The embedded database takes arrays as they are. PostgreSQL reads them in binary at half the cost of array text. */
export function bulkArraysFor(kind: Database["kind"]): BulkArrays {
  return kind === "postgresql" ? binaryArrays : plainArrays;
}

const plainArrays: BulkArrays = {
  bytes: (values) => sql`${sql.param(values)}::bytea[]`,
  texts: (values) => sql`${sql.param(values)}::text[]`,
  uuids: (values) => sql`${sql.param(values)}::uuid[]`,
  smallints: (values) => sql`${sql.param(values)}::smallint[]`,
  integers: (values) => sql`${sql.param(values)}::integer[]`,
  bigints: (values) => sql`${sql.param(values)}::bigint[]`,
};

// Type oids of PostgreSQL's catalogue; they never change.
const BYTEA = 17;
const INT2 = 21;
const INT8 = 20;
const INT4 = 23;
const TEXT = 25;
const UUID = 2950;

// A parameter that is a Buffer travels in binary, as the type its cast names.
const binaryArrays: BulkArrays = {
  bytes: (values) => sql`${sql.param(encode(BYTEA, values, lengthOfBytes, writeBytes))}::bytea[]`,
  texts: (values) => sql`${sql.param(encode(TEXT, values, Buffer.byteLength, writeText))}::text[]`,
  uuids: (values) => sql`${sql.param(encode(UUID, values, () => 16, writeUuid))}::uuid[]`,
  smallints: (values) => sql`${sql.param(encode(INT2, values, () => 2, writeInt2))}::smallint[]`,
  integers: (values) => sql`${sql.param(encode(INT4, values, () => 4, writeInt4))}::integer[]`,
  bigints: (values) => sql`${sql.param(encode(INT8, values, () => 8, writeInt8))}::bigint[]`,
};

const HEADER_BYTES = 20;
const LENGTH_BYTES = 4;
const NULL_LENGTH = -1;

/** PostgreSQL's binary form of a one-dimensional array: dimensions, nulls, element type, length, lower bound, elements. */
function encode<T>(
  elementOid: number,
  values: readonly (T | null)[],
  lengthOf: (value: T) => number,
  write: (to: Buffer, value: T, at: number) => unknown,
): Buffer {
  const lengths = values.map((value) => (value === null ? NULL_LENGTH : lengthOf(value)));
  const total = lengths.reduce((sum, length) => sum + LENGTH_BYTES + Math.max(0, length), HEADER_BYTES);
  const buffer = Buffer.allocUnsafe(total);
  buffer.writeInt32BE(1, 0);
  buffer.writeInt32BE(lengths.includes(NULL_LENGTH) ? 1 : 0, 4);
  buffer.writeInt32BE(elementOid, 8);
  buffer.writeInt32BE(values.length, 12);
  buffer.writeInt32BE(1, 16);
  let at = HEADER_BYTES;
  values.forEach((value, index) => {
    const length = lengths[index] ?? NULL_LENGTH;
    at = buffer.writeInt32BE(length, at);
    if (value === null) return;
    write(buffer, value, at);
    at += length;
  });
  return buffer;
}

const lengthOfBytes = (value: Uint8Array) => value.length;
const writeBytes = (to: Buffer, value: Uint8Array, at: number) => to.set(value, at);
const writeText = (to: Buffer, value: string, at: number) => to.write(value, at, "utf8");
const writeInt2 = (to: Buffer, value: number, at: number) => to.writeInt16BE(value, at);
const writeInt4 = (to: Buffer, value: number, at: number) => to.writeInt32BE(value, at);
const writeInt8 = (to: Buffer, value: number, at: number) => to.writeBigInt64BE(BigInt(value), at);
const writeUuid = (to: Buffer, value: string, at: number) => to.write(value.replaceAll("-", ""), at, "hex");
