import { customType } from "drizzle-orm/pg-core";

/** Bytes; both drivers are brought to one Buffer type. */
export const bytea = customType<{ data: Buffer; driverData: Uint8Array }>({
  dataType: () => "bytea",
  fromDriver: (value) => Buffer.from(value.buffer, value.byteOffset, value.byteLength),
});

/** Text that is sorted and compared byte by byte, whatever the database's own collation. */
export const code = customType<{ data: string; driverData: string }>({
  dataType: () => 'text COLLATE "C"',
});
