import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { languageOf } from "./accept-language.js";
import type { App } from "./app.js";
import { RateLimited } from "./auth/rate-limits.js";
import type { Actor } from "./domain/actor.js";
import { channelOf } from "./domain/channels.js";
import { evidenceMediaTypes, MAX_EVIDENCE_FILE_BYTES } from "./domain/evidence-file.js";
import { RequestContext } from "./graphql/context.js";
import { refuse, refuseUpload } from "./http-refusal.js";
import { readEvidenceFile } from "./operations/read-evidence-file.js";
import { EvidenceFileRefused, storeEvidenceFile } from "./operations/store-evidence-file.js";
import { Slots } from "./slots.js";
import { EvidenceStoreUnavailable } from "./storage/evidence-store.js";

const UPLOAD_DEADLINE_MS = 60_000;
/** Files held in memory at once; whoever comes after waits before its body is read. */
const UPLOADS_AT_ONCE = 8;
/** Of the client's budget. */
const UPLOAD_POINTS = 10;

const faults = {
  TOO_LARGE: [413, "(> 5 MB)"],
  WRONG_DIGEST: [400, "(sha256)"],
  WRONG_TYPE: [415, "(JPEG, PNG, PDF)"],
} as const satisfies Record<EvidenceFileRefused["fault"], readonly [number, string]>;

/** Files of evidence: employers upload them, and reviewers alone read them. */
export function routeEvidence(http: FastifyInstance, app: App): void {
  const slots = new Slots(UPLOADS_AT_ONCE);
  http.register(async (raw) => {
    // The body is read piece by piece, by whoever is let in.
    raw.removeAllContentTypeParsers();
    raw.addContentTypeParser("*", (_request, _payload, done) => done(null));
    raw.put<{ Params: { sha256: string } }>(
      "/evidence/:sha256",
      { config: { bodyDeadlineMs: UPLOAD_DEADLINE_MS } },
      (request, reply) => upload(app, slots, request, reply),
    );
  });
  http.get<{ Params: { id: string; position: string } }>(
    "/certifications/:id/evidence/:position",
    (request, reply) => download(app, request, reply),
  );
}

/** Clients of the channel that hands in documents, with the scope to certify. */
export function mayHandIn(actor: Actor): boolean {
  return (
    actor.kind === "CHANNEL" &&
    actor.scopes.has("certification:write") &&
    channelOf(actor.channel).methods.includes("EMPLOYER_DOCUMENTS")
  );
}

async function upload(
  app: App,
  slots: Slots,
  request: FastifyRequest<{ Params: { sha256: string } }>,
  reply: FastifyReply,
) {
  const actor = await app.accessTokens.authenticate(request.headers.authorization);
  if (!actor) return refuseUpload(request, reply, 401, "UNAUTHENTICATED");
  if (!mayHandIn(actor)) return refuseUpload(request, reply, 403, "FORBIDDEN");
  const sha256 = request.params.sha256.toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(sha256)) return refuseFile(request, reply, "WRONG_DIGEST");
  const mediaType = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (!evidenceMediaTypes.some((known) => known === mediaType))
    return refuseFile(request, reply, "WRONG_TYPE");
  if (Number(request.headers["content-length"] ?? 0) > MAX_EVIDENCE_FILE_BYTES)
    return refuseFile(request, reply, "TOO_LARGE");
  const { services } = app;
  const context = new RequestContext(
    services,
    actor,
    languageOf(request.headers["accept-language"]),
    request.id,
  );
  try {
    await services.rateLimits.chargeCost(actor, UPLOAD_POINTS);
    const { store } = services.evidenceFiles;
    const kept = await slots.run(() =>
      storeEvidenceFile(context.operationContext(), store, { sha256, mediaType }, bodyOf(request)),
    );
    return reply.status(kept === "NEW" ? 201 : 200).send({ sha256, mediaType });
  } catch (error) {
    return refuseFailed(app, request, reply, error);
  }
}

/** Whoever stops reading it leaves the connection open, for the answer. */
export function bodyOf({ raw }: FastifyRequest): AsyncIterable<Uint8Array> {
  return raw.iterator({ destroyOnReturn: false });
}

function refuseFile(request: FastifyRequest, reply: FastifyReply, fault: EvidenceFileRefused["fault"]) {
  const [status, detail] = faults[fault];
  return refuseUpload(request, reply, status, "BAD_USER_INPUT", detail);
}

function refuseFailed(app: App, request: FastifyRequest, reply: FastifyReply, error: unknown) {
  if (error instanceof EvidenceFileRefused) return refuseFile(request, reply, error.fault);
  if (error instanceof RateLimited) {
    reply.header("retry-after", String(error.retryAfterSeconds));
    return refuseUpload(request, reply, 429, "RATE_LIMITED");
  }
  if (error instanceof EvidenceStoreUnavailable) {
    app.logger.warn({ err: error, requestId: request.id }, "the evidence store did not answer");
    return refuseUpload(request, reply, 503, "UPSTREAM_UNAVAILABLE");
  }
  // The sender broke off: there is no one to answer.
  if (request.raw.destroyed && !request.raw.complete)
    return refuseUpload(request, reply, 400, "BAD_USER_INPUT");
  throw error;
}

/** A file for a reviewer, with the read logged; for everyone else there is none. */
async function download(
  app: App,
  request: FastifyRequest<{ Params: { id: string; position: string } }>,
  reply: FastifyReply,
) {
  const actor = await app.accessTokens.authenticate(request.headers.authorization);
  if (!actor) return refuse(request, reply, 401, "UNAUTHENTICATED");
  if (actor.kind !== "STAFF" || !actor.scopes.has("review:write"))
    return refuse(request, reply, 403, "FORBIDDEN");
  const { services, database, sealing } = app;
  const language = languageOf(request.headers["accept-language"]);
  const context = new RequestContext(services, actor, language, request.id);
  const { id, position } = request.params;
  try {
    await services.rateLimits.chargeCost(actor, UPLOAD_POINTS);
    const { store } = services.evidenceFiles;
    const file = await readEvidenceFile({ db: database.db, sealing, store }, id, position);
    if (!file) return refuse(request, reply, 404, "BAD_USER_INPUT", "404");
    await context.recordReads("evidenceFile", [file.person]);
    return reply
      .header("content-type", file.mediaType)
      .header("content-disposition", "attachment")
      .header("content-security-policy", "sandbox; default-src 'none'")
      .send(file.bytes);
  } catch (error) {
    return refuseFailed(app, request, reply, error);
  }
}
