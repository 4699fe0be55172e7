import type { SmsOutcome } from "./sms-gateway.js";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const limits = new Set(["isv.BUSINESS_LIMIT_CONTROL", "isv.DAY_LIMIT_CONTROL", "isv.MONTH_LIMIT_CONTROL"]);
/** The account's trouble, not the message's: it can be sent once the account is in order. */
const account = new Set([
  "isv.AMOUNT_NOT_ENOUGH",
  "isv.OUT_OF_SERVICE",
  "isv.ACCOUNT_ABNORMAL",
  "isv.ACCOUNT_NOT_EXISTS",
  "isv.PRODUCT_UN_SUBSCRIPT",
  "isv.PRODUCT_UNSUBSCRIBE",
]);
/** The system's errors after which the request surely did not go out. */
const unsent = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);

/** What the code in an answer of SendSms means. */
export function codeOutcome(code: string | undefined, text: string | undefined, ownId: string): SmsOutcome {
  if (code === "OK") return { kind: "accepted", gatewayMessageId: ownId };
  if (code === undefined) return { kind: "unknown", reason: "ALIYUN_STRANGE_ANSWER" };
  if (limits.has(code)) return { kind: "throttled", retryAfterMs: pauseAfter(code, text ?? "") };
  if (code.includes("Throttling")) return { kind: "throttled", retryAfterMs: minute };
  const reason = coded(code);
  if (account.has(code) || !code.startsWith("isv.")) return { kind: "failed", reason };
  return { kind: "rejected", reason, badNumber: code === "isv.MOBILE_NUMBER_ILLEGAL" };
}

/** What a call that threw means. The SDK puts the whole address, with number and text, into messages: only codes leave. */
export function faultOutcome(error: unknown): SmsOutcome {
  const { code, statusCode } = error as { readonly code?: unknown; readonly statusCode?: unknown };
  if (typeof code !== "string") return { kind: "unknown", reason: "ALIYUN_NO_ANSWER" };
  if (unsent.has(code)) return { kind: "failed", reason: "ALIYUN_NOT_CONNECTED" };
  if (typeof statusCode !== "number") return { kind: "unknown", reason: "ALIYUN_NO_ANSWER" };
  if (code.includes("Throttling")) return { kind: "throttled", retryAfterMs: minute };
  // A server that stumbled may have sent the message before; "unavailable" says that it did not begin.
  if (statusCode >= 500 && statusCode !== 503) return { kind: "unknown", reason: coded(code) };
  return codeOutcome(code, undefined, "");
}

/** Limits are for a minute, an hour or a day; the answer says which in words only. */
function pauseAfter(code: string, text: string): number {
  if (code !== "isv.BUSINESS_LIMIT_CONTROL" || text.includes("天级")) return day;
  return text.includes("小时级") ? hour : minute;
}

function coded(code: string): string {
  return /^[A-Za-z][\w.-]{0,60}$/.test(code) && !/\d{7}/.test(code) ? code : "ALIYUN_REFUSED";
}
