import { and, eq, sql } from "drizzle-orm";
import type { StaffActor } from "../domain/actor.js";
import { beijingDateOf } from "../domain/calendar.js";
import { plainText } from "../domain/evidence.js";
import { Refused } from "../domain/refusals.js";
import { casesAfterPass } from "../domain/review-case.js";
import { chainWithout, overpaidMonths } from "../domain/revocation.js";
import { deriveValidity, type Validity } from "../domain/validity.js";
import { recordEvent } from "../storage/events.js";
import type { OwnedKey } from "../storage/ids.js";
import type { LockedPensioner } from "../storage/locked-pensioner.js";
import { isReleased } from "../storage/review-cases.js";
import { places } from "../storage/sealing.js";
import { certification, pensioner } from "../storage/tables.js";
import {
  certificationIs,
  readApprovedMonths,
  readStandingPasses,
  type StandingPass,
} from "../storage/validity-facts.js";
import { certificationEvent } from "./certify.js";
import { type DecidedOn, lockCertification } from "./decide-certification.js";
import { audit, type OperationContext, once, toDate, todayOf, toMonths } from "./operation.js";
import { liftSuspensions, tellResuspended, undoLift } from "./payment-holds.js";
import { openReviewCase } from "./review-cases.js";

export interface RevokeCertificationInput {
  readonly idempotencyKey: string;
  readonly certificationId: string;
  readonly reason: string;
}

/**
 * E9: takes a pass back. It stays where it is as REVOKED; validity is derived anew from what remains, and the months
 * paid only because of it are listed. Back-pay that has not gone out yet is withdrawn, so that a later pass can give it.
 */
export async function revokeCertification(
  context: OperationContext<StaffActor>,
  input: RevokeCertificationInput,
): Promise<OwnedKey> {
  const time = todayOf(context.now);
  const reasonPath = ["input", "reason"];
  if (input.reason.trim() === "") throw new Refused("REASON_MISSING", reasonPath);
  const reason = plainText(input.reason, reasonPath);
  return once(context, "certificationRevoke", input, async (tx) => {
    const decided = await lockCertification(tx, input.certificationId, time);
    const { key, person, record } = decided;
    if (record.state !== "PASSED") {
      throw new Refused("CERTIFICATION_NOT_PASSED", ["input", "certificationId"]);
    }
    const standing = await readStandingPasses(tx, key);
    const passes = standing.filter(({ id }) => id !== key.id);
    const approvedMonths = await readApprovedMonths(tx, key);
    const facts = { approvedMonths, registerCertifiedOn: person.registerCertifiedOn, passes };
    const after = deriveValidity(facts, time.policy);
    const overpaid = overpaidBy(decided, after);
    await tx
      .update(certification)
      .set({
        state: "REVOKED",
        passedAt: sql`${certification.decidedAt}`,
        passedBy: sql`${certification.decidedBy}`,
        decidedAt: toDate(time.now),
        decidedBy: context.actor.clientId,
        decisionReasonSealed: context.sealing.seal(reason, places.certificationReason(key.id)),
        overpaidMonths: overpaid,
      })
      .where(certificationIs(key));
    const resuspended = await undoLift(tx, person, { certificationId: key.id, time });
    if (resuspended) await liftByRemaining(decided, resuspended, after, passes.at(-1));
    await updateValidity(decided, after);
    await relink(decided, standing);
    await recordEvent(tx, certificationEvent(key, "certification.revoked", toDate(time.now)));
    await audit(tx, context, {
      ...key,
      operation: "certificationRevoke",
      subjectId: key.id,
      outcome: "REVOKED",
    });
    return key;
  });
}

/** P7, E9: what is left to certify the person lifts what the revoked pass had lifted, unless staff must look at it first. */
async function liftByRemaining(
  { tx, time }: DecidedOn,
  person: LockedPensioner,
  { validThrough }: Validity,
  remaining: StandingPass | undefined,
): Promise<void> {
  const at = toDate(time.now);
  if (!remaining) return tellResuspended(tx, person, at);
  const { id: certificationId, decidedOn: passedOn, decidingInstant } = remaining;
  const kind = "LONG_SUSPENSION";
  const isLong = casesAfterPass(person.holds, passedOn, time.policy).includes(kind);
  if (isLong && !(await isReleased(tx, person, kind, certificationId))) {
    await openReviewCase(tx, person, { kind, certificationId, at });
    return tellResuspended(tx, person, at);
  }
  const decidedBy = beijingDateOf(decidingInstant);
  return liftSuspensions(tx, person, { validThrough, decidedBy, passedOn, certificationId, time });
}

function overpaidBy({ person, time }: DecidedOn, after: Validity): string[] {
  const before = {
    validThrough: person.validity.validThrough,
    holds: person.holds,
    backPayMonths: person.backPay.map(({ month }) => month),
    overpaidMonths: toMonths(person.overpaidMonths),
    submittedOn: person.submittedOn,
  };
  return overpaidMonths(before, after.validThrough, time.today).map(String);
}

async function updateValidity({ tx, time, person }: DecidedOn, after: Validity): Promise<void> {
  await tx
    .update(pensioner)
    .set({
      anchorMonth: after.anchorMonth.toString(),
      validThrough: after.validThrough.toString(),
      lastCertifiedOn: after.lastCertifiedOn?.toString() ?? null,
      version: person.version + 1,
      updatedAt: toDate(time.now),
    })
    .where(and(eq(pensioner.bucket, person.bucket), eq(pensioner.id, person.pensionerId)));
}

/** The calendar counts each pass against the deadline that it met: the next one met the revoked one's. */
async function relink({ tx, time, key }: DecidedOn, standing: readonly StandingPass[]): Promise<void> {
  const position = standing.findIndex(({ id }) => id === key.id);
  const revoked = standing[position];
  if (!revoked) return;
  for (const pass of chainWithout(revoked, standing.slice(position + 1), time.policy)) {
    await tx
      .update(certification)
      .set({
        replacedValidThrough: pass.replaced.toString(),
        validThrough: pass.validThrough.toString(),
      })
      .where(certificationIs({ ...key, id: pass.id }));
  }
}
