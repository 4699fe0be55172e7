import { and, eq } from "drizzle-orm";
import { enqueueMessage } from "../delivery/outbox.js";
import type { ChannelActor } from "../domain/actor.js";
import { beijingDateOf } from "../domain/calendar.js";
import {
  type AssertionFault,
  assertionFault,
  type FaceAssertionClaims,
  faceRejection,
  type RejectionCode,
} from "../domain/face-assertion.js";
import { certificationSucceededSms } from "../domain/notices.js";
import { resumptionAfterPass } from "../domain/payment.js";
import { type RefusalName, Refused } from "../domain/refusals.js";
import { type Validity, validityAfterPass } from "../domain/validity.js";
import type { Tx } from "../storage/database.js";
import { newId, type OwnedKey, type PensionerKey } from "../storage/ids.js";
import { type LockedPensioner, lockPensioner } from "../storage/locked-pensioner.js";
import { recordResumption } from "../storage/payments.js";
import { places } from "../storage/sealing.js";
import { type SessionRecord, sessionIs } from "../storage/sessions.js";
import {
  certification,
  certificationSession,
  evidence,
  pensioner,
  usedFaceAssertion,
} from "../storage/tables.js";
import { countTowardsHelperLimit } from "./helper-limit.js";
import { lockOpenSession, parseSessionId } from "./open-session.js";
import {
  audit,
  type OperationContext,
  once,
  sha256,
  type Today,
  toDate,
  todayOf,
  toInstant,
} from "./operation.js";

export interface CompleteCertificationInput {
  readonly idempotencyKey: string;
  readonly sessionId: string;
  readonly evidence: readonly { readonly faceAssertion?: string | null }[];
}

interface Completion {
  readonly context: OperationContext<ChannelActor>;
  readonly tx: Tx;
  readonly time: Today;
  readonly session: SessionRecord;
  readonly person: LockedPensioner;
  readonly claims: FaceAssertionClaims;
  readonly assertion: string;
  readonly key: OwnedKey;
}

/**
 * Certifies through a session: the face assertion must be of this session and unused (E2). A verified mismatch is
 * recorded as REJECTED and changes nothing else (E8); a match re-anchors validity (V1, V3), resumes payment (P2, P4)
 * and puts the confirmation into the outbox (R4), all in one transaction.
 */
export async function completeCertification(
  context: OperationContext<ChannelActor>,
  input: CompleteCertificationInput,
): Promise<OwnedKey> {
  const time = todayOf(context.now);
  const sessionKey = parseSessionId(input.sessionId);
  const assertion = soleFaceAssertion(input.evidence);
  const claims = await context.verifyFaceAssertion(assertion);
  return once(context, "certificationComplete", input, async (tx) => {
    const person = await lockPensioner(tx, sessionKey);
    const session = await lockOpenSession(tx, context, sessionKey);
    if (!person) throw new Refused("SESSION_NOT_FOUND", ["input", "sessionId"]);
    if (!claims) throw new Refused("ASSERTION_INVALID", assertionPath);
    refuseUnfitAssertion(claims, session, time);
    await useAssertion(tx, claims);
    const key: OwnedKey = { bucket: person.bucket, pensionerId: person.pensionerId, id: newId() };
    const completion: Completion = { context, tx, time, session, person, claims, assertion, key };
    const rejection = faceRejection(claims.outcome);
    if (rejection) await recordRejection(completion, rejection);
    else await recordPass(completion);
    const outcome = rejection ?? "PASSED";
    await audit(tx, context, { ...key, operation: "certificationComplete", subjectId: key.id, outcome });
    return key;
  });
}

const assertionPath = ["input", "evidence", "0", "faceAssertion"];

function soleFaceAssertion(given: CompleteCertificationInput["evidence"]): string {
  const [first, ...rest] = given;
  if (!first || rest.length > 0) throw new Refused("EVIDENCE_REQUIRED", ["input", "evidence"]);
  if (typeof first.faceAssertion !== "string")
    throw new Refused("EVIDENCE_NOT_ADMISSIBLE", ["input", "evidence", "0"]);
  return first.faceAssertion;
}

const faultRefusals: Record<AssertionFault, RefusalName> = {
  WRONG_CHALLENGE: "ASSERTION_WRONG_CHALLENGE",
  LIFE_TOO_LONG: "ASSERTION_INVALID",
  NOT_YET_VALID: "ASSERTION_EXPIRED",
  EXPIRED: "ASSERTION_EXPIRED",
  BEFORE_SESSION: "ASSERTION_EXPIRED",
};

function refuseUnfitAssertion(claims: FaceAssertionClaims, session: SessionRecord, time: Today): void {
  const facts = { challenge: session.challenge, startedAt: toInstant(session.startedAt) };
  const fault = assertionFault(claims, facts, time.now, time.policy);
  if (fault) throw new Refused(faultRefusals[fault], assertionPath);
}

/** E2: an assertion counts once; the unique constraint decides between two who use it at the same time. */
async function useAssertion(tx: Tx, claims: FaceAssertionClaims): Promise<void> {
  const inserted = await tx
    .insert(usedFaceAssertion)
    .values({
      assertion: sha256(`${claims.issuer}\0${claims.assertionId}`),
      expiresAt: toDate(claims.expiresAt),
    })
    .onConflictDoNothing()
    .returning({ assertion: usedFaceAssertion.assertion });
  if (inserted.length === 0) throw new Refused("ASSERTION_USED", assertionPath);
}

async function recordRejection(completion: Completion, rejectionCode: RejectionCode): Promise<void> {
  const { tx, session } = completion;
  const failedFaces = session.failedFaces + 1;
  await insertCertification(completion, { state: "REJECTED", rejectionCode, failedFaces });
  await tx.update(certificationSession).set({ failedFaces }).where(sessionIs(session));
}

async function recordPass(completion: Completion): Promise<void> {
  const { tx, time, session, person, key } = completion;
  if (session.helperIndex) await countTowardsHelperLimit(tx, session.helperIndex, person.pensionerId, time);
  const before = person.validity;
  const after = validityAfterPass(before, time.now, time.policy);
  await insertCertification(completion, {
    state: "PASSED",
    validThrough: after.validThrough.toString(),
    replacedValidThrough: before.validThrough.toString(),
  });
  await tx.update(certificationSession).set({ state: "COMPLETED" }).where(sessionIs(session));
  const phone = await updatePensioner(completion, after);
  await resumePayment(completion, before);
  await enqueueMessage(tx, completion.context.sealing, {
    bucket: key.bucket,
    pensionerId: key.pensionerId,
    kind: "CERTIFICATION_SUCCEEDED",
    month: time.today.toPlainYearMonth().toString(),
    recipient: "PENSIONER",
    phone,
    body: certificationSucceededSms(
      completion.context.sealing.open(person.nameSealed, places.pensionerName(key.pensionerId)),
      after.validThrough,
    ),
    createdAt: toDate(time.now),
  });
}

async function insertCertification(
  { context, tx, time, session, claims, assertion, key }: Completion,
  outcome: Pick<
    typeof certification.$inferInsert,
    "state" | "rejectionCode" | "failedFaces" | "validThrough" | "replacedValidThrough"
  >,
): Promise<void> {
  const now = toDate(time.now);
  const { sealing } = context;
  await tx.insert(certification).values({
    ...key,
    clientId: session.clientId,
    channel: session.channel,
    method: "FACE",
    actor: session.actor,
    sessionId: session.id,
    occurredAt: now,
    receivedAt: now,
    decidedAt: now,
    policyVersion: time.policy.version,
    helperDocumentType: session.helperDocumentType,
    helperRelation: session.helperRelation,
    helperNameSealed:
      session.helperNameSealed &&
      sealing.seal(
        sealing.open(session.helperNameSealed, places.sessionHelperName(session.id)),
        places.certificationHelperName(key.id),
      ),
    helperNumberSealed:
      session.helperNumberSealed &&
      sealing.seal(
        sealing.open(session.helperNumberSealed, places.sessionHelperNumber(session.id)),
        places.certificationHelperNumber(key.id),
      ),
    ...outcome,
  });
  await tx.insert(evidence).values({
    bucket: key.bucket,
    pensionerId: key.pensionerId,
    certificationId: key.id,
    position: 0,
    kind: "FACE_ASSERTION",
    issuer: claims.issuer,
    outcome: claims.outcome,
    liveness: claims.liveness,
    issuedAt: toDate(claims.issuedAt),
    digest: sha256(assertion),
  });
}

/** C2: the phone captured in the flow becomes the contact phone. Returns the phone to write to, if there is one. */
async function updatePensioner(completion: Completion, after: Validity): Promise<string | null> {
  const { context, tx, time, session, person } = completion;
  const { sealing } = context;
  const captured =
    session.contactPhoneSealed && sealing.open(session.contactPhoneSealed, places.sessionPhone(session.id));
  const place = places.pensionerPhone(person.pensionerId);
  await tx
    .update(pensioner)
    .set({
      anchorMonth: after.anchorMonth.toString(),
      validThrough: after.validThrough.toString(),
      lastCertifiedOn: after.lastCertifiedOn?.toString() ?? null,
      version: person.version + 1,
      updatedAt: toDate(time.now),
      ...(captured
        ? { phoneSealed: sealing.seal(captured, place), phoneSource: "CERTIFICATION" as const }
        : {}),
    })
    .where(pensionerIs(person));
  return captured ?? (person.phoneSealed && sealing.open(person.phoneSealed, place));
}

function pensionerIs(key: PensionerKey) {
  return and(eq(pensioner.bucket, key.bucket), eq(pensioner.id, key.pensionerId));
}

/** P2, P4: a pass after the first unpaid month closes the suspension and releases the unpaid months, each once. */
async function resumePayment({ tx, time, person, key }: Completion, before: Validity): Promise<void> {
  const resumption = resumptionAfterPass(
    {
      validThrough: before.validThrough,
      otherHolds: person.holds.filter((hold) => hold.reason !== "NOT_CERTIFIED"),
    },
    beijingDateOf(time.now),
    time.policy,
  );
  if (resumption)
    await recordResumption(tx, key, resumption, { certificationId: key.id, at: toDate(time.now) });
}
