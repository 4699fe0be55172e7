import smpp from "smpp";

/** What a delivery receipt says about one part of a message. */
export interface SegmentReceipt {
  /** As the centre writes it. */
  readonly messageId: string;
  readonly state: "delivered" | "failed" | "underWay";
  readonly reason: string | null;
  readonly badNumber: boolean;
}

const MESSAGE_TYPE = 0b0011_1100;
const RECEIPT = 0b0000_0100;
/** Of the network's errors: the number belongs to nobody (GSM 09.02, CMPP). */
const nobody = new Set(["1", "MK:1", "MK:0001"]);

/** Names of the numbers in the message_state parameter, as receipts write them. */
const stateNames: Readonly<Record<number, string>> = {
  0: "ENROUTE",
  1: "ENROUTE",
  2: "DELIVRD",
  3: "EXPIRED",
  4: "DELETED",
  5: "UNDELIV",
  6: "ACCEPTD",
  7: "UNKNOWN",
  8: "REJECTD",
  9: "UNDELIV",
};

/** UNKNOWN is no answer: the message stays sent. */
const underWay = new Set(["ENROUTE", "ACCEPTD", "UNKNOWN", "SCHEDUL"]);

/** A receipt, or null where a delivery is something else, such as a text that somebody wrote to us. */
export function readReceipt(pdu: smpp.Pdu): SegmentReceipt | null {
  if (((pdu.esm_class ?? 0) & MESSAGE_TYPE) !== RECEIPT) return null;
  const text = textOf(pdu);
  const messageId = plainStart(pdu.receipted_message_id) ?? /\bid:\s*([!-~]+)/i.exec(text)?.[1];
  const written = /\bstat:\s*([A-Z0-9:]{1,8})(?![A-Z0-9:])/i.exec(text)?.[1]?.toUpperCase();
  const stat = written ?? stateNames[pdu.message_state ?? -1];
  if (!messageId || !stat) return null;
  if (stat === "DELIVRD") return { messageId, state: "delivered", reason: null, badNumber: false };
  if (underWay.has(stat)) return { messageId, state: "underWay", reason: null, badNumber: false };
  const error = /\berr:\s*([A-Z0-9:]{1,8})(?![A-Z0-9:])/i.exec(text)?.[1]?.toUpperCase() ?? networkError(pdu);
  const isTold = error !== null && !/^0*$/.test(error);
  return {
    messageId,
    state: "failed",
    reason: isTold ? `${stat}_${error}` : stat,
    badNumber: [error?.replace(/^0+/, ""), stat].some((code) => nobody.has(code ?? "")),
  };
}

/** The package decodes by GSM's alphabet, in which _ and @ and $ are other letters: ids need the octets as they came. */
function textOf(pdu: smpp.Pdu): string {
  const content = [pdu.short_message, pdu.message_payload].find((part) => lengthOf(part) > 0);
  const message = typeof content === "object" && "message" in content ? content.message : content;
  if (message === undefined) return "";
  if (Buffer.isBuffer(message)) return message.toString("latin1");
  const isGsm = ((pdu.data_coding ?? 0) & 0x0f) <= 1;
  return isGsm ? smpp.encodings.ASCII.encode(message).toString("latin1") : message;
}

function lengthOf(content: smpp.PduFields["short_message"]): number {
  if (content === undefined) return 0;
  return typeof content === "object" && "message" in content ? content.message.length : content.length;
}

/** Without a closing zero, which some centres forget, the package reads on into the next parameter. */
function plainStart(value: string | undefined): string | undefined {
  return /^[!-~]+/.exec(value ?? "")?.[0];
}

function networkError(pdu: smpp.Pdu): string | null {
  const code = pdu.network_error_code;
  return Buffer.isBuffer(code) && code.length === 3 ? String(code.readUInt16BE(1)) : null;
}

/** How the centre writes the ids of its messages: in receipts as in answers, or in another number system. */
export type MessageIdForm = "same" | "hex-then-decimal" | "decimal-then-hex";

/** One form of an id, for answers and receipts alike, so that they match, after a restart too. */
export function messageIdFrom(place: "answer" | "receipt", form: MessageIdForm, id: string): string {
  const isHex = form === (place === "answer" ? "hex-then-decimal" : "decimal-then-hex");
  if (isHex && /^[0-9a-f]+$/i.test(id)) return BigInt(`0x${id}`).toString();
  // Some centres pad, or change case, in one of both places.
  return id.toLowerCase().replace(/^0+(?=.)/, "");
}
