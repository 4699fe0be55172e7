import { createSign, type KeyObject, randomUUID } from "node:crypto";
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import {
  createFaceAssertionVerifier,
  FACE_ASSERTION_TYPE,
  type VerifyFaceAssertion,
} from "./face-verifiers.js";

const ISSUER = "https://verifier.example";
const OTHER_ISSUER = "https://other-verifier.example";
const ISSUED_AT = 1_780_000_000;

let es256: CryptoKey;
let ed25519: CryptoKey;
let otherKey: CryptoKey;
let publicKeys: JWK[];
let verify: VerifyFaceAssertion;

beforeAll(async () => {
  const [first, second, third] = await Promise.all([
    generateKeyPair("ES256", { extractable: true }),
    generateKeyPair("EdDSA", { extractable: true }),
    generateKeyPair("ES256", { extractable: true }),
  ]);
  es256 = first.privateKey;
  ed25519 = second.privateKey;
  otherKey = third.privateKey;
  publicKeys = [
    { ...(await exportJWK(first.publicKey)), kid: "es256", alg: "ES256" },
    { ...(await exportJWK(second.publicKey)), kid: "ed25519", alg: "EdDSA" },
  ];
  const otherKeys = [{ ...(await exportJWK(third.publicKey)), kid: "other" }];
  verify = createFaceAssertionVerifier(
    new Map([
      [ISSUER, publicKeys],
      [OTHER_ISSUER, otherKeys],
    ]),
  );
});

const claims = (): JWTPayload => ({
  iss: ISSUER,
  aud: "changqing",
  jti: randomUUID(),
  challenge: "a challenge",
  outcome: "match",
  liveness: "iso-30107-3-level-2",
  iat: ISSUED_AT,
  exp: ISSUED_AT + 300,
});

interface Signing {
  readonly key?: CryptoKey;
  readonly header?: Record<string, unknown>;
}

function sign(payload: JWTPayload, { key = es256, header = {} }: Signing = {}): Promise<string> {
  return new SignJWT(payload)
    .setProtectedHeader({ alg: "ES256", typ: FACE_ASSERTION_TYPE, kid: "es256", ...header })
    .sign(key);
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("E2 a registered verifier's assertion", () => {
  test("gives its claims", async () => {
    expect(await verify(await sign({ ...claims(), jti: "assertion-1" }))).toEqual({
      issuer: ISSUER,
      assertionId: "assertion-1",
      challenge: "a challenge",
      outcome: "match",
      liveness: "iso-30107-3-level-2",
      issuedAt: Temporal.Instant.fromEpochMilliseconds(ISSUED_AT * 1_000),
      expiresAt: Temporal.Instant.fromEpochMilliseconds((ISSUED_AT + 300) * 1_000),
    });
  });

  test("may be signed with EdDSA", async () => {
    const assertion = await sign(claims(), { key: ed25519, header: { alg: "EdDSA", kid: "ed25519" } });
    expect(await verify(assertion)).toMatchObject({ outcome: "match" });
  });

  test("may name several audiences, and other claims", async () => {
    const assertion = await sign({ ...claims(), aud: ["elsewhere", "changqing"], device: "any" });
    expect(await verify(assertion)).not.toBeNull();
  });

  test("tells times that are long past as they are: the domain judges them", async () => {
    expect(await verify(await sign({ ...claims(), iat: 1_000, exp: 2_000 }))).toMatchObject({
      expiresAt: Temporal.Instant.from("1970-01-01T00:33:20Z"),
    });
  });
});

describe("E2 nothing is read from an assertion", () => {
  test.each<[string, Partial<Record<string, unknown>>]>([
    ["of an issuer that is not registered", { iss: "https://nobody.example" }],
    ["of another registered issuer than its key's", { iss: OTHER_ISSUER }],
    ["for another audience", { aud: "elsewhere" }],
    ["for an audience that only looks alike", { aud: ["Changqing", "changqing "] }],
    ["without an audience", { aud: undefined }],
    ["without an id", { jti: undefined }],
    ["with an id too short to be unique", { jti: "1" }],
    ["with an endless id", { jti: "x".repeat(201) }],
    ["without a challenge", { challenge: undefined }],
    ["with an empty challenge", { challenge: "" }],
    ["without an outcome", { outcome: undefined }],
    ["with an unknown outcome", { outcome: "MATCH" }],
    ["without a time of issue", { iat: undefined }],
    ["without an expiry", { exp: undefined }],
    ["with an expiry before its issue", { exp: ISSUED_AT - 1 }],
    ["with an expiry at its issue", { exp: ISSUED_AT }],
    ["with a time that is no whole number", { iat: ISSUED_AT + 0.5 }],
    ["with a time that is a text", { iat: String(ISSUED_AT) }],
    ["with a time beyond all calendars", { exp: 9_000_000_000_000_000 }],
    ["with a negative time", { iat: -1 }],
    ["with claims of another type", { challenge: { $ne: null } }],
  ])("%s", async (_, changed) => {
    expect(await verify(await sign({ ...claims(), ...changed } as JWTPayload))).toBeNull();
  });

  test.each<[string, Record<string, unknown>]>([
    ["without a type", { typ: undefined }],
    ["of the type of an access token", { typ: "at+jwt" }],
    ["of the type of any JWT", { typ: "JWT" }],
  ])("%s", async (_, header) => {
    expect(await verify(await sign(claims(), { header }))).toBeNull();
  });

  test("signed by a key that is not registered", async () => {
    expect(await verify(await sign(claims(), { key: otherKey }))).toBeNull();
  });

  test("naming a key that is not registered", async () => {
    expect(await verify(await sign(claims(), { header: { kid: "unknown" } }))).toBeNull();
  });

  test("with its key in the header", async () => {
    const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
    const assertion = await sign(claims(), {
      key: privateKey,
      header: { jwk: await exportJWK(publicKey), kid: undefined },
    });
    expect(await verify(assertion)).toBeNull();
  });

  test("that is not signed", async () => {
    const unsigned = `${encode({ alg: "none", typ: FACE_ASSERTION_TYPE })}.${encode(claims())}.`;
    expect(await verify(unsigned)).toBeNull();
    expect(
      await verify(`${encode({ alg: "NONE", typ: FACE_ASSERTION_TYPE, kid: "es256" })}.${encode(claims())}.`),
    ).toBeNull();
  });

  test.each(["HS256", "HS512"])("signed with %s and the public key as the secret", async (alg) => {
    const [jwk] = publicKeys;
    for (const secret of [JSON.stringify(jwk), jwk?.x ?? "", Buffer.from(jwk?.x ?? "", "base64url")]) {
      const key = Buffer.isBuffer(secret) ? secret : Buffer.from(secret);
      const assertion = await new SignJWT(claims())
        .setProtectedHeader({ alg, typ: FACE_ASSERTION_TYPE, kid: "es256" })
        .sign(key);
      expect(await verify(assertion)).toBeNull();
    }
  });

  test("signed in the form of another encoding (DER)", async () => {
    const input = `${encode({ alg: "ES256", typ: FACE_ASSERTION_TYPE, kid: "es256" })}.${encode(claims())}`;
    const { KeyObject } = await import("node:crypto");
    const key: KeyObject = KeyObject.from(es256);
    const signature = createSign("SHA256").update(input).sign(key).toString("base64url");
    expect(await verify(`${input}.${signature}`)).toBeNull();
  });

  test("of which a single character was changed", async () => {
    const assertion = await sign(claims());
    const [head = "", body = "", signature = ""] = assertion.split(".");
    const changedBody = encode({
      ...JSON.parse(Buffer.from(body, "base64url").toString()),
      outcome: "liveness_failed",
    });
    const flip = (text: string) =>
      text[10] === "A" ? `${text.slice(0, 10)}B${text.slice(11)}` : `${text.slice(0, 10)}A${text.slice(11)}`;
    for (const changed of [
      `${head}.${changedBody}.${signature}`,
      `${head}.${body}.${flip(signature)}`,
      `${flip(head)}.${body}.${signature}`,
    ]) {
      expect(changed).not.toBe(assertion);
      expect(await verify(changed)).toBeNull();
    }
  });

  test.each([
    ["empty", ""],
    ["no JWS", "not a token"],
    ["dots alone", ".."],
    ["two parts", "a.b"],
    ["JSON", "{}"],
    ["a body that is no JSON", `${encode({ alg: "ES256" })}.AAAA.AAAA`],
    ["a body that is null", `${encode({ alg: "ES256" })}.${encode(null)}.AAAA`],
    ["U+0000", "\0.\0.\0"],
    ["enormous", "a".repeat(200_000)],
  ])("that is %s", async (_, text) => {
    expect(await verify(text)).toBeNull();
  });

  test("that is whole but longer than any honest one", async () => {
    expect(await verify(await sign({ ...claims(), padding: "x".repeat(8_192) }))).toBeNull();
  });
});
