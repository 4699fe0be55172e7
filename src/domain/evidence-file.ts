/** E4: the largest file that is taken as evidence. */
export const MAX_EVIDENCE_FILE_BYTES = 5 * 1024 * 1024;

export const evidenceMediaTypes = ["image/jpeg", "image/png", "application/pdf"] as const;
export type EvidenceMediaType = (typeof evidenceMediaTypes)[number];

const beginnings: Readonly<Record<EvidenceMediaType, readonly number[]>> = {
  "image/jpeg": [0xff, 0xd8, 0xff],
  "image/png": [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  "application/pdf": [0x25, 0x50, 0x44, 0x46, 0x2d],
};

/** E4: what a file is by its first bytes, whatever it is called; null for what is not taken. */
export function mediaTypeOf(file: Uint8Array): EvidenceMediaType | null {
  const begins = (bytes: readonly number[]) => bytes.every((byte, at) => file[at] === byte);
  return evidenceMediaTypes.find((type) => begins(beginnings[type])) ?? null;
}
