import { and, eq, inArray } from "drizzle-orm";
import type { Channel } from "../domain/channels.js";
import {
  documentRejection,
  type Evidence,
  pieceOf,
  refuseWrongCamera,
  type ShownDocument,
} from "../domain/evidence.js";
import {
  type AssertionFault,
  assertionFault,
  type FaceAssertionClaims,
  faceRejection,
  type RejectionCode,
} from "../domain/face-assertion.js";
import { type RefusalName, Refused } from "../domain/refusals.js";
import type { Tx } from "../storage/database.js";
import type { PensionerKey } from "../storage/ids.js";
import { documentIndexes } from "../storage/pensioner-index.js";
import { type evidence, identityDocument, usedFaceAssertion } from "../storage/tables.js";
import { type OperationContext, sha256, type Today, toDate } from "./operation.js";

type EvidenceColumns = typeof evidence.$inferInsert;

/** One piece as it is kept: columns, and what was read off it, which is sealed. */
export interface StoredEvidence
  extends Pick<EvidenceColumns, "kind" | "issuer" | "outcome" | "liveness" | "issuedAt" | "digest"> {
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** E2: a face assertion with what its verifier signed; claims are null when the signature or the form is not right. */
export interface PresentedFace {
  readonly assertion: string;
  readonly claims: FaceAssertionClaims | null;
  readonly path: readonly string[];
}

/** Verifies the face assertion among the pieces, before any transaction; undefined when there is none. */
export async function presentedFace(
  context: OperationContext,
  pieces: readonly Evidence[],
  path: readonly string[],
): Promise<PresentedFace | undefined> {
  const piece = pieceOf(pieces, "FACE_ASSERTION");
  if (!piece) return undefined;
  return {
    assertion: piece.assertion,
    claims: await context.verifyFaceAssertion(piece.assertion),
    path: [...path, String(pieces.indexOf(piece)), "faceAssertion"],
  };
}

const faultRefusals: Record<AssertionFault, RefusalName> = {
  WRONG_CHALLENGE: "ASSERTION_WRONG_CHALLENGE",
  LIFE_TOO_LONG: "ASSERTION_INVALID",
  NOT_YET_VALID: "ASSERTION_EXPIRED",
  EXPIRED: "ASSERTION_EXPIRED",
  BEFORE_SESSION: "ASSERTION_EXPIRED",
};

/**
 * E2: uses a face assertion up: it must be of this challenge, of this time and unused. Gives what is stored of it and why
 * the face does not certify, if it does not.
 */
export async function useFace(
  tx: Tx,
  face: PresentedFace,
  made: { readonly challenge: string; readonly startedAt: Temporal.Instant },
  time: Today,
): Promise<{ readonly stored: StoredEvidence; readonly rejection: RejectionCode | null }> {
  const { claims, assertion, path } = face;
  if (!claims) throw new Refused("ASSERTION_INVALID", path);
  const fault = assertionFault(claims, made, time.now, time.policy);
  if (fault) throw new Refused(faultRefusals[fault], path);
  // The unique constraint decides between two who use it at the same time.
  const inserted = await tx
    .insert(usedFaceAssertion)
    .values({
      assertion: sha256(`${claims.issuer}\0${claims.assertionId}`),
      expiresAt: toDate(claims.expiresAt),
    })
    .onConflictDoNothing()
    .returning({ assertion: usedFaceAssertion.assertion });
  if (inserted.length === 0) throw new Refused("ASSERTION_USED", path);
  return {
    rejection: faceRejection(claims.outcome),
    stored: {
      kind: "FACE_ASSERTION",
      issuer: claims.issuer,
      outcome: claims.outcome,
      liveness: claims.liveness,
      issuedAt: toDate(claims.issuedAt),
      digest: sha256(assertion),
    },
  };
}

/** E3: what is stored of a document that was shown, and why it does not certify, if it does not. */
export async function judgeShownDocument(
  { tx, context, time }: { readonly tx: Tx; readonly context: OperationContext; readonly time: Today },
  person: PensionerKey,
  shown: ShownDocument,
): Promise<{ readonly stored: StoredEvidence; readonly rejection: RejectionCode | null }> {
  const { type, number } = shown.document;
  const [own] = await tx
    .select({ type: identityDocument.type })
    .from(identityDocument)
    .where(
      and(
        inArray(identityDocument.blindIndex, documentIndexes(context.sealing, shown.document)),
        eq(identityDocument.pensionerId, person.pensionerId),
      ),
    );
  return {
    rejection: documentRejection(shown, own !== undefined, time.today),
    stored: {
      kind: "IDENTITY_DOCUMENT",
      facts: {
        type,
        number,
        expiresOn: shown.expiresOn?.toString() ?? null,
        cameraKind: shown.cameraKind,
      },
    },
  };
}

/** E3: refuses a machine without, or with the wrong, camera before anything is looked up. */
export function refuseUnfitMachine(
  channel: Channel,
  pieces: readonly Evidence[],
  path: readonly string[],
): void {
  const shown = pieceOf(pieces, "IDENTITY_DOCUMENT");
  if (!shown) return;
  refuseWrongCamera(channel, shown, [
    ...path,
    String(pieces.indexOf(shown)),
    "identityDocument",
    "cameraKind",
  ]);
}
