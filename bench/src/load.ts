import autocannon, { type Request } from "autocannon";
import { cpuMicroseconds, familyCpuMicroseconds } from "./cpu-time.js";

export interface Load {
  readonly origin: string;
  readonly requests: readonly Request[];
  /** Persons that one request asks for. */
  readonly persons: number;
  /** Tells a right answer. */
  readonly isRight: (body: string) => boolean;
  readonly pid: number;
}

export interface Round {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time a request in the server and in PostgreSQL. */
  readonly serverMicroseconds: number;
  readonly databaseMicroseconds: number;
}

export const CONNECTIONS = 32;

/** How long a round lasts: seconds, or until each request has been sent once. */
export type Extent = number | "each once";

/** One round of load; throws when a single answer is not right. */
export async function runRound(
  load: Load,
  databasePid: number,
  extent: Extent,
  connections = CONNECTIONS,
): Promise<Round> {
  const database = await familyCpuMicroseconds(databasePid);
  const server = await cpuMicroseconds([load.pid]);
  let next = 0;
  const share = Math.max(1, Math.floor(load.requests.length / connections));
  const startedMs = performance.now();
  let answeredMs = startedMs;
  const run = autocannon({
    url: load.origin,
    connections,
    ...(extent === "each once" ? { amount: share * connections } : { duration: extent }),
    setupClient: (client) => {
      client.setRequests(load.requests.slice(next * share, (next + 1) * share));
      next += 1;
    },
    verifyBody: load.isRight,
  });
  run.on("response", () => {
    answeredMs = performance.now();
  });
  const result = await run;
  const { errors, timeouts, mismatches, non2xx } = result;
  if (errors + timeouts + mismatches + non2xx > 0) {
    throw new Error(
      `not all answers were right: ${JSON.stringify({ errors, timeouts, mismatches, non2xx })}`,
    );
  }
  const { total } = result.requests;
  return {
    // autocannon itself ends at full seconds only.
    requestsPerSecond: total / ((answeredMs - startedMs) / 1_000),
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    serverMicroseconds: ((await cpuMicroseconds([load.pid])) - server) / total,
    databaseMicroseconds: ((await familyCpuMicroseconds(databasePid)) - database) / total,
  };
}
