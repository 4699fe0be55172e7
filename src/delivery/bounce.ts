import { appendAudit } from "../storage/audit.js";
import { openContactTask } from "../storage/contact-tasks.js";
import type { Tx } from "../storage/database.js";
import type { LockedPensioner } from "../storage/locked-pensioner.js";
import { phoneIndexes } from "../storage/pensioner-index.js";
import type { Sealing } from "../storage/sealing.js";

/** A text that did not arrive. */
export interface Bounce {
  readonly messageId: string;
  readonly phone: string;
  readonly gateway: string;
  readonly at: Date;
}

/** R6: has the person looked for, unless a newer phone is known by now. Comes last in its transaction: it is audited. */
export async function openBounceTask(
  tx: Tx,
  sealing: Sealing,
  person: LockedPensioner,
  bounce: Bounce,
): Promise<void> {
  const indexes = phoneIndexes(sealing, bounce.phone);
  if (!indexes.some((index) => person.phoneIndex?.equals(index))) return;
  const { bucket, pensionerId, employerCode } = person;
  const task = { bucket, pensionerId, reason: "BOUNCED" as const, employerCode, openedAt: bounce.at };
  const opened = await openContactTask(tx, task, indexes);
  if (opened === null) return;
  await appendAudit(tx, {
    bucket,
    pensionerId,
    clientId: `sms:${bounce.gateway}`,
    operation: "messageDelivery",
    requestId: bounce.messageId,
    at: bounce.at.toISOString(),
    subjectId: opened,
    outcome: "BOUNCED",
  });
}
