import type { ChannelActor } from "../domain/actor.js";
import { type CertificationMethod, channelOf } from "../domain/channels.js";
import { type EvidenceInput, parseEvidence, pieceOf, plainText } from "../domain/evidence.js";
import { alreadyValidRefusal } from "../domain/notices.js";
import { Refused } from "../domain/refusals.js";
import { parseSubject, type SubjectInput } from "../domain/subject.js";
import { needsConfirmation } from "../domain/validity.js";
import { recordServed } from "../storage/events.js";
import { newId, type OwnedKey } from "../storage/ids.js";
import { lockPensioner } from "../storage/locked-pensioner.js";
import { findInScope } from "../storage/pensioners.js";
import { places } from "../storage/sealing.js";
import { instantWithinBacklog } from "./backlog.js";
import { recordPass, recordRejection, type Submission } from "./certify.js";
import { parseContactPhone } from "./contact-phone.js";
import { type OperationContext, once, toDate, todayOf } from "./operation.js";
import { StillValid } from "./start-certification.js";
import { judgeShownDocument, presentedFace, refuseUnfitMachine, useFace } from "./stored-evidence.js";

export interface RecordCertificationInput {
  readonly idempotencyKey: string;
  readonly subject: SubjectInput;
  readonly method: CertificationMethod;
  readonly evidence: readonly EvidenceInput[];
  readonly operator?: string | null;
  readonly occurredAt?: Temporal.Instant | null;
  readonly recertifyWhenValid: boolean;
  readonly contactPhone?: string | null;
}

const evidencePath = ["input", "evidence"];
/** A face assertion is made for this record: its challenge is the record's idempotency key. */
export const FACE_MINUTES_BEFORE = 10;

/**
 * E3: records what an operator at a counter or a machine saw: the person with a valid document, in any district. An expired
 * or foreign document and a face that does not match give REJECTED (E8); the channel's own time counts within its
 * backlog (V6).
 */
export async function recordCertification(
  context: OperationContext<ChannelActor>,
  input: RecordCertificationInput,
): Promise<OwnedKey> {
  const time = todayOf(context.now);
  const channel = channelOf(context.actor.channel);
  if (channel.flow !== "RECORD") throw new Refused("CHANNEL_NOT_ALLOWED");
  if (!channel.methods.includes(input.method)) throw new Refused("METHOD_NOT_ALLOWED", ["input", "method"]);
  const subject = parseSubject(input.subject, time.today, ["input", "subject"]);
  const pieces = parseEvidence(channel, input.evidence, time.today, evidencePath);
  refuseUnfitMachine(channel, pieces, evidencePath);
  const operator = parseOperator(input.operator, channel.actors.includes("OPERATOR"));
  const occurredAt = instantWithinBacklog(channel, time.now, input.occurredAt ?? null, [
    "input",
    "occurredAt",
  ]);
  const contactPhone = parseContactPhone(input.contactPhone);
  const face = await presentedFace(context, pieces, evidencePath);
  return once(context, "certificationRecord", input, async (tx) => {
    const [found] = await findInScope(tx, context.sealing, [subject]);
    const person = found && (await lockPensioner(tx, found));
    if (!person) throw new Refused("NOT_IN_SCOPE", ["input", "subject"]);
    if (!input.recertifyWhenValid && needsConfirmation(person.validity, time.today)) {
      throw new StillValid(person, alreadyValidRefusal(person.validity, ["input", "recertifyWhenValid"]));
    }
    const key: OwnedKey = { bucket: person.bucket, pensionerId: person.pensionerId, id: newId() };
    const shown = pieceOf(pieces, "IDENTITY_DOCUMENT");
    const judged = shown ? [await judgeShownDocument({ tx, context, time }, person, shown)] : [];
    if (face) {
      const startedAt = occurredAt.subtract({ minutes: FACE_MINUTES_BEFORE });
      judged.push(await useFace(tx, face, { challenge: input.idempotencyKey, startedAt }, time));
    }
    const submission: Submission = {
      context,
      tx,
      time,
      person,
      key,
      operation: "certificationRecord",
      channel,
      method: input.method,
      actor: channel.actors[0] ?? "OPERATOR",
      decidingInstant: occurredAt,
      evidence: judged.map(({ stored }) => stored),
      contactPhone,
      columns: {
        operatorSealed:
          operator === null ? null : context.sealing.seal(operator, places.certificationOperator(key.id)),
      },
    };
    await recordServed(tx, person, context.actor.clientId, toDate(time.now));
    const rejection = judged.find((piece) => piece.rejection !== null)?.rejection;
    if (rejection) await recordRejection(submission, rejection);
    else await recordPass(submission);
    return key;
  });
}

/** A counter names its operator; a machine is known by its client and may name itself besides. */
function parseOperator(raw: string | null | undefined, required: boolean): string | null {
  const path = ["input", "operator"];
  if (raw !== null && raw !== undefined && raw.trim() !== "") return plainText(raw, path);
  if (required) throw new Refused("OPERATOR_MISSING", path);
  return null;
}
