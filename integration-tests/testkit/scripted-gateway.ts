import type { SmsGateway, SmsMessage, SmsOutcome, SmsReceipt } from "../../src/delivery/sms-gateway.js";

type Answer = SmsOutcome | (() => Promise<SmsOutcome>);

/** A gateway that answers each phone by its script, the last answer again and again, and remembers what it was sent. */
export class ScriptedGateway implements SmsGateway {
  readonly name = "scripted";
  readonly sent: SmsMessage[] = [];
  readonly asked: SmsMessage[] = [];
  readonly #scripts = new Map<string, Answer[]>();
  #listener: ((receipt: SmsReceipt) => Promise<void>) | undefined;
  query?: (message: SmsMessage) => Promise<SmsOutcome | null>;

  script(phone: string, ...answers: readonly Answer[]): void {
    this.#scripts.set(phone, [...answers]);
  }

  /** From now on it can be asked. */
  answerQueries(answer: SmsOutcome | null): void {
    this.query = async (message) => {
      this.asked.push(message);
      return answer;
    };
  }

  async send(message: SmsMessage): Promise<SmsOutcome> {
    this.sent.push(message);
    const answers = this.#scripts.get(message.phone) ?? [];
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (!answer) return { kind: "accepted", gatewayMessageId: `g-${message.id}` };
    return typeof answer === "function" ? answer() : answer;
  }

  onReceipt(listener: (receipt: SmsReceipt) => Promise<void>): void {
    this.#listener = listener;
  }

  async report(receipt: SmsReceipt): Promise<void> {
    await this.#listener?.(receipt);
  }

  sentTo(phone: string): SmsMessage[] {
    return this.sent.filter((message) => message.phone === phone);
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
