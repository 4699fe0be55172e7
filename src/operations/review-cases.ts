import type { StaffActor } from "../domain/actor.js";
import { beijingDateOf } from "../domain/calendar.js";
import { plainText } from "../domain/evidence.js";
import { Refused } from "../domain/refusals.js";
import { isOwnPass, liftedBy, type ReviewCaseDecision, type ReviewCaseKind } from "../domain/review-case.js";
import { readCertification, readHands } from "../storage/certifications.js";
import type { Tx } from "../storage/database.js";
import { newId, type OwnedKey, parseOpaqueId } from "../storage/ids.js";
import { readLifeEventsOf, updateLifeEvent } from "../storage/life-events.js";
import { type LockedPensioner, lockPensioner } from "../storage/locked-pensioner.js";
import { readPaymentFacts } from "../storage/payment-facts.js";
import { touchPensioner } from "../storage/pensioner-version.js";
import {
  insertReviewCase,
  type ReviewCaseRecord,
  readOtherOpenCases,
  readReviewCase,
  updateReviewCase,
} from "../storage/review-cases.js";
import { places } from "../storage/sealing.js";
import { audit, type OperationContext, once, type Today, toDate, todayOf } from "./operation.js";
import { closeHold, liftSuspensions } from "./payment-holds.js";
import { settleLifeEvents } from "./settle-life-events.js";

/** C5, P7: puts a pass before staff; under the person's lock, in the transaction of the pass. Null when it is there already. */
export async function openReviewCase(
  tx: Tx,
  { bucket, pensionerId }: LockedPensioner,
  opened: { readonly kind: ReviewCaseKind; readonly certificationId: string; readonly at: Date },
): Promise<string | null> {
  const { kind, certificationId, at: openedAt } = opened;
  return insertReviewCase(tx, { bucket, pensionerId, id: newId(), kind, certificationId, openedAt });
}

export interface DecideReviewCaseInput {
  readonly idempotencyKey: string;
  readonly reviewCaseId: string;
  readonly decision: ReviewCaseDecision;
  readonly reason: string;
}

/** C5, P7: staff let payment go on, or leave it as it is; once, and others than those who passed the person. */
export async function decideReviewCase(
  context: OperationContext<StaffActor>,
  input: DecideReviewCaseInput,
): Promise<OwnedKey> {
  const time = todayOf(context.now);
  const reasonPath = ["input", "reason"];
  if (input.reason.trim() === "") throw new Refused("REASON_MISSING", reasonPath);
  const reason = plainText(input.reason, reasonPath);
  return once(context, "reviewCaseDecide", input, async (tx) => {
    const path = ["input", "reviewCaseId"];
    const parsed = parseOpaqueId(input.reviewCaseId);
    const found = parsed?.kind === "reviewCase" ? parsed : null;
    const person = found && (await lockPensioner(tx, found));
    const record = person && (await readReviewCase(tx, found));
    if (!record) throw new Refused("REVIEW_CASE_NOT_FOUND", path);
    if (record.closedAt) throw new Refused("REVIEW_CASE_CLOSED", path);
    const { bucket, pensionerId, id, certificationId } = record;
    const key = { bucket, pensionerId, id };
    const hands = await readHands(tx, { ...key, id: certificationId });
    if (hands && isOwnPass(context.actor.clientId, hands, input.decision))
      throw new Refused("REVIEW_CASE_OWN_PASS", path);
    if (input.decision === "RELEASE") await release(tx, context, person, record, time);
    await updateReviewCase(tx, key, {
      closedAt: toDate(time.now),
      decision: input.decision,
      decidedBy: context.actor.clientId,
      reasonSealed: context.sealing.seal(reason, places.reviewCaseReason(id)),
    });
    const outcome = input.decision;
    await audit(tx, context, { ...key, operation: "reviewCaseDecide", subjectId: id, outcome });
    return key;
  });
}

/**
 * Lifts what the case is about, and of a suspension what is certified now: late evidence may cover a part of it, and a
 * case may have been left open for longer than its pass was valid. A pass that was revoked since lifts nothing: such a
 * case can only be kept.
 */
async function release(
  tx: Tx,
  context: OperationContext<StaffActor>,
  person: LockedPensioner,
  record: ReviewCaseRecord,
  time: Today,
): Promise<void> {
  const { bucket, pensionerId, certificationId, kind } = record;
  const pass = await readCertification(tx, { bucket, pensionerId, id: certificationId });
  if (pass?.state !== "PASSED") throw new Refused("CERTIFICATION_NOT_PASSED", ["input", "reviewCaseId"]);
  const lifted = liftedBy(kind, await readOtherOpenCases(tx, record));
  const at = toDate(time.now);
  if (kind === "PASS_AFTER_DEATH") await voidDeaths(tx, context, person, time);
  const { holds } = await readPaymentFacts(tx, person);
  for (const { id: holdId, reason, resumesMonth } of holds) {
    const why = lifted.find((each) => each.reason === reason && reason !== "NOT_CERTIFIED");
    if (!why || resumesMonth !== null) continue;
    const { voids: voided } = why;
    await closeHold(tx, person, { holdId, restores: true, voided, at, certificationId, time });
  }
  if (!lifted.some(({ reason }) => reason === "NOT_CERTIFIED")) return;
  const { validThrough } = person.validity;
  const decidedBy = beijingDateOf(pass.occurredAt.toTemporalInstant());
  const current = { ...person, ...(await readPaymentFacts(tx, person)) };
  await liftSuspensions(tx, current, {
    validThrough,
    decidedBy,
    passedOn: time.today,
    certificationId,
    time,
  });
  await touchPensioner(tx, person, at);
}

/** C5: who was seen alive has not died: the reports are taken back, or one of them would stop payment again. */
async function voidDeaths(
  tx: Tx,
  context: OperationContext<StaffActor>,
  person: LockedPensioner,
  time: Today,
): Promise<void> {
  const { clientId: decidedBy } = context.actor;
  for (const event of await readLifeEventsOf(tx, person)) {
    if (event.kind !== "DEATH" || event.state === "VOIDED") continue;
    const updatedAt = toDate(time.now);
    await updateLifeEvent(tx, event, { state: "VOIDED", overpaidMonths: [], decidedBy, updatedAt });
  }
  await settleLifeEvents(tx, person, time);
}
