import { bigint, integer, jsonb, pgTable, primaryKey, smallint, uuid } from "drizzle-orm/pg-core";
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

/** Where the audit chains stood at a time, signed; what was cut off or rewritten since no longer fits it. */
export const auditAnchor = pgTable(
  "audit_anchor",
  {
    /** Counts up without gaps. */
    number: integer("number").notNull(),
    at: instant("at").notNull(),
    heads: jsonb("heads")
      .$type<readonly { readonly chain: number; readonly seq: number; readonly hash: string }[]>()
      .notNull(),
    /** SHA-256 of the signed text before the signature; the next anchor names it. */
    hash: bytea("hash").notNull(),
    /** Compact JWS of number, time, heads and the hash of the anchor before. */
    jws: code("jws").notNull(),
  },
  (t) => [primaryKey({ name: "audit_anchor_pk", columns: [t.number] })],
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
