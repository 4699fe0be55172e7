import { setTimeout as pause } from "node:timers/promises";
import type { Database } from "../storage/database.js";
import { lockPensioner } from "../storage/locked-pensioner.js";
import { findByGatewayId, settleSent } from "../storage/messages.js";
import { places, type Sealing } from "../storage/sealing.js";
import { openBounceTask } from "./bounce.js";
import type { SmsGateway, SmsReceipt } from "./sms-gateway.js";

export interface ReceiptContext {
  readonly database: Database;
  readonly sealing: Sealing;
  readonly gateway: Pick<SmsGateway, "name">;
  readonly now: () => Temporal.Instant;
}

/**
 * Writes down what became of a message that was sent. R6: one that did not arrive has the person looked for. False when no
 * message is known by the receipt's id: its sending may not have been written down yet.
 */
export async function settleReceipt(context: ReceiptContext, receipt: SmsReceipt): Promise<boolean> {
  const { database, sealing, gateway } = context;
  const found = await findByGatewayId(database.db, gateway.name, receipt.gatewayMessageId);
  if (!found) return false;
  const at = new Date(context.now().epochMilliseconds);
  const { id, phoneSealed, recipient } = found;
  await database.transact(async (tx) => {
    const bounced = !receipt.delivered && recipient === "PENSIONER" && phoneSealed !== null;
    const person = bounced ? await lockPensioner(tx, found) : null;
    const outcome = receipt.delivered
      ? ({ state: "DELIVERED", failure: null, settledAt: at } as const)
      : ({ state: "FAILED", failure: receipt.reason ?? "UNDELIVERED", settledAt: at } as const);
    if (!(await settleSent(tx, found, outcome)) || !person || !phoneSealed) return;
    const phone = sealing.open(phoneSealed, places.messagePhone(id));
    await openBounceTask(tx, sealing, person, { messageId: id, phone, gateway: gateway.name, at });
  });
  return true;
}

/** A receipt may overtake the answer to its message; it is tried for so long, in milliseconds. */
const RETRIES_MS = [50, 200, 1_000, 5_000] as const;

/** Settles the receipts of a gateway as they come; what belongs to no message is told by its id alone. */
export function settleReceiptsOf(
  gateway: SmsGateway,
  context: Omit<ReceiptContext, "gateway">,
  onUnknown: (gatewayMessageId: string) => void = () => undefined,
): void {
  gateway.onReceipt(async (receipt) => {
    for (const waitMs of [0, ...RETRIES_MS]) {
      await pause(waitMs);
      if (await settleReceipt({ ...context, gateway }, receipt)) return;
    }
    onUnknown(receipt.gatewayMessageId);
  });
}
