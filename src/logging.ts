import { type DestinationStream, type Logger, pino } from "pino";
import { sqlStateOf } from "./storage/faults.js";

export type { Logger } from "pino";

/** JSON lines on standard error. Fields are few and chosen; bodies, variables and headers are never logged. */
export function createLogger(
  level: string,
  destination: DestinationStream = pino.destination({ fd: 2, sync: true }),
): Logger {
  return pino(
    {
      level,
      base: { service: "changqing" },
      timestamp: pino.stdTimeFunctions.isoTime,
      // A second net under the choice of fields.
      redact: {
        paths: [
          "*.name",
          "*.number",
          "*.phone",
          "*.document",
          "*.authorization",
          "*.cookie",
          "*.parameters",
          "*.query",
          "*.detail",
        ],
        censor: "[redacted]",
      },
      serializers: { err: describeError },
    },
    destination,
  );
}

/** Kind, SQLSTATE and frames: the message is left out, because drivers put parameters and keys into it. */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { kind: typeof error };
  const cause = error.cause instanceof Error ? error.cause : undefined;
  return {
    kind: error.constructor.name,
    sqlState: sqlStateOf(error),
    constraint: (cause as { constraint?: unknown } | undefined)?.constraint,
    cause: cause?.constructor.name,
    // The stack begins with the message, of which a line may look like a frame.
    frames: (error.stack ?? "")
      .replace(error.message, "")
      .split("\n")
      .filter((line) => /^\s+at /.test(line))
      .slice(0, 12)
      .map((line) => line.trim()),
  };
}
