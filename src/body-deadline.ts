import type { FastifyInstance } from "fastify";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Within which a request's body must have come; for uploads, which may take longer than others. */
    readonly bodyDeadlineMs?: number;
  }
}

const BODY_DEADLINE_MS = 10_000;
/** Node's own deadline is one for all routes: this is the longest of them. */
export const LONGEST_BODY_DEADLINE_MS = 15 * 60_000;

/** Ends requests whose body does not come to its end in time, each route's by its own deadline. */
export function limitBodyTime(http: FastifyInstance): void {
  http.addHook("onRequest", async (request, reply) => {
    const { raw, routeOptions } = request;
    if (!("content-length" in raw.headers) && !("transfer-encoding" in raw.headers)) return;
    const giveUp = () => {
      if (raw.complete || raw.socket.destroyed) return;
      // An answer that has begun cannot become another one.
      if (reply.raw.headersSent) raw.socket.destroy();
      else http.server.emit("clientError", tooSlow(), raw.socket);
    };
    const timer = setTimeout(giveUp, routeOptions.config?.bodyDeadlineMs ?? BODY_DEADLINE_MS);
    timer.unref();
    const clear = () => clearTimeout(timer);
    raw.once("end", clear);
    raw.once("close", clear);
  });
}

function tooSlow(): Error {
  return Object.assign(new Error("the body took too long"), { code: "ERR_HTTP_REQUEST_TIMEOUT" });
}
