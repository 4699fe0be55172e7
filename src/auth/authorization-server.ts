import "./node-release.js";
import { AsyncLocalStorage } from "node:async_hooks";
import { generateKeyPairSync, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { JWK } from "jose";
import Provider, {
  type Adapter,
  type AdapterPayload,
  type ClientMetadata,
  errors,
  type KoaContextWithOIDC,
} from "oidc-provider";
import { scopes, scopesHeld } from "../domain/actor.js";
import {
  type ClientRecord,
  clientSecretIndex,
  clientSecretIndexes,
  readActiveClient,
  renewSecretIndex,
  useClientAssertion,
} from "../storage/channel-clients.js";
import type { Executor } from "../storage/database.js";
import { isConnectionFault } from "../storage/faults.js";
import { indexVersionOf, type Sealing } from "../storage/sealing.js";

export const AUDIENCE = "changqing";
const ACCESS_TOKEN_SECONDS = 900;
/** The longest life of a client assertion, and so the time for which its use is remembered. */
const MAX_ASSERTION_SECONDS = 3_600;

export interface AuthorizationServerOptions {
  readonly db: Executor;
  readonly sealing: Sealing;
  readonly issuer: string;
  readonly signingKeys: readonly JWK[];
  readonly cookieKey: string;
  readonly sandbox: boolean;
  /** What is told to the client as server_error only. */
  readonly onError: (error: unknown, requestId: string) => void;
}

export type TokenHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** POST /oauth/token: client credentials by secret (basic or post) or private_key_jwt; tokens are signed JWTs. */
export function createAuthorizationServer(options: AuthorizationServerOptions): TokenHandler {
  const basicAuth = new AsyncLocalStorage<boolean>();
  /** Sent by a page that may not ask. A browser tells its origin also to its own host, where the Explorer signs in. */
  const fromPage = (ctx: KoaContextWithOIDC) => {
    const origin = ctx.get("origin");
    const own = [ctx.host, new URL(options.issuer).host].includes(URL.parse(origin)?.host ?? "none");
    return origin !== "" && !(options.sandbox && own);
  };
  const signingKid = options.signingKeys[0]?.kid;
  if (!signingKid) throw new Error("there is no key for access tokens");
  const provider = new Provider(options.issuer, {
    adapter: (model: string) => createAdapter(model, options, () => basicAuth.getStore() === true),
    jwks: { keys: [...options.signingKeys] as never },
    cookies: { keys: [options.cookieKey] },
    scopes: [...scopes],
    // As the resource server says below; without this, oidc-provider prints a notice.
    ttl: { ClientCredentials: ACCESS_TOKEN_SECONDS },
    clientAuthMethods: ["client_secret_basic", "client_secret_post", "private_key_jwt"],
    // Decided before the client is known, by fromPage.
    clientBasedCORS: () => true,
    responseTypes: [],
    clientDefaults: { id_token_signed_response_alg: "ES256" },
    routes: { token: "/oauth/token", jwks: "/.well-known/jwks.json" },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE_RESOURCE,
        useGrantedResource: () => true,
        getResourceServerInfo: (ctx) => {
          refuseUnknownScopes(ctx.oidc.params?.["scope"]);
          return {
            scope: scopes.join(" "),
            audience: AUDIENCE,
            accessTokenTTL: ACCESS_TOKEN_SECONDS,
            accessTokenFormat: "jwt",
            // By name: of several keys it would take any that fits.
            jwt: { sign: { alg: "ES256", kid: signingKid } },
          };
        },
      },
    },
    renderError: (ctx, out) => {
      ctx.body = out;
    },
  });
  const { prototype } = provider.Client;
  prototype.compareClientSecret = async function compareClientSecret(
    this: { clientId: string; clientSecret?: string },
    given,
  ) {
    const stored = (this.clientSecret ?? "").split(".");
    const match = matchingSecret(options.sealing, this.clientId, stored, given);
    if (match) await renewSecret(options, this.clientId, match, given);
    return match !== null;
  } as typeof prototype.compareClientSecret;
  // Its own rule takes the Host header's word for the endpoint: an assertion made for another server would do here.
  provider.OIDCContext.prototype.clientJwtAuthExpectedAudience = () =>
    new Set([options.issuer, `${options.issuer}/oauth/token`]);
  provider.on("server_error", (ctx, error) => {
    if (isConnectionFault(error)) ctx.status = 503;
    options.onError(error, String(ctx.res.getHeader("x-request-id")));
  });
  provider.use((ctx: KoaContextWithOIDC, next) =>
    problemDetails(ctx, fromPage(ctx) ? async () => refusePage(ctx) : next),
  );
  const handle = provider.callback();
  return (request, response) => {
    const basic = /^basic /i.test(request.headers.authorization ?? "");
    void basicAuth.run(basic, () => handle(request, response));
  };
}

/**
 * A secret is known only while its client shows it: that is when its hash goes under the current index version. A client
 * that never comes keeps the old version from being retired, until its secret is rotated or it is disabled.
 */
async function renewSecret(
  { db, sealing, onError }: AuthorizationServerOptions,
  clientId: string,
  stored: Buffer,
  secret: string,
): Promise<void> {
  if (indexVersionOf(stored) === sealing.current("index")) return;
  const renewed = clientSecretIndex(sealing, clientId, secret);
  // The secret is right whether or not this succeeds; the next sign-in tries again.
  await renewSecretIndex(db, clientId, stored, renewed).catch((error) => onError(error, "secret-renewal"));
}

/** Resource indicators must be URIs; the audience in the token is the short name. */
const AUDIENCE_RESOURCE = "urn:changqing:graphql";

/** oidc-provider passes them over, and a token without a scope is good for all that the client may. */
function refuseUnknownScopes(asked: unknown): void {
  const known: readonly string[] = scopes;
  const all = typeof asked === "string" ? asked.split(" ").filter((scope) => scope !== "") : [];
  if (!all.every((scope) => known.includes(scope))) throw new errors.InvalidScope("a scope is not known", "");
}

/** One answer whoever asks: by client, it would tell which clients there are. */
function refusePage(ctx: KoaContextWithOIDC): void {
  ctx.status = 400;
  ctx.body = { error: "invalid_request", error_description: "pages of other origins get no token" };
}

/** RFC 9457 problems that keep the OAuth members, and one answer whatever was wrong with a client's credentials. */
async function problemDetails(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  await next();
  // oidc-provider grants every origin its answers; our own needs no grant, and no other gets one.
  for (const name of Object.keys(ctx.response.headers)) if (/^access-control-/i.test(name)) ctx.remove(name);
  if (ctx.status < 400) return;
  const body = (ctx.body ?? {}) as { error?: string; error_description?: string };
  const unauthenticated = body.error === "invalid_client" || ctx.status === 401;
  const error = unauthenticated ? "invalid_client" : (body.error ?? "invalid_request");
  const status = unauthenticated ? 401 : ctx.status;
  const detail = unauthenticated
    ? "client authentication failed"
    : (body.error_description ?? "the request is not valid");
  ctx.body = JSON.stringify({
    type: "about:blank",
    title: error.replaceAll("_", " "),
    status,
    detail,
    error,
    error_description: detail,
  });
  ctx.status = status;
  ctx.type = "application/problem+json";
}

/** Anything else is no client's id, and PostgreSQL takes no U+0000. */
const clientIdShape = /^[\x21-\x7e]{1,128}$/;

function createAdapter(model: string, options: AuthorizationServerOptions, basic: () => boolean): Adapter {
  if (model === "Client") {
    return {
      ...statelessAdapter,
      find: async (id) => {
        const wellFormed = clientIdShape.test(id);
        const client = wellFormed ? await readActiveClient(options.db, id, options.sandbox) : null;
        const assertion = Provider.ctx?.oidc?.params?.["client_assertion"] !== undefined;
        const method = assertion ? "private_key_jwt" : basic() ? "client_secret_basic" : "client_secret_post";
        // An assertion's claims are compared with the id before its signature is looked at.
        const unknown = assertion && wellFormed ? { ...stranger, id } : stranger;
        return clientMetadata(client ?? unknown, method, new Date()) as AdapterPayload;
      },
    };
  }
  if (model !== "ReplayDetection") return statelessAdapter;
  return {
    ...statelessAdapter,
    // One insert decides, also between two who present the same assertion at once; a look-up first could not.
    upsert: async (id, _payload, expiresInSeconds = MAX_ASSERTION_SECONDS) => {
      if (expiresInSeconds > MAX_ASSERTION_SECONDS) {
        throw new errors.InvalidClientAuth("client assertion lives too long");
      }
      const expiresAt = new Date(Date.now() + expiresInSeconds * 1_000);
      const indexes = options.sealing.indexes("assertion", id);
      const first = await useClientAssertion(options.db, indexes, expiresAt);
      if (!first) throw new errors.InvalidClientAuth("client assertion used before");
    },
  };
}

/** Tokens are self-contained: nothing is stored for them. */
const statelessAdapter: Adapter = {
  upsert: async () => undefined,
  find: async () => undefined,
  findByUserCode: async () => undefined,
  findByUid: async () => undefined,
  consume: async () => undefined,
  destroy: async () => undefined,
  revokeByGrantId: async () => undefined,
};

type AuthMethod = "private_key_jwt" | "client_secret_basic" | "client_secret_post";
type RegisteredClient = Pick<
  ClientRecord,
  "id" | "name" | "scopes" | "roles" | "secretIndex" | "previousSecretIndex" | "previousSecretUntil" | "jwks"
>;

/**
 * Stands for every client that there is not, that is disabled or that does not prove itself in the way tried: it takes
 * the same way through the server as a client whose secret or signature is wrong, and so the same work, and never passes.
 */
const stranger: RegisteredClient = {
  id: "(none)",
  name: "(none)",
  scopes: [],
  roles: [],
  secretIndex: null,
  previousSecretIndex: null,
  previousSecretUntil: null,
  jwks: null,
};

/** A client proves itself in the way that is registered; oidc-provider wants to know which of the two for a secret. */
function clientMetadata(client: RegisteredClient, method: AuthMethod, now: Date): ClientMetadata {
  const held = scopesHeld(client);
  const keys = client.secretIndex === null ? client.jwks : null;
  const proof =
    method === "private_key_jwt"
      ? { jwks: (keys ?? noOnesKeys) as never }
      : { client_secret: secretsOf(client, now) };
  return {
    client_id: client.id,
    client_name: client.name,
    grant_types: ["client_credentials"],
    redirect_uris: [],
    response_types: [],
    // An empty text would be refused as metadata; what a client may is decided again at each request.
    ...(held.length > 0 ? { scope: held.join(" ") } : {}),
    token_endpoint_auth_method: method,
    ...proof,
  } as ClientMetadata;
}

/** In place of a secret's keyed hash, where there is none: no secret has it. */
const NO_SECRET = "0".repeat(64);

/** The keyed hashes of the present secret and of the one before it, which is good for a while after a rotation. */
function secretsOf(client: RegisteredClient, now: Date): string {
  const { secretIndex, previousSecretIndex, previousSecretUntil } = client;
  const overlaps = previousSecretUntil !== null && previousSecretUntil > now;
  const previous = overlaps ? previousSecretIndex : null;
  return [secretIndex, previous].map((index) => index?.toString("hex") ?? NO_SECRET).join(".");
}

/**
 * The stored hash that is of this secret. One hash an index version at hand, each compared with both, whoever asks and
 * whatever is right.
 */
function matchingSecret(
  sealing: Sealing,
  clientId: string,
  expected: readonly string[],
  given: string,
): Buffer | null {
  const actual = clientSecretIndexes(sealing, clientId, given);
  const matches = expected.filter((text) => {
    const stored = Buffer.from(text, "hex");
    const equal = actual.map((each) => each.length === stored.length && timingSafeEqual(each, stored));
    return equal.some(Boolean) && text !== NO_SECRET;
  });
  return matches[0] === undefined ? null : Buffer.from(matches[0], "hex");
}

/** The public half of a key whose private half was thrown away when it was made. */
const noOnesKeys = {
  keys: [generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" })],
};
