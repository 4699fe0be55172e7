import { sql } from "drizzle-orm";
import type { MessageKind, MessageRecipient } from "../domain/messages.js";
import { type BulkArrays, keyArrays } from "../storage/bulk-arrays.js";
import { isPhoneReported } from "../storage/contact-tasks.js";
import type { Tx } from "../storage/database.js";
import { newId, type PensionerKey } from "../storage/ids.js";
import { phoneIndexes } from "../storage/pensioner-index.js";
import { readRows } from "../storage/read-rows.js";
import { places, type Sealing } from "../storage/sealing.js";
import { message } from "../storage/tables.js";

/** A confirmation: written with what it confirms. */
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

/** A message of many that the service sends of itself. */
export interface PlannedMessage extends PensionerKey {
  readonly recipient: Extract<MessageRecipient, "PENSIONER" | "EMPLOYER">;
  /** R6: whether there is a phone at all. */
  readonly hasPhone: boolean;
}

/** What is the same for all of them. */
export interface Plan {
  readonly kind: Extract<MessageKind, "REMINDER" | "PAYMENT_SUSPENDED">;
  readonly month: string;
  readonly createdAt: Date;
  readonly dueAt: Date;
  /** R3: the deadline that a reminder speaks of. */
  readonly aboutValidThrough?: string | null;
}

/**
 * R7: plans messages to many persons, all locked, in one statement. Whom a text calls and where it goes is looked up when its
 * turn comes: no name and no phone is copied before that. Gives those that had not been planned before.
 */
export async function planMessages(
  tx: Tx,
  arrays: BulkArrays,
  { kind, month, createdAt, dueAt, aboutValidThrough = null }: Plan,
  planned: readonly PlannedMessage[],
): Promise<readonly Omit<PlannedMessage, "hasPhone">[]> {
  if (planned.length === 0) return [];
  return readRows(
    tx,
    sql`
    insert into ${message} (bucket, pensioner_id, id, kind, month, recipient, state, about_valid_through, created_at, due_at)
    select bucket, pensioner_id, id, ${kind}, ${month}, recipient, state, ${aboutValidThrough},
      ${createdAt.toISOString()}::timestamptz, ${dueAt.toISOString()}::timestamptz
    from unnest(${keyArrays(arrays, planned)},
      ${arrays.uuids(planned.map(() => newId()))},
      ${arrays.texts(planned.map(({ recipient }) => recipient))},
      ${arrays.texts(planned.map(({ hasPhone }) => (hasPhone ? "QUEUED" : "NO_PHONE")))}
    ) as given(bucket, pensioner_id, id, recipient, state)
    on conflict (bucket, pensioner_id, kind, month, recipient) do nothing
    returning bucket, pensioner_id as "pensionerId", recipient`,
  );
}
