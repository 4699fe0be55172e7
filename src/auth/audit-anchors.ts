import { CompactSign, compactVerify, createLocalJWKSet, errors, importJWK, type JWK } from "jose";
import { z } from "zod";
import type { Anchor } from "../storage/audit-anchors.js";

/** Says what is signed: an anchor is never a receipt, although one key signs both. */
const ANCHOR_TYPE = "audit-anchor+jwt";
const ALGORITHM = "ES256";

/** Signs where the audit chains stand by the key of receipts, which is published: anyone can verify it later. */
export function createAnchorSigner(signingKeys: readonly JWK[]): (anchor: Anchor) => Promise<string> {
  const [current] = signingKeys;
  if (!current?.kid) throw new Error("there is no key for anchors");
  const { kid } = current;
  return async (anchor) =>
    new CompactSign(Buffer.from(JSON.stringify(anchor)))
      .setProtectedHeader({ alg: ALGORITHM, typ: ANCHOR_TYPE, kid })
      .sign(await importJWK(current, ALGORITHM));
}

const content = z.object({
  number: z.number().int().positive(),
  at: z.iso.datetime(),
  previous: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  heads: z.array(
    z.object({
      chain: z.number().int().min(0),
      seq: z.number().int().min(0),
      hash: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
});

/** What an anchor says; null when its signature or form is not right, "unknown-key" when its key is not among these. */
export async function openAnchor(
  jws: string,
  keySet: { readonly keys: readonly JWK[] },
): Promise<Anchor | "unknown-key" | null> {
  try {
    const { payload, protectedHeader } = await compactVerify(
      jws,
      createLocalJWKSet({ keys: [...keySet.keys] }),
      { algorithms: [ALGORITHM] },
    );
    if (protectedHeader.typ !== ANCHOR_TYPE) return null;
    return content.parse(JSON.parse(new TextDecoder().decode(payload)));
  } catch (error) {
    return error instanceof errors.JWKSNoMatchingKey ? "unknown-key" : null;
  }
}
