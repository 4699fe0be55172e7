import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Database } from "./storage/database.js";

export interface Metrics {
  readonly registry: Registry;
  /** Seconds by route and status. */
  readonly requests: Histogram<"route" | "status">;
  /** Errors told to clients, by code. */
  readonly errors: Counter<"code">;
  /** Runs of jobs, by what became of them. */
  readonly jobRuns: Counter<"job" | "outcome">;
  /** Seconds that a run took, of what this process did. */
  readonly jobSeconds: Histogram<"job">;
  /** Unix time of the last run that was done here. */
  readonly jobLastSuccess: Gauge<"job">;
}

/** Prometheus metrics of one application; labels come from closed lists. */
export function createMetrics(database: Database): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const { pool } = database;
  if (pool) {
    new Gauge({
      name: "changqing_database_connections",
      help: "Connections of the pool, by state.",
      labelNames: ["state"],
      registers: [registry],
      collect() {
        this.set({ state: "idle" }, pool.idleCount);
        this.set({ state: "busy" }, pool.totalCount - pool.idleCount);
        this.set({ state: "waited_for" }, pool.waitingCount);
      },
    });
  }
  return {
    registry,
    requests: new Histogram({
      name: "changqing_http_request_seconds",
      help: "Time to answer, in seconds, by route and status.",
      labelNames: ["route", "status"],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers: [registry],
    }),
    errors: new Counter({
      name: "changqing_graphql_errors_total",
      help: "GraphQL errors told to clients, by code.",
      labelNames: ["code"],
      registers: [registry],
    }),
    jobRuns: new Counter({
      name: "changqing_job_runs_total",
      help: "Runs of jobs tried by this process, by outcome.",
      labelNames: ["job", "outcome"],
      registers: [registry],
    }),
    jobSeconds: new Histogram({
      name: "changqing_job_seconds",
      help: "Time that a run of a job took, in seconds.",
      labelNames: ["job"],
      buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600],
      registers: [registry],
    }),
    jobLastSuccess: new Gauge({
      name: "changqing_job_last_success_timestamp_seconds",
      help: "When a run of a job was last done by this process, in real time.",
      labelNames: ["job"],
      registers: [registry],
    }),
  };
}
