import { setTimeout as sleep } from "node:timers/promises";
import { eq } from "drizzle-orm";
import { generateKeyPair, importJWK, type JWK, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { channelClient } from "../src/storage/tables.js";
import { base64url } from "./testkit/face-assertions.js";
import { ExpiryCalendarDocument, ViewerDocument } from "./testkit/gql/graphql.js";
import { GraphQLClient, type GraphQLFault } from "./testkit/graphql-client.js";
import { expectGuarded, languages } from "./testkit/guarded-answer.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";
import {
  byAssertion,
  registerKeyClient,
  requestToken,
  signClientAssertion,
} from "./testkit/token-requests.js";

const ISSUER = "http://changqing.test";
const BANK = "sandbox-icbc-app";

let sandbox: SandboxServer;
let ownKey: JWK;

beforeAll(async () => {
  sandbox = await startSandbox();
  const [key] = sandbox.keys.tokenSigning;
  if (!key) throw new Error("no key");
  ownKey = key;
});

afterAll(() => sandbox[Symbol.asyncDispose]());

const now = () => Math.floor(Date.now() / 1_000);

function buildClaims(overrides: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    iss: ISSUER,
    aud: "changqing",
    client_id: BANK,
    sub: BANK,
    jti: "x",
    iat: now(),
    exp: now() + 60,
    ...overrides,
  };
}

/** A token as the service signs one, or as the header and key say. */
async function sign(
  claims: Record<string, unknown>,
  { header = {}, key }: { readonly header?: object; readonly key?: Parameters<SignJWT["sign"]>[0] } = {},
): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: "ES256", typ: "at+jwt", kid: ownKey.kid ?? "", ...header })
    .sign(key ?? (await importJWK(ownKey, "ES256")));
}

function send(authorization: string | undefined, language: string): Promise<Response> {
  return fetch(`${sandbox.server.address}/graphql`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "accept-language": language,
      ...(authorization === undefined ? {} : { authorization }),
    },
    body: JSON.stringify({ query: ViewerDocument.toString() }),
  });
}

async function expectUnauthenticated(authorization: string | undefined): Promise<void> {
  for (const language of languages) {
    const response = await send(authorization, language);
    const raw = await response.text();
    expect(response.status, raw).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe("Bearer");
    const { errors = [], data } = JSON.parse(raw) as { errors?: GraphQLFault[]; data?: unknown };
    expect(errors).toHaveLength(1);
    expect(errors[0]?.extensions).toEqual({
      code: "UNAUTHENTICATED",
      retryable: false,
      requestId: response.headers.get("x-request-id"),
    });
    expect(data).toBeUndefined();
    expectGuarded(raw, language, (authorization?.length ?? 0) > 10 ? [authorization ?? ""] : []);
  }
}

test("a token that is right is taken", async () => {
  expect((await send(`Bearer ${await sign(buildClaims())}`, "en")).status).toBe(200);
  expect(
    (await send(`bearer ${await sign(buildClaims({ aud: ["changqing", "elsewhere"] }))}`, "en")).status,
  ).toBe(200);
});

describe("no token at all", () => {
  test.each([
    ["none", undefined],
    ["empty", ""],
    ["a scheme alone", "Bearer"],
    ["a scheme and blanks", "Bearer    "],
    ["another scheme", `Basic ${Buffer.from(`${BANK}:sandbox`).toString("base64")}`],
    ["a text", "Bearer not-a-token"],
    ["dots", "Bearer ..."],
    ["two", "Bearer a.b.c, Bearer d.e.f"],
    ["10,000 characters", `Bearer ${"a".repeat(10_000)}`],
    ["a client's secret", "Bearer sandbox"],
  ])("%s", async (_, authorization) => {
    await expectUnauthenticated(authorization);
  });
});

describe("claims that do not fit", () => {
  test.each<[string, () => Record<string, unknown>]>([
    ["expired", () => ({ iat: now() - 120, exp: now() - 1 })],
    ["without an expiry", () => ({ exp: undefined })],
    ["with an expiry in words", () => ({ exp: "tomorrow" })],
    ["not yet valid", () => ({ nbf: now() + 60 })],
    ["for another audience", () => ({ aud: "elsewhere" })],
    ["for an audience that is a resource's name", () => ({ aud: "urn:changqing:graphql" })],
    ["without an audience", () => ({ aud: undefined })],
    ["of another issuer", () => ({ iss: "https://elsewhere.example" })],
    ["of an issuer with a slash more", () => ({ iss: `${ISSUER}/` })],
    ["without an issuer", () => ({ iss: undefined })],
    ["without a client", () => ({ client_id: undefined })],
    ["of a client that is a number", () => ({ client_id: 5 })],
    ["of a client that there is not", () => ({ client_id: "nobody" })],
  ])("%s", async (_, change) => {
    await expectUnauthenticated(`Bearer ${await sign(buildClaims(change()))}`);
  });
});

describe("signatures that do not fit", () => {
  test("none", async () => {
    for (const alg of ["none", "None", "NONE"]) {
      await expectUnauthenticated(`Bearer ${base64url({ alg, typ: "at+jwt" })}.${base64url(buildClaims())}.`);
    }
  });

  test("the public key as a shared secret (HS256)", async () => {
    const { d: _, ...publicKey } = ownKey;
    for (const secret of [JSON.stringify(publicKey), String(publicKey.x)]) {
      const token = sign(buildClaims(), { header: { alg: "HS256" }, key: Buffer.from(secret) });
      await expectUnauthenticated(`Bearer ${await token}`);
    }
  });

  test("another key, under the service's key id, and under one of its own in the header", async () => {
    const { privateKey } = await generateKeyPair("ES256");
    await expectUnauthenticated(`Bearer ${await sign(buildClaims(), { key: privateKey })}`);
    const header = { jku: "https://elsewhere.example/jwks.json", kid: "mine" };
    await expectUnauthenticated(`Bearer ${await sign(buildClaims(), { key: privateKey, header })}`);
  });

  test("the sandbox's verifier's key", async () => {
    const verifier = sandbox.keys.sandboxFaceVerifier;
    if (!verifier) throw new Error("no verifier");
    const key = await importJWK(verifier, "ES256");
    await expectUnauthenticated(
      `Bearer ${await sign(buildClaims(), { key, header: { kid: verifier.kid } })}`,
    );
  });

  test("claims changed after signing", async () => {
    const [head, , signature] = (await sign(buildClaims())).split(".");
    const changed = base64url(buildClaims({ client_id: "sandbox-staff" }));
    await expectUnauthenticated(`Bearer ${head}.${changed}.${signature}`);
  });

  test.each(["JWT", "face-verification+jwt", undefined])("the type %s", async (typ) => {
    await expectUnauthenticated(`Bearer ${await sign(buildClaims(), { header: { typ } })}`);
  });

  test("a client's own assertion is no token", async () => {
    const client = await registerKeyClient(sandbox);
    await expectUnauthenticated(`Bearer ${await signClientAssertion(client, "changqing")}`);
  });
});

describe("scopes in a token", () => {
  test("that the client does not have grant nothing", async () => {
    const token = await sign(buildClaims({ scope: "status:read expiry:read admin" }));
    const client = new GraphQLClient(sandbox.server.address, token);
    expect((await client.request(ViewerDocument, {})).viewer.scopes).toEqual(["status:read"]);
    const answer = await client.refused(ExpiryCalendarDocument, {
      filter: { from: "2026-01", through: "2026-02" },
    });
    expect(answer.errors[0]?.extensions.code).toBe("FORBIDDEN");
  });
});

describe("what was right is not right for ever", () => {
  test("a token that was taken is refused once it has expired", async () => {
    const token = await sign(buildClaims({ exp: now() + 2 }));
    expect((await send(`Bearer ${token}`, "en")).status).toBe(200);
    await sleep(2_200);
    await expectUnauthenticated(`Bearer ${token}`);
    await expectUnauthenticated(`Bearer ${token}`);
  });

  test("a disabled client gets no token, and the ones it has are refused within six seconds", async () => {
    const client = await registerKeyClient(sandbox);
    const assertion = () => signClientAssertion(client, ISSUER).then(byAssertion);
    const { body } = await requestToken(sandbox.server.address, await assertion());
    expect((await send(`Bearer ${body.access_token}`, "en")).status).toBe(200);
    await sandbox.app.database.db
      .update(channelClient)
      .set({ disabledAt: new Date() })
      .where(eq(channelClient.id, client.id));
    expect((await requestToken(sandbox.server.address, await assertion())).status).toBe(401);
    await expect
      .poll(() => send(`Bearer ${body.access_token}`, "en").then(({ status }) => status), {
        timeout: 6_000,
        interval: 200,
      })
      .toBe(401);
    await expectUnauthenticated(`Bearer ${body.access_token}`);
  });
});
