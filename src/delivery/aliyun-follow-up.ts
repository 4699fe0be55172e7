import { SendingWindow } from "./sending-window.js";
import type { SmsMessage } from "./sms-gateway.js";

/** Bounds the memory: beyond it messages stay sent, without a receipt. */
const MOST_FOLLOWED = 50_000;
const QUESTIONS_AT_A_TIME = 8;

/** Asks after messages at set times until there is an answer or no time left. */
export class AliyunFollowUp implements AsyncDisposable {
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #window = new SendingWindow(QUESTIONS_AT_A_TIME);
  #isStopped = false;

  constructor(
    private readonly askAfterMs: readonly number[],
    /** True when there is no more to ask. */
    private readonly ask: (message: SmsMessage) => Promise<boolean>,
  ) {}

  add(message: SmsMessage): void {
    if (this.#timers.has(message.id) || this.#timers.size >= MOST_FOLLOWED) return;
    this.#schedule({ id: message.id, phone: message.phone, body: "" }, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    await this.#window.settled();
  }

  #schedule(message: SmsMessage, attempt: number): void {
    const at = this.askAfterMs[attempt];
    if (at === undefined || this.#isStopped) {
      this.#timers.delete(message.id);
      return;
    }
    const timer = setTimeout(() => this.#askOnce(message, attempt), at - (this.askAfterMs[attempt - 1] ?? 0));
    timer.unref();
    this.#timers.set(message.id, timer);
  }

  async #askOnce(message: SmsMessage, attempt: number): Promise<void> {
    const isDone = await this.#window
      .run(async () => !this.#isStopped && this.ask(message))
      .catch(() => false);
    if (isDone) this.#timers.delete(message.id);
    else this.#schedule(message, attempt + 1);
  }
}
