import type { Channel } from "./channels.js";
import { type DocumentInput, type IdentityDocument, parseDocument } from "./document-number.js";
import type { CameraKind, DataSource, DocumentEvidenceKind, PhotoElement } from "./evidence-kinds.js";
import { Refused } from "./refusals.js";

/** Evidence as a channel sends it: exactly one member is given. */
export interface EvidenceInput {
  readonly faceAssertion?: string | null;
  readonly identityDocument?: {
    readonly document: DocumentInput;
    readonly expiresOn?: Temporal.PlainDate | null;
    readonly cameraKind?: CameraKind | null;
  } | null;
  readonly document?: {
    readonly kind: DocumentEvidenceKind;
    readonly sha256: string;
    readonly capturedAt?: Temporal.Instant | null;
    readonly shows?: readonly PhotoElement[] | null;
  } | null;
  readonly homeVisit?: {
    readonly visitedAt: Temporal.Instant;
    readonly visitorName: string;
    readonly note?: string | null;
  } | null;
  readonly dataSource?: {
    readonly source: DataSource;
    readonly eventAt: Temporal.Instant;
    readonly sourceReference: string;
  } | null;
}

export interface FaceEvidence {
  readonly kind: "FACE_ASSERTION";
  /** As it arrived: a compact JWS. */
  readonly assertion: string;
}
export interface ShownDocument {
  readonly kind: "IDENTITY_DOCUMENT";
  readonly document: IdentityDocument;
  /** Null for a document that is valid indefinitely. */
  readonly expiresOn: Temporal.PlainDate | null;
  readonly cameraKind: CameraKind | null;
}
export interface SubmittedFile {
  readonly kind: DocumentEvidenceKind;
  /** Hexadecimal, lower case. */
  readonly sha256: string;
  readonly capturedAt: Temporal.Instant | null;
  readonly shows: readonly PhotoElement[];
}
export interface VisitReport {
  readonly kind: "HOME_VISIT";
  readonly visitedAt: Temporal.Instant;
  readonly visitorName: string;
  readonly note: string | null;
}
export interface DataTrace {
  readonly kind: "DATA_SOURCE";
  readonly source: DataSource;
  readonly eventAt: Temporal.Instant;
  readonly sourceReference: string;
}

export type Evidence = FaceEvidence | ShownDocument | SubmittedFile | VisitReport | DataTrace;

/** The most that one certification is handed; more is a mistake. */
const MAX_PIECES = 10;
const MAX_TEXT = 500;

/**
 * E2, E3, E4, E5: evidence in the form a channel requires: one piece of each kind, nothing that it does not admit.
 * Whether what it says is enough is judged afterwards. Throws Refused with the place of the piece at fault.
 */
export function parseEvidence(
  channel: Pick<Channel, "evidence" | "alsoAdmits">,
  given: readonly EvidenceInput[],
  today: Temporal.PlainDate,
  path: readonly string[],
): readonly Evidence[] {
  if (given.length > MAX_PIECES) throw new Refused("EVIDENCE_REQUIRED", path);
  const admitted = [...channel.evidence, ...channel.alsoAdmits];
  const pieces = given.map((input, position) => {
    const place = [...path, String(position)];
    const piece = parsePiece(input, today, place);
    if (!admitted.includes(piece.kind)) throw new Refused("EVIDENCE_NOT_ADMISSIBLE", place);
    return piece;
  });
  const kinds = new Set(pieces.map((piece) => piece.kind));
  const complete = channel.evidence.every((kind) => kinds.has(kind));
  if (!complete || kinds.size < pieces.length) throw new Refused("EVIDENCE_REQUIRED", path);
  return pieces;
}

function parsePiece(input: EvidenceInput, today: Temporal.PlainDate, path: readonly string[]): Evidence {
  if (input.identityDocument) return shownDocument(input.identityDocument, today, path);
  if (input.document) return submittedFile(input.document, path);
  if (input.homeVisit) return visitReport(input.homeVisit, path);
  if (input.dataSource) return dataTrace(input.dataSource, path);
  if (typeof input.faceAssertion !== "string") throw new Refused("EVIDENCE_NOT_ADMISSIBLE", path);
  return { kind: "FACE_ASSERTION", assertion: input.faceAssertion };
}

function shownDocument(
  input: NonNullable<EvidenceInput["identityDocument"]>,
  today: Temporal.PlainDate,
  path: readonly string[],
): ShownDocument {
  const parsed = parseDocument(input.document, today);
  if (!parsed.ok) {
    throw new Refused(`DOCUMENT_${parsed.fault}`, [...path, "identityDocument", "document", "number"]);
  }
  return {
    kind: "IDENTITY_DOCUMENT",
    document: parsed.document,
    expiresOn: input.expiresOn ?? null,
    cameraKind: input.cameraKind ?? null,
  };
}

function submittedFile(
  input: NonNullable<EvidenceInput["document"]>,
  path: readonly string[],
): SubmittedFile {
  const sha256 = input.sha256.toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Refused("DIGEST_INVALID", [...path, "document", "sha256"]);
  return {
    kind: input.kind,
    sha256,
    capturedAt: input.capturedAt ?? null,
    shows: [...new Set(input.shows ?? [])],
  };
}

function visitReport(input: NonNullable<EvidenceInput["homeVisit"]>, path: readonly string[]): VisitReport {
  const visitorName = plainText(input.visitorName, [...path, "homeVisit", "visitorName"]);
  const note = input.note ? plainText(input.note, [...path, "homeVisit", "note"]) : null;
  return { kind: "HOME_VISIT", visitedAt: input.visitedAt, visitorName, note };
}

function dataTrace(input: NonNullable<EvidenceInput["dataSource"]>, path: readonly string[]): DataTrace {
  const sourceReference = plainText(input.sourceReference, [...path, "dataSource", "sourceReference"]);
  return { kind: "DATA_SOURCE", source: input.source, eventAt: input.eventAt, sourceReference };
}

/** A text that people wrote: trimmed, 1 to 500 characters, without control characters other than line breaks. */
export function plainText(raw: string, path: readonly string[]): string {
  const text = raw.normalize("NFC").trim();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be stored
  const isPlain = text.length > 0 && text.length <= MAX_TEXT && !/[\0-\x09\x0b-\x1f\x7f]/u.test(text);
  if (!isPlain) throw new Refused("TEXT_INVALID", path);
  return text;
}

/** The piece of a kind, if it was handed in. */
export function pieceOf<K extends Evidence["kind"]>(
  pieces: readonly Evidence[],
  kind: K,
): Extract<Evidence, { kind: K }> | undefined {
  return pieces.find((piece): piece is Extract<Evidence, { kind: K }> => piece.kind === kind);
}

/** E3: a document shown is no proof when it is somebody else's or has expired; null when it is one. */
export function documentRejection(
  shown: ShownDocument,
  isOwn: boolean,
  today: Temporal.PlainDate,
): "DOCUMENT_INVALID" | "DOCUMENT_EXPIRED" | null {
  if (!isOwn) return "DOCUMENT_INVALID";
  const expired = shown.expiresOn !== null && Temporal.PlainDate.compare(shown.expiresOn, today) < 0;
  return expired ? "DOCUMENT_EXPIRED" : null;
}

/** E3: a machine says with which camera it compared the face, and it must be one that the channel has. */
export function refuseWrongCamera(
  channel: Pick<Channel, "cameras">,
  shown: ShownDocument,
  path: readonly string[],
): void {
  if (channel.cameras === null) return;
  if (shown.cameraKind === null) throw new Refused("CAMERA_MISSING", path);
  if (!channel.cameras.includes(shown.cameraKind)) throw new Refused("CAMERA_NOT_ADMISSIBLE", path);
}
