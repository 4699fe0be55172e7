import { and, eq } from "drizzle-orm";
import { enqueueMessage } from "../delivery/outbox.js";
import { beijingDateOf } from "../domain/calendar.js";
import type { ActorKind } from "../domain/certification.js";
import { type CertificationMethod, type Channel, nextBestChannels } from "../domain/channels.js";
import type { EventTypeAbout } from "../domain/events.js";
import type { RejectionCode } from "../domain/face-assertion.js";

import { certificationSucceededSms } from "../domain/message-texts.js";

import { Refused } from "../domain/refusals.js";
import { casesAfterPass } from "../domain/review-case.js";
import { type Validity, validityAfterPass } from "../domain/validity.js";
import { closeContactTasks } from "../storage/contact-tasks.js";
import type { Tx } from "../storage/database.js";
import { type EventFact, recordEvent } from "../storage/events.js";
import { type OwnedKey, ownedOpaqueId } from "../storage/ids.js";
import type { LockedPensioner } from "../storage/locked-pensioner.js";
import { phoneIndex } from "../storage/pensioner-index.js";
import { places } from "../storage/sealing.js";
import { certification, evidence, pensioner } from "../storage/tables.js";
import { type AuditedFact, audit, type OperationContext, type Today, toDate } from "./operation.js";
import { liftSuspensions } from "./payment-holds.js";
import { openReviewCase } from "./review-cases.js";
import type { StoredEvidence } from "./stored-evidence.js";

type CertificationColumns = typeof certification.$inferInsert;

/** One person's evidence, found fit to be decided on; the person's row is locked. */
export interface Submission {
  readonly context: OperationContext;
  readonly tx: Tx;
  readonly time: Today;
  readonly person: LockedPensioner;
  /** Of the certification that is about to be written. */
  readonly key: OwnedKey;
  /** The write's name, for the audit chain. */
  readonly operation: string;
  readonly channel: Channel;
  readonly method: CertificationMethod;
  readonly actor: ActorKind;
  /** V6: the instant whose month counts. */
  readonly decidingInstant: Temporal.Instant;
  readonly evidence: readonly StoredEvidence[];
  /** C2: captured in the flow. */
  readonly contactPhone: string | null;
  /** What this flow stores besides. */
  readonly columns?: Partial<CertificationColumns>;
  /** P6: the day from which payroll can act on a pass, when that is not the day of the deciding instant. */
  readonly actsFrom?: Temporal.PlainDate;
  /** A batch gathers its audit entries and appends them at its end: each locks a chain that everyone writes to. */
  readonly auditLater?: (fact: AuditedFact) => void;
  /** Its events likewise: one statement for all. */
  readonly eventLater?: (fact: EventFact) => void;
}

/** V1, V3, P2, P4, R4: writes a pass and all that follows from it. */
export async function recordPass(submission: Submission): Promise<void> {
  const { person, time, decidingInstant, key } = submission;
  const after = validityAfterPass(person.validity, decidingInstant, time.policy);
  await insertCertification(submission, {
    state: "PASSED",
    decidedAt: toDate(time.now),
    validThrough: after.validThrough.toString(),
    replacedValidThrough: person.validity.validThrough.toString(),
  });
  await tell(submission, "certification.passed");
  await applyPass({ ...submission, certificationId: key.id, after });
  await auditOutcome(submission, "PASSED");
}

/** E8: writes a failed attempt, which changes nothing but tells why and where to turn. */
export async function recordRejection(
  submission: Submission,
  rejection: RejectionCode,
  failedFaces = 0,
): Promise<void> {
  const { person, time } = submission;
  const attempt = { rejection, failedFaces, hasEmployer: person.employerCode !== null };
  await insertCertification(submission, {
    state: "REJECTED",
    decidedAt: toDate(time.now),
    rejectionCode: rejection,
    failedFaces,
    nextChannels: nextBestChannels(attempt, time.policy),
  });
  await tell(submission, "certification.rejected");
  await auditOutcome(submission, rejection);
}

/** E6: writes a submission that staff decide by a due day; a channel has one under review per person. */
export async function recordPending(submission: Submission): Promise<void> {
  const { tx, person, channel, time } = submission;
  const [waiting] = await tx
    .select({ id: certification.id })
    .from(certification)
    .where(
      and(
        eq(certification.bucket, person.bucket),
        eq(certification.pensionerId, person.pensionerId),
        eq(certification.channel, channel.code),
        eq(certification.state, "PENDING"),
      ),
    )
    .limit(1);
  if (waiting) throw new Refused("UNDER_REVIEW_ALREADY");
  await insertCertification(submission, {
    state: "PENDING",
    reviewDueOn: time.today.add({ days: time.policy.reviewDays }).toString(),
  });
  await tell(submission, "certification.pending");
  await auditOutcome(submission, "PENDING");
}

async function tell(
  { tx, key, time, eventLater }: Submission,
  type: EventTypeAbout<"CERTIFICATION">,
): Promise<void> {
  const fact = certificationEvent(key, type, toDate(time.now));
  if (eventLater) eventLater(fact);
  else await recordEvent(tx, fact);
}

/** What integrators are told of a certification. */
export function certificationEvent(
  key: OwnedKey,
  type: EventTypeAbout<"CERTIFICATION">,
  at: Date,
): EventFact {
  const { bucket, pensionerId } = key;
  return { bucket, pensionerId, type, subjectId: ownedOpaqueId("certification", key), at };
}

async function auditOutcome(submission: Submission, outcome: string): Promise<void> {
  const { tx, context, key, operation, auditLater } = submission;
  const fact = { ...key, operation, subjectId: key.id, outcome };
  if (auditLater) auditLater(fact);
  else await audit(tx, context, fact);
}

async function insertCertification(
  submission: Submission,
  outcome: Pick<CertificationColumns, "state"> & Partial<CertificationColumns>,
): Promise<void> {
  const { context, tx, time, key, channel, method, actor, decidingInstant } = submission;
  await tx.insert(certification).values({
    ...key,
    clientId: context.actor.clientId,
    channel: channel.code,
    method,
    actor,
    occurredAt: toDate(decidingInstant),
    receivedAt: toDate(time.now),
    policyVersion: time.policy.version,
    ...submission.columns,
    ...outcome,
  });
  if (submission.evidence.length === 0) return;
  const { bucket, pensionerId, id: certificationId } = key;
  await tx.insert(evidence).values(
    submission.evidence.map(({ facts, ...columns }, position) => ({
      bucket,
      pensionerId,
      certificationId,
      position,
      ...columns,
      factsSealed:
        facts && context.sealing.seal(JSON.stringify(facts), places.evidenceFacts(certificationId, position)),
    })),
  );
}

/** A pass on its way into the person's row. */
export interface AppliedPass
  extends Pick<
    Submission,
    "context" | "tx" | "time" | "person" | "decidingInstant" | "contactPhone" | "actsFrom"
  > {
  readonly certificationId: string;
  readonly method: CertificationMethod;
  readonly after: Validity;
}

/** Brings validity, payment and phone up to date with a pass and confirms it by a message, under the person's lock. */
export async function applyPass(pass: AppliedPass): Promise<void> {
  const { context, tx, time, person, after } = pass;
  const phone = await updatePensioner(pass);
  await resumePayment(pass);
  // A trace that extends nothing is nothing that the person has done or need know.
  if (pass.method === "DATA_MATCH" && after.validThrough.equals(person.validity.validThrough)) return;
  const name = context.sealing.open(person.nameSealed, places.pensionerName(person.pensionerId));
  await enqueueMessage(tx, context.sealing, {
    bucket: person.bucket,
    pensionerId: person.pensionerId,
    kind: "CERTIFICATION_SUCCEEDED",
    month: time.today.toPlainYearMonth().toString(),
    recipient: "PENSIONER",
    phone,
    body: certificationSucceededSms(name, after.validThrough),
    createdAt: toDate(time.now),
  });
}

/** C2, R6: the phone captured in the flow becomes the contact phone. Returns the phone to write to, if there is one. */
async function updatePensioner(pass: AppliedPass): Promise<string | null> {
  const { context, tx, time, person, after, contactPhone } = pass;
  const { sealing } = context;
  const place = places.pensionerPhone(person.pensionerId);
  await tx
    .update(pensioner)
    .set({
      anchorMonth: after.anchorMonth.toString(),
      validThrough: after.validThrough.toString(),
      lastCertifiedOn: after.lastCertifiedOn?.toString() ?? null,
      version: person.version + 1,
      updatedAt: toDate(time.now),
      ...(contactPhone === null
        ? {}
        : {
            phoneSealed: sealing.seal(contactPhone, place),
            phoneIndex: phoneIndex(sealing, contactPhone),
            phoneSource: "CERTIFICATION" as const,
          }),
    })
    .where(and(eq(pensioner.bucket, person.bucket), eq(pensioner.id, person.pensionerId)));
  if (contactPhone !== null) await closeContactTasks(tx, person, toDate(time.now));
  return contactPhone ?? (person.phoneSealed && sealing.open(person.phoneSealed, place));
}

/** P2, P4, P6: lifts the suspension and releases the unpaid months, each once; C5, P7: staff may have to look first. */
async function resumePayment(pass: AppliedPass): Promise<void> {
  const { tx, time, person, after, decidingInstant, certificationId } = pass;
  const decidedBy = beijingDateOf(decidingInstant);
  const passedOn = pass.actsFrom ?? decidedBy;
  const cases = casesAfterPass(person.holds, passedOn, time.policy);
  for (const kind of cases) {
    await openReviewCase(tx, person, { kind, certificationId, at: toDate(time.now) });
  }
  if (cases.includes("LONG_SUSPENSION")) return;
  const { validThrough } = after;
  await liftSuspensions(tx, person, { validThrough, decidedBy, passedOn, certificationId, time });
}
