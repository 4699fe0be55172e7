import { hash } from "node:crypto";
import { UUID, uuidv7obj } from "uuidv7";

/** Where a pensioner-owned row lives. */
export interface PensionerKey {
  readonly bucket: number;
  readonly pensionerId: string;
}

export interface OwnedKey extends PensionerKey {
  readonly id: string;
}

export const BUCKETS = 1024;

/** A new time-sortable id. */
export function newId(): string {
  return uuidv7obj().toString();
}

/** The shard bucket of an id, 0–1023, from a hash of it. */
export function bucketOf(id: string): number {
  return Number.parseInt(hash("sha256", id, "hex").slice(0, 4), 16) % BUCKETS;
}

export function newPensionerKey(): PensionerKey {
  const pensionerId = newId();
  return { bucket: bucketOf(pensionerId), pensionerId };
}

const prefixes = {
  pensioner: "pen",
  certification: "cert",
  contactTask: "task",
  homeVisit: "visit",
  message: "msg",
  lifeEvent: "life",
  reviewCase: "case",
  session: "sess",
} as const;
export type IdKind = keyof typeof prefixes;
type OwnedKind = Exclude<IdKind, "pensioner" | "lifeEvent">;

/** Where a row lives that belongs to no person of the register. */
export interface LooseKey {
  readonly bucket: number;
  readonly id: string;
}

const kinds = new Map(Object.entries(prefixes).map(([kind, prefix]) => [prefix as string, kind as IdKind]));
const form = new RegExp(`^(${[...kinds.keys()].join("|")})_([0-9a-hjkmnp-tv-z]{26,55})$`);

export type ParsedId =
  | ({ readonly kind: "pensioner" } & PensionerKey)
  | ({ readonly kind: "lifeEvent" } & LooseKey)
  | ({ readonly kind: OwnedKind } & OwnedKey);

export function pensionerOpaqueId(key: PensionerKey): string {
  return `${prefixes.pensioner}_${encode(packed(key))}`;
}

export function ownedOpaqueId(kind: OwnedKind, key: OwnedKey): string {
  return `${prefixes[kind]}_${encode(Buffer.concat([packed(key), uuidBytes(key.id)]))}`;
}

/** The bucket follows from the id. */
export function lifeEventOpaqueId({ id }: Pick<LooseKey, "id">): string {
  return `${prefixes.lifeEvent}_${encode(uuidBytes(id))}`;
}

/** An event's id: it names what happened and is no thing that could be asked for. */
export function eventOpaqueId(key: OwnedKey): string {
  return `evt_${encode(Buffer.concat([packed(key), uuidBytes(key.id)]))}`;
}

/** Things that belong to a client, not to a person. */
const clientPrefixes = { webhookEndpoint: "whe", webhookDelivery: "whd" } as const;
type ClientOwnedKind = keyof typeof clientPrefixes;

export function clientOwnedOpaqueId(kind: ClientOwnedKind, id: string): string {
  return `${clientPrefixes[kind]}_${encode(uuidBytes(id))}`;
}

/** The id behind it, or null when it is not one of this kind. */
export function parseClientOwnedId(kind: ClientOwnedKind, text: string): string | null {
  const match = /^([a-z]+)_([0-9a-hjkmnp-tv-z]{26})$/.exec(text);
  if (match?.[1] !== clientPrefixes[kind] || !match[2]) return null;
  const bytes = decode(match[2]);
  return bytes?.length === 16 ? UUID.ofInner(new Uint8Array(bytes)).toString() : null;
}

/** The key behind an opaque id, or null when it is not one of ours. */
export function parseOpaqueId(text: string): ParsedId | null {
  const match = form.exec(text);
  const kind = kinds.get(match?.[1] ?? "");
  if (!kind || !match?.[2]) return null;
  const bytes = decode(match[2]);
  if (!bytes || bytes.length !== lengthOf(kind)) return null;
  if (kind === "lifeEvent") {
    const id = uuidOf(bytes);
    return { kind, bucket: bucketOf(id), id };
  }
  const pensionerId = uuidOf(bytes.subarray(2, 18));
  const bucket = bytes.readUInt16BE(0);
  if (bucket !== bucketOf(pensionerId)) return null;
  if (kind === "pensioner") return { kind, bucket, pensionerId };
  const id = uuidOf(bytes.subarray(18));
  return { kind, bucket, pensionerId, id };
}

function lengthOf(kind: IdKind): number {
  if (kind === "lifeEvent") return 16;
  return kind === "pensioner" ? 18 : 34;
}

function uuidOf(bytes: Buffer): string {
  return UUID.ofInner(new Uint8Array(bytes)).toString();
}

function packed(key: PensionerKey): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(key.bucket);
  return Buffer.concat([head, uuidBytes(key.pensionerId)]);
}

function uuidBytes(id: string): Buffer {
  return Buffer.from(id.replaceAll("-", ""), "hex");
}

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

function encode(bytes: Buffer): string {
  let text = "";
  let pending = 0;
  let bits = 0;
  for (const byte of bytes) {
    pending = (pending << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet.charAt((pending >> bits) & 31);
    }
    pending &= (1 << bits) - 1;
  }
  return bits > 0 ? text + alphabet.charAt((pending << (5 - bits)) & 31) : text;
}

function decode(text: string): Buffer | null {
  const bytes: number[] = [];
  let pending = 0;
  let bits = 0;
  for (const character of text) {
    pending = (pending << 5) | alphabet.indexOf(character);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((pending >> bits) & 255);
    }
    pending &= (1 << bits) - 1;
  }
  // Left-over bits must be zero and fewer than a character's, or two texts would name one row.
  return pending === 0 && bits < 5 ? Buffer.from(bytes) : null;
}
