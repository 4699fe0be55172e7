import type { ChannelActor } from "../domain/actor.js";
import type { HelperRelation } from "../domain/certification.js";
import { channelOf } from "../domain/channels.js";
import { plainText } from "../domain/evidence.js";
import { type HomeVisitReason, parseDistrictCode } from "../domain/home-visit.js";
import { parseName } from "../domain/person-name.js";
import { Refused } from "../domain/refusals.js";
import { parseSubject, type SubjectInput } from "../domain/subject.js";
import { recordServed } from "../storage/events.js";
import { hasOpenHomeVisit } from "../storage/home-visits.js";
import { newId, type OwnedKey } from "../storage/ids.js";
import { lockPensioner } from "../storage/locked-pensioner.js";
import { findInScope } from "../storage/pensioners.js";
import { places } from "../storage/sealing.js";
import { homeVisit } from "../storage/tables.js";
import { requirePhone } from "./contact-phone.js";
import { audit, type OperationContext, once, toDate, todayOf } from "./operation.js";
import { RefusedTelling } from "./refused-telling.js";

export interface RequestHomeVisitInput {
  readonly idempotencyKey: string;
  readonly subject: SubjectInput;
  readonly reason: HomeVisitReason;
  readonly address: string;
  readonly districtCode: string;
  readonly contactName: string;
  readonly contactPhone: string;
  readonly relation: HelperRelation;
}

/**
 * E5: the family asks, through an app or at the street centre, for someone to come. The phone given here is for arranging
 * the visit and does not become the pensioner's (C2). One visit a person is open at a time.
 */
export async function requestHomeVisit(
  context: OperationContext<ChannelActor>,
  input: RequestHomeVisitInput,
): Promise<OwnedKey> {
  const time = todayOf(context.now);
  const { flow } = channelOf(context.actor.channel);
  if (flow !== "SESSION" && flow !== "VISIT") throw new Refused("CHANNEL_NOT_ALLOWED");
  const subject = parseSubject(input.subject, time.today, ["input", "subject"]);
  const address = plainText(input.address, ["input", "address"]);
  const districtCode = parseDistrictCode(input.districtCode);
  if (districtCode === null) throw new Refused("DISTRICT_CODE_INVALID", ["input", "districtCode"]);
  const contactName = parseName(input.contactName);
  if (!contactName.ok) throw new Refused(`NAME_${contactName.fault}`, ["input", "contactName"]);
  const contactPhone = requirePhone(input.contactPhone, "contactPhone");
  return once(context, "homeVisitRequest", input, async (tx) => {
    const [found] = await findInScope(tx, context.sealing, [subject]);
    const person = found && (await lockPensioner(tx, found));
    if (!person) throw new Refused("NOT_IN_SCOPE", ["input", "subject"]);
    if (await hasOpenHomeVisit(tx, person)) {
      throw new RefusedTelling(person, new Refused("HOME_VISIT_OPEN_ALREADY", ["input", "subject"]));
    }
    const key: OwnedKey = { bucket: person.bucket, pensionerId: person.pensionerId, id: newId() };
    const { sealing } = context;
    const at = toDate(time.now);
    await tx.insert(homeVisit).values({
      ...key,
      clientId: context.actor.clientId,
      state: "REQUESTED",
      reason: input.reason,
      districtCode,
      addressSealed: sealing.seal(address, places.homeVisitAddress(key.id)),
      contactNameSealed: sealing.seal(contactName.display, places.homeVisitContactName(key.id)),
      contactPhoneSealed: sealing.seal(contactPhone, places.homeVisitContactPhone(key.id)),
      relation: input.relation,
      requestedAt: at,
      updatedAt: at,
    });
    // Whoever asked for the visit is told what comes of it.
    await recordServed(tx, key, context.actor.clientId, at);
    await audit(tx, context, {
      ...key,
      operation: "homeVisitRequest",
      subjectId: key.id,
      outcome: "REQUESTED",
    });
    return key;
  });
}
