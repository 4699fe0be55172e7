import { DirectoryEvidenceStore, type EvidenceStore, type EvidenceStoreOptions } from "./evidence-store.js";
import { S3EvidenceStore } from "./s3-evidence-store.js";

export function openEvidenceStore(options: EvidenceStoreOptions): EvidenceStore {
  return options.kind === "s3" ? new S3EvidenceStore(options) : new DirectoryEvidenceStore(options.directory);
}
