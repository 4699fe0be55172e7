import { and, asc, count, desc, eq, gte, inArray, lt, lte, type SQL, sql } from "drizzle-orm";
import type { MessageKind, MessageRecipient, MessageState } from "../domain/messages.js";
import { type BulkArrays, isAmong } from "./bulk-arrays.js";
import type { Executor, Tx } from "./database.js";
import type { OwnedKey, PensionerKey } from "./ids.js";
import { message } from "./tables.js";

export type MessageRow = typeof message.$inferSelect;

/** Of messages that are still to be sent, or whose sending has no end yet. */
export const openStates: MessageState[] = ["QUEUED", "SENDING", "UNKNOWN"];

/** Spelt out as the index over them says it. */
const isOpen = sql`${message.state} in ('QUEUED', 'SENDING', 'UNKNOWN')`;

/** Whose turn has come, the longest due first: queued ones, and those whose sender has not been heard of in time. */
export async function readDueMessages(
  db: Executor,
  kind: MessageKind,
  at: Date,
  limit: number,
): Promise<OwnedKey[]> {
  return db
    .select({ bucket: message.bucket, pensionerId: message.pensionerId, id: message.id })
    .from(message)
    .where(and(eq(message.kind, kind), isOpen, lte(message.dueAt, at)))
    .orderBy(asc(message.dueAt), asc(message.id))
    .limit(limit);
}

/** Of these, those that are still due and that nobody else is claiming; the persons are locked. */
export async function claimDueMessages(
  tx: Tx,
  arrays: BulkArrays,
  keys: readonly OwnedKey[],
  at: Date,
): Promise<MessageRow[]> {
  return tx
    .select()
    .from(message)
    .where(
      and(
        isAmong(message.bucket, message.pensionerId, arrays, keys),
        sql`${message.id} = any(${arrays.uuids(keys.map(({ id }) => id))})`,
        inArray(message.state, openStates),
        lte(message.dueAt, at),
      ),
    )
    .orderBy(asc(message.dueAt), asc(message.id))
    .for("update", { skipLocked: true });
}

/** What claiming changes of a message. */
export interface ClaimedChange extends OwnedKey {
  readonly state: MessageState;
  readonly attempts: number;
  readonly dueAt: Date;
  readonly maybeTwice: boolean;
  readonly phoneSealed: Buffer | null;
  readonly bodySealed: Buffer | null;
  readonly failure: string | null;
  readonly settledAt: Date | null;
}

/** Writes what became of claimed messages, in one statement. */
export async function writeClaims(
  tx: Tx,
  arrays: BulkArrays,
  changes: readonly ClaimedChange[],
): Promise<void> {
  if (changes.length === 0) return;
  await tx.execute(sql`
    update ${message} as m set state = g.state, attempts = g.attempts, due_at = g.due_at::timestamptz,
      maybe_twice = g.maybe_twice = 1, phone_sealed = g.phone_sealed, body_sealed = g.body_sealed,
      failure = g.failure, settled_at = g.settled_at::timestamptz
    from unnest(
      ${arrays.smallints(changes.map(({ bucket }) => bucket))},
      ${arrays.uuids(changes.map(({ pensionerId }) => pensionerId))},
      ${arrays.uuids(changes.map(({ id }) => id))},
      ${arrays.texts(changes.map(({ state }) => state))},
      ${arrays.smallints(changes.map(({ attempts }) => attempts))},
      ${arrays.texts(changes.map(({ dueAt }) => dueAt.toISOString()))},
      ${arrays.smallints(changes.map(({ maybeTwice }) => Number(maybeTwice)))},
      ${arrays.bytes(changes.map(({ phoneSealed }) => phoneSealed))},
      ${arrays.bytes(changes.map(({ bodySealed }) => bodySealed))},
      ${arrays.texts(changes.map(({ failure }) => failure))},
      ${arrays.texts(changes.map(({ settledAt }) => settledAt?.toISOString() ?? null))}
    ) as g(bucket, pensioner_id, id, state, attempts, due_at, maybe_twice, phone_sealed, body_sealed, failure, settled_at)
    where m.bucket = g.bucket and m.pensioner_id = g.pensioner_id and m.id = g.id`);
}

/** How many messages that nobody waited for went to a recipient about a person since then: `pensioner id|recipient`. */
export async function countUnaskedSince(
  tx: Tx,
  arrays: BulkArrays,
  persons: readonly PensionerKey[],
  since: Date,
): Promise<Map<string, number>> {
  const { pensionerId, recipient } = message;
  const rows = await tx
    .select({ pensionerId, recipient, sent: count() })
    .from(message)
    .where(
      and(
        isAmong(message.bucket, pensionerId, arrays, persons),
        inArray(message.kind, ["REMINDER", "PAYMENT_SUSPENDED"]),
        gte(message.sentAt, since),
      ),
    )
    .groupBy(pensionerId, recipient);
  return new Map(rows.map((row) => [`${row.pensionerId}|${row.recipient}`, row.sent]));
}

/** What a gateway's answer or a receipt changes of a message. */
export type MessageOutcome = Partial<
  Pick<
    typeof message.$inferInsert,
    | "state"
    | "attempts"
    | "dueAt"
    | "maybeTwice"
    | "gateway"
    | "gatewayMessageId"
    | "failure"
    | "sentAt"
    | "settledAt"
  >
>;

const keyIs = (key: OwnedKey): SQL | undefined =>
  and(eq(message.bucket, key.bucket), eq(message.pensionerId, key.pensionerId), eq(message.id, key.id));

/** Writes the outcome unless someone else has claimed the message since; false then. */
export async function settleClaim(
  tx: Tx,
  key: OwnedKey,
  lease: Date,
  outcome: MessageOutcome,
): Promise<boolean> {
  const settled = await tx
    .update(message)
    .set(outcome)
    .where(and(keyIs(key), inArray(message.state, ["SENDING", "UNKNOWN"]), eq(message.dueAt, lease)))
    .returning({ id: message.id });
  return settled.length > 0;
}

/** The message that a gateway knows by its own id. */
export async function findByGatewayId(
  db: Executor,
  gateway: string,
  gatewayMessageId: string,
): Promise<MessageRow | null> {
  const [row] = await db
    .select()
    .from(message)
    .where(and(eq(message.gateway, gateway), eq(message.gatewayMessageId, gatewayMessageId)))
    .limit(1);
  return row ?? null;
}

/** Writes what a receipt tells of a message that was sent; false when another receipt has settled it. */
export async function settleSent(tx: Tx, key: OwnedKey, outcome: MessageOutcome): Promise<boolean> {
  const settled = await tx
    .update(message)
    .set(outcome)
    .where(and(keyIs(key), eq(message.state, "SENT")))
    .returning({ id: message.id });
  return settled.length > 0;
}

export async function readMessage(db: Executor, key: OwnedKey): Promise<MessageRow | null> {
  const [row] = await db.select().from(message).where(keyIs(key));
  return row ?? null;
}

export interface MessageScope {
  readonly person: PensionerKey | null;
  readonly kind: MessageKind | null;
  readonly state: MessageState | null;
  readonly recipient: MessageRecipient | null;
  readonly month: string | null;
}

/** Messages by id, the latest first. */
export async function listMessages(
  db: Executor,
  { person, kind, state, recipient, month }: MessageScope,
  page: { readonly limit: number; readonly beforeId: string | null },
): Promise<MessageRow[]> {
  return db
    .select()
    .from(message)
    .where(
      and(
        person === null ? undefined : eq(message.bucket, person.bucket),
        person === null ? undefined : eq(message.pensionerId, person.pensionerId),
        kind === null ? undefined : eq(message.kind, kind),
        state === null ? undefined : eq(message.state, state),
        recipient === null ? undefined : eq(message.recipient, recipient),
        month === null ? undefined : eq(message.month, month),
        page.beforeId === null ? undefined : lt(message.id, page.beforeId),
      ),
    )
    .orderBy(desc(message.id))
    .limit(page.limit);
}

/**
 * Takes text and phone out of up to `limit` messages that were settled before an instant; what the gateway never told the
 * end of was settled as it was taken. Returns of how many.
 */
export async function forgetMessageContents(
  tx: Tx,
  before: Temporal.Instant,
  limit: number,
): Promise<number> {
  // Spelt out as the index over them says it.
  const { rows } = (await tx.execute(sql`
    update ${message} set phone_sealed = null, body_sealed = null
    where (bucket, pensioner_id, id) in (
      select bucket, pensioner_id, id from ${message}
      where body_sealed is not null and state not in ('QUEUED', 'SENDING', 'UNKNOWN')
        and coalesce(settled_at, sent_at, created_at) < ${before.toString()}::timestamptz
      order by coalesce(settled_at, sent_at, created_at) limit ${limit}::int for update skip locked)
    returning 1`)) as unknown as { readonly rows: readonly unknown[] };
  return rows.length;
}
