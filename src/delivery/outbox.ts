import type { Tx } from "../storage/database.js";
import { newId, type PensionerKey } from "../storage/ids.js";
import { places, type Sealing } from "../storage/sealing.js";
import { type MessageKind, type MessageRecipient, message } from "../storage/tables.js";

export interface OutgoingMessage extends PensionerKey {
  readonly kind: MessageKind;
  readonly month: string;
  readonly recipient: MessageRecipient;
  readonly phone: string | null;
  readonly body: string;
  readonly createdAt: Date;
}

/** R7: puts a message into the outbox in the business transaction, once per person, kind, month and recipient. */
export async function enqueueMessage(tx: Tx, sealing: Sealing, outgoing: OutgoingMessage): Promise<void> {
  const { phone, body, ...rest } = outgoing;
  const id = newId();
  await tx
    .insert(message)
    .values({
      ...rest,
      id,
      state: phone === null ? "NO_PHONE" : "QUEUED",
      phoneSealed: phone === null ? null : sealing.seal(phone, places.messagePhone(id)),
      bodySealed: sealing.seal(body, places.messageBody(id)),
    })
    .onConflictDoNothing();
}
