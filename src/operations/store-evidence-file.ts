import { createHash } from "node:crypto";
import { MAX_EVIDENCE_FILE_BYTES, mediaTypeOf } from "../domain/evidence-file.js";
import { isRegistered, registerFile } from "../storage/evidence-files.js";
import type { EvidenceStore } from "../storage/evidence-store.js";
import { places } from "../storage/sealing.js";
import { type OperationContext, toDate } from "./operation.js";

/** A file that is not taken. */
export class EvidenceFileRefused extends Error {
  override readonly name = "EvidenceFileRefused";

  constructor(readonly fault: "TOO_LARGE" | "WRONG_DIGEST" | "WRONG_TYPE") {
    super(fault);
  }
}

const HEAD_BYTES = 16;

/**
 * E4: keeps a file that an employer hands in, sealed as it comes and only if it is what its digest and its first bytes say.
 * Sent again it changes nothing. The row is written last: where there is a row, there is a file.
 */
export async function storeEvidenceFile(
  { database, sealing, actor, now }: OperationContext,
  store: EvidenceStore,
  declared: { readonly sha256: string; readonly mediaType: string },
  bytes: AsyncIterable<Uint8Array>,
): Promise<"NEW" | "KNOWN"> {
  const { sha256 } = declared;
  const sealer = sealing.sealer(places.evidenceFile(sha256));
  const digest = createHash("sha256");
  let head = Buffer.alloc(0);
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > MAX_EVIDENCE_FILE_BYTES) throw new EvidenceFileRefused("TOO_LARGE");
    if (head.length < HEAD_BYTES) head = Buffer.concat([head, chunk.subarray(0, HEAD_BYTES)]);
    digest.update(chunk);
    sealer.push(chunk);
  }
  const sealed = sealer.finish();
  if (digest.digest("hex") !== sha256) throw new EvidenceFileRefused("WRONG_DIGEST");
  const mediaType = mediaTypeOf(head);
  if (mediaType === null || mediaType !== declared.mediaType) throw new EvidenceFileRefused("WRONG_TYPE");
  const file = { clientId: actor.clientId, sha256: Buffer.from(sha256, "hex") };
  // A file that was lost from the store is put there again.
  if ((await isRegistered(database.db, file)) && (await store.has(sha256))) return "KNOWN";
  await store.put(sha256, sealed);
  const isNew = await registerFile(database.db, { ...file, mediaType, bytes: size, createdAt: toDate(now) });
  return isNew ? "NEW" : "KNOWN";
}
