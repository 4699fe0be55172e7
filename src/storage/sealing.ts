import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  type KeyObject,
  randomFillSync,
} from "node:crypto";

/** Keys for personal data; they come from a file and are never in the database. */
export interface SealingKeys {
  readonly current: number;
  /** Key version to 128-bit SM4 key. */
  readonly keys: ReadonlyMap<number, Buffer>;
  /** 256-bit keys of the blind indexes, by their own versions. */
  readonly index: { readonly current: number; readonly keys: ReadonlyMap<number, Buffer> };
}

/** The two kinds of keys that are rotated, each with versions of its own. */
export type KeyKind = "sealing" | "index";

/** Sealed values and indexes say in their first byte under which version they were made. */
export const MAX_KEY_VERSION = 255;

export type IndexPurpose =
  | "document"
  | "name"
  | "phone"
  | "source-reference"
  | "helper"
  | "idempotency-key"
  | "idempotency-input"
  | "client-secret"
  | "assertion";

// The typings know GCM by its AES names only.
const ALGORITHM = "sm4-gcm" as "aes-128-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Without a version before it: indexes of version 1, which are older than versions are. */
const DIGEST_BYTES = 32;
/** Nonces drawn at once: a call of the generator for each would cost as much as the sealing itself. */
const NONCES_DRAWN = 256;

/**
 * Sealing of names, numbers and phones: SM4-GCM under a versioned key, bound to table, column and row; and the keyed
 * HMAC-SM3 under which they are found again. Sealed form: version (1 byte), nonce (12), ciphertext, tag (16). Index form:
 * version (1 byte, none for version 1), HMAC (32); so that what is still under an old key can be counted without opening
 * anything. Both kinds are written under their current version and read under every version at hand.
 */
export class Sealing {
  readonly #keys: SealingKeys;
  /** The current version's first. */
  readonly #indexKeys: ReadonlyMap<number, KeyObject>;
  #nonces = Buffer.alloc(0);

  constructor(keys: SealingKeys) {
    for (const version of [...keys.keys.keys(), ...keys.index.keys.keys()]) {
      if (!(version >= 1 && version <= MAX_KEY_VERSION))
        throw new Error(`key version ${version} is not 1 to ${MAX_KEY_VERSION}`);
    }
    this.#keys = keys;
    const { current } = keys.index;
    const ordered = [...keys.index.keys].toSorted(
      ([a], [b]) => Number(b === current) - Number(a === current),
    );
    this.#indexKeys = new Map(ordered.map(([version, key]) => [version, createSecretKey(key)]));
    this.#indexKey(current);
  }

  /** The version that new values are written under. */
  current(kind: KeyKind): number {
    return kind === "sealing" ? this.#keys.current : this.#keys.index.current;
  }

  /** The versions at hand, in their order. */
  versions(kind: KeyKind): number[] {
    return [...(kind === "sealing" ? this.#keys.keys : this.#keys.index.keys).keys()].toSorted(
      (a, b) => a - b,
    );
  }

  seal(plain: string, place: string): Buffer {
    const version = this.#keys.current;
    const nonce = this.#nextNonce();
    const cipher = createCipheriv(ALGORITHM, this.#key(version), nonce);
    cipher.setAAD(Buffer.from(`${place}|${version}`));
    return Buffer.concat([
      Buffer.of(version),
      nonce,
      cipher.update(plain, "utf8"),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
  }

  /** As seal, for a file that comes piece by piece: the plain bytes are not gathered. */
  sealer(place: string): { push(plain: Uint8Array): void; finish(): Buffer } {
    const version = this.#keys.current;
    const nonce = this.#nextNonce();
    const cipher = createCipheriv(ALGORITHM, this.#key(version), nonce);
    cipher.setAAD(Buffer.from(`${place}|${version}`));
    const sealed: Buffer[] = [Buffer.of(version), nonce];
    return {
      push: (plain) => {
        sealed.push(cipher.update(plain));
      },
      finish: () => Buffer.concat([...sealed, cipher.final(), cipher.getAuthTag()]),
    };
  }

  /** Throws when the bytes were altered, moved to another row, or sealed under a key that is not at hand. */
  open(sealed: Buffer, place: string): string {
    const { decipher, ciphertext } = this.#decipher(sealed, place);
    return decipher.update(ciphertext, undefined, "utf8") + decipher.final("utf8");
  }

  /** As open, for the bytes of a file. */
  openBytes(sealed: Buffer, place: string): Buffer {
    const { decipher, ciphertext } = this.#decipher(sealed, place);
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
  }

  #decipher(sealed: Buffer, place: string) {
    const version = sealedVersionOf(sealed);
    const nonce = sealed.subarray(1, 1 + IV_BYTES);
    const end = sealed.length - TAG_BYTES;
    const decipher = createDecipheriv(ALGORITHM, this.#key(version), nonce);
    decipher.setAAD(Buffer.from(`${place}|${version}`));
    decipher.setAuthTag(sealed.subarray(end));
    return { decipher, ciphertext: sealed.subarray(1 + IV_BYTES, end) };
  }

  /** The keyed index under which a value is kept: equal values give equal bytes, nothing else can be told. */
  index(purpose: IndexPurpose, value: string): Buffer {
    return this.indexUnder(this.#keys.index.current, purpose, value);
  }

  /** The indexes under which a value may have been kept, the current one first: one HMAC a version at hand. */
  indexes(purpose: IndexPurpose, value: string): Buffer[] {
    return [...this.#indexKeys.keys()].map((version) => this.indexUnder(version, purpose, value));
  }

  /** Whether an index was made of this value: one HMAC, whatever versions there are. */
  isIndexOf(index: Buffer, purpose: IndexPurpose, value: string): boolean {
    return this.indexUnder(indexVersionOf(index), purpose, value).equals(index);
  }

  /** Tells whether two processes hold the same key of a version, without giving it away. */
  fingerprint(version: number): string {
    return this.indexUnder(version, "document", "key fingerprint").toString("hex").slice(0, 16);
  }

  /** The index under a version that is named. */
  indexUnder(version: number, purpose: IndexPurpose, value: string): Buffer {
    const hmac = createHmac("sm3", this.#indexKey(version)).update(`${purpose}\0${value}`);
    const digest = hmac.digest("binary");
    // Through a string into Buffer's pool: kept by the thousand, the digest's own buffers cost more than the hashing.
    return Buffer.from(version === 1 ? digest : String.fromCharCode(version) + digest, "latin1");
  }

  #indexKey(version: number): KeyObject {
    const key = this.#indexKeys.get(version);
    if (!key) throw new Error(`no index key of version ${version}`);
    return key;
  }

  #nextNonce(): Buffer {
    if (this.#nonces.length === 0) this.#nonces = randomFillSync(Buffer.alloc(IV_BYTES * NONCES_DRAWN));
    const nonce = this.#nonces.subarray(0, IV_BYTES);
    this.#nonces = this.#nonces.subarray(IV_BYTES);
    return nonce;
  }

  #key(version: number): Buffer {
    const key = this.#keys.keys.get(version);
    if (!key) throw new Error(`no sealing key of version ${version}`);
    return key;
  }
}

/** The key version that a sealed value says it was made under. */
export function sealedVersionOf(sealed: Buffer): number {
  return sealed.readUInt8(0);
}

/** The key version that an index was made under. */
export function indexVersionOf(index: Buffer): number {
  return index.length === DIGEST_BYTES ? 1 : index.readUInt8(0);
}

/** The places that sealed values are bound to. */
export const places = {
  pensionerName: (id: string) => `pensioner|name|${id}`,
  pensionerPhone: (id: string) => `pensioner|phone|${id}`,
  documentNumber: (pensionerId: string) => `identity_document|number|${pensionerId}`,
  sessionPhone: (id: string) => `certification_session|contact_phone|${id}`,
  sessionHelperName: (id: string) => `certification_session|helper_name|${id}`,
  sessionHelperNumber: (id: string) => `certification_session|helper_number|${id}`,
  sessionHelperPhone: (id: string) => `certification_session|helper_phone|${id}`,
  certificationHelperName: (id: string) => `certification|helper_name|${id}`,
  certificationHelperNumber: (id: string) => `certification|helper_number|${id}`,
  certificationOperator: (id: string) => `certification|operator|${id}`,
  certificationReason: (id: string) => `certification|decision_reason|${id}`,
  evidenceFacts: (certificationId: string, position: number) =>
    `evidence|facts|${certificationId}|${position}`,
  evidenceFile: (sha256: string) => `evidence_file|bytes|${sha256}`,
  homeVisitAddress: (id: string) => `home_visit|address|${id}`,
  homeVisitContactName: (id: string) => `home_visit|contact_name|${id}`,
  homeVisitContactPhone: (id: string) => `home_visit|contact_phone|${id}`,
  homeVisitVisitor: (id: string) => `home_visit|visitor_name|${id}`,
  homeVisitReason: (id: string) => `home_visit|closing_reason|${id}`,
  lifeEventName: (id: string) => `life_event|name|${id}`,
  lifeEventDocument: (id: string) => `life_event|document|${id}`,
  lifeEventSourceReference: (id: string) => `life_event|source_reference|${id}`,
  lifeEventReason: (id: string) => `life_event|reason|${id}`,
  reviewCaseReason: (id: string) => `review_case|reason|${id}`,
  identityRevealReason: (id: string) => `audit_entry|reveal_reason|${id}`,
  messagePhone: (id: string) => `message|phone|${id}`,
  messageBody: (id: string) => `message|body|${id}`,
  employerPhone: (employerCode: string) => `employer_contact|phone|${employerCode}`,
  webhookSecret: (id: string) => `webhook_endpoint|secret|${id}`,
  webhookSigningKey: (id: string) => `webhook_endpoint|signing_key|${id}`,
  webhookPreviousSecret: (id: string) => `webhook_endpoint|previous_secret|${id}`,
  webhookPreviousSigningKey: (id: string) => `webhook_endpoint|previous_signing_key|${id}`,
} as const;
