import { and, eq, sql } from "drizzle-orm";
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

function sameKey(claim: KeyClaim) {
  return and(
    eq(idempotencyKey.clientId, claim.clientId),
    eq(idempotencyKey.operation, claim.operation),
    eq(idempotencyKey.keyIndex, claim.keyIndex),
  );
}
