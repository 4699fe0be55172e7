import { sql } from "drizzle-orm";
import type { MessageKind, MessageRecipient } from "../domain/messages.js";
import { isPhoneReported } from "../storage/contact-tasks.js";
import type { Tx } from "../storage/database.js";
import { newId, type PensionerKey } from "../storage/ids.js";
import { phoneIndexes } from "../storage/pensioner-index.js";
import { places, type Sealing } from "../storage/sealing.js";
import { message } from "../storage/tables.js";

export interface OutgoingMessage extends PensionerKey {
  readonly kind: MessageKind;
  readonly month: string;
  readonly recipient: MessageRecipient;
  readonly phone: string | null;
  readonly body: string;
  readonly createdAt: Date;
}

/**
 * R7: puts a message into the outbox in the business transaction, once per person, kind, month and recipient. R6: it goes to
 * no phone that was reported as not the person's.
 */
export async function enqueueMessage(tx: Tx, sealing: Sealing, outgoing: OutgoingMessage): Promise<void> {
  const { phone, body, ...rest } = outgoing;
  const id = newId();
  const to =
    phone === null
      ? ({ state: "NO_PHONE", phoneSealed: null } as const)
      : addressed(sealing, id, outgoing, phone);
  await tx
    .insert(message)
    .values({
      ...rest,
      ...to,
      id,
      dueAt: outgoing.createdAt,
      bodySealed: sealing.seal(body, places.messageBody(id)),
    })
    .onConflictDoNothing();
}

/** Whether the phone may be written to is decided by the insertion itself, so that it costs no round trip. */
function addressed(sealing: Sealing, messageId: string, person: PensionerKey, phone: string) {
  const isReported = isPhoneReported(person, phoneIndexes(sealing, phone));
  const phoneSealed = sealing.seal(phone, places.messagePhone(messageId));
  return {
    state: sql<"QUEUED" | "NO_PHONE">`case when ${isReported} then 'NO_PHONE' else 'QUEUED' end`,
    phoneSealed: sql<Buffer | null>`case when ${isReported} then null else ${phoneSealed}::bytea end`,
  };
}
