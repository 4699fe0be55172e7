import type { StaffActor } from "../domain/actor.js";
import { plainText } from "../domain/evidence.js";
import type { LifeEventDecision, LifeEventKind } from "../domain/life-event.js";
import { Refused } from "../domain/refusals.js";
import type { Tx } from "../storage/database.js";
import { recordEvent } from "../storage/events.js";
import { type LooseKey, lifeEventOpaqueId, parseOpaqueId } from "../storage/ids.js";
import {
  type LifeEventRecord,
  lockLifeEvent,
  personOf,
  readLifeEvent,
  updateLifeEvent,
} from "../storage/life-events.js";
import { type LockedPensioner, lockPensioner } from "../storage/locked-pensioner.js";
import { places } from "../storage/sealing.js";
import { type OperationContext, once, type Today, toDate, todayOf } from "./operation.js";
import { auditLifeEvent, refuseImpossibleDay } from "./report-life-event.js";
import { settleLifeEvents } from "./settle-life-events.js";

interface ChangeInput {
  readonly idempotencyKey: string;
  readonly lifeEventId: string;
  readonly reason: string;
}

export interface CorrectLifeEventInput extends ChangeInput {
  readonly occurredOn?: Temporal.PlainDate | null;
  readonly kind?: LifeEventKind | null;
}

export interface DecideLifeEventInput extends ChangeInput {
  readonly decision: LifeEventDecision;
}

/** The report that is changed, with the person whom it is about; both are locked. */
interface Changed {
  readonly tx: Tx;
  readonly context: OperationContext;
  readonly time: Today;
  readonly operation: string;
  readonly record: LifeEventRecord;
  readonly person: LockedPensioner | null;
  readonly reasonSealed: Buffer;
}

/** C5: another day or kind: what it held is held anew in one step, so that nothing is paid in between. */
export function correctLifeEvent(context: OperationContext, input: CorrectLifeEventInput): Promise<LooseKey> {
  const { occurredOn, kind } = input;
  if (!occurredOn && !kind) throw new Refused("NOTHING_CORRECTED", ["input"]);
  if (occurredOn) refuseImpossibleDay(occurredOn, todayOf(context.now));
  return change(context, "lifeEventCorrect", input, async (changed) => {
    const { record } = changed;
    refuseDecided(changed);
    await apply(
      changed,
      {
        occurredOn: occurredOn?.toString() ?? record.occurredOn,
        kind: kind ?? record.kind,
        overpaidMonths: [],
      },
      "CORRECTED",
    );
  });
}

/** C5: the source or staff take it back: it never was, and the months that it stopped are owed. */
export function voidLifeEvent(context: OperationContext, input: ChangeInput): Promise<LooseKey> {
  return change(context, "lifeEventVoid", input, async (changed) => {
    refuseDecided(changed);
    await takeBack(changed);
  });
}

/** C5: staff have looked: it is true and of this person, or it is not. */
export function decideLifeEvent(
  context: OperationContext<StaffActor>,
  input: DecideLifeEventInput,
): Promise<LooseKey> {
  return change(context, "lifeEventDecide", input, async (changed) => {
    const path = ["input", "lifeEventId"];
    if (changed.record.state !== "ACTIVE") {
      throw new Refused(
        changed.record.state === "VOIDED" ? "LIFE_EVENT_VOIDED" : "LIFE_EVENT_CONFIRMED",
        path,
      );
    }
    if (input.decision === "DISMISS") return takeBack(changed);
    if (!changed.person) throw new Refused("LIFE_EVENT_WITHOUT_PERSON", path);
    const decidedBy = context.actor.clientId;
    await apply(
      changed,
      { state: "CONFIRMED", basis: changed.record.basis ?? "DECISION", decidedBy },
      "CONFIRMED",
    );
  });
}

async function change(
  context: OperationContext,
  operation: string,
  input: ChangeInput,
  work: (changed: Changed) => Promise<void>,
): Promise<LooseKey> {
  const time = todayOf(context.now);
  const reasonPath = ["input", "reason"];
  if (input.reason.trim() === "") throw new Refused("REASON_MISSING", reasonPath);
  const reason = plainText(input.reason, reasonPath);
  return once(context, operation, input, async (tx) => {
    const { record, person } = await lock(tx, context, input.lifeEventId);
    const reasonSealed = context.sealing.seal(reason, places.lifeEventReason(record.id));
    await work({ tx, context, time, operation, record, person, reasonSealed });
    return { bucket: record.bucket, id: record.id };
  });
}

/** The person first, as everywhere; whom a report is about never changes. */
async function lock(
  tx: Tx,
  { actor }: OperationContext,
  opaqueId: string,
): Promise<{ readonly record: LifeEventRecord; readonly person: LockedPensioner | null }> {
  const key = parseOpaqueId(opaqueId);
  const found = key?.kind === "lifeEvent" ? await readLifeEvent(tx, key) : null;
  const isOwn = found && (actor.kind === "STAFF" || found.clientId === actor.clientId);
  if (!found || !isOwn) throw new Refused("LIFE_EVENT_NOT_FOUND", ["input", "lifeEventId"]);
  const about = personOf(found);
  const person = about && (await lockPensioner(tx, about));
  const record = await lockLifeEvent(tx, found);
  if (!record) throw new Error("a life event vanished");
  return { record, person };
}

/** What staff have confirmed is theirs to take back, not the source's. */
function refuseDecided({ record, context }: Changed): void {
  const path = ["input", "lifeEventId"];
  if (record.state === "VOIDED") throw new Refused("LIFE_EVENT_VOIDED", path);
  if (record.state === "CONFIRMED" && context.actor.kind !== "STAFF")
    throw new Refused("LIFE_EVENT_CONFIRMED", path);
}

async function takeBack(changed: Changed): Promise<void> {
  const { tx, time, record, person, context } = changed;
  const at = toDate(time.now);
  if (person && record.outcome === "MATCHED") {
    const { bucket, pensionerId } = person;
    const subjectId = lifeEventOpaqueId(record);
    await recordEvent(tx, { bucket, pensionerId, type: "life_event.voided", subjectId, at });
  }
  const decidedBy = context.actor.kind === "STAFF" ? context.actor.clientId : record.decidedBy;
  await apply(changed, { state: "VOIDED", overpaidMonths: [], decidedBy }, "VOIDED");
}

async function apply(
  changed: Changed,
  changes: Parameters<typeof updateLifeEvent>[2],
  outcome: string,
): Promise<void> {
  const { tx, context, time, operation, record, person, reasonSealed } = changed;
  await updateLifeEvent(tx, record, { ...changes, reasonSealed, updatedAt: toDate(time.now) });
  if (person) await settleLifeEvents(tx, person, time, outcome === "CORRECTED" ? record.id : null);
  await auditLifeEvent(tx, context, { operation, id: record.id, person, outcome });
}
