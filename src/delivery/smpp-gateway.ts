import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import smpp from "smpp";
import { MOST_SEGMENTS, smsSegments } from "../domain/sms-segments.js";
import { SegmentReceipts, type SentMessage } from "./segment-receipts.js";
import { SendingWindow } from "./sending-window.js";
import { type SmppAddress, SmppLink, SmppLinkFault, type SmppTimes } from "./smpp-link.js";
import { type MessageIdForm, messageIdFrom, readReceipt } from "./smpp-receipt.js";
import { submitOutcome } from "./smpp-status.js";
import type { SmsGateway, SmsMessage, SmsOutcome, SmsReceipt } from "./sms-gateway.js";

export interface SmppOptions extends SmppAddress {
  /** The number or name that messages come from. */
  readonly source: string;
  /** How mainland numbers are written: 8613… or 13…. */
  readonly numbers: "international" | "national";
  readonly messageIds: MessageIdForm;
  /** Parts that may wait for their answer at a time. */
  readonly window: number;
}

/** What only tests set otherwise. */
export interface SmppTiming extends SmppTimes {
  readonly reconnectMs: number;
  readonly longestReconnectMs: number;
  /** A link that lived so long was sound: after it, waiting begins anew. */
  readonly soundAfterMs: number;
  readonly throttledMs: number;
  /** Whoever sent a message needs this long to note its id before a receipt can be matched. */
  readonly receiptGraceMs: number;
}

export interface GatewayLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

const usualTiming: SmppTiming = {
  connectMs: 10_000,
  answerMs: 10_000,
  keepAliveMs: 30_000,
  reconnectMs: 1_000,
  longestReconnectMs: 60_000,
  soundAfterMs: 30_000,
  throttledMs: 1_000,
  receiptGraceMs: 1_000,
};

const OK = 0;
const TRY_AGAIN = smpp.errors["ESME_RX_T_APPN"] ?? 0x64;
const UCS2 = 0x08;
const HAS_HEADER = 0x40;
const FINAL_RECEIPT = 0x01;
/** A later part that is throttled is tried so often: half a text is worse than a late one. */
const PART_ATTEMPTS = 5;
const numberTypes = { international: 1, national: 2, alphanumeric: 5, unknown: 0 } as const;
const ISDN = 1;

type Acceptance = Extract<SmsOutcome, { kind: "accepted" }>;

/**
 * Speaks SMPP 3.4 to a carrier or an aggregator. After a restart the parts of a message are no longer known together: its
 * first part's receipt alone then decides, because that part's id is the one that `send` gave; those of other parts match
 * nothing. A receipt is acknowledged when the listener is done, so that the centre repeats what was not noted.
 */
export class SmppGateway implements SmsGateway {
  readonly name = "smpp";
  readonly #timing: SmppTiming;
  readonly #window: SendingWindow;
  readonly #receipts = new SegmentReceipts();
  readonly #listeners: ((receipt: SmsReceipt) => Promise<void>)[] = [];
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  /** The link or the attempt at one; the reason why there is none while waiting for the next attempt. */
  #link: Promise<SmppLink> | string = "SMPP_NOT_CONNECTED";

  constructor(
    private readonly options: SmppOptions,
    private readonly log: GatewayLog,
    timing: Partial<SmppTiming> = {},
  ) {
    this.#timing = { ...usualTiming, ...timing };
    this.#window = new SendingWindow(options.window);
    this.#running = this.#stayConnected();
  }

  onReceipt(listener: (receipt: SmsReceipt) => Promise<void>): void {
    this.#listeners.push(listener);
  }

  async send(message: SmsMessage): Promise<SmsOutcome> {
    const segments = smsSegments(message.body);
    if (segments.length > MOST_SEGMENTS)
      return { kind: "rejected", reason: "TEXT_TOO_LONG", badNumber: false };
    const conclusion = Promise.withResolvers<boolean>();
    let first: { readonly outcome: Acceptance; readonly sent: SentMessage } | undefined;
    try {
      for (const [index, segment] of segments.entries()) {
        const pdu = () => this.#submission(message, segment, index, segments.length);
        const outcome = await this.#submit(message.id, pdu, first ? PART_ATTEMPTS : 1, (accepted) => {
          first ??= {
            outcome: accepted,
            sent: {
              gatewayMessageId: accepted.gatewayMessageId,
              segments: segments.length,
              concluded: conclusion.promise,
              delivered: new Set(),
              settled: false,
            },
          };
          this.#receipts.remember(accepted.gatewayMessageId, first.sent);
        });
        if (outcome.kind === "accepted") continue;
        return first ? { kind: "unknown", reason: "SENT_IN_PART" } : outcome;
      }
      conclusion.resolve(true);
      return first?.outcome ?? { kind: "failed", reason: "SMPP_NOT_CONNECTED" };
    } finally {
      conclusion.resolve(false);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#window.settled();
    await this.#running;
  }

  /** The answer's id is remembered before the place in the window is free: a receipt waits for that. */
  async #submit(
    ownId: string,
    pdu: () => smpp.Pdu,
    attempts: number,
    remember: (accepted: Acceptance) => void,
  ): Promise<SmsOutcome> {
    const outcome = await this.#window.run(async (): Promise<SmsOutcome> => {
      const link = await this.#usableLink();
      if (typeof link === "string") return { kind: "failed", reason: link };
      const outcome = submitOutcome(await link.request(pdu()), ownId, this.#timing.throttledMs);
      if (outcome.kind !== "accepted") return outcome;
      const gatewayMessageId = messageIdFrom("answer", this.options.messageIds, outcome.gatewayMessageId);
      const accepted: Acceptance = { kind: "accepted", gatewayMessageId };
      remember(accepted);
      return accepted;
    });
    if (outcome.kind !== "throttled" || attempts <= 1) return outcome;
    await delay(outcome.retryAfterMs);
    return this.#submit(ownId, pdu, attempts - 1, remember);
  }

  #submission(message: SmsMessage, segment: string, index: number, segments: number): smpp.Pdu {
    const text = Buffer.from(segment, "utf16le").swap16();
    // The same for each repetition, so that a phone that has some parts already can complete the text.
    const reference = createHash("sha256").update(message.id).digest().readUInt8();
    const header = Buffer.from([5, 0, 3, reference, segments, index + 1]);
    return new smpp.PDU("submit_sm", {
      ...sourceAddress(this.options.source),
      ...destinationAddress(message.phone, this.options.numbers),
      esm_class: segments > 1 ? HAS_HEADER : 0,
      registered_delivery: FINAL_RECEIPT,
      data_coding: UCS2,
      short_message: segments > 1 ? Buffer.concat([header, text]) : text,
    });
  }

  async #usableLink(): Promise<SmppLink | string> {
    if (this.#stopping.signal.aborted) return "SMPP_STOPPING";
    const link = this.#link;
    return typeof link === "string" ? link : link.catch(reasonOf);
  }

  async #stayConnected(): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted; failures += 1) {
      const since = performance.now();
      const opening = SmppLink.open(this.options, this.#timing, (pdu) => this.#receive(pdu));
      this.#link = opening;
      try {
        const link = await opening;
        this.log.info({ gateway: this.name }, "the SMS centre is connected");
        await Promise.race([link.closed, aborted(signal)]);
        if (signal.aborted) {
          await this.#window.settled();
          return await link.unbind();
        }
        this.#link = "SMPP_NOT_CONNECTED";
        if (performance.now() - since > this.#timing.soundAfterMs) failures = 0;
      } catch (error) {
        this.#link = reasonOf(error);
      }
      const longest = Math.min(this.#timing.longestReconnectMs, this.#timing.reconnectMs * 2 ** failures);
      const pauseMs = Math.round(longest * (0.5 + Math.random() / 2));
      this.log.warn({ gateway: this.name, reason: this.#link, pauseMs }, "the SMS centre is not connected");
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #receive(pdu: smpp.Pdu): Promise<number> {
    const receipt = readReceipt(pdu);
    // What people write to us is nobody's task here; repeating it would not change that.
    if (!receipt || receipt.state === "underWay") return OK;
    const id = messageIdFrom("receipt", this.options.messageIds, receipt.messageId);
    // A receipt may overtake the answer that tells its id.
    if (!this.#receipts.find(id)) await this.#window.settled();
    const sent = this.#receipts.find(id);
    if (sent && !(await sent.concluded)) return OK;
    if (sent) await delay(this.#timing.receiptGraceMs);
    const news = sent
      ? this.#receipts.note(id, sent, receipt)
      : {
          gatewayMessageId: id,
          delivered: receipt.state === "delivered",
          reason: receipt.reason,
          badNumber: receipt.badNumber,
        };
    if (news === null) return OK;
    if (this.#listeners.length === 0) return TRY_AGAIN;
    try {
      for (const listener of this.#listeners) await listener(news);
    } catch {
      this.log.warn(
        { gateway: this.name },
        "a delivery receipt was not noted: the SMS centre is to repeat it",
      );
      return TRY_AGAIN;
    }
    if (sent) sent.settled = true;
    return OK;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof SmppLinkFault ? `SMPP_${error.reason}` : "SMPP_NOT_CONNECTED";
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

/** Service numbers (1069…) are neither national nor international: their type is left to the centre. */
function sourceAddress(source: string): smpp.PduFields {
  const [type, plan] = /[a-z]/i.test(source) ? [numberTypes.alphanumeric, 0] : [numberTypes.unknown, 0];
  return { source_addr_ton: type, source_addr_npi: plan, source_addr: source };
}

function destinationAddress(phone: string, numbers: SmppOptions["numbers"]): smpp.PduFields {
  const isMainland = !phone.startsWith("+");
  if (isMainland && numbers === "national")
    return { dest_addr_ton: numberTypes.national, dest_addr_npi: ISDN, destination_addr: phone };
  const international = isMainland ? `86${phone.replace(/^0/, "")}` : phone.slice(1);
  return { dest_addr_ton: numberTypes.international, dest_addr_npi: ISDN, destination_addr: international };
}
