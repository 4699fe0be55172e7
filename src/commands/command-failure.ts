import { ConfigError } from "../config.js";
import { EmbeddedDatabaseHeld } from "../storage/embedded-lock.js";
import { isConnectionFault, sqlStateOf } from "../storage/faults.js";
import { WrongKeys } from "../storage/key-versions.js";

/** What ended a command, in one line. A driver's own message may quote a statement's values, so it is never shown. */
export function describeCommandFailure(error: unknown, rerun: string): string {
  if (error instanceof ConfigError || error instanceof WrongKeys || error instanceof EmbeddedDatabaseHeld) {
    return error.message;
  }
  const state = sqlStateOf(error);
  if (isConnectionFault(error)) return `the database cannot be reached or was lost; ${rerun}`;
  if (state) return `the database refused a statement (SQLSTATE ${state}); ${rerun}`;
  const errno = (error as NodeJS.ErrnoException).code;
  return `failed (${error instanceof Error ? error.name : "unknown"}${errno ? ` ${errno}` : ""}); ${rerun}`;
}
