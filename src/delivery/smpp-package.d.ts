/** What is used of the npm package smpp, which has no types of its own. */
declare module "smpp" {
  import type { EventEmitter } from "node:events";
  import type { Server as NetServer, Socket } from "node:net";

  /** A text is decoded where the coding is known; other bytes are left. */
  interface ShortMessage {
    readonly message: string | Buffer;
  }

  interface PduFields {
    readonly command_status?: number;
    readonly system_id?: string;
    readonly password?: string;
    readonly system_type?: string;
    readonly interface_version?: number;
    readonly source_addr_ton?: number;
    readonly source_addr_npi?: number;
    readonly source_addr?: string;
    readonly dest_addr_ton?: number;
    readonly dest_addr_npi?: number;
    readonly destination_addr?: string;
    readonly esm_class?: number;
    readonly registered_delivery?: number;
    readonly data_coding?: number;
    readonly short_message?: Buffer | string | ShortMessage;
    readonly message_payload?: Buffer | string | ShortMessage;
    readonly message_id?: string;
    readonly receipted_message_id?: string;
    readonly message_state?: number;
    readonly network_error_code?: Buffer;
  }

  interface Pdu extends PduFields {
    readonly command: string;
    readonly command_status: number;
    readonly sequence_number: number;
    isResponse(): boolean;
    response(fields?: PduFields): Pdu;
  }

  interface Session extends EventEmitter {
    readonly socket: Socket;
    /** False when the connection takes no more; then nothing was written. */
    send(pdu: Pdu): boolean;
    close(): void;
    destroy(): void;
  }

  interface Server extends NetServer {
    readonly sessions: readonly Session[];
  }

  const smpp: {
    readonly PDU: new (command: string, fields?: PduFields) => Pdu;
    readonly errors: Readonly<Record<string, number>>;
    readonly encodings: { readonly ASCII: { encode(text: string): Buffer } };
    connect(options: {
      readonly host: string;
      readonly port: number;
      readonly tls: boolean;
      readonly servername?: string;
      readonly ca?: string;
    }): Session;
    createServer(
      options: { readonly key?: string; readonly cert?: string },
      listener: (session: Session) => void,
    ): Server;
  };
  namespace smpp {
    export type { Pdu, PduFields, Server, Session };
  }
  export = smpp;
}
