import { request } from "undici";
import type { SmsSettings } from "./open-sms-gateway.js";
import { SmppLink, SmppLinkFault } from "./smpp-link.js";

/** Whether a gateway answers; nothing is sent to anyone. */
export type Reached = { readonly answers: true } | { readonly answers: false; readonly reason: string };

type Outside = Exclude<SmsSettings, null | { readonly gateway: "sandbox" }>;

/** The account is bound elsewhere, by the process that sends: the centre is there and knows it. */
const BOUND_ELSEWHERE = "BIND_ESME_RALYBND";

/** Signs in to an SMPP centre as one who only sends, and leaves at once; of Aliyun it wants any answer to an empty request. */
export async function reachGateway(settings: Outside, withinMs: number): Promise<Reached> {
  try {
    await (settings.gateway === "smpp" ? bindAndLeave(settings, withinMs) : ask(settings.endpoint, withinMs));
    return { answers: true };
  } catch (error) {
    const reason = reasonOf(error);
    return reason === BOUND_ELSEWHERE ? { answers: true } : { answers: false, reason };
  }
}

async function bindAndLeave(
  settings: Extract<Outside, { gateway: "smpp" }>,
  withinMs: number,
): Promise<void> {
  const times = { connectMs: withinMs, answerMs: withinMs, keepAliveMs: withinMs };
  // A centre that delivers all the same is told to try again: nothing is noted here.
  const refuse = async () => {
    throw new Error("nothing is taken here");
  };
  const link = await SmppLink.open(settings, times, refuse, "bind_transmitter");
  await link.unbind();
}

async function ask(endpoint: string, withinMs: number): Promise<void> {
  const { body } = await request(endpoint, {
    method: "HEAD",
    headersTimeout: withinMs,
    signal: AbortSignal.timeout(withinMs),
  });
  await body.dump();
}

/** A code: a message may hold the address with its user. */
function reasonOf(error: unknown): string {
  if (error instanceof SmppLinkFault) return error.reason;
  if (error instanceof DOMException && error.name === "TimeoutError") return "CONNECT_TIMEOUT";
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" ? code : error instanceof Error ? error.name : "UNKNOWN";
}
