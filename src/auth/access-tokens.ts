import { hash } from "node:crypto";
import { createLocalJWKSet, decodeJwt, type JWK, jwtVerify } from "jose";
import { type Actor, type ClientBudget, type Scope, scopesHeld } from "../domain/actor.js";
import { type ClientRecord, readActiveClient } from "../storage/channel-clients.js";
import type { Executor } from "../storage/database.js";
import { AUDIENCE } from "./authorization-server.js";
import type { StaffTokens, VerifiedStaff } from "./staff-tokens.js";

export interface AccessTokenOptions {
  readonly db: Executor;
  readonly issuer: string;
  readonly signingKeys: readonly JWK[];
  readonly sandbox: boolean;
  /** Tokens of the agency's own sign-in, where there is one. */
  readonly staff?: StaffTokens | undefined;
}

interface VerifiedToken {
  readonly clientId: string;
  /** null when the token was asked for without a scope: all that the client may. */
  readonly scopes: ReadonlySet<string> | null;
  readonly expiresAtMs: number;
}

interface CachedClient {
  readonly client: ClientRecord | null;
  readonly readAtMs: number;
}

const MAX_CACHED = 10_000;
const MAX_TOKEN_LENGTH = 8_192;
/** A disabled client is refused within this time. */
const CLIENT_CACHE_MS = 5_000;

/** Turns access tokens into actors. Verified tokens are remembered by hash until they expire. */
export class AccessTokens {
  readonly #tokens = new Map<string, VerifiedToken | VerifiedStaff>();
  readonly #clients = new Map<string, CachedClient>();
  readonly #keySet: ReturnType<typeof createLocalJWKSet>;

  constructor(private readonly options: AccessTokenOptions) {
    this.#keySet = createLocalJWKSet({ keys: options.signingKeys.map(publicJwk) });
  }

  /** The actor behind an Authorization header, or null when it does not prove one. */
  async authenticate(authorization: string | undefined): Promise<Actor | null> {
    const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(authorization ?? "")?.[1];
    if (!token || token.length > MAX_TOKEN_LENGTH) return null;
    const verified = await this.#verify(token);
    if (!verified) return null;
    if ("actor" in verified) return verified.actor;
    const client = await this.#client(verified.clientId);
    return client ? actorOf(client, verified.scopes) : null;
  }

  async #verify(token: string): Promise<VerifiedToken | VerifiedStaff | null> {
    const digest = hash("sha256", token, "base64");
    const known = this.#tokens.get(digest);
    if (known) {
      if (known.expiresAtMs > Date.now()) return known;
      this.#tokens.delete(digest);
    }
    const { staff } = this.options;
    const verified = await (staff && isOfIssuer(token, staff.issuer)
      ? staff.verify(token)
      : this.#verifyAfresh(token));
    if (verified) {
      dropOldest(this.#tokens);
      this.#tokens.set(digest, verified);
    }
    return verified;
  }

  async #verifyAfresh(token: string): Promise<VerifiedToken | null> {
    try {
      const { payload } = await jwtVerify(token, this.#keySet, {
        issuer: this.options.issuer,
        audience: AUDIENCE,
        typ: "at+jwt",
        algorithms: ["ES256", "EdDSA"],
        requiredClaims: ["exp", "client_id"],
      });
      const { client_id: clientId, scope, exp } = payload;
      if (typeof clientId !== "string" || exp === undefined) return null;
      return {
        clientId,
        scopes: typeof scope === "string" && scope !== "" ? new Set(scope.split(" ")) : null,
        expiresAtMs: exp * 1_000,
      };
    } catch {
      return null;
    }
  }

  async #client(id: string): Promise<ClientRecord | null> {
    const cached = this.#clients.get(id);
    if (cached && Date.now() - cached.readAtMs < CLIENT_CACHE_MS) return cached.client;
    const client = await readActiveClient(this.options.db, id, this.options.sandbox);
    dropOldest(this.#clients);
    this.#clients.set(id, { client, readAtMs: Date.now() });
    return client;
  }
}

/** Only tells whose keys to try: nothing in it is believed yet. */
function isOfIssuer(token: string, issuer: string): boolean {
  try {
    return decodeJwt(token).iss === issuer;
  } catch {
    return false;
  }
}

function dropOldest(map: Map<string, unknown>): void {
  if (map.size < MAX_CACHED) return;
  const oldest = map.keys().next().value;
  if (oldest !== undefined) map.delete(oldest);
}

/** The half of a key that may be published. */
export function publicJwk(key: JWK): JWK {
  const { d: _private, ...rest } = key;
  return rest;
}

/** A registered client as the one who acts; `tokenScopes` null: with all that it may. */
export function actorOf(client: ClientRecord, tokenScopes: ReadonlySet<string> | null): Actor {
  const granted = scopesHeld(client).filter((scope) => tokenScopes === null || tokenScopes.has(scope));
  const { ratePoints, ratePointsPerSecond } = client;
  const budget: { budget?: ClientBudget } =
    ratePoints !== null && ratePointsPerSecond !== null
      ? { budget: { capacity: ratePoints, restoredPerSecond: ratePointsPerSecond } }
      : {};
  const base = { clientId: client.id, name: client.name, scopes: new Set<Scope>(granted), ...budget };
  const { kind, channel, employerCode, districtCode, roles } = client;
  return kind === "CHANNEL" && channel !== null
    ? { ...base, kind, channel, employerCode, districtCode }
    : { ...base, kind: "STAFF", roles: new Set(roles) };
}
