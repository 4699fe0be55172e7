import { and, eq, gt } from "drizzle-orm";
import type { EvidenceMediaType } from "../domain/evidence-file.js";
import type { EvidenceKind } from "../domain/evidence-kinds.js";
import type { Executor } from "./database.js";
import type { OwnedKey } from "./ids.js";
import { isOneOf } from "./owned-rows.js";
import { certification, evidence, evidenceFile } from "./tables.js";

export interface UploadedFile {
  readonly clientId: string;
  readonly sha256: Buffer;
  readonly mediaType: EvidenceMediaType;
  readonly bytes: number;
  readonly createdAt: Date;
}

export async function isRegistered(
  db: Executor,
  { clientId, sha256 }: Pick<UploadedFile, "clientId" | "sha256">,
): Promise<boolean> {
  const rows = await db
    .select({ bytes: evidenceFile.bytes })
    .from(evidenceFile)
    .where(and(eq(evidenceFile.clientId, clientId), eq(evidenceFile.sha256, sha256)));
  return rows.length > 0;
}

/** Notes that the client has uploaded the file; false when it had before. */
export async function registerFile(db: Executor, file: UploadedFile): Promise<boolean> {
  const added = await db
    .insert(evidenceFile)
    .values(file)
    .onConflictDoNothing()
    .returning({ bytes: evidenceFile.bytes });
  return added.length > 0;
}

/** The digests of all files there are, in their order, from the one after `after`. */
export async function readDigests(db: Executor, after: Buffer | null, limit: number): Promise<Buffer[]> {
  const rows = await db
    .selectDistinct({ sha256: evidenceFile.sha256 })
    .from(evidenceFile)
    .where(after ? gt(evidenceFile.sha256, after) : undefined)
    .orderBy(evidenceFile.sha256)
    .limit(limit);
  return rows.map(({ sha256 }) => sha256);
}

const ofItsCertification = and(
  eq(certification.bucket, evidence.bucket),
  eq(certification.pensionerId, evidence.pensionerId),
  eq(certification.id, evidence.certificationId),
);
const uploadedByItsClient = and(
  eq(evidenceFile.clientId, certification.clientId),
  eq(evidenceFile.sha256, evidence.digest),
);

/** The digest of a piece whose file the certification's own client has uploaded; null when there is no such file. */
export async function readUploadedPiece(
  db: Executor,
  key: OwnedKey,
  position: number,
): Promise<Buffer | null> {
  const [row] = await db
    .select({ sha256: evidenceFile.sha256 })
    .from(evidence)
    .innerJoin(certification, ofItsCertification)
    .innerJoin(evidenceFile, uploadedByItsClient)
    .where(
      and(
        eq(evidence.bucket, key.bucket),
        eq(evidence.pensionerId, key.pensionerId),
        eq(evidence.certificationId, key.id),
        eq(evidence.position, position),
      ),
    );
  return row?.sha256 ?? null;
}

/** One of the documents that an employer handed in. */
export interface HandedInPiece extends OwnedKey {
  readonly position: number;
  readonly kind: EvidenceKind;
  readonly sha256: Buffer | null;
  readonly factsSealed: Buffer | null;
  /** Whether the client that handed it in has uploaded the file too. */
  readonly isUploaded: boolean;
}

/** The pieces of certifications, by their keys, each one's in order. */
export async function readHandedIn(db: Executor, keys: readonly OwnedKey[]): Promise<HandedInPiece[]> {
  const { bucket, pensionerId, certificationId: id } = evidence;
  const rows = await db
    .select({
      bucket,
      pensionerId,
      id,
      position: evidence.position,
      kind: evidence.kind,
      sha256: evidence.digest,
      factsSealed: evidence.factsSealed,
      uploaded: evidenceFile.sha256,
    })
    .from(evidence)
    .innerJoin(certification, ofItsCertification)
    .leftJoin(evidenceFile, uploadedByItsClient)
    .where(isOneOf({ bucket, pensionerId, id }, keys))
    .orderBy(evidence.position);
  return rows.map(({ uploaded, ...piece }) => ({ ...piece, isUploaded: uploaded !== null }));
}
