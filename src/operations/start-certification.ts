import { randomBytes } from "node:crypto";
import type { ChannelActor } from "../domain/actor.js";
import type { HelperRelation } from "../domain/certification.js";
import { channelOf } from "../domain/channels.js";
import type { DocumentType } from "../domain/document-number.js";
import { alreadyValidRefusal } from "../domain/notices.js";
import { Refused } from "../domain/refusals.js";
import { parseSubject, type Subject, type SubjectInput } from "../domain/subject.js";
import { needsConfirmation } from "../domain/validity.js";
import { recordServed } from "../storage/events.js";
import { newId, type OwnedKey } from "../storage/ids.js";
import { helperIndexes } from "../storage/pensioner-index.js";
import { findInScope } from "../storage/pensioners.js";
import { places, type Sealing } from "../storage/sealing.js";
import { certificationSession } from "../storage/tables.js";
import { parseContactPhone, parseOptionalPhone } from "./contact-phone.js";
import { refuseOverHelperLimit } from "./helper-limit.js";
import { audit, type OperationContext, once, type Today, toDate, todayOf } from "./operation.js";
import { RefusedTelling } from "./refused-telling.js";

export interface StartCertificationInput {
  readonly idempotencyKey: string;
  readonly subject: SubjectInput;
  readonly actor: { readonly self?: boolean | null; readonly helper?: HelperInput | null };
  readonly contactPhone?: string | null;
  readonly recertifyWhenValid: boolean;
}

export interface HelperInput extends SubjectInput {
  readonly document: { readonly type: DocumentType; readonly number: string };
  readonly relation: HelperRelation;
  readonly consented: boolean;
  /** C1: where the helper is told of the outcome. */
  readonly phone?: string | null;
}

/** V4: this refusal tells when the person last certified. */
export class StillValid extends RefusedTelling {}

interface Helper {
  readonly subject: Subject;
  /** The current one first. */
  readonly indexes: readonly Buffer[];
  readonly relation: HelperRelation;
  readonly phone: string | null;
}

const CHALLENGE_BYTES = 32;

/** Opens a session for a pensioner in scope (S2), unless still valid and unconfirmed (V4). */
export async function startCertification(
  context: OperationContext<ChannelActor>,
  input: StartCertificationInput,
): Promise<OwnedKey> {
  const time = todayOf(context.now);
  const channel = channelOf(context.actor.channel);
  if (channel.flow !== "SESSION") throw new Refused("CHANNEL_NOT_ALLOWED");
  const subject = parseSubject(input.subject, time.today, ["input", "subject"]);
  const helper = parseHelper(context.sealing, input.actor, subject, time);
  const contactPhone = parseContactPhone(input.contactPhone);
  return once(context, "certificationStart", input, async (tx) => {
    const [person] = await findInScope(tx, context.sealing, [subject]);
    if (!person) throw new Refused("NOT_IN_SCOPE", ["input", "subject"]);
    if (!input.recertifyWhenValid && needsConfirmation(person.validity, time.today)) {
      throw new StillValid(person, alreadyValidRefusal(person.validity, ["input", "recertifyWhenValid"]));
    }
    if (helper) await refuseOverHelperLimit(tx, helper.indexes, person.pensionerId, time);
    const key: OwnedKey = { bucket: person.bucket, pensionerId: person.pensionerId, id: newId() };
    await tx.insert(certificationSession).values({
      ...key,
      clientId: context.actor.clientId,
      channel: channel.code,
      state: "OPEN",
      challenge: randomBytes(CHALLENGE_BYTES).toString("base64url"),
      startedAt: toDate(time.now),
      expiresAt: toDate(time.now.add({ minutes: time.policy.sessionLifetimeMinutes })),
      actor: helper ? "ON_BEHALF" : "SELF",
      contactPhoneSealed:
        contactPhone === null ? null : context.sealing.seal(contactPhone, places.sessionPhone(key.id)),
      ...(helper ? sealedHelper(context.sealing, helper, key.id) : {}),
    });
    await recordServed(tx, key, context.actor.clientId, toDate(time.now));
    await audit(tx, context, { ...key, operation: "certificationStart", subjectId: key.id, outcome: "OPEN" });
    return key;
  });
}

/** C1: null for SELF; a helper must be someone else and have the pensioner's consent. */
function parseHelper(
  sealing: Sealing,
  actor: StartCertificationInput["actor"],
  subject: Subject,
  time: Today,
): Helper | null {
  if (!actor.helper) {
    if (actor.self !== true) throw new Refused("ACTOR_NOT_CHOSEN", ["input", "actor", "self"]);
    return null;
  }
  const path = ["input", "actor", "helper"];
  const parsed = parseSubject(actor.helper, time.today, path);
  if (!actor.helper.consented) throw new Refused("CONSENT_MISSING", [...path, "consented"]);
  if (parsed.document.type === subject.document.type && parsed.document.number === subject.document.number) {
    throw new Refused("HELPER_IS_PENSIONER", path);
  }
  const indexes = helperIndexes(sealing, parsed.document);
  const phone = parseOptionalPhone(actor.helper.phone, [...path, "phone"]);
  return { subject: parsed, indexes, relation: actor.helper.relation, phone };
}

function sealedHelper(sealing: Sealing, helper: Helper, sessionId: string) {
  return {
    helperNameSealed: sealing.seal(helper.subject.displayName, places.sessionHelperName(sessionId)),
    helperDocumentType: helper.subject.document.type,
    helperNumberSealed: sealing.seal(helper.subject.document.number, places.sessionHelperNumber(sessionId)),
    helperIndex: helper.indexes[0],
    helperRelation: helper.relation,
    helperPhoneSealed:
      helper.phone === null ? null : sealing.seal(helper.phone, places.sessionHelperPhone(sessionId)),
  };
}
