import { CompactSign, compactVerify, createLocalJWKSet, importJWK, type JWK } from "jose";
import { z } from "zod";

export const RECEIPT_TYPE = "certification-receipt+jwt";
const ALGORITHM = "ES256";
const MAX_LENGTH = 8_192;
/** No two signatures of one text are alike; an answer that is asked for again is to be the same one. */
const REMEMBERED = 5_000;

/** What a receipt proves. */
export interface Receipt {
  readonly issuer: string;
  /** The certification's opaque id. */
  readonly certification: string;
  /** The pensioner's opaque id. */
  readonly pensioner: string;
  readonly channel: string;
  /** V1: the anchor month of the pass, YYYY-MM. */
  readonly month: string;
  /** V2: the last valid day, YYYY-MM-DD. */
  readonly validThrough: string;
  readonly decidedAt: Temporal.Instant;
}

export type SignReceipt = (receipt: Omit<Receipt, "issuer">) => Promise<string>;

/**
 * Signs receipts of passed certifications: compact JWS, ES256, by a key that signs nothing else, so that a receipt is
 * never an access token and no token a receipt. Claims: iss, iat (when it was decided), jti (the certification), sub,
 * channel, month, validThrough. No exp: it states a fact that stays true; how long it is worth something is validThrough.
 *
 * `sub` is the pensioner's opaque id, and nothing that follows from name or document. A hash of an ID number is no
 * secret: the 18 digits are a division, a day and a serial, some ten thousand million for all of Beijing's old people, tried
 * out within minutes; a salt that stands in the receipt changes nothing, and one that does not would have to be asked for
 * online. The id is random (74 bits), tells nothing of the person, and cannot be turned into one without access to the
 * service. Whoever has asked for a person by name *and* document has it from the answer (`Pensioner.id`) and compares
 * offline. A hash of the id would hide nothing, as the certification's id, which the receipt names, contains it.
 */
export function createReceiptSigner(issuer: string, signingKeys: readonly JWK[]): SignReceipt {
  const [current] = signingKeys;
  if (!current?.kid) throw new Error("there is no key for receipts");
  const { kid } = current;
  let imported: ReturnType<typeof importJWK> | undefined;
  const signed = new Map<string, Promise<string>>();
  const sign: SignReceipt = async ({ certification, pensioner, decidedAt, channel, month, validThrough }) => {
    imported ??= importJWK(current, ALGORITHM);
    const iat = Math.floor(decidedAt.epochMilliseconds / 1_000);
    const claims = { iss: issuer, iat, jti: certification, sub: pensioner, channel, month, validThrough };
    return new CompactSign(Buffer.from(JSON.stringify(claims)))
      .setProtectedHeader({ alg: ALGORITHM, typ: RECEIPT_TYPE, kid })
      .sign(await imported);
  };
  return (receipt) => {
    const facts = JSON.stringify(receipt);
    const known = signed.get(facts);
    if (known) return known;
    const oldest = signed.size < REMEMBERED ? undefined : signed.keys().next().value;
    if (oldest !== undefined) signed.delete(oldest);
    const made = sign(receipt);
    signed.set(facts, made);
    made.catch(() => signed.delete(facts));
    return made;
  };
}

const claims = z.object({
  iss: z.string().min(1).max(500),
  iat: z.number().int().positive(),
  jti: z.string().regex(/^cert_[0-9a-z]{1,60}$/),
  sub: z.string().regex(/^pen_[0-9a-z]{1,60}$/),
  channel: z.string().regex(/^[A-Z0-9_]{1,40}$/),
  month: z.string().regex(/^\d{4}-\d{2}$/),
  validThrough: z.iso.date(),
});

/** What a receipt proves by a published key set, with the key that proves it; null when it proves nothing. */
export async function verifyReceipt(
  receipt: string,
  keySet: { readonly keys: readonly JWK[] },
): Promise<(Receipt & { readonly kid: string }) | null> {
  if (receipt.length > MAX_LENGTH) return null;
  try {
    const { payload, protectedHeader } = await compactVerify(
      receipt,
      createLocalJWKSet({ keys: [...keySet.keys] }),
      { algorithms: [ALGORITHM] },
    );
    if (protectedHeader.typ !== RECEIPT_TYPE) return null;
    const { iss, iat, jti, sub, ...rest } = claims.parse(JSON.parse(new TextDecoder().decode(payload)));
    return {
      issuer: iss,
      certification: jti,
      pensioner: sub,
      decidedAt: Temporal.Instant.fromEpochMilliseconds(iat * 1_000),
      kid: protectedHeader.kid ?? "",
      ...rest,
    };
  } catch {
    return null;
  }
}
