import type { ChannelActor } from "../domain/actor.js";
import { channelOf } from "../domain/channels.js";
import { isBeforeApproval, matchFor, unusableTrace } from "../domain/data-match.js";
import { plainText } from "../domain/evidence.js";
import type { DataSource } from "../domain/evidence-kinds.js";
import { type RefusalName, Refused } from "../domain/refusals.js";
import { parseSubject, type Subject, type SubjectInput } from "../domain/subject.js";
import { bulkArraysFor } from "../storage/bulk-arrays.js";
import { readTraces, type StoredTrace } from "../storage/data-matches.js";
import type { Tx } from "../storage/database.js";
import { type EventFact, recordEvents, recordServedAll } from "../storage/events.js";
import { newId, type OwnedKey, type PensionerKey } from "../storage/ids.js";
import { type LockedPensioner, lockPensioner, lockPensioners } from "../storage/locked-pensioner.js";
import { sourceReferenceIndexes } from "../storage/pensioner-index.js";
import { findInScope, type PensionerRecord } from "../storage/pensioners.js";
import { recordPass } from "./certify.js";
import {
  type AuditedFact,
  auditAll,
  type OperationContext,
  once,
  toDate,
  todayOf,
  toMonths,
} from "./operation.js";

export interface DataMatchItemInput {
  readonly subject: SubjectInput;
  readonly evidence: {
    readonly source: DataSource;
    readonly eventAt: Temporal.Instant;
    readonly sourceReference: string;
  };
}

export interface SubmitDataMatchesInput {
  readonly idempotencyKey: string;
  readonly items: readonly DataMatchItemInput[];
}

/** As it is kept with the idempotency key: either the certification or why there is none. */
export type DataMatchResult =
  | { readonly key: OwnedKey }
  | {
      readonly refusal: RefusalName;
      readonly path: readonly string[];
      /** Whose record the refusal tells something of. */
      readonly person?: PensionerKey;
    };

interface Trace {
  readonly position: number;
  readonly subject: Subject;
  readonly source: DataSource;
  readonly eventAt: Temporal.Instant;
  readonly reference: string;
}

interface Batch {
  readonly context: OperationContext<ChannelActor>;
  readonly tx: Tx;
  readonly audited: AuditedFact[];
  readonly told: EventFact[];
  readonly locked: ReadonlyMap<string, LockedPensioner>;
  /** As they are in the course of the batch. */
  readonly known: Map<string, StoredTrace[]>;
  /** Persons whose row this batch has changed. */
  readonly changed: Set<string>;
}

/**
 * E1, E7: certifies by traces in other systems' data, each anchored in the month of its event. Every item stands for
 * itself: one that is refused keeps no other from passing. One transaction for all, so that a repetition finds all of it.
 */
export async function submitDataMatches(
  context: OperationContext<ChannelActor>,
  input: SubmitDataMatchesInput,
): Promise<readonly DataMatchResult[]> {
  const channel = channelOf(context.actor.channel);
  if (!channel.methods.includes("DATA_MATCH")) throw new Refused("CHANNEL_NOT_ALLOWED");
  if (input.items.length < 1 || input.items.length > channel.personsAtOnce) {
    const max = String(channel.personsAtOnce);
    throw new Refused("ITEM_COUNT", ["input", "items"], { max: { "zh-CN": max, en: max } });
  }
  const parsed = input.items.map((item, position) => parseItem(context, item, position));
  return once(context, "dataMatchCertificationsSubmit", input, async (tx) => {
    const traces = parsed.filter((item) => "subject" in item);
    const inScope = await findPersons(context, tx, traces);
    const persons = inScope.map(({ person }) => person);
    const arrays = bulkArraysFor(context.database.kind);
    const batch: Batch = {
      context,
      tx,
      audited: [],
      told: [],
      locked: await lockPensioners(tx, arrays, persons),
      known: await readTraces(tx, arrays, persons),
      changed: new Set(),
    };
    const answers = new Map<number, DataMatchResult>();
    for (const { trace, person } of inScope) {
      answers.set(trace.position, await submitTrace(batch, trace, person));
    }
    await recordServedAll(tx, arrays, batch.told, {
      clientId: context.actor.clientId,
      since: toDate(context.now),
    });
    await recordEvents(tx, arrays, batch.told);
    await auditAll(tx, context, batch.audited);
    return parsed.map((item, position) => {
      if ("refusal" in item) return item;
      return answers.get(position) ?? { refusal: "NOT_IN_SCOPE", path: pathOf(position, "subject") };
    });
  });
}

function pathOf(position: number, ...inItem: readonly string[]): string[] {
  return ["input", "items", String(position), ...inItem];
}

/** A trace, or why it cannot be one, whoever it is about. */
function parseItem(
  context: OperationContext,
  { subject, evidence }: DataMatchItemInput,
  position: number,
): Trace | DataMatchResult {
  const { today } = todayOf(context.now);
  const evidencePath = pathOf(position, "evidence");
  const unusable = unusableTrace(evidence, context.now);
  if (unusable) return { refusal: unusable.refusal, path: [...evidencePath, unusable.at] };
  try {
    return {
      position,
      subject: parseSubject(subject, today, pathOf(position, "subject")),
      source: evidence.source,
      // As it is stored: two reports of one event must compare as equal.
      eventAt: evidence.eventAt.round({ smallestUnit: "millisecond", roundingMode: "trunc" }),
      reference: plainText(evidence.sourceReference, [...evidencePath, "sourceReference"]),
    };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { refusal: error.refusal, path: error.path ?? [] };
  }
}

interface PersonsTrace {
  readonly trace: Trace;
  readonly person: PensionerRecord;
}

/** Those in scope, in the order given. */
async function findPersons(
  context: OperationContext,
  tx: Tx,
  traces: readonly Trace[],
): Promise<readonly PersonsTrace[]> {
  const subjects = traces.map(({ subject }) => subject);
  const found = await findInScope(tx, context.sealing, subjects);
  return traces.flatMap((trace, index): PersonsTrace[] => {
    const person = found[index];
    return person ? [{ trace, person }] : [];
  });
}

/** Under the person's lock: the match that answers the trace already, a refusal, or a new pass. */
async function submitTrace(
  batch: Batch,
  { position, source, eventAt, reference }: Trace,
  found: PensionerRecord,
): Promise<DataMatchResult> {
  const { context, tx } = batch;
  const time = todayOf(context.now);
  const person = batch.changed.has(found.pensionerId)
    ? await lockPensioner(tx, found)
    : batch.locked.get(found.pensionerId);
  if (!person) return { refusal: "NOT_IN_SCOPE", path: pathOf(position, "subject") };
  const { bucket, pensionerId } = person;
  const referenceIndexes = sourceReferenceIndexes(context.sealing, reference);
  const [referenceIndex] = referenceIndexes;
  if (!referenceIndex) throw new Error("no index key is current");
  const traces = batch.known.get(pensionerId) ?? [];
  const known = matchFor(
    eventAt,
    traces
      .filter((trace) => trace.source === source)
      .map((trace) => ({
        ...trace,
        isSameReference: referenceIndexes.some((index) => index.equals(trace.referenceIndex)),
      })),
  );
  if (known) {
    if (known.clientId === context.actor.clientId) return { key: { bucket, pensionerId, id: known.id } };
    return { refusal: "TRACE_KNOWN", path: pathOf(position, "evidence"), person: { bucket, pensionerId } };
  }
  if (isBeforeApproval(eventAt, toMonths(found.benefits.map(({ approvedMonth }) => approvedMonth)))) {
    const path = pathOf(position, "evidence", "eventAt");
    return { refusal: "EVENT_BEFORE_APPROVAL", path, person: { bucket, pensionerId } };
  }
  const key: OwnedKey = { bucket, pensionerId, id: newId() };
  await recordPass({
    context,
    tx,
    time,
    person,
    key,
    operation: "dataMatchCertificationsSubmit",
    channel: channelOf(context.actor.channel),
    method: "DATA_MATCH",
    actor: "AGENCY",
    decidingInstant: eventAt,
    actsFrom: time.today,
    evidence: [
      { kind: "DATA_SOURCE", facts: { source, eventAt: eventAt.toString(), sourceReference: reference } },
    ],
    contactPhone: null,
    columns: { dataSource: source, sourceReferenceIndex: referenceIndex },
    auditLater: (fact) => batch.audited.push(fact),
    eventLater: (fact) => batch.told.push(fact),
  });
  batch.changed.add(pensionerId);
  const { clientId } = context.actor;
  batch.known.set(pensionerId, [
    ...traces,
    { id: key.id, clientId, state: "PASSED", source, eventAt, referenceIndex },
  ]);
  return { key };
}
