import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { languageOf } from "./accept-language.js";
import type { App } from "./app.js";
import { RateLimited } from "./auth/rate-limits.js";
import { failureTeller } from "./batch-failure.js";
import { LONGEST_BODY_DEADLINE_MS } from "./body-deadline.js";
import type { ChannelActor } from "./domain/actor.js";
import { Refused, refusals } from "./domain/refusals.js";
import { bodyOf, mayHandIn } from "./evidence-route.js";
import { RequestContext } from "./graphql/context.js";
import { passOver, refuseUpload } from "./http-refusal.js";
import { type EmployerBatch, refuseBatch, submitEmployerBatch } from "./operations/employer-batch.js";
import { tellResult } from "./operations/line-results.js";
import { isIdempotencyKey } from "./operations/operation.js";

const MEDIA_TYPE = "application/x-ndjson";
const BATCHES_AT_ONCE = 4;
const RETRY_SECONDS = 10;

interface Query {
  readonly employerCode?: string | string[];
}
type BatchRequest = FastifyRequest<{ Querystring: Query }>;

/** POST /employer-batches: lines in, a line of result for each out, in their order and while more are coming. */
export function routeEmployerBatches(http: FastifyInstance, app: App): void {
  let underWay = 0;
  http.register(async (raw) => {
    raw.removeAllContentTypeParsers();
    raw.addContentTypeParser("*", (_request, _payload, done) => done(null));
    raw.post<{ Querystring: Query }>(
      "/employer-batches",
      { config: { bodyDeadlineMs: LONGEST_BODY_DEADLINE_MS } },
      async (request, reply) => {
        const batch = await openBatch(app, request, reply);
        if (!batch) return reply;
        if (underWay >= BATCHES_AT_ONCE) {
          reply.header("retry-after", String(RETRY_SECONDS));
          return refuseUpload(request, reply, 429, "RATE_LIMITED");
        }
        underWay += 1;
        const results = streamResults(app, request, batch);
        results.once("close", () => {
          underWay -= 1;
        });
        return reply.type(MEDIA_TYPE).send(results);
      },
    );
  });
}

/** The batch that a request may send; null when it was refused. */
async function openBatch(
  app: App,
  request: BatchRequest,
  reply: FastifyReply,
): Promise<EmployerBatch | null> {
  const no = (...refusal: [number, Parameters<typeof refuseUpload>[3], string?]) => {
    refuseUpload(request, reply, ...refusal);
    return null;
  };
  const actor = await app.accessTokens.authenticate(request.headers.authorization);
  if (!actor) return no(401, "UNAUTHENTICATED");
  if (!mayHandIn(actor) || actor.kind !== "CHANNEL") return no(403, "FORBIDDEN");
  const [mediaType = ""] = (request.headers["content-type"] ?? "").split(";");
  if (mediaType.trim().toLowerCase() !== MEDIA_TYPE)
    return no(415, "BAD_USER_INPUT", `(Content-Type: ${MEDIA_TYPE})`);
  const key = request.headers["idempotency-key"];
  if (typeof key !== "string" || !isIdempotencyKey(key))
    return no(400, "BAD_USER_INPUT", "(Idempotency-Key)");
  const { employerCode = actor.employerCode } = request.query;
  if (typeof employerCode !== "string") return no(400, "BAD_USER_INPUT", "(employerCode)");
  try {
    refuseBatch(actor, employerCode);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const status = refusals[error.refusal].code === "NOT_FOUND" ? 404 : 400;
    return no(status, "BAD_USER_INPUT", "(employerCode)");
  }
  const language = languageOf(request.headers["accept-language"]);
  return batchOf(app, new RequestContext(app.services, actor, language, request.id), {
    actor,
    employerCode,
    key,
  });
}

function batchOf(
  app: App,
  context: RequestContext,
  { actor, employerCode, key }: { actor: ChannelActor; employerCode: string; key: string },
): EmployerBatch {
  const { rateLimits, evidenceFiles } = app.services;
  return {
    context: context.channelContext(),
    employerCode,
    filesRequired: evidenceFiles.filesRequired,
    key: `request|${key}`,
    readLine: app.readEmployerLine,
    lookUp: async (persons, find) => {
      await spend(rateLimits, actor, persons);
      return context.lookUp(persons, find);
    },
    recordReads: (persons) => context.recordReads("employerBatchLine", persons),
  };
}

/** A point a line. A batch that is faster than its client's budget waits for it. */
async function spend(
  rateLimits: App["services"]["rateLimits"],
  actor: ChannelActor,
  points: number,
): Promise<void> {
  for (;;) {
    try {
      await rateLimits.chargeCost(actor, points);
      return;
    } catch (error) {
      if (!(error instanceof RateLimited)) throw error;
      await sleep(error.retryAfterSeconds * 1_000);
    }
  }
}

/**
 * The results as they come. They are not held back when the client does not read: one that sends all before it reads
 * would otherwise never finish sending. The number of lines bounds what waits.
 */
function streamResults(app: App, request: BatchRequest, batch: EmployerBatch): Readable {
  const language = languageOf(request.headers["accept-language"]);
  const results = new Readable({ read: () => undefined });
  const tellFailure = failureTeller({ language, requestId: request.id }, (err, code) =>
    app.logger.warn({ err, requestId: request.id, code }, "a batch failed"),
  );
  const stop = new AbortController();
  results.once("close", () => stop.abort());
  const run = async () => {
    for await (const group of submitEmployerBatch({ ...batch, signal: stop.signal }, bodyOf(request))) {
      const lines = group.map((result) => `${JSON.stringify(tellResult(result, language, tellFailure))}\n`);
      if (!results.destroyed) results.push(lines.join(""));
    }
    passOver(request);
    results.push(null);
  };
  run().catch((error: unknown) => {
    // Most often the sender broke off; the same batch under the same key goes on where this one ended.
    app.logger.info({ err: error, requestId: request.id }, "a batch ended early");
    results.destroy();
  });
  return results;
}
