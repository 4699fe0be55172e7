import { refuseForeignEmployer } from "../domain/employer.js";
import { appendSystemAudit } from "../storage/audit.js";
import { places } from "../storage/sealing.js";
import { employerContact } from "../storage/tables.js";
import { requirePhone } from "./contact-phone.js";
import { type OperationContext, once, toDate } from "./operation.js";

export interface UpdateEmployerContactInput {
  readonly idempotencyKey: string;
  readonly employerCode: string;
  readonly phone: string;
}

/** R1: where an employer is reminded of its people; an employer's own client names its own code only (E4). */
export async function updateEmployerContact(
  context: OperationContext,
  input: UpdateEmployerContactInput,
): Promise<{ readonly employerCode: string }> {
  const { actor, sealing, now } = context;
  const acting = actor.kind === "CHANNEL" ? actor : { employerCode: null };
  refuseForeignEmployer(acting, input.employerCode, ["input", "employerCode"]);
  const phone = requirePhone(input.phone, "phone");
  const { employerCode } = input;
  return once(context, "employerContactUpdate", input, async (tx) => {
    const contact = {
      phoneSealed: sealing.seal(phone, places.employerPhone(employerCode)),
      updatedAt: toDate(now),
    };
    await tx
      .insert(employerContact)
      .values({ employerCode, ...contact })
      .onConflictDoUpdate({ target: employerContact.employerCode, set: contact });
    await appendSystemAudit(tx, {
      clientId: actor.clientId,
      operation: "employerContactUpdate",
      requestId: context.requestId,
      at: now.toString(),
      subjectId: employerCode,
      outcome: "UPDATED",
    });
    return { employerCode };
  });
}
