import { type SQL, sql } from "drizzle-orm";
import type { RetentionDays } from "../domain/policy.js";
import { forgetCapturedData } from "./captured-data.js";
import type { Tx } from "./database.js";
import { forgetMessageContents } from "./messages.js";
import { removeDeliveries } from "./webhook-deliveries.js";

/** One kind of thing that has served its purpose some time. */
export interface Retained {
  /** Of the counts. */
  readonly name: keyof RetentionDays;
  /** Removes up to `limit` of those older than an instant; returns how many. */
  remove(tx: Tx, before: Temporal.Instant, limit: number): Promise<number>;
}

/** All that is removed in time. What is not listed here stays: certifications, events, the access log, the audit chains. */
export const retained: readonly Retained[] = [
  {
    name: "idempotencyKeys",
    remove: (tx, before, limit) =>
      removeRows(tx, sql`idempotency_key`, sql`created_at < ${timestamp(before)}`, limit),
  },
  {
    name: "expiredAssertions",
    remove: async (tx, before, limit) => {
      const faces = await removeRows(
        tx,
        sql`used_face_assertion`,
        sql`expires_at < ${timestamp(before)}`,
        limit,
      );
      // Tokens are issued by the real time, also where a sandbox's clock was moved.
      const real = sql`expires_at < least(${timestamp(before)}, now())`;
      return faces + (await removeRows(tx, sql`used_client_assertion`, real, limit));
    },
  },
  {
    name: "sessionData",
    remove: (tx, before, limit) =>
      forgetCapturedData(tx, { expiredBefore: before, unfinished: false, limit }),
  },
  { name: "messageContents", remove: forgetMessageContents },
  { name: "webhookDeliveries", remove: removeDeliveries },
  {
    name: "minuteRuns",
    remove: (tx, before, limit) =>
      removeRows(
        tx,
        sql`job_run`,
        sql`started_at < ${timestamp(before)} and period like '%T%' and state <> 'RUNNING'`,
        limit,
      ),
  },
];

function timestamp(instant: Temporal.Instant): SQL {
  return sql`${instant.toString()}::timestamptz`;
}

async function removeRows(tx: Tx, table: SQL, condition: SQL, limit: number): Promise<number> {
  const { rows } = (await tx.execute(sql`
    delete from ${table} where ctid = any(array(
      select ctid from ${table} where ${condition} limit ${limit} for update skip locked))
    returning 1`)) as unknown as { readonly rows: readonly unknown[] };
  return rows.length;
}
