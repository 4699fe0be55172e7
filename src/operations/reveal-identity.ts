import { Refused } from "../domain/refusals.js";
import { newId, type PensionerKey, parseOpaqueId } from "../storage/ids.js";
import { lockPensioner } from "../storage/locked-pensioner.js";
import { places } from "../storage/sealing.js";
import { audit, type OperationContext, once } from "./operation.js";

export interface RevealIdentityInput {
  readonly idempotencyKey: string;
  readonly pensionerId: string;
  readonly reason: string;
}

const SHORTEST_REASON = 10;
const LONGEST_REASON = 500;

/** Writes down that this person's identity is about to be shown, to whom and why; returns whose it is. */
export async function revealIdentity(
  context: OperationContext,
  input: RevealIdentityInput,
): Promise<PensionerKey> {
  const reason = input.reason.trim();
  const length = [...reason].length;
  if (length < SHORTEST_REASON || length > LONGEST_REASON || /[\p{Cc}\p{Cs}]/u.test(reason))
    throw new Refused("REVEAL_REASON_INVALID", ["input", "reason"]);
  return once(context, "identityReveal", input, async (tx) => {
    const key = parseOpaqueId(input.pensionerId);
    if (key?.kind !== "pensioner" || !(await lockPensioner(tx, key)))
      throw new Refused("PENSIONER_NOT_FOUND", ["input", "pensionerId"]);
    const { bucket, pensionerId } = key;
    const id = newId();
    const reasonSealed = context.sealing.seal(reason, places.identityRevealReason(id)).toString("base64");
    await audit(tx, context, {
      bucket,
      pensionerId,
      operation: "identityReveal",
      subjectId: id,
      outcome: "REVEALED",
      reasonSealed,
    });
    return { bucket, pensionerId };
  });
}
