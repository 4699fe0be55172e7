import { type EvidenceMediaType, mediaTypeOf } from "../domain/evidence-file.js";
import type { Executor } from "../storage/database.js";
import { readUploadedPiece } from "../storage/evidence-files.js";
import type { EvidenceStore } from "../storage/evidence-store.js";
import { type PensionerKey, parseOpaqueId } from "../storage/ids.js";
import { places, type Sealing } from "../storage/sealing.js";

export interface EvidenceFile {
  readonly person: PensionerKey;
  readonly mediaType: EvidenceMediaType;
  readonly bytes: Buffer;
}

/** A file handed in for a certification, by the certification's opaque id and the piece's position; null when there is none. */
export async function readEvidenceFile(
  { db, sealing, store }: { readonly db: Executor; readonly sealing: Sealing; readonly store: EvidenceStore },
  certificationId: string,
  position: string,
): Promise<EvidenceFile | null> {
  const key = parseOpaqueId(certificationId);
  if (key?.kind !== "certification" || !/^\d$/.test(position)) return null;
  const digest = await readUploadedPiece(db, key, Number(position));
  const sha256 = digest?.toString("hex");
  const sealed = sha256 === undefined ? null : await store.get(sha256);
  if (!sealed || sha256 === undefined) return null;
  const bytes = sealing.openBytes(sealed, places.evidenceFile(sha256));
  const mediaType = mediaTypeOf(bytes);
  return mediaType && { person: { bucket: key.bucket, pensionerId: key.pensionerId }, mediaType, bytes };
}
