import { and, eq, inArray } from "drizzle-orm";
import type { MessageRecipient, MessageState } from "../domain/messages.js";
import type { Executor } from "./database.js";
import type { PensionerKey } from "./ids.js";
import { message } from "./tables.js";

/** R1: one reminder, and how far it came. */
export interface ReminderAttempt extends PensionerKey {
  readonly month: string;
  readonly recipient: MessageRecipient;
  readonly state: MessageState;
  readonly sentAt: Date | null;
}

/** All reminders to these persons, in order of time; in one statement. */
export async function readReminderAttempts(
  db: Executor,
  keys: readonly PensionerKey[],
): Promise<ReminderAttempt[]> {
  if (keys.length === 0) return [];
  const { bucket, pensionerId, month, recipient, state, sentAt } = message;
  return db
    .select({ bucket, pensionerId, month, recipient, state, sentAt })
    .from(message)
    .where(
      and(
        inArray(bucket, [...new Set(keys.map((key) => key.bucket))]),
        inArray(
          pensionerId,
          keys.map((key) => key.pensionerId),
        ),
        eq(message.kind, "REMINDER"),
      ),
    )
    .orderBy(month, recipient);
}
