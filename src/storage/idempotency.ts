import { and, eq, inArray, sql } from "drizzle-orm";
import type { BulkArrays } from "./bulk-arrays.js";
import type { Tx } from "./database.js";
import { idempotencyKey } from "./tables.js";

export interface KeyClaim {
  readonly clientId: string;
  readonly operation: string;
  /**
   * Keyed hashes under every version at hand, the current one first: a careless client's key may hold personal data, its
   * input always does.
   */
  readonly keyIndexes: readonly Buffer[];
  readonly inputIndex: Buffer;
  /** Whether a stored hash, of whatever version, is that of this input. */
  isInput(inputIndex: Buffer): boolean;
}

export type ClaimOutcome<R> =
  | { readonly kind: "first" }
  | { readonly kind: "replay"; readonly result: R }
  | { readonly kind: "other-input" };

/**
 * Claims a key for this transaction. Whoever comes second waits for the first to commit; a replay writes its counter,
 * so that behind a synchronous standby it waits like the first did.
 *
 * While index keys are rotated the unique constraint cannot decide alone, since two processes may write under different
 * versions: those that hold several versions first queue up behind a lock and look under all of them. One that holds a
 * single version meets them in the constraint, because nobody may write under a version that not all processes hold.
 */
export async function claimKey<R>(tx: Tx, claim: KeyClaim, now: Date): Promise<ClaimOutcome<R>> {
  const { clientId, operation, keyIndexes, inputIndex } = claim;
  if (keyIndexes.length > 1) {
    await lockKey(tx, claim);
    const replayed = await replay<R>(tx, claim);
    if (replayed) return replayed;
  }
  const inserted = await tx
    .insert(idempotencyKey)
    .values({ clientId, operation, keyIndex: currentIndex(claim), inputIndex, createdAt: now })
    .onConflictDoNothing()
    .returning({ replays: idempotencyKey.replays });
  if (inserted.length > 0) return { kind: "first" };
  const replayed = await replay<R>(tx, claim);
  if (!replayed) throw new Error("a claimed idempotency key vanished");
  return replayed;
}

/** Behind the same lock in every process that holds several versions: that of the index which sorts first. */
async function lockKey(tx: Tx, { clientId, operation, keyIndexes }: KeyClaim): Promise<void> {
  const [first] = keyIndexes.toSorted((a, b) => a.length - b.length || a.compare(b));
  const all = lockName(clientId, operation);
  const one = lockName(clientId, operation, first?.toString("hex"));
  await tx.execute(sql`select pg_advisory_xact_lock_shared(hashtextextended(${all}::text, 0)),
    pg_advisory_xact_lock(hashtextextended(${one}::text, 0))`);
}

/** For many keys at once, which would be too many locks: everything that the client does by this operation. */
async function lockKeys(tx: Tx, { clientId, operation }: KeyClaims): Promise<void> {
  await tx.execute(
    sql`select pg_advisory_xact_lock(hashtextextended(${lockName(clientId, operation)}::text, 0))`,
  );
}

function lockName(...parts: readonly (string | undefined)[]): string {
  return ["idempotency", ...parts].join("|");
}

async function replay<R>(tx: Tx, claim: KeyClaim): Promise<ClaimOutcome<R> | null> {
  const [row] = await tx
    .update(idempotencyKey)
    .set({ replays: sql`${idempotencyKey.replays} + 1` })
    .where(and(isOf(claim), inArray(idempotencyKey.keyIndex, [...claim.keyIndexes])))
    .returning({ inputIndex: idempotencyKey.inputIndex, result: idempotencyKey.result });
  return row ? outcomeOf<R>(claim, row) : null;
}

function outcomeOf<R>(
  claim: Pick<KeyClaim, "isInput">,
  row: { readonly inputIndex: Buffer; readonly result: unknown },
): ClaimOutcome<R> {
  return claim.isInput(row.inputIndex)
    ? { kind: "replay", result: row.result as R }
    : { kind: "other-input" };
}

export async function storeResult(tx: Tx, claim: KeyClaim, result: unknown): Promise<void> {
  await tx
    .update(idempotencyKey)
    .set({ result })
    .where(and(isOf(claim), eq(idempotencyKey.keyIndex, currentIndex(claim))));
}

type ClaimedKey = Pick<KeyClaim, "keyIndexes" | "inputIndex" | "isInput">;

/** Keys of one client and operation, all different. */
export interface KeyClaims extends Pick<KeyClaim, "clientId" | "operation"> {
  readonly keys: readonly ClaimedKey[];
}

/** As claimKey, for many keys in two statements; one outcome a key, in their order. */
export async function claimKeys<R>(
  tx: Tx,
  arrays: BulkArrays,
  claims: KeyClaims,
  now: Date,
): Promise<ClaimOutcome<R>[]> {
  const outcomes = new Map<ClaimedKey, ClaimOutcome<R>>();
  const open = () => claims.keys.filter((key) => !outcomes.has(key));
  if (claims.keys.some(({ keyIndexes }) => keyIndexes.length > 1)) {
    await lockKeys(tx, claims);
    await replayMany(tx, arrays, claims, open(), outcomes);
  }
  if (open().length > 0) await insertMany(tx, arrays, claims, open(), now, outcomes);
  if (open().length > 0) await replayMany(tx, arrays, claims, open(), outcomes);
  return claims.keys.map((key) => {
    const outcome = outcomes.get(key);
    if (!outcome) throw new Error("a claimed idempotency key vanished");
    return outcome;
  });
}

async function insertMany<R>(
  tx: Tx,
  arrays: BulkArrays,
  { clientId, operation }: KeyClaims,
  keys: readonly ClaimedKey[],
  now: Date,
  outcomes: Map<ClaimedKey, ClaimOutcome<R>>,
): Promise<void> {
  const inserted = await tx
    .insert(idempotencyKey)
    .select(
      sql`select ${clientId}::text, ${operation}::text, k, i, null::jsonb, 0, ${now.toISOString()}::timestamptz
        from unnest(${arrays.bytes(keys.map(currentIndex))},
          ${arrays.bytes(keys.map(({ inputIndex }) => inputIndex))}) as given(k, i)`,
    )
    .onConflictDoNothing()
    .returning({ keyIndex: idempotencyKey.keyIndex });
  const isNew = new Set(inserted.map(({ keyIndex }) => keyIndex.toString("latin1")));
  for (const key of keys) {
    if (isNew.has(currentIndex(key).toString("latin1"))) outcomes.set(key, { kind: "first" });
  }
}

async function replayMany<R>(
  tx: Tx,
  arrays: BulkArrays,
  claims: KeyClaims,
  keys: readonly ClaimedKey[],
  outcomes: Map<ClaimedKey, ClaimOutcome<R>>,
): Promise<void> {
  const indexes = keys.flatMap(({ keyIndexes }) => keyIndexes);
  const rows = await tx
    .update(idempotencyKey)
    .set({ replays: sql`${idempotencyKey.replays} + 1` })
    .where(and(isOf(claims), sql`${idempotencyKey.keyIndex} = any(${arrays.bytes(indexes)})`))
    .returning({
      keyIndex: idempotencyKey.keyIndex,
      inputIndex: idempotencyKey.inputIndex,
      result: idempotencyKey.result,
    });
  const stored = new Map(rows.map((row) => [row.keyIndex.toString("latin1"), row]));
  for (const key of keys) {
    const row = key.keyIndexes.map((index) => stored.get(index.toString("latin1"))).find(Boolean);
    if (row) outcomes.set(key, outcomeOf(key, row));
  }
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
    from unnest(${arrays.bytes(keys.map(currentIndex))},
      ${arrays.texts(results.map((result) => JSON.stringify(result)))}) as given(key_index, result)
    where stored.client_id = ${clientId} and stored.operation = ${operation} and stored.key_index = given.key_index`);
}

function currentIndex({ keyIndexes: [current] }: ClaimedKey): Buffer {
  if (!current) throw new Error("a claim without a key");
  return current;
}

function isOf({ clientId, operation }: Pick<KeyClaim, "clientId" | "operation">) {
  return and(eq(idempotencyKey.clientId, clientId), eq(idempotencyKey.operation, operation));
}
