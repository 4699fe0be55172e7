import { createPrivateKey, createPublicKey, sign as signBytes, type webcrypto } from "node:crypto";
import { CompactEncrypt, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT, UnsecuredJWT } from "jose";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type AttackedService, ISSUER, startAttackedService } from "../testkit/attacked-service.js";
import { base64url } from "../testkit/face-assertions.js";
import { expectGuarded } from "../testkit/guarded-answer.js";
import { openSocket } from "../testkit/raw-http.js";
import { basic, byAssertion, requestToken } from "../testkit/token-requests.js";

/** Tokens that were never issued. Claims, audiences and plain signatures that do not fit are in access-tokens.test.ts. */

let service: AttackedService;
let ownKey: JWK;

beforeAll(async () => {
  service = await startAttackedService();
  const [key] = service.keys.tokenSigning;
  if (!key) throw new Error("no key");
  ownKey = key;
});

afterAll(() => service[Symbol.asyncDispose]());
afterEach(() => service.expectUnharmed());

const STAFF = "sandbox-staff";
const now = () => Math.floor(Date.now() / 1_000);

function claimsOf(clientId: string): Record<string, unknown> {
  return {
    iss: ISSUER,
    aud: "changqing",
    client_id: clientId,
    sub: clientId,
    jti: "forged",
    iat: now(),
    exp: now() + 600,
  };
}

async function sign(
  header: Readonly<Record<string, unknown>>,
  key: Parameters<SignJWT["sign"]>[0],
): Promise<string> {
  return new SignJWT(claimsOf(STAFF))
    .setProtectedHeader({ alg: "ES256", typ: "at+jwt", kid: ownKey.kid ?? "", ...header })
    .sign(key);
}

async function statusOf(token: string): Promise<number> {
  const response = await fetch(`${service.address}/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ query: "{ viewer { name } }" }),
  });
  const raw = await response.text();
  expectGuarded(raw, "zh-CN", [token]);
  if (response.status === 401) expect(JSON.parse(raw).errors[0].extensions.code).toBe("UNAUTHENTICATED");
  return response.status;
}

test("one that is signed by the service's own key is taken: the others fail by their forgery alone", async () => {
  expect(await statusOf(await sign({}, await importJWK(ownKey, "ES256")))).toBe(200);
});

describe("a key that the token itself brings or names", () => {
  const elsewhere = "https://elsewhere.example/jwks.json";
  const names: readonly (readonly [string, (key: JWK) => Record<string, unknown>])[] = [
    ["jwk", (jwk) => ({ jwk })],
    ["jwk under the service's key id", (jwk) => ({ jwk: { ...jwk, kid: ownKey.kid } })],
    ["jwk without a key id", (jwk) => ({ jwk, kid: undefined })],
    ["jku", () => ({ jku: elsewhere })],
    ["jku of the service's own", () => ({ jku: `${ISSUER}/.well-known/jwks.json#@elsewhere.example` })],
    ["x5u", () => ({ x5u: elsewhere })],
    ["x5c", () => ({ x5c: [Buffer.from("no certificate").toString("base64")] })],
    ["x5t", () => ({ x5t: "A".repeat(27), "x5t#S256": "A".repeat(43) })],
    ["a critical extension", () => ({ crit: ["jku"], jku: elsewhere })],
    ["a critical extension that is not there", () => ({ crit: ["exp"] })],
  ];

  test.each(names)("%s", async (_, header) => {
    const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
    const key = await exportJWK(publicKey);
    const protectedHeader = JSON.parse(
      JSON.stringify({ alg: "ES256", typ: "at+jwt", kid: ownKey.kid, ...header(key) }),
    );
    // By hand, since no library signs under a header that it does not understand.
    const input = `${base64url(protectedHeader)}.${base64url(claimsOf(STAFF))}`;
    const signature = signBytes("sha256", Buffer.from(input), {
      key: createPrivateKey({ key: (await exportJWK(privateKey)) as webcrypto.JsonWebKey, format: "jwk" }),
      dsaEncoding: "ieee-p1363",
    });
    expect(await statusOf(`${input}.${signature.toString("base64url")}`)).toBe(401);
  });

  test("and nothing is fetched from where it points", async () => {
    const asked: string[] = [];
    const { createServer } = await import("node:http");
    const trap = createServer((request, response) => {
      asked.push(request.url ?? "");
      response.end("{}");
    });
    await new Promise<void>((resolve) => trap.listen(0, "127.0.0.1", resolve));
    const address = trap.address();
    const at = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/jwks.json`;
    const { privateKey } = await generateKeyPair("ES256");
    expect(await statusOf(await sign({ jku: at, x5u: at, kid: at }, privateKey))).toBe(401);
    const assertion = await new SignJWT({ ...claimsOf("sandbox-icbc-app"), iss: at, sub: "sandbox-icbc-app" })
      .setProtectedHeader({ alg: "ES256", jku: at, x5u: at, kid: at })
      .sign(privateKey);
    expect((await requestToken(service.address, byAssertion(assertion))).status).toBe(401);
    trap.close();
    expect(asked).toEqual([]);
  });
});

describe("a key id that leads somewhere else", () => {
  test.each([
    "../../../../dev/null",
    "/dev/null",
    "file:///etc/passwd",
    "' or '1'='1",
    "x'; select pg_sleep(10) --",
    "$(sleep 10)",
    "key\u0000",
    "__proto__",
    "constructor",
    "",
    "k".repeat(4_000),
  ])("%j, with an empty and with a foreign key", async (kid) => {
    const { privateKey } = await generateKeyPair("ES256");
    expect(await statusOf(await sign({ kid }, privateKey))).toBe(401);
    expect(await statusOf(await sign({ kid, alg: "HS256" }, new Uint8Array(32)))).toBe(401);
  });

  test.each([null, 5, ["a"], { a: 1 }])("%j, which is no text", async (kid) => {
    const [, body, signature] = (await sign({}, await importJWK(ownKey, "ES256"))).split(".");
    const header = base64url({ alg: "ES256", typ: "at+jwt", kid });
    expect(await statusOf(`${header}.${body}.${signature}`)).toBe(401);
  });
});

describe("an algorithm that the key is not for", () => {
  test.each(["HS256", "HS384", "HS512"])(
    "%s with the public key as it is published, in every form",
    async (alg) => {
      const { d: _, ...jwk } = ownKey;
      const published = createPublicKey({ key: jwk as webcrypto.JsonWebKey, format: "jwk" });
      const jwks = await (await fetch(`${service.address}/.well-known/jwks.json`)).text();
      for (const secret of [
        published.export({ type: "spki", format: "pem" }),
        String(published.export({ type: "spki", format: "pem" })).trim(),
        published.export({ type: "spki", format: "der" }),
        JSON.stringify(jwk),
        jwks,
        String(jwk.kid),
        Buffer.from(String(jwk.x), "base64url"),
      ])
        expect(await statusOf(await sign({ alg }, new Uint8Array(Buffer.from(secret))))).toBe(401);
    },
  );

  test.each(["none", "NONE", "nOnE", "", "ES256K", "es256", "EdDSA", "RS256", "PS256", "HS256\u0000"])(
    "%j over the service's own signature",
    async (alg) => {
      const [, body, signature] = (await sign({}, await importJWK(ownKey, "ES256"))).split(".");
      const header = base64url({ alg, typ: "at+jwt", kid: ownKey.kid });
      expect(await statusOf(`${header}.${body}.${signature}`)).toBe(401);
      expect(await statusOf(`${header}.${body}.`)).toBe(401);
    },
  );

  test("none, as a library writes it", async () => {
    expect(await statusOf(new UnsecuredJWT(claimsOf(STAFF)).encode())).toBe(401);
  });
});

describe("a signature that is none", () => {
  const [Z, N] = [
    Buffer.alloc(32),
    Buffer.from("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", "hex"),
  ];

  test.each<[string, () => Buffer]>([
    ["of zeros (CVE-2022-21449)", () => Buffer.concat([Z, Z])],
    ["whose r is zero", () => Buffer.concat([Z, Buffer.alloc(32, 1)])],
    ["whose s is zero", () => Buffer.concat([Buffer.alloc(32, 1), Z])],
    ["of the curve's order", () => Buffer.concat([N, N])],
    ["of half its length", () => Buffer.alloc(32, 1)],
    ["of twice its length", () => Buffer.alloc(128, 1)],
    ["of a byte", () => Buffer.alloc(1)],
  ])("%s", async (_, signature) => {
    const [header, body] = (await sign({}, await importJWK(ownKey, "ES256"))).split(".");
    expect(await statusOf(`${header}.${body}.${signature().toString("base64url")}`)).toBe(401);
  });

  test("cut off at every length, or with something after it", async () => {
    const token = await sign({}, await importJWK(ownKey, "ES256"));
    for (let cut = 1; cut <= 86; cut += 17) expect(await statusOf(token.slice(0, -cut))).toBe(401);
    for (const more of ["A", "AAAA", ".", ".A", "="]) expect(await statusOf(token + more), more).toBe(401);
  });

  test("the same bits in the characters of plain base64 are another token", async () => {
    const key = await importJWK(ownKey, "ES256");
    let token = await sign({}, key);
    while (!/[-_][^.]*$/.test(token)) token = await sign({}, key);
    const [header, body, signature = ""] = token.split(".");
    const plain = signature.replaceAll("-", "+").replaceAll("_", "/");
    expect(await statusOf(`${header}.${body}.${plain}`)).toBe(401);
  });
});

describe("another kind of token", () => {
  test("encrypted to the public key (JWE)", async () => {
    const { d: _, ...jwk } = ownKey;
    const inner = await sign({}, await importJWK(ownKey, "ES256"));
    for (const text of [inner, JSON.stringify(claimsOf(STAFF))]) {
      const token = await new CompactEncrypt(Buffer.from(text))
        .setProtectedHeader({
          alg: "ECDH-ES",
          enc: "A256GCM",
          typ: "at+jwt",
          cty: "JWT",
          kid: ownKey.kid ?? "",
        })
        .encrypt(await importJWK({ ...jwk, use: "enc", alg: "ECDH-ES" }, "ECDH-ES"));
      expect(await statusOf(token)).toBe(401);
    }
  });

  test("a token inside a token", async () => {
    const inner = await sign({}, await importJWK(ownKey, "ES256"));
    const nested = await new SignJWT({ ...claimsOf(STAFF), jwt: inner })
      .setProtectedHeader({ alg: "ES256", typ: "at+jwt", cty: "JWT", kid: "elsewhere" })
      .sign((await generateKeyPair("ES256")).privateKey);
    expect(await statusOf(nested)).toBe(401);
  });

  test.each(["at+JWT2", "application/at+jwt+x", "id+jwt", "logout+jwt", "dpop+jwt", "face-verification+jwt"])(
    "signed by the service's own key, of the type %s",
    async (typ) => {
      expect(await statusOf(await sign({ typ }, await importJWK(ownKey, "ES256")))).toBe(401);
    },
  );

  test("of the sandbox's face verifier, whose key is another", async () => {
    const key = service.keys.sandboxFaceVerifier;
    if (!key) throw new Error("no verifier");
    expect(await statusOf(await sign({}, await importJWK(key, "ES256")))).toBe(401);
  });

  test("of another sandbox, under this one's key id", async () => {
    const { privateKey } = await generateKeyPair("ES256", { extractable: true });
    expect(await statusOf(await sign({ kid: ownKey.kid }, privateKey))).toBe(401);
  });
});

describe("a token that is too much", () => {
  test("of eight thousand characters and more, though its signature is right: 401", async () => {
    const token = await new SignJWT({ ...claimsOf(STAFF), padding: "x".repeat(9_000) })
      .setProtectedHeader({ alg: "ES256", typ: "at+jwt", kid: ownKey.kid ?? "" })
      .sign(await importJWK(ownKey, "ES256"));
    expect(await statusOf(token)).toBe(401);
  });

  test("of a header nested ten thousand deep: 401", async () => {
    const header = Buffer.from(`{"a":${"[".repeat(1_500)}${"]".repeat(1_500)}}`).toString("base64url");
    expect(await statusOf(`${header}.${base64url(claimsOf(STAFF))}.AAAA`)).toBe(401);
  });

  test("two thousand forged ones are refused, and none is remembered", async () => {
    const { privateKey } = await generateKeyPair("ES256");
    const token = await sign({}, privateKey);
    for (let round = 0; round < 20; round += 1) {
      const statuses = await Promise.all(
        Array.from({ length: 100 }, (_, n) =>
          statusOf(`${token.slice(0, -8)}${String(round * 100 + n).padStart(8, "0")}`),
        ),
      );
      expect(new Set(statuses)).toEqual(new Set([401]));
    }
  });

  test("two Authorization headers: the second is not looked at", async () => {
    const socket = openSocket(service.address);
    const body = '{"query":"{ viewer { name } }"}';
    let text = "";
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    socket.write(
      `POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer forged\r\nAuthorization: Bearer ${service.bank.token}\r\n` +
        `Content-Type: application/json\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await new Promise((resolve) => socket.on("close", resolve));
    expect(text).toMatch(/^HTTP\/1\.1 401 /);
  });
});

describe("at the token endpoint", () => {
  test.each<[string, Record<string, string>, Record<string, string>]>([
    ["a token for a secret", {}, basic("sandbox-icbc-app", "x.y.z")],
    ["a secret in the address", {}, {}],
    [
      "another client's id beside one's own credentials",
      { client_id: STAFF },
      basic("sandbox-icbc-app", "sandbox"),
    ],
    ["an object for a secret", { "client_secret[$ne]": "x", client_id: STAFF }, {}],
    [
      "an assertion of another type",
      {
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:saml2-bearer",
        client_assertion: "x",
      },
      {},
    ],
    [
      "a client's own word for who it is (none)",
      { client_id: STAFF, token_endpoint_auth_method: "none" },
      {},
    ],
    [
      "a certificate that no one has checked",
      { client_id: STAFF },
      { "x-ssl-client-cert": "x", "x-client-verify": "SUCCESS" },
    ],
  ])("%s gets no token", async (_, parameters, headers) => {
    const answer = await requestToken(service.address, parameters, headers);
    expect([400, 401]).toContain(answer.status);
    expect(answer.body.access_token).toBeUndefined();
    expect(answer.raw).not.toMatch(/stack|node_modules|select /i);
  });

  test("another audience, resource, issuer or life cannot be asked for", async () => {
    const credentials = basic("sandbox-icbc-app", "sandbox");
    for (const parameters of [
      { resource: "https://elsewhere.example" },
      { resource: "file:///etc/passwd" },
      { resource: "x" },
    ]) {
      const answer = await requestToken(service.address, parameters, credentials);
      if (answer.status === 200) continue;
      expect(answer.body["error"]).toBe("invalid_target");
    }
    const answer = await requestToken(
      service.address,
      { audience: "elsewhere", iss: "https://elsewhere.example", client: STAFF, expires_in: "999999999" },
      credentials,
    );
    const [, payload = ""] = (answer.body.access_token ?? "").split(".");
    expect(JSON.parse(Buffer.from(payload, "base64url").toString())).toMatchObject({
      iss: ISSUER,
      aud: "changqing",
      client_id: "sandbox-icbc-app",
    });
    expect(answer.body.expires_in).toBe(900);
  });
});
