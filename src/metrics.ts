import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Database } from "./storage/database.js";

export interface Metrics {
  readonly registry: Registry;
  /** Seconds by route and status. */
  readonly requests: Histogram<"route" | "status">;
  /** Errors told to clients, by code. */
  readonly errors: Counter<"code">;
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
  };
}
