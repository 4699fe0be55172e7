import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { cpuMicroseconds, familyCpuMicroseconds } from "./cpu-time.js";
import { CONNECTIONS, type Round } from "./load.js";
import type { Recording } from "./recording.js";

/** The process that sends recorded statements and does nothing else. */
export interface StatementsOnly extends AsyncDisposable {
  run(transactions: readonly Recording[], databasePid: number, connections?: number): Promise<Round>;
}

const program = fileURLToPath(new URL("../servers/statements-only.ts", import.meta.url));

export function startStatementsOnly(url: string, poolSize: number): StatementsOnly {
  const { PATH = "" } = process.env;
  const child = fork(program, {
    env: { PATH, NODE_ENV: "production", DATABASE_URL: url, POOL_SIZE: String(poolSize) },
    execArgv: [],
    serialization: "advanced",
  });
  const pid = child.pid ?? 0;
  const ended = once(child, "exit");
  return {
    run: async (transactions, databasePid, connections = CONNECTIONS) => {
      const database = await familyCpuMicroseconds(databasePid);
      const server = await cpuMicroseconds([pid]);
      const answered = once(child, "message") as Promise<
        [{ readonly seconds: number; readonly milliseconds: number[] }]
      >;
      child.send({ transactions, concurrency: connections });
      const failed = ended.then(() => {
        throw new Error("the statements failed");
      });
      const [{ seconds, milliseconds }] = await Promise.race([answered, failed]);
      milliseconds.sort((a, b) => a - b);
      const { length } = transactions;
      return {
        requestsPerSecond: length / seconds,
        p50Ms: milliseconds[Math.floor(length * 0.5)] ?? Number.NaN,
        p99Ms: milliseconds[Math.floor(length * 0.99)] ?? Number.NaN,
        serverMicroseconds: ((await cpuMicroseconds([pid])) - server) / length,
        databaseMicroseconds: ((await familyCpuMicroseconds(databasePid)) - database) / length,
      };
    },
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
