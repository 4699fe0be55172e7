import { request as httpRequest } from "node:http";
import { eq } from "drizzle-orm";
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SANDBOX_SECRET } from "../src/sandbox/sandbox-clients.js";
import { channelClient } from "../src/storage/tables.js";
import { base64url } from "./testkit/face-assertions.js";
import { ViewerDocument } from "./testkit/gql/graphql.js";
import { GraphQLClient } from "./testkit/graphql-client.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";
import {
  basic,
  byAssertion,
  type KeyClient,
  registerKeyClient,
  requestToken,
  signClientAssertion,
  type TokenAnswer,
} from "./testkit/token-requests.js";

const ISSUER = "http://changqing.test";
const TOKEN_ENDPOINT = `${ISSUER}/oauth/token`;
const BANK = "sandbox-icbc-app";

let sandbox: SandboxServer;
let address: string;
let keyClient: KeyClient;

beforeAll(async () => {
  sandbox = await startSandbox();
  address = sandbox.server.address;
  keyClient = await registerKeyClient(sandbox);
});

afterAll(() => sandbox[Symbol.asyncDispose]());

async function scopesOf(answer: TokenAnswer): Promise<string[]> {
  expect(answer.status, answer.raw).toBe(200);
  const client = new GraphQLClient(address, answer.body.access_token ?? "");
  return [...(await client.request(ViewerDocument, {})).viewer.scopes].sort();
}

/** RFC 9457 and RFC 6749 in one: the same whatever was wrong with the credentials. */
function expectProblem(answer: TokenAnswer, status: number, error: string): void {
  expect(answer.status, answer.raw).toBe(status);
  expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  expect(answer.headers.get("x-request-id")).toMatch(/^[\w-]{36}$/);
  expect(answer.body).toEqual({
    type: "about:blank",
    title: error.replaceAll("_", " "),
    status,
    detail: expect.any(String),
    error,
    error_description: answer.body["detail"],
  });
  expect(answer.raw).not.toMatch(/stack|node_modules|select |drizzle/i);
}

describe("a client with a secret", () => {
  test("gets a token that says what it is good for", async () => {
    const { body, headers } = await requestToken(address, {}, basic(BANK, SANDBOX_SECRET));
    expect(body).toMatchObject({ token_type: "Bearer", expires_in: 900 });
    expect(headers.get("cache-control")).toBe("no-store");
    const claims = decodeJwt(body.access_token ?? "");
    expect(claims).toMatchObject({ iss: ISSUER, aud: "changqing", client_id: BANK, sub: BANK });
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(900);
  });

  test("may send it either way (client_secret_basic, client_secret_post)", async () => {
    const all = ["certification:write", "contact:write", "status:read", "webhook:write"];
    expect(await scopesOf(await requestToken(address, {}, basic(BANK, SANDBOX_SECRET)))).toEqual(all);
    const posted = { client_id: BANK, client_secret: SANDBOX_SECRET };
    expect(await scopesOf(await requestToken(address, posted))).toEqual(all);
  });

  test("may ask for less", async () => {
    const answer = await requestToken(address, { scope: "status:read" }, basic(BANK, SANDBOX_SECRET));
    expect(answer.body.scope).toBe("status:read");
    expect(await scopesOf(answer)).toEqual(["status:read"]);
  });

  test.each(["expiry:read", "status:read expiry:read", "admin", "status:raed"])(
    "may not ask for more (%s)",
    async (scope) => {
      const answer = await requestToken(address, { scope }, basic(BANK, SANDBOX_SECRET));
      expectProblem(answer, 400, "invalid_scope");
    },
  );

  test("of staff gets what its roles may", async () => {
    const answer = await requestToken(address, {}, basic("sandbox-payroll", SANDBOX_SECRET));
    expect(await scopesOf(answer)).toEqual(["expiry:read", "payroll:read", "status:read", "suspension:read"]);
  });
});

describe("whatever is wrong with the credentials, the answer is one", () => {
  let wrongSecret: TokenAnswer;

  beforeAll(async () => {
    await registerKeyClient(sandbox, { id: "disabled-key-client", disabledAt: new Date() });
    const [bank] = await sandbox.app.database.db
      .select()
      .from(channelClient)
      .where(eq(channelClient.id, BANK));
    if (!bank) throw new Error("no bank");
    await sandbox.app.database.db
      .insert(channelClient)
      .values({ ...bank, id: "disabled-bank", disabledAt: new Date() });
    wrongSecret = await requestToken(address, {}, basic(BANK, "wrong"));
    expectProblem(wrongSecret, 401, "invalid_client");
  });

  test.each<[string, Record<string, string>, Record<string, string>]>([
    ["a secret too long", {}, basic(BANK, "x".repeat(10_000))],
    ["an unknown client", {}, basic("nobody", SANDBOX_SECRET)],
    ["a disabled client", {}, basic("disabled-bank", SANDBOX_SECRET)],
    ["another client's secret by hash", {}, basic("disabled-bank", "wrong")],
    ["a client that has a key and no secret", {}, basic("disabled-key-client", SANDBOX_SECRET)],
    ["a client's id of 10,000 characters", {}, basic("x".repeat(10_000), SANDBOX_SECRET)],
    ["a client's id in Chinese", { client_id: "银行", client_secret: SANDBOX_SECRET }, {}],
    ["the wrong secret, posted", { client_id: BANK, client_secret: "wrong" }, {}],
    ["an unknown client, posted", { client_id: "nobody", client_secret: SANDBOX_SECRET }, {}],
    ["U+0000, posted", { client_id: "a\0b", client_secret: "a\0b" }, {}],
  ])("%s", async (_, parameters, headers) => {
    const answer = await requestToken(address, parameters, headers);
    expect({ status: answer.status, raw: answer.raw }).toEqual({ status: 401, raw: wrongSecret.raw });
    expectProblem(answer, 401, "invalid_client");
  });

  test.each(["text/html", "text/html,application/xhtml+xml,*/*;q=0.8", "application/json", "*/*"])(
    "also to one who asks for %s",
    async (accept) => {
      const answer = await requestToken(address, {}, { ...basic(BANK, "wrong"), accept });
      expect(answer.raw).toBe(wrongSecret.raw);
      expectProblem(answer, 401, "invalid_client");
    },
  );
});

describe("requests that are not for a token by client credentials", () => {
  const authorization = basic(BANK, SANDBOX_SECRET);

  test.each([
    "password",
    "authorization_code",
    "refresh_token",
    "urn:ietf:params:oauth:grant-type:device_code",
    "x\0y",
  ])("grant type %s", async (grant_type) => {
    expectProblem(await requestToken(address, { grant_type }, authorization), 400, "unsupported_grant_type");
  });

  test.each<[string, () => RequestInit]>([
    ["no body", () => ({})],
    [
      "JSON",
      () => ({
        headers: { "content-type": "application/json" },
        body: '{"grant_type":"client_credentials"}',
      }),
    ],
    ["a file", () => ({ headers: { "content-type": "application/octet-stream" }, body: "x" })],
    ["no credentials", () => ({ body: new URLSearchParams({ grant_type: "client_credentials" }) })],
    ["no grant type", () => ({ headers: authorization, body: new URLSearchParams({}) })],
    [
      "the grant type twice",
      () => ({
        headers: authorization,
        body: new URLSearchParams("grant_type=client_credentials&grant_type=password"),
      }),
    ],
    [
      "credentials twice",
      () => ({
        headers: authorization,
        body: new URLSearchParams({
          grant_type: "client_credentials",
          client_id: BANK,
          client_secret: SANDBOX_SECRET,
        }),
      }),
    ],
    [
      "Bearer for Basic",
      () => ({
        headers: { authorization: "Bearer x" },
        body: new URLSearchParams({ grant_type: "client_credentials" }),
      }),
    ],
    [
      "Basic without a colon",
      () => ({
        headers: { authorization: "Basic eA==" },
        body: new URLSearchParams({ grant_type: "client_credentials" }),
      }),
    ],
    [
      "an empty secret",
      () => ({ headers: basic(BANK, ""), body: new URLSearchParams({ grant_type: "client_credentials" }) }),
    ],
    [
      "U+0000 in Basic",
      () => ({
        headers: basic("a%00b", "c%00d"),
        body: new URLSearchParams({ grant_type: "client_credentials" }),
      }),
    ],
    [
      "an assertion that is none",
      () => ({ body: new URLSearchParams({ grant_type: "client_credentials", ...byAssertion("x.y.z") }) }),
    ],
    [
      "100 KB",
      () => ({
        headers: authorization,
        body: new URLSearchParams({ grant_type: "client_credentials", x: "x".repeat(100_000) }),
      }),
    ],
  ])("%s", async (_, init) => {
    const response = await fetch(`${address}/oauth/token`, { method: "POST", ...init() });
    const raw = await response.text();
    const body = JSON.parse(raw) as TokenAnswer["body"];
    expect([400, 401, 413]).toContain(response.status);
    expectProblem(
      { status: response.status, headers: response.headers, raw, body },
      response.status,
      String(body["error"]),
    );
  });

  test.each(["GET", "PUT", "DELETE"])("%s is no way to ask", async (method) => {
    const response = await fetch(`${address}/oauth/token?client_secret=${SANDBOX_SECRET}`, { method });
    const raw = await response.text();
    expect(response.status).toBe(404);
    expect(JSON.parse(raw)).toMatchObject({ errors: [{ extensions: { code: "BAD_USER_INPUT" } }] });
  });
});

describe("a client with a key (private_key_jwt)", () => {
  const ask = async (...args: Parameters<typeof signClientAssertion>) =>
    requestToken(address, byAssertion(await signClientAssertion(...args)));

  test.each([
    ["the issuer", ISSUER],
    ["the token endpoint", TOKEN_ENDPOINT],
    ["several, of which one is ours", ["https://elsewhere.example", ISSUER]],
  ])("names as audience %s", async (_, audience) => {
    expect(await scopesOf(await ask(keyClient, audience))).toEqual(["certification:write", "status:read"]);
  });

  test("an assertion is good once", async () => {
    const assertion = byAssertion(await signClientAssertion(keyClient, ISSUER));
    expect((await requestToken(address, assertion)).status).toBe(200);
    expectProblem(await requestToken(address, assertion), 401, "invalid_client");
  });

  test("of many who present the same one at once, one is served", async () => {
    const assertion = byAssertion(await signClientAssertion(keyClient, ISSUER));
    const answers = await Promise.all(Array.from({ length: 8 }, () => requestToken(address, assertion)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([
      200,
      ...Array.from({ length: 7 }, () => 401),
    ]);
  });

  test("two clients may use the same id for theirs", async () => {
    const other = await registerKeyClient(sandbox);
    const claims = { jti: "the same for both" };
    expect((await ask(keyClient, ISSUER, { claims })).status).toBe(200);
    expect((await ask(other, ISSUER, { claims })).status).toBe(200);
  });

  const now = () => Math.floor(Date.now() / 1_000);
  test.each<[string, () => Record<string, unknown>]>([
    ["another audience", () => ({ aud: "https://elsewhere.example/oauth/token" })],
    ["no audience", () => ({ aud: undefined })],
    ["another issuer", () => ({ iss: "sandbox-icbc-app" })],
    ["another subject", () => ({ sub: "sandbox-icbc-app" })],
    ["no id", () => ({ jti: undefined })],
    ["no expiry", () => ({ exp: undefined })],
    ["an expiry that is past", () => ({ iat: now() - 600, exp: now() - 300 })],
    ["an expiry in a distant future", () => ({ exp: 9_000_000_000_000 })],
    ["a life of more than an hour", () => ({ exp: now() + 3_700 })],
    ["a beginning in the future", () => ({ nbf: now() + 600 })],
  ])("%s is refused", async (_, claims) => {
    expectProblem(await ask(keyClient, ISSUER, { claims: claims() }), 401, "invalid_client");
  });

  test("another key is refused", async () => {
    const other = await registerKeyClient(sandbox);
    expectProblem(await ask(keyClient, ISSUER, { key: other.privateKey }), 401, "invalid_client");
  });

  test("no signature is refused", async () => {
    const claims = decodeJwt(await signClientAssertion(keyClient, ISSUER));
    const unsigned = `${base64url({ alg: "none" })}.${base64url(claims)}.`;
    expectProblem(await requestToken(address, byAssertion(unsigned)), 401, "invalid_client");
  });

  test("the public key as a shared secret is refused", async () => {
    const claims = decodeJwt(await signClientAssertion(keyClient, ISSUER));
    const forged = await new SignJWT(claims)
      .setProtectedHeader({ alg: "HS256" })
      .sign(Buffer.from(JSON.stringify(keyClient.publicJwk)));
    expectProblem(await requestToken(address, byAssertion(forged)), 401, "invalid_client");
  });

  test("a disabled client's is refused", async () => {
    const disabled = await registerKeyClient(sandbox, { disabledAt: new Date() });
    expectProblem(await ask(disabled, ISSUER), 401, "invalid_client");
  });

  test("an assertion made for another server is refused, whatever the Host header says", async () => {
    // One that serves more than its own machine, and so takes any Host.
    await using open = await startSandbox({ environment: { HOST: "0.0.0.0" } });
    const client = await registerKeyClient(open);
    const assertion = await signClientAssertion(client, "http://elsewhere.example/oauth/token");
    const body = new URLSearchParams({
      grant_type: "client_credentials",
      ...byAssertion(assertion),
    }).toString();
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { host: "elsewhere.example", "content-type": "application/x-www-form-urlencoded" };
      httpRequest(`${open.server.address}/oauth/token`, { method: "POST", headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on("error", reject)
        .end(body);
    });
    expect(status).toBe(401);
  });
});

describe("the published keys", () => {
  test("verify the tokens, and have no private part", async () => {
    const response = await fetch(`${address}/.well-known/jwks.json`);
    const published = (await response.json()) as JSONWebKeySet;
    const own = [...sandbox.keys.tokenSigning, ...sandbox.keys.receiptSigning].map(({ kid }) => kid);
    expect(published.keys.map(({ kid }) => kid)).toEqual(own);
    expect(published.keys.map(({ use }) => use)).toEqual(own.map(() => "sig"));
    for (const key of published.keys) {
      expect(Object.keys(key).sort()).toEqual(["alg", "crv", "kid", "kty", "use", "x", "y"]);
    }
    const { body } = await requestToken(address, {}, basic(BANK, SANDBOX_SECRET));
    const verified = await jwtVerify(body.access_token ?? "", createLocalJWKSet(published), {
      issuer: ISSUER,
      audience: "changqing",
      typ: "at+jwt",
    });
    expect(verified.payload["client_id"]).toBe(BANK);
  });
});
