import { sql } from "drizzle-orm";
import type { MessageKind, MessageRecipient } from "../domain/messages.js";
import type { BulkArrays } from "../storage/bulk-arrays.js";
import { isPhoneReported, readReportedPhones } from "../storage/contact-tasks.js";
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
  /** Not to be sent before; when absent, as soon as it is created. */
  readonly dueAt?: Date;
  /** R3: the deadline that a reminder speaks of. */
  readonly aboutValidThrough?: string;
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
      dueAt: outgoing.dueAt ?? outgoing.createdAt,
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

/**
 * R7: the same of many persons, all locked, in two statements. Gives those that had not been written before, by person and
 * recipient.
 */
export async function enqueueMessages(
  tx: Tx,
  sealing: Sealing,
  arrays: BulkArrays,
  outgoing: readonly OutgoingMessage[],
): Promise<(PensionerKey & { readonly recipient: MessageRecipient })[]> {
  if (outgoing.length === 0) return [];
  const reported = await readReportedPhones(tx, arrays, outgoing);
  const rows = outgoing.map((each) => {
    const id = newId();
    const phone = writablePhone(sealing, each, reported.get(each.pensionerId));
    return {
      ...each,
      id,
      state: phone === null ? "NO_PHONE" : "QUEUED",
      phoneSealed: phone === null ? null : sealing.seal(phone, places.messagePhone(id)),
      bodySealed: sealing.seal(each.body, places.messageBody(id)),
      created: each.createdAt.toISOString(),
      due: (each.dueAt ?? each.createdAt).toISOString(),
    };
  });
  const { rows: written } = (await tx.execute(sql`
    insert into ${message} (bucket, pensioner_id, id, kind, month, recipient, state, phone_sealed, body_sealed,
      about_valid_through, created_at, due_at)
    select bucket, pensioner_id, id, kind, month, recipient, state, phone_sealed, body_sealed, about_valid_through,
      created_at::timestamptz, due_at::timestamptz
    from unnest(
      ${arrays.smallints(rows.map(({ bucket }) => bucket))},
      ${arrays.uuids(rows.map(({ pensionerId }) => pensionerId))},
      ${arrays.uuids(rows.map(({ id }) => id))},
      ${arrays.texts(rows.map(({ kind }) => kind))},
      ${arrays.texts(rows.map(({ month }) => month))},
      ${arrays.texts(rows.map(({ recipient }) => recipient))},
      ${arrays.texts(rows.map(({ state }) => state))},
      ${arrays.bytes(rows.map(({ phoneSealed }) => phoneSealed))},
      ${arrays.bytes(rows.map(({ bodySealed }) => bodySealed))},
      ${arrays.texts(rows.map(({ aboutValidThrough }) => aboutValidThrough ?? null))},
      ${arrays.texts(rows.map(({ created }) => created))},
      ${arrays.texts(rows.map(({ due }) => due))}
    ) as given(bucket, pensioner_id, id, kind, month, recipient, state, phone_sealed, body_sealed, about_valid_through,
      created_at, due_at)
    on conflict do nothing
    returning bucket, pensioner_id as "pensionerId", recipient`)) as unknown as {
    readonly rows: (PensionerKey & { readonly recipient: MessageRecipient })[];
  };
  return written;
}

/** R6: null where there is no phone, or one that was reported; an employer's phone is no one's to report. */
function writablePhone(
  sealing: Sealing,
  { phone, recipient }: OutgoingMessage,
  reported: readonly Buffer[] | undefined,
): string | null {
  if (phone === null || recipient === "EMPLOYER" || !reported) return phone;
  const indexes = phoneIndexes(sealing, phone);
  return reported.some((each) => indexes.some((index) => index.equals(each))) ? null : phone;
}
