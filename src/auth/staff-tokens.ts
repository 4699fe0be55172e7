import { createRemoteJWKSet, customFetch, errors, type JWTPayload, jwtVerify } from "jose";
import {
  actsAndWatches,
  type StaffActor,
  type StaffRole,
  scopesOfRoles,
  staffRoles,
} from "../domain/actor.js";

/** The agency's own sign-in, whose tokens stand for named members of staff. */
export interface StaffIssuerRules {
  readonly issuer: string;
  readonly jwksUri: URL;
  readonly audience: string;
  /** The claim that lists role names. */
  readonly rolesClaim: string;
}

/** What went wrong on our side of a token, for the log: never a claim of it. */
export type StaffTokenTrouble =
  | "keys-unavailable"
  | "subject-not-usable"
  | "no-known-role"
  | "roles-act-and-watch";

export interface StaffTokenOptions extends StaffIssuerRules {
  readonly onTrouble: (trouble: StaffTokenTrouble, error?: unknown) => void;
}

export interface VerifiedStaff {
  readonly actor: StaffActor;
  /** When it must be verified again: a key that the issuer takes away is soon forgotten here too. */
  readonly expiresAtMs: number;
}

const TIMEOUT_MS = 5_000;
/** A key that is not known is looked for again after this time, and so is an issuer that did not answer. */
const COOLDOWN_MS = 5_000;
const CACHE_MS = 600_000;
const REMEMBERED_MS = 300_000;
const MAX_NAME = 100;
const SKEW_SECONDS = 5;

/** It has just failed to answer and is left alone for a while. */
class IssuerSilent extends Error {}

/** Turns access tokens of an outside OpenID Connect issuer into members of staff. */
export class StaffTokens {
  readonly #keySet: ReturnType<typeof createRemoteJWKSet>;
  #silentUntilMs = 0;

  constructor(private readonly options: StaffTokenOptions) {
    this.#keySet = createRemoteJWKSet(options.jwksUri, {
      timeoutDuration: TIMEOUT_MS,
      cooldownDuration: COOLDOWN_MS,
      cacheMaxAge: CACHE_MS,
      // While the issuer is silent nobody waits for it, and it is not asked more often either.
      [customFetch]: (url, init) =>
        Date.now() < this.#silentUntilMs ? Promise.reject(new IssuerSilent()) : fetch(url, init),
    });
  }

  get issuer(): string {
    return this.options.issuer;
  }

  async verify(token: string): Promise<VerifiedStaff | null> {
    const payload = await this.#claimsOf(token);
    if (payload?.exp === undefined) return null;
    const actor = this.#actorOf(payload);
    return actor && { actor, expiresAtMs: Math.min(payload.exp * 1_000, Date.now() + REMEMBERED_MS) };
  }

  async #claimsOf(token: string): Promise<JWTPayload | null> {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, this.#keySet, {
        issuer: this.options.issuer,
        audience: this.options.audience,
        algorithms: ["ES256", "EdDSA", "RS256", "PS256"],
        requiredClaims: ["exp", "sub"],
        clockTolerance: SKEW_SECONDS,
      });
      return /^(application\/)?(at\+)?jwt$/i.test(protectedHeader.typ ?? "") ? payload : null;
    } catch (error) {
      if (!isAboutTheToken(error) && !(error instanceof IssuerSilent)) {
        this.#silentUntilMs = Date.now() + COOLDOWN_MS;
        this.options.onTrouble("keys-unavailable", error);
      }
      return null;
    }
  }

  #actorOf(payload: JWTPayload): StaffActor | null {
    const { sub } = payload;
    if (!sub || !isUsableSubject(sub)) return this.#refuse("subject-not-usable");
    // Other systems' roles stand in the same claim: they mean nothing here.
    const listed = [payload[this.options.rolesClaim]].flat();
    const roles = new Set<StaffRole>(staffRoles.filter((role) => listed.includes(role)));
    if (roles.size === 0) return this.#refuse("no-known-role");
    const scopes = scopesOfRoles(roles);
    if (actsAndWatches(scopes)) return this.#refuse("roles-act-and-watch");
    const clientId = `staff:${sub}`;
    return {
      kind: "STAFF",
      clientId,
      name: nameIn(payload) ?? clientId,
      roles,
      scopes: new Set(scopes),
    };
  }

  #refuse(trouble: StaffTokenTrouble): null {
    this.options.onTrouble(trouble);
    return null;
  }
}

/** Everything else is about fetching the keys. */
function isAboutTheToken(error: unknown): boolean {
  return (
    error instanceof errors.JOSEError &&
    !(error instanceof errors.JWKSTimeout) &&
    !(error instanceof errors.JWKSInvalid) &&
    error.code !== "ERR_JOSE_GENERIC"
  );
}

/**
 * The subject stands in the access log, the audit chain and the key of a budget, so it must be an opaque account number:
 * no mail address, and nothing that has the form of a mobile or an ID number.
 */
function isUsableSubject(sub: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._:|-]{0,63}$/.test(sub) && !/^(1\d{10}|\d{15}|\d{17}[\dXx])$/.test(sub);
}

function nameIn({ name }: JWTPayload): string | null {
  if (typeof name !== "string") return null;
  const plain = name.replace(/\p{C}/gu, "").trim().slice(0, MAX_NAME);
  return plain === "" ? null : plain;
}
