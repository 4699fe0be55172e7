import { type SmppAnswer, statusName } from "./smpp-link.js";
import type { SmsOutcome } from "./sms-gateway.js";

const throttling = new Set(["ESME_RTHROTTLED", "ESME_RMSGQFUL"]);
/** The centre's trouble or the connection's, not the message's: it surely did not take it and may the next time. */
const passing = new Set([
  "ESME_RSYSERR",
  "ESME_RINVBNDSTS",
  "ESME_RSUBMITFAIL",
  "ESME_RX_T_APPN",
  "ESME_RSERTYPUNAVAIL",
  "ESME_RUNKNOWNERR",
]);
/** From here on each centre has codes of its own. */
const FIRST_OF_VENDOR = 0x400;

const withoutAnswer = {
  unsent: { kind: "failed", reason: "SMPP_NOT_CONNECTED" },
  closed: { kind: "unknown", reason: "SMPP_CONNECTION_LOST" },
  late: { kind: "unknown", reason: "SMPP_NO_ANSWER" },
} as const;

/** What the answer to one submit_sm says about that part of the message. */
export function submitOutcome(answer: SmppAnswer, ownId: string, retryAfterMs: number): SmsOutcome {
  if (answer.kind !== "answered") return withoutAnswer[answer.kind];
  const { command, command_status: status, message_id } = answer.pdu;
  if (status === 0) {
    if (command !== "submit_sm_resp") return { kind: "unknown", reason: "SMPP_STRANGE_ANSWER" };
    // Taken without an id: there will be no receipt to match, but it was taken.
    return { kind: "accepted", gatewayMessageId: message_id || ownId };
  }
  const reason = statusName(status);
  if (throttling.has(reason)) return { kind: "throttled", retryAfterMs };
  // What a centre's own code means is in its manual only: the attempts are counted, so another one does no harm.
  if (passing.has(reason) || status >= FIRST_OF_VENDOR) return { kind: "failed", reason };
  return { kind: "rejected", reason, badNumber: reason === "ESME_RINVDSTADR" };
}
