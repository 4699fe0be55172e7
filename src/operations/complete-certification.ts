import { enqueueMessage } from "../delivery/outbox.js";
import type { ChannelActor } from "../domain/actor.js";
import { channelOf } from "../domain/channels.js";
import { type EvidenceInput, parseEvidence } from "../domain/evidence.js";
import type { RejectionCode } from "../domain/face-assertion.js";
import { certifiedOnBehalfSms, helperSms } from "../domain/message-texts.js";
import { Refused } from "../domain/refusals.js";
import { validityAfterPass } from "../domain/validity.js";
import { newId, type OwnedKey } from "../storage/ids.js";
import { lockPensioner } from "../storage/locked-pensioner.js";
import { helperIndexes } from "../storage/pensioner-index.js";
import { places, type Sealing } from "../storage/sealing.js";
import { type SessionRecord, sessionIs } from "../storage/sessions.js";
import { certificationSession } from "../storage/tables.js";
import { recordPass, recordPending, recordRejection, type Submission } from "./certify.js";
import { countTowardsHelperLimit } from "./helper-limit.js";
import { lockOpenSession, parseSessionId } from "./open-session.js";
import { type OperationContext, once, toDate, todayOf, toInstant } from "./operation.js";
import { presentedFace, useFace } from "./stored-evidence.js";

export interface CompleteCertificationInput {
  readonly idempotencyKey: string;
  readonly sessionId: string;
  readonly evidence: readonly EvidenceInput[];
}

const evidencePath = ["input", "evidence"];

/**
 * Certifies through a session: the face assertion must be of this session and unused (E2). A verified mismatch is
 * recorded as REJECTED and changes nothing else (E8); a match passes, or in a reviewed channel waits for staff (E6).
 */
export async function completeCertification(
  context: OperationContext<ChannelActor>,
  input: CompleteCertificationInput,
): Promise<OwnedKey> {
  const time = todayOf(context.now);
  const sessionKey = parseSessionId(input.sessionId);
  const channel = channelOf(context.actor.channel);
  if (channel.flow !== "SESSION") throw new Refused("CHANNEL_NOT_ALLOWED");
  const pieces = parseEvidence(channel, input.evidence, time.today, evidencePath);
  const face = await presentedFace(context, pieces, evidencePath);
  return once(context, "certificationComplete", input, async (tx) => {
    const person = await lockPensioner(tx, sessionKey);
    const session = await lockOpenSession(tx, context, sessionKey);
    if (!person) throw new Refused("SESSION_NOT_FOUND", ["input", "sessionId"]);
    if (!face) throw new Refused("EVIDENCE_REQUIRED", evidencePath);
    const made = { challenge: session.challenge, startedAt: toInstant(session.startedAt) };
    const { stored, rejection } = await useFace(tx, face, made, time);
    const key: OwnedKey = { bucket: person.bucket, pensionerId: person.pensionerId, id: newId() };
    const submission: Submission = {
      context,
      tx,
      time,
      person,
      key,
      operation: "certificationComplete",
      channel,
      method: "FACE",
      actor: session.actor,
      decidingInstant: time.now,
      evidence: [stored],
      contactPhone: capturedPhone(context.sealing, session),
      columns: { sessionId: session.id, ...helperColumns(context.sealing, session, key.id) },
    };
    if (rejection) await rejectFace(submission, session, rejection);
    else await acceptFace(submission, session);
    return key;
  });
}

async function rejectFace(
  submission: Submission,
  session: SessionRecord,
  rejection: RejectionCode,
): Promise<void> {
  const failedFaces = session.failedFaces + 1;
  await submission.tx.update(certificationSession).set({ failedFaces }).where(sessionIs(session));
  await recordRejection(submission, rejection, failedFaces);
}

async function acceptFace(submission: Submission, session: SessionRecord): Promise<void> {
  const { context, tx, person, time, channel } = submission;
  const helper = helperOf(context.sealing, session);
  if (helper) {
    // Not by the session's own index: it may be of a version that is being replaced.
    const indexes = helperIndexes(context.sealing, helper.document);
    await countTowardsHelperLimit(tx, indexes, person.pensionerId, time);
  }
  const completed = { state: "COMPLETED", closedAt: toDate(time.now) } as const;
  await tx.update(certificationSession).set(completed).where(sessionIs(session));
  if (helper) {
    await tellPensioner(submission);
    await tellHelper(submission, session);
  }
  if (channel.reviewed) await recordPending(submission);
  else await recordPass(submission);
}

/** C2: the phone captured when the session was opened. */
export function capturedPhone(sealing: Sealing, session: SessionRecord): string | null {
  return (
    session.contactPhoneSealed && sealing.open(session.contactPhoneSealed, places.sessionPhone(session.id))
  );
}

function helperOf(sealing: Sealing, session: SessionRecord) {
  const { helperNameSealed, helperNumberSealed, helperDocumentType: type } = session;
  if (!helperNameSealed || !helperNumberSealed || !type) return null;
  return {
    name: sealing.open(helperNameSealed, places.sessionHelperName(session.id)),
    document: { type, number: sealing.open(helperNumberSealed, places.sessionHelperNumber(session.id)) },
  };
}

function helperColumns(sealing: Sealing, session: SessionRecord, certificationId: string) {
  const helper = helperOf(sealing, session);
  if (!helper) return {};
  const { type, number } = helper.document;
  return {
    helperDocumentType: type,
    helperRelation: session.helperRelation,
    helperNameSealed: sealing.seal(helper.name, places.certificationHelperName(certificationId)),
    helperNumberSealed: sealing.seal(number, places.certificationHelperNumber(certificationId)),
  };
}

/** C1: the pensioner hears of it on the phone known before, which the helper has not given. */
async function tellPensioner({ context, tx, time, person }: Submission): Promise<void> {
  const { sealing } = context;
  const name = sealing.open(person.nameSealed, places.pensionerName(person.pensionerId));
  await enqueueMessage(tx, sealing, {
    bucket: person.bucket,
    pensionerId: person.pensionerId,
    kind: "CERTIFIED_ON_BEHALF",
    month: time.today.toPlainYearMonth().toString(),
    recipient: "PENSIONER",
    phone: person.phoneSealed && sealing.open(person.phoneSealed, places.pensionerPhone(person.pensionerId)),
    body: certifiedOnBehalfSms(name, time.today),
    createdAt: toDate(time.now),
  });
}

/** C1: the helper who gave a phone hears what came of it: the new last month, or that it is being reviewed. */
async function tellHelper(
  { context, tx, time, person, channel, decidingInstant }: Submission,
  session: SessionRecord,
): Promise<void> {
  const { sealing } = context;
  const { helperPhoneSealed } = session;
  if (!helperPhoneSealed) return;
  const name = sealing.open(person.nameSealed, places.pensionerName(person.pensionerId));
  const after = channel.reviewed ? null : validityAfterPass(person.validity, decidingInstant, time.policy);
  await enqueueMessage(tx, sealing, {
    bucket: person.bucket,
    pensionerId: person.pensionerId,
    kind: "CERTIFIED_ON_BEHALF",
    month: time.today.toPlainYearMonth().toString(),
    recipient: "HELPER",
    phone: sealing.open(helperPhoneSealed, places.sessionHelperPhone(session.id)),
    body: helperSms(name, time.today, after?.validThrough ?? null),
    createdAt: toDate(time.now),
  });
}
