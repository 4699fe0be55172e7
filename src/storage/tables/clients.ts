import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
} from "drizzle-orm/pg-core";
import type { StaffRole } from "../../domain/actor.js";
import type { ChannelCode } from "../../domain/channels.js";
import { bytea, code, instant } from "../columns.js";

export type ClientKind = "CHANNEL" | "STAFF";

export const channelClient = pgTable(
  "channel_client",
  {
    id: code("id").notNull(),
    name: code("name").notNull(),
    kind: code("kind").$type<ClientKind>().notNull(),
    channel: code("channel").$type<ChannelCode>(),
    scopes: text("scopes").array().notNull(),
    /** Staff: what they may follows from these (auth/roles). */
    roles: text("roles").array().$type<StaffRole[]>().notNull().default([]),
    /** EMPLOYER: whose people it may submit; null for the employers' common portal. */
    employerCode: code("employer_code"),
    /** STREET_SERVICE_CENTER: whose desk it sees; null for the city's. */
    districtCode: code("district_code"),
    /** Whom to call when something is wrong with it. */
    contact: code("contact"),
    secretIndex: bytea("secret_index"),
    /** The secret before the last rotation, good until then. */
    previousSecretIndex: bytea("previous_secret_index"),
    previousSecretUntil: instant("previous_secret_until"),
    /** Its own budget; null where the service's holds. */
    ratePoints: integer("rate_points"),
    ratePointsPerSecond: integer("rate_points_per_second"),
    jwks: jsonb("jwks"),
    sandbox: boolean("sandbox").notNull(),
    disabledAt: instant("disabled_at"),
    createdAt: instant("created_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "channel_client_pk", columns: [t.id] }),
    check("channel_client_channel_named", sql`(${t.kind} = 'CHANNEL') = (${t.channel} is not null)`),
  ],
);

/** A private_key_jwt assertion is good for one token. */
export const usedClientAssertion = pgTable(
  "used_client_assertion",
  {
    assertion: bytea("assertion").notNull(),
    expiresAt: instant("expires_at").notNull(),
  },
  (t) => [primaryKey({ name: "used_client_assertion_pk", columns: [t.assertion] })],
);

/** What a client may still ask for; refilled as time passes, shared by all processes. */
export const rateBudget = pgTable(
  "rate_budget",
  {
    clientId: code("client_id").notNull(),
    kind: code("kind").$type<"COST" | "MISSES">().notNull(),
    points: doublePrecision("points").notNull(),
    filledAt: timestamp("filled_at", { withTimezone: true }).notNull(),
  },
  (t) => [primaryKey({ name: "rate_budget_pk", columns: [t.clientId, t.kind] })],
);

export const idempotencyKey = pgTable(
  "idempotency_key",
  {
    clientId: code("client_id").notNull(),
    operation: code("operation").notNull(),
    keyIndex: bytea("key_index").notNull(),
    inputIndex: bytea("input_index").notNull(),
    result: jsonb("result"),
    replays: integer("replays").notNull().default(0),
    createdAt: instant("created_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "idempotency_key_pk", columns: [t.clientId, t.operation, t.keyIndex] }),
    // Keys lie on the disk as they came: a few bytes a block find the old ones.
    index("idempotency_key_created_idx").using("brin", t.createdAt),
  ],
);
