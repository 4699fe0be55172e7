import { and, asc, count, eq, is, notLike } from "drizzle-orm";
import { PgTable } from "drizzle-orm/pg-core";
import type { App } from "../../src/app.js";
import { plannedSms } from "../../src/domain/message-texts.js";
import { suspendedFrom } from "../../src/domain/payment.js";
import type { Executor } from "../../src/storage/database.js";
import { type PensionerKey, parseOpaqueId } from "../../src/storage/ids.js";
import { readPaymentFacts } from "../../src/storage/payment-facts.js";
import { places } from "../../src/storage/sealing.js";
import * as tables from "../../src/storage/tables.js";

/** Where the rows of a person are, from the person's opaque id. */
export function keyOf(pensionerId: string): PensionerKey {
  const key = parseOpaqueId(pensionerId);
  if (key?.kind !== "pensioner") throw new Error(`${pensionerId} is no pensioner's id`);
  return { bucket: key.bucket, pensionerId: key.pensionerId };
}

/** A message as its recipient reads it. */
export interface OpenedMessage {
  readonly kind: string;
  readonly month: string;
  readonly recipient: string;
  readonly state: string;
  /** Null without one, and while it waits for its turn. */
  readonly phone: string | null;
  /** As it would be written now, while it waits for its turn. */
  readonly body: string | null;
}

/** The outbox's messages to a person, opened. */
export async function readMessages(
  { database, sealing }: App,
  pensionerId: string,
): Promise<OpenedMessage[]> {
  const key = keyOf(pensionerId);
  const { message } = tables;
  const rows = await database.db
    .select()
    .from(message)
    .where(and(eq(message.bucket, key.bucket), eq(message.pensionerId, key.pensionerId)))
    .orderBy(asc(message.id));
  const [person] = await database.db
    .select({ nameSealed: tables.pensioner.nameSealed })
    .from(tables.pensioner)
    .where(and(eq(tables.pensioner.bucket, key.bucket), eq(tables.pensioner.id, key.pensionerId)));
  const name = person ? sealing.open(person.nameSealed, places.pensionerName(key.pensionerId)) : "";
  const suspended = suspendedFrom((await database.transact((tx) => readPaymentFacts(tx, key))).holds);
  return rows.map((row) => ({
    kind: row.kind,
    month: row.month,
    recipient: row.recipient,
    state: row.state,
    phone: row.phoneSealed && sealing.open(row.phoneSealed, places.messagePhone(row.id)),
    body: row.bodySealed
      ? sealing.open(row.bodySealed, places.messageBody(row.id))
      : plannedSms({ ...row, suspendedFrom: suspended }, name),
  }));
}

/** All that certifying can change of a person, as it is stored. */
export async function readRecords({ database: { db } }: App, pensionerId: string) {
  const key = keyOf(pensionerId);
  const { pensioner, certification, paymentHold, backPayMonth, message } = tables;
  const owned = (table: typeof certification | typeof paymentHold | typeof backPayMonth | typeof message) =>
    and(eq(table.bucket, key.bucket), eq(table.pensionerId, key.pensionerId));
  const person = and(eq(pensioner.bucket, key.bucket), eq(pensioner.id, key.pensionerId));
  return {
    pensioner: await db.select().from(pensioner).where(person),
    certifications: await db
      .select()
      .from(certification)
      .where(owned(certification))
      .orderBy(certification.id),
    holds: await db.select().from(paymentHold).where(owned(paymentHold)).orderBy(paymentHold.id),
    backPay: await db.select().from(backPayMonth).where(owned(backPayMonth)).orderBy(backPayMonth.month),
    messages: await db.select().from(message).where(owned(message)).orderBy(message.id),
  };
}

/**
 * How many rows each table has, by its name in the code; what is counted from other tables, what keeps count of callers'
 * requests, and which processes run, is left out.
 */
export async function countRows(db: Executor): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const [name, table] of Object.entries(tables)) {
    if (!is(table, PgTable) || name === "rateBudget" || name === "expiryTally") continue;
    const lasting = table === tables.setting ? notLike(tables.setting.name, "key_holder:%") : undefined;
    const [row] = await db.select({ rows: count() }).from(table).where(lasting);
    counts[name] = row?.rows ?? 0;
  }
  return counts;
}
