import { GraphQLError } from "graphql";
import { RateLimited } from "../auth/rate-limits.js";
import type { Language, Text } from "../domain/language.js";
import { Refused, refusalMessage, refusals } from "../domain/refusals.js";
import { IdempotencyKeyReused } from "../operations/operation.js";
import { isConnectionFault, isRetryable, sqlStateOf, UnknownCommit } from "../storage/faults.js";
import { DOCUMENT_TOO_LARGE, ONE_OPERATION } from "./document-limits.js";

interface ErrorRow extends Text {
  readonly retryable: boolean;
}

/** The closed list of `errors[].extensions.code`, each with its text. */
export const errorCodes = {
  UNAUTHENTICATED: {
    retryable: false,
    "zh-CN": "请先获取访问令牌，并通过 Authorization: Bearer 提交。",
    en: "A valid access token is needed: Authorization: Bearer ‹token›.",
  },
  FORBIDDEN: { retryable: false, "zh-CN": "该客户端无权进行此操作。", en: "This client may not do this." },
  BAD_USER_INPUT: { retryable: false, "zh-CN": "输入的内容不正确。", en: "An input is not usable." },
  GRAPHQL_VALIDATION_FAILED: {
    retryable: false,
    "zh-CN": "请求文档不符合接口定义。",
    en: "The document does not fit the schema.",
  },
  QUERY_TOO_COMPLEX: {
    retryable: false,
    "zh-CN": "请求过于复杂，请拆分。",
    en: "The request asks for too much at once.",
  },
  RATE_LIMITED: {
    retryable: true,
    "zh-CN": "请求过于频繁，请稍后再试。",
    en: "Too many requests; try again later.",
  },
  IDEMPOTENCY_KEY_REUSED: {
    retryable: false,
    "zh-CN": "该 idempotencyKey 已用于不同的请求内容。",
    en: "This idempotencyKey was used with another input.",
  },
  CONFLICT: {
    retryable: true,
    "zh-CN": "有其他操作正在处理同一人的记录，请用同一 idempotencyKey 重试。",
    en: "The record is busy; retry with the same idempotencyKey.",
  },
  UPSTREAM_UNAVAILABLE: {
    retryable: true,
    "zh-CN": "服务暂时不可用，请用同一 idempotencyKey 重试。",
    en: "A system behind this one is unavailable; retry with the same idempotencyKey.",
  },
  MAINTENANCE: {
    retryable: true,
    "zh-CN": "系统维护中，请稍后再试。",
    en: "The service is being maintained; try again later.",
  },
  INTERNAL_SERVER_ERROR: { retryable: true, "zh-CN": "系统内部错误。", en: "An internal error." },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorCodes;

export interface PublicError {
  readonly message: string;
  readonly locations?: readonly { readonly line: number; readonly column: number }[];
  readonly path?: readonly (string | number)[];
  readonly extensions: Readonly<Record<string, unknown>> & { readonly code: ErrorCode };
}

interface Occasion {
  readonly language: Language;
  readonly requestId: string;
}

/** An answer made before GraphQL comes into it. */
export function publicError(
  code: ErrorCode,
  { language, requestId }: Occasion,
  detail?: string,
): PublicError {
  const row = errorCodes[code];
  const message = detail ? `${row[language]} ${detail}` : row[language];
  return { message, extensions: { code, requestId, retryable: row.retryable } };
}

/**
 * What a client is told of an error: an allow-list. Anything that is not known to be harmless becomes
 * INTERNAL_SERVER_ERROR with a request id that stands in the log too.
 */
export function toPublicError(error: GraphQLError, apolloCode: unknown, occasion: Occasion): PublicError {
  const known = classify(error, apolloCode, occasion.language);
  const base = publicError(known.code, occasion, known.detail);
  return {
    ...base,
    message: known.message ?? base.message,
    ...(error.locations && known.code === "GRAPHQL_VALIDATION_FAILED" ? { locations: error.locations } : {}),
    ...(error.path ? { path: error.path } : {}),
    extensions: { ...base.extensions, ...known.extensions },
  };
}

interface Known {
  readonly code: ErrorCode;
  readonly message?: string;
  readonly detail?: string | undefined;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

function classify(error: GraphQLError, apolloCode: unknown, language: Language): Known {
  const cause = rootCause(error);
  if (cause instanceof Refused) {
    return {
      code: "BAD_USER_INPUT",
      message: refusalMessage(cause, language),
      extensions: { reason: refusals[cause.refusal].code, ...(cause.path ? { argument: cause.path } : {}) },
    };
  }
  if (cause instanceof IdempotencyKeyReused) return { code: "IDEMPOTENCY_KEY_REUSED" };
  if (cause instanceof RateLimited) {
    return { code: "RATE_LIMITED", extensions: { retryAfterSeconds: cause.retryAfterSeconds } };
  }
  if (cause?.message === "FORBIDDEN" && !sqlStateOf(cause)) return { code: "FORBIDDEN" };
  if (cause instanceof UnknownCommit || isConnectionFault(cause)) return { code: "UPSTREAM_UNAVAILABLE" };
  if (isRetryable(cause)) return { code: "CONFLICT" };
  if (cause === undefined || cause instanceof GraphQLError) return classifyRequestFault(error, apolloCode);
  return { code: "INTERNAL_SERVER_ERROR" };
}

/** graphql-js wraps what a resolver throws, GraphQLErrors too. */
function rootCause(error: GraphQLError): Error | undefined {
  let cause: Error | null | undefined = error.originalError;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause ?? undefined;
}

function classifyRequestFault(error: GraphQLError, apolloCode: unknown): Known {
  switch (apolloCode) {
    case "FORBIDDEN":
    case "QUERY_TOO_COMPLEX":
      return { code: apolloCode };
    case "BAD_USER_INPUT":
      return { code: "BAD_USER_INPUT", detail: variablePlace(error.message) };
    case "GRAPHQL_PARSE_FAILED":
    case "GRAPHQL_VALIDATION_FAILED":
    case "OPERATION_RESOLUTION_FAILURE":
    case "BAD_REQUEST":
    case "PERSISTED_QUERY_NOT_SUPPORTED":
      if (error.message.startsWith(DOCUMENT_TOO_LARGE)) return { code: "QUERY_TOO_COMPLEX" };
      return { code: "GRAPHQL_VALIDATION_FAILED", detail: schemaFault(error.message) };
    default:
      // graphql-js gives this one no code and Apollo none either; the variables' own faults stand before it.
      if (error.message.startsWith(TOO_MANY_VARIABLE_FAULTS)) return { code: "BAD_USER_INPUT" };
      return { code: "INTERNAL_SERVER_ERROR" };
  }
}

const TOO_MANY_VARIABLE_FAULTS = "Too many errors processing variables";

/** Where a variable does not fit; graphql-js repeats the value itself, which may be a document number. */
function variablePlace(message: string): string | undefined {
  const at = /^Variable "\$\w{1,64}" got invalid value .* at "([\w.[\]]{1,200})"; /s.exec(message);
  const place = at?.[1] ?? /^Variable "(\$\w{1,64})"/.exec(message)?.[1];
  return place && !longNumber.test(place) ? `(${place})` : undefined;
}

// Messages that name parts of the schema or of the document's own making. All others might quote a literal.
const harmless = [
  /^Cannot query field "\w+" on type "\w+"\.$/,
  /^Unknown argument "\w+" on field "[\w.]+"\.$/,
  /^Unknown type "\w+"\.$/,
  /^Field "\w+" of type "[\w![\]]+" must have a selection of subfields\.$/,
  /^Field "\w+" must not have a selection since type "[\w![\]]+" has no subfields\.$/,
  /^Field "[\w.]+" (argument "\w+" )?of type "[\w![\]]+" is required, but it was not provided\.$/,
  /^Field "[\w.]+" of required type "[\w![\]]+" was not provided\.$/,
  /^Field "\w+" is not defined by type "\w+"\.$/,
  /^Variable "\$\w+" (is not defined|is never used)( (by|in) operation "\w+")?\.$/,
  /^Variable "\$\w+" of type "[\w![\]]+" used in position expecting type "[\w![\]]+"\.$/,
  /^Variable "\$\w+" of required type "[\w![\]]+" was not provided\.$/,
  /^Must provide operation name if query contains multiple operations\.$/,
  /^Unknown operation named "\w+"\.$/,
  /^Syntax Error: Unexpected <EOF>\.$/,
  /^OneOf Input Object "\w+" must specify exactly one key\.$/,
];

/** An enum's value stands where a client may have put a name or a number: only the enum is told. */
const unknownEnumValue = /^Value ".*" does not exist in "(\w+)" enum\.$/s;
/** Names of fields and variables are repeated, but not one that a number was put into. */
const longNumber = /\d{5}/;

function schemaFault(message: string): string | undefined {
  if (message === ONE_OPERATION) return message;
  const enumName = unknownEnumValue.exec(message)?.[1];
  if (enumName) return `(${enumName})`;
  return harmless.some((pattern) => pattern.test(message)) && !longNumber.test(message) ? message : undefined;
}
