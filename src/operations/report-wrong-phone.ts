import { parseName } from "../domain/person-name.js";
import { Refused } from "../domain/refusals.js";
import { openContactTask, readHoldersOf } from "../storage/contact-tasks.js";
import type { Tx } from "../storage/database.js";
import type { PensionerKey } from "../storage/ids.js";
import { lockPensioner } from "../storage/locked-pensioner.js";
import { isNameOf, phoneIndexes } from "../storage/pensioner-index.js";
import { requirePhone } from "./contact-phone.js";
import { audit, type OperationContext, once, toDate } from "./operation.js";

export interface ReportWrongPhoneInput {
  readonly idempotencyKey: string;
  readonly phone: string;
  readonly name: string;
}

/**
 * R6: someone got a text that was meant for the person it names (R2). Opens a contact task for each person of that name and
 * phone, and tells how many there are: the caller's budget may know, the caller may not.
 */
export async function reportWrongPhone(
  context: OperationContext,
  input: ReportWrongPhoneInput,
): Promise<{ readonly persons: number }> {
  const indexes = phoneIndexes(context.sealing, requirePhone(input.phone, "phone"));
  const name = parseName(input.name);
  if (!name.ok) throw new Refused(`NAME_${name.fault}`, ["input", "name"]);
  return once(context, "contactPhoneReportWrong", input, async (tx) => {
    const holders = await readHoldersOf(tx, indexes);
    const named = holders.filter((holder) => isNameOf(context.sealing, holder, name.comparable));
    // In the order of their keys, as all locks are taken.
    for (const person of named) await openTask(tx, context, person, indexes);
    return { persons: named.length };
  });
}

async function openTask(
  tx: Tx,
  context: OperationContext,
  key: PensionerKey,
  indexes: readonly Buffer[],
): Promise<void> {
  const person = await lockPensioner(tx, key);
  // It may have been replaced while the lock was waited for.
  if (!person || !indexes.some((index) => person.phoneIndex?.equals(index))) return;
  const { bucket, pensionerId, employerCode } = person;
  const task = { bucket, pensionerId, reason: "WRONG_NUMBER" as const, employerCode };
  const opened = await openContactTask(tx, { ...task, openedAt: toDate(context.now) }, indexes);
  if (opened === null) return;
  const operation = "contactPhoneReportWrong";
  await audit(tx, context, { bucket, pensionerId, operation, subjectId: opened, outcome: "WRONG_NUMBER" });
}
