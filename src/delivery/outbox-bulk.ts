import { sql } from "drizzle-orm";
import type { BulkArrays } from "../storage/bulk-arrays.js";
import { keyArrays } from "../storage/bulk-arrays.js";
import type { Tx } from "../storage/database.js";
import { newId } from "../storage/ids.js";
import { places, type Sealing } from "../storage/sealing.js";
import { message } from "../storage/tables.js";
import type { OutgoingMessage } from "./outbox.js";

/**
 * R7: as enqueueMessage, for many in one statement. R6: a phone that was reported as not the person's is left out by the
 * caller, who holds the persons' locks: such a message waits for nobody, as NO_PHONE.
 */
export async function enqueueMessages(
  tx: Tx,
  sealing: Sealing,
  arrays: BulkArrays,
  outgoing: readonly OutgoingMessage[],
): Promise<void> {
  if (outgoing.length === 0) return;
  const sealed = outgoing.map(({ phone, body }) => {
    const id = newId();
    return {
      id,
      state: phone === null ? "NO_PHONE" : "QUEUED",
      phoneSealed: phone === null ? null : sealing.seal(phone, places.messagePhone(id)),
      bodySealed: sealing.seal(body, places.messageBody(id)),
    };
  });
  await tx.execute(sql`
    insert into ${message} (bucket, pensioner_id, id, kind, month, recipient, state, phone_sealed, body_sealed, due_at, created_at)
    select g.bucket, g.pensioner_id, g.id, g.kind, g.month, g.recipient, g.state, g.phone_sealed, g.body_sealed,
      g.at::timestamptz, g.at::timestamptz
    from unnest(
      ${keyArrays(arrays, outgoing)},
      ${arrays.uuids(sealed.map(({ id }) => id))},
      ${arrays.texts(outgoing.map(({ kind }) => kind))},
      ${arrays.texts(outgoing.map(({ month }) => month))},
      ${arrays.texts(outgoing.map(({ recipient }) => recipient))},
      ${arrays.texts(sealed.map(({ state }) => state))},
      ${arrays.bytes(sealed.map(({ phoneSealed }) => phoneSealed))},
      ${arrays.bytes(sealed.map(({ bodySealed }) => bodySealed))},
      ${arrays.texts(outgoing.map(({ createdAt }) => createdAt.toISOString()))}
    ) as g(bucket, pensioner_id, id, kind, month, recipient, state, phone_sealed, body_sealed, at)
    on conflict do nothing`);
}
