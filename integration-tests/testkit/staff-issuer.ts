import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";

/** An agency's sign-in as an outside system: publishes keys, signs tokens, changes keys, goes down. */
export interface StaffIssuer extends AsyncDisposable {
  readonly jwksUri: string;
  /** How often the keys were fetched. */
  readonly fetches: () => number;
  /** Signs like the issuer does, or as the parts say. */
  sign(claims: Record<string, unknown>, parts?: SigningParts): Promise<string>;
  /** Replaces the keys. */
  rotate(): Promise<void>;
  /** What the keys' address answers from now on; null: nothing, the connection is cut. */
  answer(status: number | null, body?: string): void;
}

export interface SigningParts {
  readonly header?: Record<string, unknown>;
  readonly key?: CryptoKey | Uint8Array;
  readonly alg?: string;
}

export const STAFF_ISSUER = "https://sign-in.agency.example";
export const STAFF_AUDIENCE = "changqing-api";
const algorithms = ["ES256", "EdDSA", "RS256", "PS256"] as const;

interface Pair {
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

async function newPair(alg: string): Promise<Pair> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return {
    privateKey,
    jwk: { ...(await exportJWK(publicKey)), kid: `${alg}-${randomUUID()}`, alg, use: "sig" },
  };
}

export async function startStaffIssuer(): Promise<StaffIssuer> {
  let pairs = new Map<string, Pair>();
  let fetches = 0;
  let told: { readonly status: number | null; readonly body?: string | undefined } = { status: 200 };
  const rotate = async () => {
    pairs = new Map(await Promise.all(algorithms.map(async (alg) => [alg, await newPair(alg)] as const)));
  };
  await rotate();
  const server = createServer((request, response) => {
    fetches += 1;
    if (told.status === null) return void request.socket.destroy();
    const keys = [...pairs.values()].map(({ jwk }) => jwk);
    response.writeHead(told.status, { "content-type": "application/json", connection: "close" });
    response.end(told.body ?? JSON.stringify({ keys }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    jwksUri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`,
    fetches: () => fetches,
    sign: async (claims, { header = {}, key, alg = "ES256" } = {}) => {
      const pair = pairs.get(alg);
      const now = Math.floor(Date.now() / 1_000);
      return new SignJWT({
        iss: STAFF_ISSUER,
        aud: STAFF_AUDIENCE,
        sub: "u-4711",
        name: "李经办",
        roles: ["OPERATOR", "REVIEWER"],
        iat: now,
        exp: now + 300,
        ...claims,
      })
        .setProtectedHeader({ alg, typ: "at+jwt", kid: pair?.jwk.kid ?? "", ...header })
        .sign(key ?? pair?.privateKey ?? new Uint8Array(32));
    },
    rotate,
    answer: (status, body) => {
      told = { status, body };
    },
    [Symbol.asyncDispose]: () => closed(server),
  };
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
}
