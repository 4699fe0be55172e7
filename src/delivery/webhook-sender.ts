import { type LookupAddress, lookup as lookUpInDns } from "node:dns";
import type { LookupFunction } from "node:net";
import { Agent, request } from "undici";
import type { SendFailure, SendOutcome } from "../domain/webhooks.js";
import { isReachable, parseWebhookUrl, type Reachable } from "./webhook-url.js";

export interface WebhookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends once and tells what became of it; never throws. */
export type SendWebhook = (request: WebhookRequest) => Promise<SendOutcome>;

export interface WebhookSender extends AsyncDisposable {
  readonly send: SendWebhook;
}

export type LookUpAll = (
  host: string,
  options: { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export interface WebhookSenderOptions extends Reachable {
  readonly timeoutMs?: number;
  /** How names are resolved; a test brings its own. */
  readonly lookUp?: LookUpAll;
}

const TIMEOUT_MS = 15_000;
/** So much of an answer's body is read, and thrown away, to keep the connection; with more it is closed. */
const DRAINED_BYTES = 16_384;

/** A name that resolves to an address that nothing may be sent to. */
class AddressRefused extends Error {
  override readonly name = "AddressRefused";
}

/**
 * Sends to where clients have asked for, and to nothing inside one's own network. A name is resolved while connecting, and
 * the connection goes to the very addresses that were looked at: resolving it anew gains nothing. Redirects are not followed.
 */
export function createWebhookSender(options: WebhookSenderOptions): WebhookSender {
  const { loopback, timeoutMs = TIMEOUT_MS, lookUp = lookUpInDns as LookUpAll } = options;
  const agent = new Agent({
    connect: { lookup: checkedLookup(lookUp, { loopback }), timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxHeaderSize: DRAINED_BYTES,
  });
  return {
    send: async ({ url: text, headers, body }) => {
      const startedAt = performance.now();
      const ms = () => Math.round(performance.now() - startedAt);
      try {
        const url = parseWebhookUrl(text, { loopback });
        // An address in the URL is connected to without being looked up.
        if (!url) throw new AddressRefused(hostless);
        const answer = await request(url, {
          method: "POST",
          headers,
          body,
          dispatcher: agent,
          signal: AbortSignal.timeout(timeoutMs),
        });
        // What a receiver says besides its status is not asked for; that it says it badly changes nothing.
        await answer.body.dump({ limit: DRAINED_BYTES }).catch(() => undefined);
        const retryAfter = answer.headers["retry-after"];
        return {
          status: answer.statusCode,
          retryAfter: typeof retryAfter === "string" ? retryAfter : null,
          ms: ms(),
        };
      } catch (error) {
        return { failure: failureOf(error), ms: ms() };
      }
    },
    [Symbol.asyncDispose]: () => agent.destroy(),
  };
}

const hostless = "the address is not one that may be sent to";

/** Gives the addresses of a name if all of them may be connected to: what was looked at is what is given. */
export function checkedLookup(lookUp: LookUpAll, reachable: Reachable): LookupFunction {
  return (host, options, callback) => {
    lookUp(host, { all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error || !first) return callback(error ?? new Error("no address"), "", 0);
      if (!addresses.every(({ address }) => isReachable(address, reachable)))
        return callback(new AddressRefused(hostless), "", 0);
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
}

function failureOf(error: unknown): SendFailure {
  const causes = [error, (error as { cause?: unknown }).cause];
  if (causes.some((cause) => cause instanceof AddressRefused)) return "ADDRESS_REFUSED";
  const codes = causes.map((cause) => String((cause as { code?: unknown } | undefined)?.code ?? ""));
  const names = causes.map((cause) => String((cause as { name?: unknown } | undefined)?.name ?? ""));
  if (names.includes("TimeoutError") || codes.some((code) => /TIMEOUT|TIMEDOUT/.test(code))) return "TIMEOUT";
  if (codes.some((code) => /^(ENOTFOUND|EAI_)/.test(code))) return "DNS";
  if (codes.some((code) => /CERT|SSL|TLS|SIGNATURE/.test(code))) return "TLS";
  return "CONNECTION";
}
