import { bigint, jsonb, pgTable, primaryKey, smallint, uuid } from "drizzle-orm/pg-core";
import { bucket, bytea, code, instant, pensionerId } from "../columns.js";

export const accessLog = pgTable(
  "access_log",
  {
    bucket: bucket(),
    pensionerId: pensionerId(),
    id: uuid("id").notNull(),
    clientId: code("client_id").notNull(),
    operation: code("operation").notNull(),
    requestId: code("request_id").notNull(),
    at: instant("at").notNull(),
  },
  (t) => [primaryKey({ name: "access_log_pk", columns: [t.bucket, t.pensionerId, t.id] })],
);

/** The head of one of 16 hash chains; locked while an entry is added. */
export const auditChain = pgTable(
  "audit_chain",
  {
    chain: smallint("chain").notNull(),
    seq: bigint("seq", { mode: "number" }).notNull(),
    hash: bytea("hash").notNull(),
  },
  (t) => [primaryKey({ name: "audit_chain_pk", columns: [t.chain] })],
);

export const auditEntry = pgTable(
  "audit_entry",
  {
    chain: smallint("chain").notNull(),
    seq: bigint("seq", { mode: "number" }).notNull(),
    hash: bytea("hash").notNull(),
    /** Canonical JSON, exactly the bytes that were hashed. */
    entry: code("entry").notNull(),
  },
  (t) => [primaryKey({ name: "audit_entry_pk", columns: [t.chain, t.seq] })],
);

/** Facts about this installation: key fingerprint, sandbox clock, fixtures present. */
export const setting = pgTable(
  "setting",
  {
    name: code("name").notNull(),
    value: jsonb("value").notNull(),
  },
  (t) => [primaryKey({ name: "setting_pk", columns: [t.name] })],
);
