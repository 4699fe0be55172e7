import { type DestinationStream, pino } from "pino";
import { sqlStateOf } from "./storage/faults.js";

/** Everything that a line of the log may hold, and what it means; deploy/README.md shows the same table. */
export const logFields = {
  level: "20 debug, 30 info, 40 warn, 50 error, 60 fatal",
  time: "when the line was written, UTC",
  service: "always `changqing`",
  msg: "what happened, in fixed words: search for these",
  requestId: "the request, as its answer's `x-request-id` and `extensions.requestId` say it",
  method: "HTTP method",
  route: "the route's pattern, never the path that was asked for",
  status: "HTTP status of the answer",
  ms: "milliseconds until the answer was sent",
  code: "the error code that the client was told",
  err: "an error: kind, sqlState, constraint, cause and frames, never its message",
  signal: "what the process was asked to stop by",
  job: "a job's name",
  period: "the month, day or minute that a run is for",
  result: "what became of the run: DONE, DONE_BEFORE, TAKEN, LOST, STOPPED, FAILED",
  counts: "what a run did, in numbers",
  workedMs: "milliseconds that a run worked",
  failure: "why a run failed: a code",
  gateway: "the SMS gateway: smpp or aliyun",
  reason: "why the gateway is not connected: a code",
  pauseMs: "milliseconds until the next attempt",
  gatewayMessageId: "the carrier's own id of a message",
  trouble: "why a staff token was not taken: a code",
} as const;

export type LogFields = { readonly [name in keyof typeof logFields]?: unknown };

interface WriteLine {
  (message: string): void;
  (fields: LogFields, message: string): void;
}

/** Takes no field that is not listed. */
export interface Logger {
  readonly fatal: WriteLine;
  readonly error: WriteLine;
  readonly warn: WriteLine;
  readonly info: WriteLine;
  readonly debug: WriteLine;
}

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
