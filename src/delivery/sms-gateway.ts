/** One text to one phone. */
export interface SmsMessage {
  /** Ours, stable over repetitions: a gateway that knows it sends it once. */
  readonly id: string;
  /** 11 digits, or +E.164. */
  readonly phone: string;
  readonly body: string;
}

/** What a gateway said to a message. Reasons are codes: they are stored and logged. */
export type SmsOutcome =
  | { readonly kind: "accepted"; readonly gatewayMessageId: string }
  /** The number or the text will never do. */
  | { readonly kind: "rejected"; readonly reason: string; readonly badNumber: boolean }
  | { readonly kind: "throttled"; readonly retryAfterMs: number }
  /** Surely not sent; try again. */
  | { readonly kind: "failed"; readonly reason: string }
  /** May have been sent. */
  | { readonly kind: "unknown"; readonly reason: string };

/** What became of a message that the gateway had accepted. */
export interface SmsReceipt {
  readonly gatewayMessageId: string;
  readonly delivered: boolean;
  readonly reason: string | null;
  readonly badNumber: boolean;
}

export interface SmsGateway extends AsyncDisposable {
  readonly name: string;
  send(message: SmsMessage): Promise<SmsOutcome>;
  /** What became of a message whose answer was lost. */
  query?(message: SmsMessage): Promise<SmsOutcome | null>;
  onReceipt(listener: (receipt: SmsReceipt) => Promise<void>): void;
}
