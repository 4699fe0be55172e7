import { randomUUID } from "node:crypto";
import { importJWK, type JWK, SignJWT } from "jose";
import { FACE_ASSERTION_TYPE } from "../../src/auth/face-verifiers.js";
import { SANDBOX_VERIFIER } from "../../src/sandbox/sandbox-control.js";
import type { SandboxServer } from "./sandbox-server.js";

export type Claims = Readonly<Record<string, unknown>>;

/** Seconds since 1970 on the sandbox's clock. */
export function secondsNow(sandbox: SandboxServer): number {
  return Math.floor(sandbox.app.services.now().epochMilliseconds / 1_000);
}

/** The claims of an assertion that would do for this session. */
export function buildClaims(
  sandbox: SandboxServer,
  session: { readonly challenge: string },
  overrides: Claims = {},
): Claims {
  const now = secondsNow(sandbox);
  return {
    iss: SANDBOX_VERIFIER,
    aud: "changqing",
    jti: randomUUID(),
    challenge: session.challenge,
    outcome: "match",
    liveness: "test",
    iat: now,
    exp: now + 300,
    ...overrides,
  };
}

export function verifierKey(sandbox: SandboxServer): JWK {
  const key = sandbox.keys.sandboxFaceVerifier;
  if (!key) throw new Error("the sandbox has no verifier");
  return key;
}

/** Signs as the sandbox's verifier does, or as the header and key say. */
export async function signAssertion(
  sandbox: SandboxServer,
  claims: Claims,
  { header = {}, key }: { readonly header?: Claims; readonly key?: Parameters<SignJWT["sign"]>[0] } = {},
): Promise<string> {
  const own = verifierKey(sandbox);
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: "ES256", typ: FACE_ASSERTION_TYPE, kid: own.kid ?? "", ...header })
    .sign(key ?? (await importJWK(own, "ES256")));
}

export function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
