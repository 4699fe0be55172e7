import { randomUUID } from "node:crypto";
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { channelClient } from "../../src/storage/tables.js";
import type { SandboxServer } from "./sandbox-server.js";

export interface TokenAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly raw: string;
  readonly body: {
    readonly access_token?: string;
    readonly expires_in?: number;
    readonly scope?: string;
    readonly [more: string]: unknown;
  };
}

/** Asks for a token by client credentials, with these parameters and headers besides. */
export async function requestToken(
  address: string,
  parameters: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<TokenAnswer> {
  const response = await fetch(`${address}/oauth/token`, {
    method: "POST",
    headers: { ...headers },
    body: new URLSearchParams({ grant_type: "client_credentials", ...parameters }),
  });
  const raw = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    raw,
    body: JSON.parse(raw) as TokenAnswer["body"],
  };
}

export function basic(clientId: string, secret: string): { readonly authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString("base64")}` };
}

/** A client that proves itself by a key of its own. */
export interface KeyClient {
  readonly id: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

export async function registerKeyClient(
  sandbox: SandboxServer,
  overrides: Partial<typeof channelClient.$inferInsert> = {},
): Promise<KeyClient> {
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
  const publicJwk = { ...(await exportJWK(publicKey)), kid: `key-${randomUUID()}`, alg: "ES256", use: "sig" };
  const id = overrides.id ?? `key-client-${randomUUID()}`;
  await sandbox.app.database.db.insert(channelClient).values({
    id,
    name: "一家有密钥的银行",
    kind: "CHANNEL",
    channel: "HUAXIA_APP",
    scopes: ["status:read", "certification:write"],
    secretIndex: null,
    jwks: { keys: [publicJwk] },
    sandbox: false,
    createdAt: new Date(),
    ...overrides,
  });
  return { id, privateKey, publicJwk };
}

/** An assertion as RFC 7523 has it, good for a minute. */
export async function signClientAssertion(
  client: KeyClient,
  audience: string | readonly string[],
  {
    claims = {},
    header = {},
    key = client.privateKey,
  }: {
    readonly claims?: Readonly<Record<string, unknown>>;
    readonly header?: Readonly<Record<string, unknown>>;
    readonly key?: Parameters<SignJWT["sign"]>[0];
  } = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  return new SignJWT({
    iss: client.id,
    sub: client.id,
    aud: typeof audience === "string" ? audience : [...audience],
    jti: randomUUID(),
    iat: now,
    exp: now + 60,
    ...claims,
  })
    .setProtectedHeader({ alg: "ES256", kid: client.publicJwk.kid ?? "", ...header })
    .sign(key);
}

export function byAssertion(assertion: string): Record<string, string> {
  return {
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: assertion,
  };
}
