import { and, asc, count, eq, is, notLike } from "drizzle-orm";
import { PgTable } from "drizzle-orm/pg-core";
import type { App } from "../../src/app.js";
import type { Executor } from "../../src/storage/database.js";
import { type PensionerKey, parseOpaqueId } from "../../src/storage/ids.js";
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
  readonly phone: string | null;
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
  return rows.map(({ id, kind, month, recipient, state, phoneSealed, bodySealed }) => ({
    kind,
    month,
    recipient,
    state,
    phone: phoneSealed && sealing.open(phoneSealed, places.messagePhone(id)),
    body: bodySealed && sealing.open(bodySealed, places.messageBody(id)),
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
 * How many rows each table has, by its name in the code; what keeps count of callers' requests, and which processes run,
 * is left out.
 */
export async function countRows(db: Executor): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const [name, table] of Object.entries(tables)) {
    if (!is(table, PgTable) || name === "rateBudget") continue;
    const lasting = table === tables.setting ? notLike(tables.setting.name, "key_holder:%") : undefined;
    const [row] = await db.select({ rows: count() }).from(table).where(lasting);
    counts[name] = row?.rows ?? 0;
  }
  return counts;
}
