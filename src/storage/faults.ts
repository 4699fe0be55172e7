/** COMMIT was sent and the connection died: the transaction may or may not stand. Ask again by idempotency key. */
export class UnknownCommit extends Error {
  override readonly name = "UnknownCommit";

  constructor(cause: unknown) {
    super("the connection was lost during COMMIT", { cause });
  }
}

const SERIALIZATION_FAILURE = "40001";
const DEADLOCK = "40P01";
const LOCK_NOT_AVAILABLE = "55P03";

/** The SQLSTATE of a driver error, also when drizzle wraps it. */
export function sqlStateOf(error: unknown): string | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    const state = (current as { code?: unknown }).code;
    if (typeof state === "string" && /^[0-9A-Z]{5}$/.test(state)) return state;
  }
  return undefined;
}

export function isRetryable(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state === SERIALIZATION_FAILURE || state === DEADLOCK || state === LOCK_NOT_AVAILABLE;
}

/** The connection is gone or must not be used again: class 08, shutdowns (57P0x), a demoted primary (25006), a socket fault. */
export function isConnectionFault(error: unknown): boolean {
  if (error instanceof UnknownCommit) return true;
  const state = sqlStateOf(error);
  if (state) return state.startsWith("08") || state.startsWith("57P0") || state === "25006" || state === "25P03";
  for (let current = error; current instanceof Error; current = current.cause) {
    const socket = (current as { code?: unknown }).code;
    if (typeof socket === "string" && /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOST)/.test(socket)) return true;
    if (/connection (terminated|ended|error)|not queryable|timeout exceeded when trying to connect|client has encountered a connection error|client was closed/i.test(current.message)) return true;
  }
  return false;
}
