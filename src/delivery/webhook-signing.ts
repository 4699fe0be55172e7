import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { Webhook } from "standardwebhooks";

const SECRET_BYTES = 32;

/** What a receiver verifies by: the shared secret, or the public key of which the service keeps the private one. */
export interface SigningKeys {
  /** `whsec_` and base64. */
  readonly secret: string;
  /** PKCS 8, base64. */
  readonly signingKey: string;
}

export function newSigningKeys(): SigningKeys {
  const { privateKey } = generateKeyPairSync("ed25519");
  return {
    secret: `whsec_${randomBytes(SECRET_BYTES).toString("base64")}`,
    signingKey: privateKey.export({ format: "der", type: "pkcs8" }).toString("base64"),
  };
}

/** `whpk_` and the 32 bytes of the ed25519 key in base64, as Standard Webhooks writes it. */
export function publicKeyOf({ signingKey }: Pick<SigningKeys, "signingKey">): string {
  const { x } = createPublicKey(privateKeyOf(signingKey)).export({ format: "jwk" });
  return `whpk_${Buffer.from(x ?? "", "base64url").toString("base64")}`;
}

/** The three headers of Standard Webhooks; each pair of keys signs twice, by secret (v1) and by private key (v1a). */
export function signedHeaders(
  keys: readonly SigningKeys[],
  message: { readonly id: string; readonly sentAt: Date; readonly body: string },
): Record<string, string> {
  const { id, sentAt, body } = message;
  const timestamp = String(Math.floor(sentAt.getTime() / 1_000));
  const signed = Buffer.from(`${id}.${timestamp}.${body}`);
  const signatures = keys.flatMap(({ secret, signingKey }) => [
    new Webhook(secret).sign(id, sentAt, body),
    `v1a,${sign(null, signed, privateKeyOf(signingKey)).toString("base64")}`,
  ]);
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signatures.join(" "),
  };
}

function privateKeyOf(signingKey: string) {
  return createPrivateKey({ key: Buffer.from(signingKey, "base64"), format: "der", type: "pkcs8" });
}
