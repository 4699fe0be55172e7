import type { StaffActor } from "../domain/actor.js";
import { Refused } from "../domain/refusals.js";
import type { SuspensionBreaker } from "../domain/suspension.js";
import { appendSystemAudit } from "../storage/audit.js";
import { approveBatch, lockBatch } from "../storage/suspension-batches.js";
import { type OperationContext, once, toDate } from "./operation.js";

export interface ApproveSuspensionBatchInput {
  readonly idempotencyKey: string;
  /** The first unpaid month. */
  readonly month: Temporal.PlainYearMonth;
  /** The breakers that whoever approves has looked into. */
  readonly overrideBreakers: readonly SuspensionBreaker[];
}

/** P3: a named member of staff approves what was proposed, once; a tripped breaker only by its name. */
export async function approveSuspensionBatch(
  context: OperationContext<StaffActor>,
  input: ApproveSuspensionBatchInput,
): Promise<{ readonly month: string }> {
  return once(context, "suspensionBatchApprove", input, async (tx) => {
    const batch = await lockBatch(tx, input.month);
    if (batch?.state !== "PREVIEW") throw new Refused("SUSPENSION_BATCH_NOT_PREVIEW", ["input", "month"]);
    const unnamed = batch.breakers.filter((breaker) => !input.overrideBreakers.includes(breaker));
    if (unnamed.length > 0) {
      const named = unnamed.join(", ");
      throw new Refused("SUSPENSION_BREAKERS_TRIPPED", ["input", "overrideBreakers"], {
        breakers: { "zh-CN": named, en: named },
      });
    }
    const { clientId } = context.actor;
    await approveBatch(tx, input.month, { approvedBy: clientId, approvedAt: toDate(context.now) });
    await appendSystemAudit(tx, {
      clientId,
      operation: "suspensionBatchApprove",
      requestId: context.requestId,
      at: context.now.toString(),
      subjectId: `suspension-${batch.month}`,
      outcome: [`APPROVED candidates=${batch.candidates}`, ...batch.breakers].join(" "),
    });
    return { month: batch.month };
  });
}
