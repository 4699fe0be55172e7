import { isIP } from "node:net";
import smpp from "smpp";

export interface SmppAddress {
  readonly host: string;
  readonly port: number;
  readonly systemId: string;
  readonly password: string;
  /** Undefined: not encrypted. The authority is that of the system unless given. */
  readonly tls?: { readonly ca?: string } | undefined;
}

export interface SmppTimes {
  /** From the first packet to the answer to the bind. */
  readonly connectMs: number;
  readonly answerMs: number;
  readonly keepAliveMs: number;
}

/** What became of a request. `unsent` is certain; `closed` and `late` may have been carried out. */
export type SmppAnswer =
  | { readonly kind: "answered"; readonly pdu: smpp.Pdu }
  | { readonly kind: "unsent" }
  | { readonly kind: "closed" }
  | { readonly kind: "late" };

/** The status to answer a delivery with. */
export type DeliveryHandler = (pdu: smpp.Pdu) => Promise<number>;

/** A transmitter is sent no receipts. */
export type SmppBinding = "bind_transceiver" | "bind_transmitter";

/** A connection or a bind did not come about; the reason is a code. */
export class SmppLinkFault extends Error {
  override readonly name = "SmppLinkFault";
  constructor(readonly reason: string) {
    super(reason);
  }
}

/** Many centres refuse the 5.0 that the package would offer. */
const VERSION_3_4 = 0x34;
const UNBIND_MS = 2_000;

/** One bound connection, from bind to close. It is never opened again: the package's own reconnecting leaves timers behind. */
export class SmppLink {
  readonly closed: Promise<void>;
  readonly #session: smpp.Session;
  readonly #times: SmppTimes;
  readonly #onDelivery: DeliveryHandler;
  // The package never calls back for a connection that ended, so answers are matched here.
  readonly #pending = new Map<number, (answer: SmppAnswer) => void>();
  readonly #deliveries = new Set<Promise<void>>();
  #isClosed = false;
  #failure = "CONNECTION_CLOSED";

  static async open(
    address: SmppAddress,
    times: SmppTimes,
    onDelivery: DeliveryHandler,
    as: SmppBinding = "bind_transceiver",
  ): Promise<SmppLink> {
    const link = new SmppLink(address, times, onDelivery);
    try {
      await link.#bind(address, as);
    } catch (error) {
      link.#session.destroy();
      throw error;
    }
    link.#keepAlive();
    return link;
  }

  private constructor({ host, port, tls }: SmppAddress, times: SmppTimes, onDelivery: DeliveryHandler) {
    this.#times = times;
    this.#onDelivery = onDelivery;
    this.#session = smpp.connect({
      host,
      port,
      tls: tls !== undefined,
      ...(tls && !isIP(host) ? { servername: host } : {}),
      ...(tls?.ca ? { ca: tls.ca } : {}),
    });
    this.#session.socket.setNoDelay(true);
    this.#session.on("pdu", (pdu: smpp.Pdu) => this.#receive(pdu));
    // After a PDU it cannot read the package reads no further: such a connection is of no use.
    this.#session.on("error", (error: { readonly code?: unknown }) => {
      this.#failure = typeof error.code === "string" ? error.code : "PROTOCOL_FAULT";
      this.#session.destroy();
    });
    this.closed = new Promise((resolve) => {
      this.#session.once("close", () => {
        this.#isClosed = true;
        for (const settle of this.#pending.values()) settle({ kind: "closed" });
        this.#pending.clear();
        resolve();
      });
    });
  }

  /** Sends a request and waits for its answer. */
  request(pdu: smpp.Pdu, withinMs = this.#times.answerMs): Promise<SmppAnswer> {
    if (this.#isClosed || !this.#session.send(pdu)) return Promise.resolve({ kind: "unsent" });
    const sequence = pdu.sequence_number;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#pending.delete(sequence);
        resolve({ kind: "late" });
      }, withinMs);
      this.#pending.set(sequence, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
    });
  }

  /** Takes leave of the centre, once deliveries under way are answered, and closes. */
  async unbind(): Promise<void> {
    await Promise.allSettled([...this.#deliveries]);
    await this.request(new smpp.PDU("unbind"), UNBIND_MS);
    this.#session.destroy();
    await this.closed;
  }

  async #bind({ systemId, password, tls }: SmppAddress, as: SmppBinding): Promise<void> {
    const deadline = setTimeout(() => {
      this.#failure = "CONNECT_TIMEOUT";
      this.#session.destroy();
    }, this.#times.connectMs);
    try {
      const isConnected = await Promise.race([
        new Promise<true>((resolve) =>
          this.#session.once(tls ? "secureConnect" : "connect", () => resolve(true)),
        ),
        this.closed.then(() => false),
      ]);
      if (!isConnected) throw new SmppLinkFault(this.#failure);
      const bind = new smpp.PDU(as, {
        system_id: systemId,
        password,
        interface_version: VERSION_3_4,
      });
      const answer = await this.request(bind, this.#times.connectMs);
      if (answer.kind !== "answered") throw new SmppLinkFault(this.#failure);
      if (answer.pdu.command_status !== 0)
        throw new SmppLinkFault(`BIND_${statusName(answer.pdu.command_status)}`);
    } finally {
      clearTimeout(deadline);
    }
  }

  #keepAlive(): void {
    const timer = setInterval(async () => {
      const answer = await this.request(new smpp.PDU("enquire_link"));
      if (answer.kind === "late") this.#session.destroy();
    }, this.#times.keepAliveMs);
    this.closed.then(() => clearInterval(timer));
  }

  /** Must never throw: the package would stop reading. */
  #receive(pdu: smpp.Pdu): void {
    if (pdu.isResponse()) {
      const settle = this.#pending.get(pdu.sequence_number);
      this.#pending.delete(pdu.sequence_number);
      settle?.({ kind: "answered", pdu });
      return;
    }
    if (pdu.command === "deliver_sm" || pdu.command === "data_sm") {
      const delivery = this.#answerDelivery(pdu).finally(() => this.#deliveries.delete(delivery));
      this.#deliveries.add(delivery);
      return;
    }
    if (pdu.command === "alert_notification" || pdu.command === "outbind") return;
    const isKnown = pdu.command === "enquire_link" || pdu.command === "unbind" || pdu.command === "unknown";
    this.#session.send(pdu.response(isKnown ? {} : { command_status: smpp.errors["ESME_RINVCMDID"] ?? 3 }));
    if (pdu.command === "unbind") this.#session.close();
  }

  async #answerDelivery(pdu: smpp.Pdu): Promise<void> {
    const status = await this.#onDelivery(pdu).catch(() => smpp.errors["ESME_RX_T_APPN"] ?? 0x64);
    this.#session.send(pdu.response({ command_status: status }));
  }
}

const names = new Map(Object.entries(smpp.errors).map(([name, status]) => [status, name]));

/** The name that the protocol gives a status, or its number. */
export function statusName(status: number): string {
  return names.get(status) ?? `SMPP_0x${status.toString(16).padStart(8, "0")}`;
}
