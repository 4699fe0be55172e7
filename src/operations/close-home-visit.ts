import { plainText } from "../domain/evidence.js";
import type { HomeVisitStep } from "../domain/home-visit.js";
import type { OwnedKey } from "../storage/ids.js";
import { places } from "../storage/sealing.js";
import { lockVisitOf, stateAfterStep, takeStep } from "./open-home-visit.js";
import { type OperationContext, once } from "./operation.js";

export interface DeclineHomeVisitInput {
  readonly idempotencyKey: string;
  readonly homeVisitId: string;
  readonly reason: string;
}

export interface CancelHomeVisitInput extends Omit<DeclineHomeVisitInput, "reason"> {
  readonly reason?: string | null;
}

const reasonPath = ["input", "reason"];

/** E5: the centre decides that no one comes, and says why. */
export async function declineHomeVisit(
  context: OperationContext,
  input: DeclineHomeVisitInput,
): Promise<OwnedKey> {
  const reason = plainText(input.reason, reasonPath);
  return close(context, input, { operation: "homeVisitDecline", step: "DECLINE", reason, by: null });
}

/** E5: the family needs no visit any more; the client that asked for it says so, or the centre. */
export async function cancelHomeVisit(
  context: OperationContext,
  input: CancelHomeVisitInput,
): Promise<OwnedKey> {
  const reason =
    input.reason === null || input.reason === undefined ? null : plainText(input.reason, reasonPath);
  const by = "or its requester";
  return close(context, input, { operation: "homeVisitCancel", step: "CANCEL", reason, by });
}

async function close(
  context: OperationContext,
  input: CancelHomeVisitInput,
  closing: {
    readonly operation: string;
    readonly step: HomeVisitStep;
    readonly reason: string | null;
    readonly by: Parameters<typeof lockVisitOf>[3];
  },
): Promise<OwnedKey> {
  const { operation, step, reason, by } = closing;
  return once(context, operation, input, async (tx) => {
    const { visit } = await lockVisitOf(tx, context.actor, input.homeVisitId, by);
    const sealed = reason === null ? null : context.sealing.seal(reason, places.homeVisitReason(visit.id));
    return takeStep(tx, context, visit, {
      operation,
      state: stateAfterStep(visit, step),
      columns: { closingReasonSealed: sealed },
    });
  });
}
