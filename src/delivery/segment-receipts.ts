import type { SegmentReceipt } from "./smpp-receipt.js";
import type { SmsReceipt } from "./sms-gateway.js";

/** A message of one or more parts that the centre has taken, at least in part. */
export interface SentMessage {
  readonly gatewayMessageId: string;
  readonly segments: number;
  /** Ends when `send` has answered: true when it said accepted. */
  readonly concluded: Promise<boolean>;
  readonly delivered: Set<string>;
  settled: boolean;
}

/** Bounds the memory; a receipt for an older message is matched by its own id alone. */
const MOST_REMEMBERED = 50_000;

/** Which parts belong together, so that several receipts become one. Kept in memory: see SmppGateway for a restart. */
export class SegmentReceipts {
  readonly #byId = new Map<string, SentMessage>();

  remember(id: string, sent: SentMessage): void {
    this.#byId.set(id, sent);
    if (this.#byId.size <= MOST_REMEMBERED) return;
    const [oldest] = this.#byId.keys();
    if (oldest !== undefined) this.#byId.delete(oldest);
  }

  find(id: string): SentMessage | undefined {
    return this.#byId.get(id);
  }

  /** What to tell of the message: all parts delivered, or one failed; null when there is nothing (more) to tell. */
  note(id: string, sent: SentMessage, receipt: SegmentReceipt): SmsReceipt | null {
    const { gatewayMessageId, segments, delivered, settled } = sent;
    if (settled) return null;
    if (receipt.state === "failed")
      return { gatewayMessageId, delivered: false, reason: receipt.reason, badNumber: receipt.badNumber };
    delivered.add(id);
    if (delivered.size < segments) return null;
    return { gatewayMessageId, delivered: true, reason: null, badNumber: false };
  }
}
