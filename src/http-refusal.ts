import type { FastifyReply, FastifyRequest } from "fastify";
import { languageOf } from "./accept-language.js";
import { type ErrorCode, publicError } from "./graphql/errors.js";

const LINGER_MS = 3_000;

/** A GraphQL-shaped answer made before GraphQL comes into it. */
export function refuse(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  code: ErrorCode,
  detail?: string,
) {
  const language = languageOf(request.headers["accept-language"]);
  if (status === 401) reply.header("www-authenticate", "Bearer");
  return reply
    .status(status)
    .send({ errors: [publicError(code, { language, requestId: request.id }, detail)] });
}

/** As refuse, for an upload of which some may be still to come. */
export function refuseUpload(...refusal: Parameters<typeof refuse>) {
  const [request] = refusal;
  passOver(request);
  return refuse(...refusal);
}

/** Reads over what is left of a body for a moment: a connection that ends at once takes the answer with it. */
export function passOver({ raw }: FastifyRequest): void {
  if (raw.complete) return;
  raw.resume();
  const timer = setTimeout(() => {
    if (!raw.complete) raw.socket.destroy();
  }, LINGER_MS);
  timer.unref();
  raw.once("end", () => clearTimeout(timer));
}
