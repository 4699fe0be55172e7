import type { DocumentType } from "../domain/document-number.js";
import { plainText } from "../domain/evidence.js";
import {
  type LifeEventBasis,
  type LifeEventKind,
  type LifeEventSource,
  type LifeEventSubject,
  type LifeEventSubjectInput,
  matchReport,
  parseLifeEventSubject,
} from "../domain/life-event.js";
import { Refused } from "../domain/refusals.js";
import { appendSystemAudit } from "../storage/audit.js";
import type { Tx } from "../storage/database.js";
import { bucketOf, type LooseKey, newId } from "../storage/ids.js";
import {
  findCandidates,
  insertLifeEvent,
  type LifeEventRecord,
  lockReported,
} from "../storage/life-events.js";
import { type LockedPensioner, lockPensioner } from "../storage/locked-pensioner.js";
import { sourceReferenceIndexes } from "../storage/pensioner-index.js";
import { places, type Sealing } from "../storage/sealing.js";
import { audit, type OperationContext, once, type Today, toDate, todayOf } from "./operation.js";
import { settleLifeEvents } from "./settle-life-events.js";

export interface ReportLifeEventInput {
  readonly idempotencyKey: string;
  readonly kind: LifeEventKind;
  readonly subject: LifeEventSubjectInput;
  readonly occurredOn: Temporal.PlainDate;
  readonly source?: LifeEventSource | null;
  readonly sourceReference?: string | null;
}

/** A source's words, found fit to be kept. */
interface Report {
  readonly id: string;
  readonly kind: LifeEventKind;
  readonly occurredOn: Temporal.PlainDate;
  readonly subject: LifeEventSubject;
  readonly source: LifeEventSource;
  /** The source's own; without one the report stands for itself. */
  readonly reference: string;
}

const EARLIEST = Temporal.PlainDate.from("1900-01-01");

/**
 * C5: takes a report of a life event. It acts on payment only where it leads to one person for certain; else it waits for
 * a second source or for staff. The same report sent again is the one that is there.
 */
export async function reportLifeEvent(
  context: OperationContext,
  input: ReportLifeEventInput,
): Promise<LooseKey> {
  const time = todayOf(context.now);
  const { occurredOn, kind } = input;
  refuseImpossibleDay(occurredOn, time);
  const subject = parseLifeEventSubject(input.subject, time.today, ["input", "subject"]);
  const source = input.source ?? ownSource(context);
  const id = newId();
  const reference = input.sourceReference
    ? plainText(input.sourceReference, ["input", "sourceReference"])
    : id;
  return once(context, "lifeEventReport", input, (tx) =>
    keep(tx, context, time, { id, kind, occurredOn, subject, source, reference }),
  );
}

export function refuseImpossibleDay(occurredOn: Temporal.PlainDate, { today }: Today): void {
  const path = ["input", "occurredOn"];
  if (Temporal.PlainDate.compare(occurredOn, today) > 0) throw new Refused("OCCURRED_IN_THE_FUTURE", path);
  if (Temporal.PlainDate.compare(occurredOn, EARLIEST) < 0) throw new Refused("LIFE_EVENT_TOO_OLD", path);
}

/** What a report comes from when it does not say. */
function ownSource({ actor }: OperationContext): LifeEventSource {
  if (actor.kind === "STAFF" || actor.channel === "AGENCY_COUNTER") return "AGENCY";
  return actor.channel === "EMPLOYER" ? "EMPLOYER" : "STREET_CENTRE";
}

async function keep(tx: Tx, context: OperationContext, time: Today, report: Report): Promise<LooseKey> {
  const { sealing, actor } = context;
  const { id, kind, subject, source, reference } = report;
  const indexes = sourceReferenceIndexes(sealing, reference);
  const known = await lockReported(tx, actor.clientId, source, indexes);
  if (known) return repeated(known, sealing, report);
  const { outcome, candidate } = matchReport(await findCandidates(tx, sealing, subject));
  const person = candidate && (await lockPensioner(tx, candidate));
  const key = { bucket: bucketOf(id), id };
  const at = toDate(time.now);
  const [sourceReferenceIndex] = indexes;
  if (!sourceReferenceIndex) throw new Error("a reference without an index");
  await insertLifeEvent(tx, {
    ...key,
    clientId: actor.clientId,
    byStaff: actor.kind === "STAFF",
    kind,
    occurredOn: report.occurredOn.toString(),
    // Settling it among the person's other reports tells whether it acts.
    outcome: person ? "PENDING_REVIEW" : outcome,
    basis: person && outcome === "MATCHED" ? ownBasis(context, person) : null,
    state: "ACTIVE",
    personBucket: person?.bucket ?? null,
    pensionerId: person?.pensionerId ?? null,
    source,
    sourceReferenceSealed: sealing.seal(reference, places.lifeEventSourceReference(id)),
    sourceReferenceIndex,
    nameSealed: sealing.seal(subject.displayName, places.lifeEventName(id)),
    documentSealed:
      subject.document && sealing.seal(JSON.stringify(subject.document), places.lifeEventDocument(id)),
    reportedAt: at,
    updatedAt: at,
  });
  if (person) await settleLifeEvents(tx, person, time);
  await auditLifeEvent(tx, context, { operation: "lifeEventReport", id, person, outcome: kind });
  return key;
}

/** C5: an employer tells of its own people; of others it says no more than anyone might. */
function ownBasis({ actor }: OperationContext, person: LockedPensioner): LifeEventBasis | null {
  const bound = actor.kind === "CHANNEL" ? actor.employerCode : null;
  return bound === null || bound === person.employerCode ? "IDENTITY" : null;
}

/** What a source sends every night is one report; another content under its reference is a correction. */
function repeated(known: LifeEventRecord, sealing: Sealing, report: Report): LooseKey {
  const { subject } = report;
  const document = openDocument(known, sealing);
  const isSame =
    known.kind === report.kind &&
    known.occurredOn === report.occurredOn.toString() &&
    openName(known, sealing) === subject.displayName &&
    document?.type === subject.document?.type &&
    document?.number === subject.document?.number;
  if (!isSame) throw new Refused("LIFE_EVENT_KNOWN", ["input", "sourceReference"]);
  return { bucket: known.bucket, id: known.id };
}

export function openName({ id, nameSealed }: LifeEventRecord, sealing: Sealing): string {
  return sealing.open(nameSealed, places.lifeEventName(id));
}

export function openDocument(
  { id, documentSealed }: LifeEventRecord,
  sealing: Sealing,
): { readonly type: DocumentType; readonly number: string } | null {
  return documentSealed && JSON.parse(sealing.open(documentSealed, places.lifeEventDocument(id)));
}

/** In the person's chain; in the service's own where no person is concerned. */
export async function auditLifeEvent(
  tx: Tx,
  context: OperationContext,
  fact: {
    readonly operation: string;
    readonly id: string;
    readonly person: LockedPensioner | null;
    readonly outcome: string;
  },
): Promise<void> {
  const { operation, id: subjectId, person, outcome } = fact;
  if (person) {
    const { bucket, pensionerId } = person;
    return audit(tx, context, { bucket, pensionerId, operation, subjectId, outcome });
  }
  const { requestId, actor, now } = context;
  const at = now.toString();
  await appendSystemAudit(tx, { clientId: actor.clientId, operation, requestId, at, subjectId, outcome });
}
