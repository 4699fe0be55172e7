import type { ChannelActor } from "../domain/actor.js";
import type { OwnedKey } from "../storage/ids.js";
import { sessionIs } from "../storage/sessions.js";
import { certificationSession } from "../storage/tables.js";
import { lockOpenSession, parseSessionId } from "./open-session.js";
import { audit, type OperationContext, once, toDate } from "./operation.js";

export interface CancelCertificationInput {
  readonly idempotencyKey: string;
  readonly sessionId: string;
}

/** Closes an open session of this client without certifying. */
export async function cancelCertification(
  context: OperationContext<ChannelActor>,
  input: CancelCertificationInput,
): Promise<OwnedKey> {
  const key = parseSessionId(input.sessionId);
  return once(context, "certificationCancel", input, async (tx) => {
    await lockOpenSession(tx, context, key);
    const cancelled = { state: "CANCELLED", closedAt: toDate(context.now) } as const;
    await tx.update(certificationSession).set(cancelled).where(sessionIs(key));
    await audit(tx, context, {
      ...key,
      operation: "certificationCancel",
      subjectId: key.id,
      outcome: "CANCELLED",
    });
    return key;
  });
}
