import { and, eq } from "drizzle-orm";
import { Refused } from "../domain/refusals.js";
import { parseSubject, type SubjectInput } from "../domain/subject.js";
import { closeContactTasks } from "../storage/contact-tasks.js";
import type { PensionerKey } from "../storage/ids.js";
import { lockPensioner } from "../storage/locked-pensioner.js";
import { phoneIndex } from "../storage/pensioner-index.js";
import { findInScope } from "../storage/pensioners.js";
import { places } from "../storage/sealing.js";
import { pensioner } from "../storage/tables.js";
import { requirePhone } from "./contact-phone.js";
import { audit, type OperationContext, once, toDate, todayOf } from "./operation.js";
import { RefusedTelling } from "./refused-telling.js";

export interface UpdateContactPhoneInput {
  readonly idempotencyKey: string;
  readonly subject: SubjectInput;
  readonly phone: string;
  readonly version?: number | null;
}

/** C2: a new contact phone for the person; it ends the search for someone who could not be reached (R6). */
export async function updateContactPhone(
  context: OperationContext,
  input: UpdateContactPhoneInput,
): Promise<PensionerKey> {
  const time = todayOf(context.now);
  const subject = parseSubject(input.subject, time.today, ["input", "subject"]);
  const phone = requirePhone(input.phone, "phone");
  return once(context, "contactPhoneUpdate", input, async (tx) => {
    const { sealing } = context;
    const [found] = await findInScope(tx, sealing, [subject]);
    const person = found && (await lockPensioner(tx, found));
    if (!person) throw new Refused("NOT_IN_SCOPE", ["input", "subject"]);
    const isStale = typeof input.version === "number" && input.version !== person.version;
    if (isStale) throw new RefusedTelling(person, new Refused("VERSION_STALE", ["input", "version"]));
    const { bucket, pensionerId } = person;
    await tx
      .update(pensioner)
      .set({
        phoneSealed: sealing.seal(phone, places.pensionerPhone(pensionerId)),
        phoneIndex: phoneIndex(sealing, phone),
        phoneSource: "UPDATE",
        version: person.version + 1,
        updatedAt: toDate(time.now),
      })
      .where(and(eq(pensioner.bucket, bucket), eq(pensioner.id, pensionerId)));
    await closeContactTasks(tx, person, toDate(time.now));
    const operation = "contactPhoneUpdate";
    await audit(tx, context, { bucket, pensionerId, operation, subjectId: pensionerId, outcome: "UPDATED" });
    return { bucket, pensionerId };
  });
}
