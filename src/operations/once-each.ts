import { bulkArraysFor } from "../storage/bulk-arrays.js";
import type { Tx } from "../storage/database.js";
import { claimKeys, type KeyClaims, storeResults } from "../storage/idempotency.js";
import { claimOf, type OperationContext, toDate } from "./operation.js";

/** The key of one input was used with another one. */
export const keyReused = Symbol("key reused");

/**
 * As `once`, for many inputs with keys of their own, all different, in one transaction: `work` gets those that come for the
 * first time, in their order, and gives a result for each; the others get what is stored for them.
 */
export async function onceEach<I extends { readonly idempotencyKey: string }, R>(
  context: OperationContext,
  operation: string,
  inputs: readonly I[],
  work: (tx: Tx, first: readonly I[]) => Promise<readonly R[]>,
): Promise<(R | typeof keyReused)[]> {
  if (inputs.length === 0) return [];
  const arrays = bulkArraysFor(context.database.kind);
  const { clientId } = context.actor;
  const claims = (keys: KeyClaims["keys"]): KeyClaims => ({ clientId, operation, keys });
  const keys = inputs.map((input) => claimOf(context, operation, input));
  return context.database.transact(async (tx) => {
    const outcomes = await claimKeys<R>(tx, arrays, claims(keys), toDate(context.now));
    const isFirst = (_: unknown, position: number) => outcomes[position]?.kind === "first";
    const results = await work(tx, inputs.filter(isFirst));
    if (results.length > 0) await storeResults(tx, arrays, claims(keys.filter(isFirst)), results);
    const made = results.values();
    return outcomes.map((outcome) => {
      if (outcome.kind === "other-input") return keyReused;
      return outcome.kind === "replay" ? outcome.result : (made.next().value as R);
    });
  });
}
