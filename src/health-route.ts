import Fastify, { type FastifyInstance } from "fastify";
import type { App } from "./app.js";

/** For load balancers and Prometheus: whether it lives, whether it may be sent to, and its numbers. */
export function routeHealth(http: FastifyInstance, app: App, draining: () => boolean): void {
  http.get("/health/live", async () => ({ status: "ok" }));
  http.get("/health/ready", async (_request, reply) => {
    const answers = await app.database.ping();
    const embedded = app.database.kind === "embedded";
    const ready = answers && !draining() && app.keysAreUsable();
    return reply.status(ready ? 200 : 503).send({
      status: ready ? (embedded ? "degraded" : "ok") : "unavailable",
      mode: app.config.mode,
      database: app.database.kind,
      durability: embedded ? "survives a killed process, not a power cut" : "as PostgreSQL is configured",
    });
  });
  http.get("/metrics", async (_request, reply) =>
    reply.header("content-type", app.metrics.registry.contentType).send(await app.metrics.registry.metrics()),
  );
}

/** These routes alone, for a process that serves nobody else. */
export async function startWatchServer(
  app: App,
  port: number,
): Promise<AsyncDisposable & { readonly address: string }> {
  const http = Fastify({ logger: false, forceCloseConnections: true });
  let draining = false;
  routeHealth(http, app, () => draining);
  const address = await http.listen({ port, host: app.config.host });
  return {
    address,
    [Symbol.asyncDispose]: async () => {
      draining = true;
      await http.close();
    },
  };
}
