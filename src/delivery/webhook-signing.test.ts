import { createPublicKey, verify } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { newSigningKeys, publicKeyOf, signedHeaders } from "./webhook-signing.js";

const body = '{"a":"常青"}';

function verifyByPublicKey(publicKey: string, headers: Record<string, string>): boolean {
  const x = Buffer.from(publicKey.slice("whpk_".length), "base64").toString("base64url");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  return (headers["webhook-signature"] ?? "")
    .split(" ")
    .filter((signature) => signature.startsWith("v1a,"))
    .some((signature) =>
      verify(null, Buffer.from(signed), key, Buffer.from(signature.slice("v1a,".length), "base64")),
    );
}

test("both kinds of signature verify, by the former keys and by the present ones", () => {
  const [present, former, other] = [newSigningKeys(), newSigningKeys(), newSigningKeys()] as const;
  const headers = signedHeaders([present, former], { id: "evt_1", sentAt: new Date(), body });
  for (const keys of [present, former]) {
    expect(new Webhook(keys.secret).verify(body, headers)).toEqual({ a: "常青" });
    expect(verifyByPublicKey(publicKeyOf(keys), headers)).toBe(true);
  }
  expect(() => new Webhook(other.secret).verify(body, headers)).toThrow();
  expect(verifyByPublicKey(publicKeyOf(other), headers)).toBe(false);
  expect(() => new Webhook(present.secret).verify(`${body} `, headers)).toThrow();
});

test("keys have the form that Standard Webhooks gives them", () => {
  const keys = newSigningKeys();
  expect(keys.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(publicKeyOf(keys)).toMatch(/^whpk_[A-Za-z0-9+/]{43}=$/);
});
