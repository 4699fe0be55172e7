import { sql } from "drizzle-orm";
import type { Tx } from "./database.js";
import { certificationSession } from "./tables.js";

/**
 * Takes phone and helper out of up to `limit` sessions that expired before an instant; what was certified keeps its own
 * copy. `unfinished`: only of those that nobody completed or cancelled. Returns of how many.
 */
export async function forgetCapturedData(
  tx: Tx,
  sessions: {
    readonly expiredBefore: Temporal.Instant;
    readonly unfinished: boolean;
    readonly limit: number;
  },
): Promise<number> {
  const { expiredBefore, unfinished, limit } = sessions;
  const { rows } = (await tx.execute(sql`
    update ${certificationSession} set contact_phone_sealed = null, helper_name_sealed = null,
      helper_document_type = null, helper_number_sealed = null, helper_index = null, helper_relation = null
    where (bucket, pensioner_id, id) in (
      select bucket, pensioner_id, id from ${certificationSession}
      where expires_at < ${expiredBefore.toString()}::timestamptz
        and (contact_phone_sealed is not null or helper_index is not null)
        and (state = 'OPEN' or not ${unfinished})
      order by expires_at limit ${limit} for update skip locked)
    returning 1`)) as unknown as { readonly rows: readonly unknown[] };
  return rows.length;
}
