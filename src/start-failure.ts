import { ConfigError } from "./config.js";
import { describeError } from "./logging.js";
import { EmbeddedDatabaseHeld } from "./storage/embedded-lock.js";
import { WrongKeys } from "./storage/key-versions.js";

/** One clear line for what an operator can mend; kind and frames for the rest. */
export function describeStartFailure(error: unknown): string {
  if (error instanceof ConfigError || error instanceof EmbeddedDatabaseHeld || error instanceof WrongKeys) {
    return `changqing: ${error.message}`;
  }
  const code = (error as { code?: unknown } | null)?.code;
  if (code === "EADDRINUSE") return "changqing: the port is in use; set PORT to another one";
  if (code === "ECONNREFUSED" || code === "ENOTFOUND")
    return "changqing: the database in DATABASE_URL does not answer";
  return `changqing: could not start: ${JSON.stringify(describeError(error))}`;
}
