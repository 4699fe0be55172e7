import { beijingDateOf } from "../domain/calendar.js";
import { type Channel, channelOf } from "../domain/channels.js";
import { type Evidence, type EvidenceInput, parseEvidence, pieceOf } from "../domain/evidence.js";
import { Refused } from "../domain/refusals.js";
import { recordServed } from "../storage/events.js";
import { updateHomeVisit } from "../storage/home-visits.js";
import { newId, type OwnedKey } from "../storage/ids.js";
import { instantWithinBacklog } from "./backlog.js";
import { recordPass, recordRejection, type Submission } from "./certify.js";
import { lockVisitOf, stateAfterStep } from "./open-home-visit.js";
import { type OperationContext, once, toDate, todayOf } from "./operation.js";
import { FACE_MINUTES_BEFORE } from "./record-certification.js";
import { judgeShownDocument, presentedFace, type StoredEvidence, useFace } from "./stored-evidence.js";

export interface CompleteHomeVisitInput {
  readonly idempotencyKey: string;
  readonly homeVisitId: string;
  readonly evidence: readonly EvidenceInput[];
}

const evidencePath = ["input", "evidence"];

/**
 * E5: the visit took place and certifies the person as of its own time, up to seven days back (V6); it need not have been
 * scheduled. A document or a face that was shown besides must be right (E8): otherwise the attempt is REJECTED and the visit
 * stays open. No one is asked whether to certify again (V4): a visit is deliberate.
 */
export async function completeHomeVisit(
  context: OperationContext,
  input: CompleteHomeVisitInput,
): Promise<OwnedKey> {
  const time = todayOf(context.now);
  const channel = channelOf("STREET_SERVICE_CENTER");
  const pieces = parseEvidence(channel, input.evidence, time.today, evidencePath);
  const { report, visitedAt } = visitIn(channel, pieces, time.now);
  const face = await presentedFace(context, pieces, evidencePath);
  return once(context, "homeVisitComplete", input, async (tx) => {
    const { person, visit } = await lockVisitOf(tx, context.actor, input.homeVisitId);
    const attempted = stateAfterStep(visit, "ATTEMPT");
    const { bucket, pensionerId, id } = visit;
    const shown = pieceOf(pieces, "IDENTITY_DOCUMENT");
    // It was shown at the visit, and counts as of that day.
    const then = { ...time, today: beijingDateOf(visitedAt) };
    const judged = shown ? [await judgeShownDocument({ tx, context, time: then }, person, shown)] : [];
    if (face) {
      const startedAt = visitedAt.subtract({ minutes: FACE_MINUTES_BEFORE });
      judged.push(await useFace(tx, face, { challenge: input.idempotencyKey, startedAt }, time));
    }
    const submission: Submission = {
      context,
      tx,
      time,
      person,
      key: { bucket, pensionerId, id: newId() },
      operation: "homeVisitComplete",
      channel,
      method: "HOME_VISIT",
      actor: "AGENCY",
      decidingInstant: visitedAt,
      evidence: [report, ...judged.map(({ stored }) => stored)],
      contactPhone: null,
    };
    const rejection = judged.find((piece) => piece.rejection !== null)?.rejection;
    const state = rejection ? attempted : stateAfterStep(visit, "CERTIFY");
    const certificationId = submission.key.id;
    await updateHomeVisit(tx, visit, { state, certificationId, updatedAt: toDate(time.now) });
    if (context.actor.kind === "CHANNEL") {
      await recordServed(tx, person, context.actor.clientId, toDate(time.now));
    }
    if (rejection) await recordRejection(submission, rejection);
    else await recordPass(submission);
    return { bucket, pensionerId, id };
  });
}

/** What the visitor reports, and the instant that counts of it. */
function visitIn(
  channel: Channel,
  pieces: readonly Evidence[],
  now: Temporal.Instant,
): { readonly report: StoredEvidence; readonly visitedAt: Temporal.Instant } {
  const piece = pieceOf(pieces, "HOME_VISIT");
  if (!piece) throw new Refused("EVIDENCE_REQUIRED", evidencePath);
  const path = [...evidencePath, String(pieces.indexOf(piece)), "homeVisit", "visitedAt"];
  const { kind, visitorName, note } = piece;
  const facts = { visitedAt: piece.visitedAt.toString(), visitorName, note };
  return { report: { kind, facts }, visitedAt: instantWithinBacklog(channel, now, piece.visitedAt, path) };
}
