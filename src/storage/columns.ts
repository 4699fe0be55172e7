import { customType, smallint, timestamp, uuid } from "drizzle-orm/pg-core";

/** Bytes; both drivers are brought to one Buffer type. */
export const bytea = customType<{ data: Buffer; driverData: Uint8Array }>({
  dataType: () => "bytea",
  fromDriver: (value) => Buffer.from(value.buffer, value.byteOffset, value.byteLength),
});

/** Text that is sorted and compared byte by byte, whatever the database's own collation. */
export const code = customType<{ data: string; driverData: string }>({
  dataType: () => 'text COLLATE "C"',
});

/** An instant, in milliseconds. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** The shard bucket that a person's rows begin their key with. */
export const bucket = () => smallint("bucket").notNull();

export const pensionerId = () => uuid("pensioner_id").notNull();
