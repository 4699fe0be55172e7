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
  /** 256-bit key of the blind indexes. */
  readonly indexKey: Buffer;
}

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
/** Nonces drawn at once: a call of the generator for each would cost as much as the sealing itself. */
const NONCES_DRAWN = 256;

/**
 * Sealing of names, numbers and phones: SM4-GCM under a versioned key, bound to table, column and row; and the keyed
 * HMAC-SM3 under which they are found again. Sealed form: version (1 byte), nonce (12), ciphertext, tag (16).
 */
export class Sealing {
  readonly #keys: SealingKeys;
  readonly #indexKey: KeyObject;
  #nonces = Buffer.alloc(0);

  constructor(keys: SealingKeys) {
    for (const version of keys.keys.keys()) {
      if (!(version >= 1 && version <= 255))
        throw new Error(`sealing key version ${version} is not 1 to 255`);
    }
    this.#keys = keys;
    this.#indexKey = createSecretKey(keys.indexKey);
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
    const version = sealed.readUInt8(0);
    const nonce = sealed.subarray(1, 1 + IV_BYTES);
    const end = sealed.length - TAG_BYTES;
    const decipher = createDecipheriv(ALGORITHM, this.#key(version), nonce);
    decipher.setAAD(Buffer.from(`${place}|${version}`));
    decipher.setAuthTag(sealed.subarray(end));
    return { decipher, ciphertext: sealed.subarray(1 + IV_BYTES, end) };
  }

  /** The keyed index under which a value is found: equal values give equal bytes, nothing else can be told. */
  index(purpose: IndexPurpose, value: string): Buffer {
    const digest = createHmac("sm3", this.#indexKey).update(`${purpose}\0${value}`).digest("binary");
    // Through a string into Buffer's pool: kept by the thousand, the digest's own buffers cost more than the hashing.
    return Buffer.from(digest, "latin1");
  }

  /** Tells whether two processes hold the same keys, without giving them away. */
  fingerprint(): string {
    return this.index("document", "key fingerprint").toString("hex").slice(0, 16);
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

/** The places that sealed values are bound to. */
export const places = {
  pensionerName: (id: string) => `pensioner|name|${id}`,
  pensionerPhone: (id: string) => `pensioner|phone|${id}`,
  documentNumber: (pensionerId: string) => `identity_document|number|${pensionerId}`,
  sessionPhone: (id: string) => `certification_session|contact_phone|${id}`,
  sessionHelperName: (id: string) => `certification_session|helper_name|${id}`,
  sessionHelperNumber: (id: string) => `certification_session|helper_number|${id}`,
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
  identityRevealReason: (id: string) => `audit_entry|reveal_reason|${id}`,
  messagePhone: (id: string) => `message|phone|${id}`,
  messageBody: (id: string) => `message|body|${id}`,
} as const;
