import { createRequire } from "node:module";
import type { QuerySendDetailsResponseBody, SendSmsRequest } from "@alicloud/dysmsapi20170525";
import { AliyunFollowUp } from "./aliyun-follow-up.js";
import { codeOutcome, faultOutcome } from "./aliyun-outcome.js";
import type { SmsGateway, SmsMessage, SmsOutcome, SmsReceipt } from "./sms-gateway.js";

export interface AliyunOptions {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** With its protocol: https://dysmsapi.aliyuncs.com, or http on loopback. */
  readonly endpoint: string;
  readonly signName: string;
  /** A template whose one variable is ${content}. */
  readonly templateCode: string;
}

export interface AliyunTiming {
  readonly answerMs: number;
  /** When receipts are asked for, after the message was taken. */
  readonly askAfterMs: readonly number[];
}

type Sdk = typeof import("@alicloud/dysmsapi20170525");
type OpenApi = typeof import("@alicloud/openapi-core");
type Client = InstanceType<Sdk["default"]>;
type Detail = NonNullable<
  NonNullable<QuerySendDetailsResponseBody["smsSendDetailDTOs"]>["smsSendDetailDTO"]
>[number];

/** Where a CommonJS module keeps its default export depends on who imports it; not so here. */
const load = createRequire(import.meta.url);

const minute = 60_000;
const usualTiming: AliyunTiming = {
  answerMs: 10_000,
  askAfterMs: [1, 5, 30, 120, 720, 2_160].map((minutes) => minutes * minute),
};
const PAGE = 50;
const MOST_PAGES = 4;
const FAILED = 2;
const DELIVERED = 3;
/** Codes in details of which the number is the cause. */
const nobody = new Set(["MOBILE_NOT_ON_SERVICE", "MOBILE_NUMBER_ILLEGAL", "NUMBER_EMPTY", "MK:0001"]);

/**
 * Sends by Aliyun's Short Message Service. It sends templates only: one with the single variable `content` takes the whole
 * text, without the 【sign】 that Aliyun puts before it. Aliyun's own id (BizId) is not in its send details, ours (OutId)
 * is: so our id is the one by which a message is matched, and lost answers and receipts are found by it.
 *
 * Receipts are asked for (QuerySendDetails), a few times over a day and a half; Aliyun's queue and its HTTP push are not
 * used. What is left to ask is kept in memory: a restart forgets it, and such messages stay sent.
 */
export class AliyunGateway implements SmsGateway {
  readonly name = "aliyun";
  readonly #timing: AliyunTiming;
  readonly #listeners: ((receipt: SmsReceipt) => Promise<void>)[] = [];
  readonly #followUp: AliyunFollowUp;
  readonly #opened: { readonly sdk: Sdk; readonly client: Client };

  constructor(
    private readonly options: AliyunOptions,
    timing: Partial<AliyunTiming> = {},
  ) {
    this.#timing = { ...usualTiming, ...timing };
    this.#opened = this.#open();
    this.#followUp = new AliyunFollowUp(this.#timing.askAfterMs, (message) => this.#tellReceipt(message));
  }

  onReceipt(listener: (receipt: SmsReceipt) => Promise<void>): void {
    this.#listeners.push(listener);
  }

  async send(message: SmsMessage): Promise<SmsOutcome> {
    try {
      const { sdk, client } = this.#opened;
      const { body } = await client.sendSms(this.#request(sdk, message));
      const outcome = codeOutcome(body?.code, body?.message, message.id);
      if (outcome.kind === "accepted") this.#followUp.add(message);
      return outcome;
    } catch (error) {
      return faultOutcome(error);
    }
  }

  /** Null: Aliyun has no record of it (yet). */
  async query(message: SmsMessage): Promise<SmsOutcome | null> {
    try {
      const detail = await this.#detailOf(message);
      if (!detail) return null;
      if (detail.sendStatus === FAILED)
        return { kind: "rejected", reason: reasonOf(detail), badNumber: isBadNumber(detail) };
      this.#followUp.add(message);
      return { kind: "accepted", gatewayMessageId: message.id };
    } catch {
      return { kind: "unknown", reason: "ALIYUN_NO_ANSWER" };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#followUp[Symbol.asyncDispose]();
  }

  #request(sdk: Sdk, message: SmsMessage): SendSmsRequest {
    return new sdk.SendSmsRequest({
      phoneNumbers: message.phone.replace(/^\+/, ""),
      signName: this.options.signName,
      templateCode: this.options.templateCode,
      templateParam: JSON.stringify({ content: message.body.replace(/^【[^】]*】/u, "") }),
      outId: message.id,
    });
  }

  /** True when there is no more to ask. */
  async #tellReceipt(message: SmsMessage): Promise<boolean> {
    const detail = await this.#detailOf(message);
    if (detail?.sendStatus !== FAILED && detail?.sendStatus !== DELIVERED) return false;
    if (this.#listeners.length === 0) return false;
    const delivered = detail.sendStatus === DELIVERED;
    for (const listener of this.#listeners) {
      await listener({
        gatewayMessageId: message.id,
        delivered,
        reason: delivered ? null : reasonOf(detail),
        badNumber: !delivered && isBadNumber(detail),
      });
    }
    return true;
  }

  /** Details are kept by Beijing's day of sending; just after midnight, or a day later, that was the day before. */
  async #detailOf({ id, phone }: SmsMessage): Promise<Detail | undefined> {
    const today = Temporal.Now.plainDateISO("Asia/Shanghai");
    for (const daysAgo of [0, 1, 2]) {
      const sendDate = today.subtract({ days: daysAgo }).toString().replaceAll("-", "");
      for (let currentPage = 1; currentPage <= MOST_PAGES; currentPage += 1) {
        const details = await this.#page(phone, sendDate, currentPage);
        const found = details.find(({ outId }) => outId === id);
        if (found) return found;
        if (details.length < PAGE) break;
      }
    }
    return undefined;
  }

  async #page(phone: string, sendDate: string, currentPage: number): Promise<readonly Detail[]> {
    const { sdk, client } = this.#opened;
    const phoneNumber = phone.replace(/^\+/, "");
    const question = new sdk.QuerySendDetailsRequest({ phoneNumber, sendDate, pageSize: PAGE, currentPage });
    const { body } = await client.querySendDetails(question);
    if (body?.code !== "OK") throw new Error("send details were refused");
    return body.smsSendDetailDTOs?.smsSendDetailDTO ?? [];
  }

  /** The SDK is large: it is loaded at the start, before anybody waits, and only where this gateway is used. */
  #open() {
    const sdk: Sdk = load("@alicloud/dysmsapi20170525");
    const { $OpenApiUtil }: OpenApi = load("@alicloud/openapi-core");
    const { protocol, host } = new URL(this.options.endpoint);
    const config = new $OpenApiUtil.Config({
      accessKeyId: this.options.accessKeyId,
      accessKeySecret: this.options.accessKeySecret,
      endpoint: host,
      protocol: protocol.replace(":", ""),
      // The SDK takes any silence this long for a failed connection, also after the request has gone out.
      connectTimeout: this.#timing.answerMs,
      readTimeout: this.#timing.answerMs,
    });
    return { sdk, client: new sdk.default(config) };
  }
}

function isBadNumber({ errCode }: Detail): boolean {
  return nobody.has(errCode ?? "");
}

function reasonOf({ errCode }: Detail): string {
  return /^[\w:.-]{1,40}$/.test(errCode ?? "") && !/\d{7}/.test(errCode ?? "")
    ? `ALIYUN_${errCode}`
    : "ALIYUN_UNDELIVERED";
}
