import { randomUUID } from "node:crypto";
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import Fastify, { type FastifyInstance } from "fastify";
import { languageOf } from "./accept-language.js";
import { answerInTurn } from "./answers-in-turn.js";
import type { App } from "./app.js";
import { LONGEST_BODY_DEADLINE_MS, limitBodyTime } from "./body-deadline.js";
import { routeEmployerBatches } from "./employer-batch-route.js";
import { routeEvidence } from "./evidence-route.js";
import { routeExplorer } from "./explorer/route.js";
import { RequestContext } from "./graphql/context.js";
import { publicError } from "./graphql/errors.js";
import { routeHealth } from "./health-route.js";
import { refuse } from "./http-refusal.js";
import { isConnectionFault } from "./storage/faults.js";

const BODY_LIMIT_BYTES = 256 * 1024;
const HEADERS_TIMEOUT_MS = 5_000;
/** Node looks for connections past these deadlines every 30 seconds unless told otherwise. */
const DEADLINE_CHECK_MS = 1_000;
const KEEP_ALIVE_MS = 5_000;
const LINGER_MS = 100;

export interface Server extends AsyncDisposable {
  readonly http: FastifyInstance;
  /** The address clients may use, without a path. */
  readonly address: string;
  /** From now on not ready: load balancers look away while requests under way finish. */
  drain(): void;
}

/** Serves an App over HTTP: GraphQL, tokens, keys, health and metrics. */
export async function startServer(app: App): Promise<Server> {
  let draining = false;
  const http = Fastify({
    logger: false,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: LONGEST_BODY_DEADLINE_MS,
    connectionTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    genReqId: () => randomUUID(),
    return503OnClosing: true,
    forceCloseConnections: "idle",
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: DEADLINE_CHECK_MS },
    clientErrorHandler: (error, socket) => refuseUnreadable(app, error, socket),
    // A path that cannot be decoded comes here, past all hooks.
    frameworkErrors: (_error, request, reply) => {
      reply.headers(headersOf(request.id));
      return refuse(request, reply, 400, "BAD_USER_INPUT", "(URL)");
    },
  });
  // First of all: whoever waits for its turn is not late with its body.
  answerInTurn(http);
  limitBodyTime(http);
  observe(http, app);
  guardRequests(http, app);
  routeGraphQL(http, app);
  routeTokens(http, app);
  routeEvidence(http, app);
  routeEmployerBatches(http, app);
  routeHealth(http, app, () => draining);
  routeExplorer(http, app);
  http.setErrorHandler((error: { statusCode?: number }, request, reply) => {
    if (isConnectionFault(error)) {
      app.logger.warn({ err: error, requestId: request.id }, "the database did not answer");
      return refuse(request, reply, 503, "UPSTREAM_UNAVAILABLE");
    }
    const status = error.statusCode ?? 500;
    if (status >= 500) app.logger.error({ err: error, requestId: request.id }, "a request failed");
    return refuse(
      request,
      reply,
      status,
      status >= 500 ? "INTERNAL_SERVER_ERROR" : "BAD_USER_INPUT",
      requestFaults[status],
    );
  });
  http.setNotFoundHandler((request, reply) => refuse(request, reply, 404, "BAD_USER_INPUT", "404"));
  const address = await http.listen({ port: app.config.port, host: app.config.host });
  return {
    http,
    address,
    drain: () => {
      draining = true;
    },
    [Symbol.asyncDispose]: async () => {
      draining = true;
      await http.close();
    },
  };
}

const requestFaults: Readonly<Record<number, string>> = {
  400: "(JSON)",
  413: `(> ${BODY_LIMIT_BYTES / 1024} KB)`,
  415: "(Content-Type: application/json)",
};

/** What is not HTTP, is too long or too slow has no request: the answer is written by hand and the connection ends. */
function refuseUnreadable(app: App, error: { readonly code?: string }, socket: Socket): void {
  // The rest of what could not be read comes here again, piece by piece, until the connection has ended.
  if (error.code === "ECONNRESET" || socket.destroyed || socket.writableEnded) return;
  const status = unreadable[error.code ?? ""] ?? 400;
  const requestId = randomUUID();
  app.metrics.requests.observe({ route: "unknown", status: String(status) }, 0);
  app.logger.info({ requestId, status }, "an unreadable request");
  if (socket.writable) {
    const told = publicError("BAD_USER_INPUT", { language: languageOf(undefined), requestId }, "(HTTP)");
    const body = JSON.stringify({ errors: [told] });
    const headers = {
      ...headersOf(requestId),
      "content-type": "application/json; charset=utf-8",
      "content-length": String(Buffer.byteLength(body)),
      connection: "close",
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${body}`);
  }
  // Ended first and destroyed later: whoever is still sending would be told of a reset and not read the answer.
  socket.end();
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

const unreadable: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
};

function headersOf(requestId: string): Record<string, string> {
  return { "x-request-id": requestId, "x-content-type-options": "nosniff", "cache-control": "no-store" };
}

function observe(http: FastifyInstance, app: App): void {
  http.addHook("onRequest", async (request, reply) => {
    reply.headers(headersOf(request.id));
  });
  http.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "unknown";
    const seconds = reply.elapsedTime / 1_000;
    app.metrics.requests.observe({ route, status: String(reply.statusCode) }, seconds);
    app.logger.info(
      {
        requestId: request.id,
        method: request.method,
        route,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      "request",
    );
  });
}

/** Requests that two readers could understand in two ways, or that a page of another site had sent by a name it owns. */
function guardRequests(http: FastifyInstance, app: App): void {
  const { mode, host, publicUrl } = app.config;
  const forThisMachine = mode === "sandbox" && isLoopback(host);
  const publicName = publicUrl && new URL(publicUrl).hostname;
  http.addHook("onRequest", async (request, reply) => {
    const { "content-encoding": encoding = "identity" } = request.headers;
    // Nothing is unpacked here, so nothing can unpack to a multiple of what was sent.
    if (encoding !== "identity") return refuse(request, reply, 415, "BAD_USER_INPUT", "(Content-Encoding)");
    if (countOf("host", request.raw.rawHeaders) > 1)
      return refuse(request, reply, 400, "BAD_USER_INPUT", "(Host)");
    // Whoever owns a name can have it lead here (DNS rebinding), and their page then reads what this one says.
    const { hostname } = request;
    if (forThisMachine && hostname && hostname !== publicName && !isLoopback(hostname))
      return refuse(request, reply, 421, "BAD_USER_INPUT", "(Host)");
  });
}

/** Of Node's list of names and values in turn. */
function countOf(name: string, rawHeaders: readonly string[]): number {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) if (rawHeaders[at]?.toLowerCase() === name) count += 1;
  return count;
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|[\w-]+\.localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(hostname);
}

function routeGraphQL(http: FastifyInstance, app: App): void {
  http.post("/graphql", async (request, reply) => {
    const actor = await app.accessTokens.authenticate(request.headers.authorization);
    if (!actor) return refuse(request, reply, 401, "UNAUTHENTICATED");
    const context = new RequestContext(
      app.services,
      actor,
      languageOf(request.headers["accept-language"]),
      request.id,
    );
    // All that Apollo looks at in a POST; whoever asks has been recognised.
    const { "content-type": contentType = "", accept = "*/*" } = request.headers;
    const headers: [string, string][] = [
      ["content-type", contentType],
      ["accept", accept],
    ];
    const response = await app.graphql.execute({ headers, body: request.body }, context);
    for (const [name, value] of response.headers) reply.header(name, value);
    if (response.body.kind !== "complete") throw new Error("incremental delivery is not offered");
    return reply.status(response.status ?? 200).send(response.body.string);
  });
}

function routeTokens(http: FastifyInstance, app: App): void {
  // oidc-provider reads the body itself, so nothing may be read before it.
  http.register(async (raw) => {
    raw.removeAllContentTypeParsers();
    raw.addContentTypeParser("*", (_request, _payload, done) => done(null));
    raw.post("/oauth/token", (request, reply) => {
      reply.hijack();
      for (const [name, value] of Object.entries(headersOf(request.id))) reply.raw.setHeader(name, value);
      app.tokenEndpoint(request.raw, reply.raw);
    });
  });
  http.get("/.well-known/jwks.json", async () => ({ keys: app.publicKeys }));
}
