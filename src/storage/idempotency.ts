import { and, eq, sql } from "drizzle-orm";
import type { BulkArrays } from "./bulk-arrays.js";
import type { Tx } from "./database.js";
import { idempotencyKey } from "./tables.js";

export interface KeyClaim {
  readonly clientId: string;
  readonly operation: string;
  /** Keyed hashes: a careless client's key may hold personal data, its input always does. */
  readonly keyIndex: Buffer;
  readonly inputIndex: Buffer;
}

export type ClaimOutcome<R> =
  | { readonly kind: "first" }
  | { readonly kind: "replay"; readonly result: R }
  | { readonly kind: "other-input" };

/**
 * Claims a key for this transaction. Whoever comes second waits for the first to commit; a replay writes its counter,
 * so that behind a synchronous standby it waits like the first did.
 */
export async function claimKey<R>(tx: Tx, claim: KeyClaim, now: Date): Promise<ClaimOutcome<R>> {
  const inserted = await tx
    .insert(idempotencyKey)
    .values({ ...claim, createdAt: now })
    .onConflictDoNothing()
    .returning({ replays: idempotencyKey.replays });
  if (inserted.length > 0) return { kind: "first" };
  const [row] = await tx
    .update(idempotencyKey)
    .set({ replays: sql`${idempotencyKey.replays} + 1` })
    .where(sameKey(claim))
    .returning({ inputIndex: idempotencyKey.inputIndex, result: idempotencyKey.result });
  if (!row) throw new Error("a claimed idempotency key vanished");
  return row.inputIndex.equals(claim.inputIndex)
    ? { kind: "replay", result: row.result as R }
    : { kind: "other-input" };
}

export async function storeResult(tx: Tx, claim: KeyClaim, result: unknown): Promise<void> {
  await tx.update(idempotencyKey).set({ result }).where(sameKey(claim));
}

/** Keys of one client and operation, all different. */
export interface KeyClaims extends Pick<KeyClaim, "clientId" | "operation"> {
  readonly keys: readonly Pick<KeyClaim, "keyIndex" | "inputIndex">[];
}

/** As claimKey, for many keys in two statements; one outcome a key, in their order. */
export async function claimKeys<R>(
  tx: Tx,
  arrays: BulkArrays,
  { clientId, operation, keys }: KeyClaims,
  now: Date,
): Promise<ClaimOutcome<R>[]> {
  const inserted = await tx
    .insert(idempotencyKey)
    .select(
      sql`select ${clientId}::text, ${operation}::text, k, i, null::jsonb, 0, ${now.toISOString()}::timestamptz
        from unnest(${arrays.bytes(keys.map(({ keyIndex }) => keyIndex))},
          ${arrays.bytes(keys.map(({ inputIndex }) => inputIndex))}) as given(k, i)`,
    )
    .onConflictDoNothing()
    .returning({ keyIndex: idempotencyKey.keyIndex });
  const isNew = new Set(inserted.map(({ keyIndex }) => keyIndex.toString("latin1")));
  const known = keys.filter(({ keyIndex }) => !isNew.has(keyIndex.toString("latin1")));
  const stored = new Map<string, { readonly inputIndex: Buffer; readonly result: unknown }>();
  if (known.length > 0) {
    const rows = await tx
      .update(idempotencyKey)
      .set({ replays: sql`${idempotencyKey.replays} + 1` })
      .where(
        and(
          eq(idempotencyKey.clientId, clientId),
          eq(idempotencyKey.operation, operation),
          sql`${idempotencyKey.keyIndex} = any(${arrays.bytes(known.map(({ keyIndex }) => keyIndex))})`,
        ),
      )
      .returning({
        keyIndex: idempotencyKey.keyIndex,
        inputIndex: idempotencyKey.inputIndex,
        result: idempotencyKey.result,
      });
    for (const row of rows) stored.set(row.keyIndex.toString("latin1"), row);
  }
  return keys.map(({ keyIndex, inputIndex }) => {
    const name = keyIndex.toString("latin1");
    if (isNew.has(name)) return { kind: "first" };
    const row = stored.get(name);
    if (!row) throw new Error("a claimed idempotency key vanished");
    return row.inputIndex.equals(inputIndex)
      ? { kind: "replay", result: row.result as R }
      : { kind: "other-input" };
  });
}

/** Stores the results of keys claimed in this transaction. */
export async function storeResults(
  tx: Tx,
  arrays: BulkArrays,
  { clientId, operation, keys }: KeyClaims,
  results: readonly unknown[],
): Promise<void> {
  await tx.execute(sql`
    update ${idempotencyKey} as stored set result = given.result::jsonb
    from unnest(${arrays.bytes(keys.map(({ keyIndex }) => keyIndex))},
      ${arrays.texts(results.map((result) => JSON.stringify(result)))}) as given(key_index, result)
    where stored.client_id = ${clientId} and stored.operation = ${operation} and stored.key_index = given.key_index`);
}

function sameKey(claim: KeyClaim) {
  return and(
    eq(idempotencyKey.clientId, claim.clientId),
    eq(idempotencyKey.operation, claim.operation),
    eq(idempotencyKey.keyIndex, claim.keyIndex),
  );
}
