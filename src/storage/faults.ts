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

/** Every state that PostgreSQL sends has a digit; EPIPE, EPERM and their like have none. */
const SQL_STATE = /^(?=.*[0-9])[0-9A-Z]{5}$/;

/** The SQLSTATE of a driver error, also when drizzle wraps it. */
export function sqlStateOf(error: unknown): string | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    const state = (current as { code?: unknown }).code;
    if (typeof state === "string" && SQL_STATE.test(state)) return state;
  }
  return undefined;
}

export function isRetryable(error: unknown): boolean {
  if (isUnknownCommit(error)) return false;
  const state = sqlStateOf(error);
  return state === SERIALIZATION_FAILURE || state === DEADLOCK || state === LOCK_NOT_AVAILABLE;
}

/** 25P03 and 25P04 are the server's time-outs for idle and for long transactions; 25006 is a demoted primary. */
const FATAL_STATES = /^(08|57P0|25P03|25P04|25006)/;
const SOCKET_CODES = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOST|ENET)/;
const DRIVER_MESSAGES =
  /connection (terminated|ended|error)|not queryable|timeout exceeded when trying to connect|query read timeout/i;

/** The connection is gone or must not be used again. */
export function isConnectionFault(error: unknown): boolean {
  if (isUnknownCommit(error)) return true;
  const state = sqlStateOf(error);
  if (state) return FATAL_STATES.test(state);
  for (let current = error; current instanceof Error; current = current.cause) {
    const socket = (current as { code?: unknown }).code;
    if (typeof socket === "string" && SOCKET_CODES.test(socket)) return true;
    if (DRIVER_MESSAGES.test(current.message)) return true;
  }
  return false;
}

function isUnknownCommit(error: unknown): boolean {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (current instanceof UnknownCommit) return true;
  }
  return false;
}
