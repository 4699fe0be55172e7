import type { StaffActor } from "../domain/actor.js";
import { nextBestChannels } from "../domain/channels.js";
import { plainText } from "../domain/evidence.js";
import { Refused } from "../domain/refusals.js";
import { validityAfterPass } from "../domain/validity.js";
import { type CertificationRecord, readCertification } from "../storage/certifications.js";
import type { Tx } from "../storage/database.js";
import { recordEvent } from "../storage/events.js";
import { type OwnedKey, parseOpaqueId } from "../storage/ids.js";
import { type LockedPensioner, lockPensioner } from "../storage/locked-pensioner.js";
import { places } from "../storage/sealing.js";
import { readSession } from "../storage/sessions.js";
import { certification } from "../storage/tables.js";
import { certificationIs } from "../storage/validity-facts.js";
import { applyPass, certificationEvent } from "./certify.js";
import { capturedPhone } from "./complete-certification.js";
import { audit, type OperationContext, once, type Today, toDate, todayOf } from "./operation.js";

export type Decision = "PASS" | "REJECT";

export interface DecideCertificationInput {
  readonly idempotencyKey: string;
  readonly certificationId: string;
  readonly decision: Decision;
  readonly reason?: string | null;
}

/** What staff decide on: the person's row is locked, and the certification is as it was found under that lock. */
export interface DecidedOn {
  readonly tx: Tx;
  readonly time: Today;
  readonly key: OwnedKey;
  readonly person: LockedPensioner;
  readonly record: CertificationRecord;
}

/** Locks the person, then reads the certification: of two who decide at once the second finds it decided. */
export async function lockCertification(tx: Tx, opaqueId: string, time: Today): Promise<DecidedOn> {
  const parsed = parseOpaqueId(opaqueId);
  const key = parsed?.kind === "certification" ? parsed : null;
  const person = key && (await lockPensioner(tx, key));
  const record = person && (await readCertification(tx, key));
  if (!record) throw new Refused("CERTIFICATION_NOT_FOUND", ["input", "certificationId"]);
  const { bucket, pensionerId, id } = record;
  return { tx, time, key: { bucket, pensionerId, id }, person, record };
}

/** E6: the reviewer passes or rejects a submission, once. */
export async function decideCertification(
  context: OperationContext<StaffActor>,
  input: DecideCertificationInput,
): Promise<OwnedKey> {
  const time = todayOf(context.now);
  const reason = parseReason(input);
  return once(context, "certificationDecide", input, async (tx) => {
    const decided = await lockCertification(tx, input.certificationId, time);
    const { key } = decided;
    if (decided.record.state !== "PENDING") {
      throw new Refused("CERTIFICATION_NOT_PENDING", ["input", "certificationId"]);
    }
    const decision = {
      decidedAt: toDate(time.now),
      decidedBy: context.actor.clientId,
      decisionReasonSealed:
        reason === null ? null : context.sealing.seal(reason, places.certificationReason(key.id)),
    };
    if (input.decision === "PASS") await pass(context, decided, decision);
    else await reject(decided, decision);
    const outcome = input.decision === "PASS" ? "PASSED" : "REVIEW_REJECTED";
    await audit(tx, context, { ...key, operation: "certificationDecide", subjectId: key.id, outcome });
    return key;
  });
}

function parseReason({ decision, reason }: DecideCertificationInput): string | null {
  const path = ["input", "reason"];
  if (reason !== null && reason !== undefined && reason.trim() !== "") return plainText(reason, path);
  if (decision === "REJECT") throw new Refused("REASON_MISSING", path);
  return null;
}

type DecisionColumns = Pick<
  typeof certification.$inferInsert,
  "decidedAt" | "decidedBy" | "decisionReasonSealed"
>;

/** E6: anchored in the month of the pass; when it was submitted stays beside it and tells whether it came in time (P3). */
async function pass(
  context: OperationContext<StaffActor>,
  { tx, time, key, person, record }: DecidedOn,
  decision: DecisionColumns,
): Promise<void> {
  const after = validityAfterPass(person.validity, time.now, time.policy);
  await tx
    .update(certification)
    .set({
      ...decision,
      state: "PASSED",
      occurredAt: toDate(time.now),
      validThrough: after.validThrough.toString(),
      replacedValidThrough: person.validity.validThrough.toString(),
      policyVersion: time.policy.version,
    })
    .where(certificationIs(key));
  await recordEvent(tx, certificationEvent(key, "certification.passed", toDate(time.now)));
  const { bucket, pensionerId } = key;
  const session = record.sessionId && (await readSession(tx, { bucket, pensionerId, id: record.sessionId }));
  await applyPass({
    context,
    tx,
    time,
    person,
    method: record.method,
    decidingInstant: time.now,
    contactPhone: session ? capturedPhone(context.sealing, session) : null,
    certificationId: key.id,
    after,
  });
}

/** E8: changes nothing but says why and where to turn; what it held is unpaid again from now on. */
async function reject({ tx, time, key, person }: DecidedOn, decision: DecisionColumns): Promise<void> {
  const attempt = {
    rejection: "REVIEW_REJECTED",
    failedFaces: 0,
    hasEmployer: person.employerCode !== null,
  } as const;
  await tx
    .update(certification)
    .set({
      ...decision,
      state: "REJECTED",
      rejectionCode: attempt.rejection,
      nextChannels: nextBestChannels(attempt, time.policy),
    })
    .where(certificationIs(key));
  await recordEvent(tx, certificationEvent(key, "certification.rejected", toDate(time.now)));
}
