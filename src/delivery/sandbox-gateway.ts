import type { SmsGateway, SmsMessage, SmsOutcome, SmsReceipt } from "./sms-gateway.js";

/** Phones that go wrong, each in its own way; every other phone gets its text at once. */
export const sandboxPhones = {
  /** No such number: refused when sent. */
  rejected: "13900000990",
  /** The gateway has too much to do, the first time. */
  throttled: "13900000991",
  /** The gateway fails, every time. */
  failed: "13900000992",
  /** The answer is lost, every time. */
  unknown: "13900000993",
  /** Taken, and reported as not delivered. */
  bounced: "13900000994",
} as const;

const RETRY_AFTER_MS = 30_000;

/** Sends nothing to anyone: what it takes stands in the outbox, where staff read it. */
export class SandboxGateway implements SmsGateway {
  readonly name = "sandbox";
  readonly #throttled = new Set<string>();
  #listener: ((receipt: SmsReceipt) => Promise<void>) | undefined;
  #reporting: Promise<void> = Promise.resolve();

  async send({ id, phone }: SmsMessage): Promise<SmsOutcome> {
    if (phone === sandboxPhones.rejected)
      return { kind: "rejected", reason: "NO_SUCH_NUMBER", badNumber: true };
    if (phone === sandboxPhones.failed) return { kind: "failed", reason: "SANDBOX_FAILURE" };
    if (phone === sandboxPhones.unknown) return { kind: "unknown", reason: "SANDBOX_TIMEOUT" };
    if (phone === sandboxPhones.throttled && !this.#throttled.has(id)) {
      this.#throttled.add(id);
      return { kind: "throttled", retryAfterMs: RETRY_AFTER_MS };
    }
    this.#throttled.delete(id);
    this.#report(id, phone !== sandboxPhones.bounced);
    return { kind: "accepted", gatewayMessageId: id };
  }

  onReceipt(listener: (receipt: SmsReceipt) => Promise<void>): void {
    this.#listener = listener;
  }

  #report(gatewayMessageId: string, delivered: boolean): void {
    const listener = this.#listener;
    if (!listener) return;
    const reason = delivered ? null : "UNDELIVERABLE";
    const told = listener({ gatewayMessageId, delivered, reason, badNumber: false }).catch(() => undefined);
    this.#reporting = Promise.all([this.#reporting, told]).then(() => undefined);
  }

  /** Waits for the receipts that are still being stored. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#reporting;
  }
}
