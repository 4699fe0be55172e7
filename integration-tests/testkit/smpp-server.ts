import { once } from "node:events";
import type { AddressInfo } from "node:net";
import smpp from "smpp";

/** What the centre does with a submit_sm: a status, an id, or null for no answer. */
export type Submitted = (pdu: smpp.Pdu, session: smpp.Session) => smpp.PduFields | null;

/** A real SMPP server on this machine, whose answers a test decides. */
export class SmppServer implements AsyncDisposable {
  readonly submitted: smpp.Pdu[] = [];
  readonly deliveryAnswers: number[] = [];
  submit: Submitted = () => ({ message_id: `id-${this.submitted.length}` });
  bindStatus = 0;
  unbinds = 0;
  readonly #server: smpp.Server;

  private constructor(tls: { readonly key?: string; readonly cert?: string }) {
    this.#server = smpp.createServer(tls, (session) => {
      session.on("error", () => undefined);
      session.on("pdu", (pdu: smpp.Pdu) => this.#answer(session, pdu));
    });
  }

  static async start(port = 0, tls = {}): Promise<SmppServer> {
    const server = new SmppServer(tls);
    server.#server.listen(port, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Sends a delivery receipt in the usual text. */
  receipt(id: string, stat: string, err = "000"): void {
    const text = `id:${id} sub:001 dlvrd:001 submit date:2611240900 done date:2611240901 stat:${stat} err:${err} text:`;
    this.deliver({ esm_class: 4, short_message: Buffer.from(text, "latin1") });
  }

  deliver(fields: smpp.PduFields): void {
    this.#server.sessions[0]?.send(new smpp.PDU("deliver_sm", { data_coding: 0, ...fields }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const session of this.#server.sessions) session.destroy();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, "close");
  }

  #answer(session: smpp.Session, pdu: smpp.Pdu): void {
    if (pdu.command === "deliver_sm_resp") this.deliveryAnswers.push(pdu.command_status);
    if (pdu.isResponse()) return;
    if (/^bind_trans/.test(pdu.command)) session.send(pdu.response({ command_status: this.bindStatus }));
    else if (pdu.command === "submit_sm") {
      this.submitted.push(pdu);
      const fields = this.submit(pdu, session);
      if (fields) session.send(pdu.response(fields));
    } else {
      if (pdu.command === "unbind") this.unbinds += 1;
      session.send(pdu.response());
    }
  }
}
