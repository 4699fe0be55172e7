import type { ChannelActor } from "../domain/actor.js";
import { type Channel, nextBestChannels } from "../domain/channels.js";
import { photoRejection } from "../domain/employer-photo.js";
import { type EvidenceInput, parseEvidence, pieceOf, type SubmittedFile } from "../domain/evidence.js";
import type { RejectionCode } from "../domain/face-assertion.js";
import { type RefusalName, Refused } from "../domain/refusals.js";
import { parseSubject, type Subject, type SubjectInput } from "../domain/subject.js";
import { type BulkArrays, bulkArraysFor } from "../storage/bulk-arrays.js";
import type { Tx } from "../storage/database.js";
import {
  insertPieces,
  insertSubmitted,
  lockEmployersOwn,
  readUnderReview,
  readUploaded,
} from "../storage/employer-submissions.js";
import { recordEvents, recordServedAll } from "../storage/events.js";
import { newId, type OwnedKey, type PensionerKey } from "../storage/ids.js";
import { findKeysInScope } from "../storage/pensioners.js";
import { places } from "../storage/sealing.js";
import { certificationEvent } from "./certify.js";
import { auditAll, type OperationContext, type Today, toDate } from "./operation.js";

/** One person with the three documents, as an employer hands them in. */
export interface EmployerItemInput {
  readonly subject: SubjectInput;
  readonly evidence: readonly EvidenceInput[];
}

/** What became of an item; kept under the idempotency key, so that a repetition tells the same. */
export type ItemOutcome =
  | { readonly certification: OwnedKey; readonly rejection: RejectionCode | null }
  | RefusedItem;

export interface RefusedItem {
  readonly refusal: RefusalName;
  /** Within the item. */
  readonly path: readonly string[];
  /** Whom the refusal tells something about. */
  readonly person?: PensionerKey;
}

/** For whom and under which rules items are submitted. */
export interface EmployerSubmission {
  readonly context: OperationContext<ChannelActor>;
  readonly time: Today;
  readonly channel: Channel;
  readonly employerCode: string;
  /** The write's name, for the audit chain. */
  readonly operation: string;
  /** Whether a file must have been uploaded before it counts. */
  readonly filesRequired: boolean;
}

/** An item in form; what it says of the person is still to be looked up. */
export interface ReadItem {
  readonly subject: Subject;
  readonly files: readonly SubmittedFile[];
  readonly rejection: RejectionCode | null;
}

/** E4: an item's form, and whether its photo is fit, found out before anyone is looked up. */
export function readItem(
  { channel, time }: Pick<EmployerSubmission, "channel" | "time">,
  { subject, evidence }: EmployerItemInput,
): ReadItem | RefusedItem {
  try {
    const person = parseSubject(subject, time.today, ["subject"]);
    const pieces = parseEvidence(channel, evidence, time.today, ["evidence"]);
    const photo = pieceOf(pieces, "HOLDING_ID_PHOTO");
    if (!photo) throw new Refused("EVIDENCE_REQUIRED", ["evidence"]);
    const path = ["evidence", String(pieces.indexOf(photo)), "document", "capturedAt"];
    return {
      subject: person,
      files: pieces.filter((piece): piece is SubmittedFile => "sha256" in piece),
      rejection: photoRejection(photo, time, path),
    };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { refusal: error.refusal, path: error.path ?? [] };
  }
}

export function isRefused(item: object): item is RefusedItem {
  return "refusal" in item;
}

/**
 * E4, E6: decides and writes a group of items in the caller's transaction, in as many statements for 200 persons as for
 * one. What one item lacks never hinders another; only the employer's own people are touched, locked in the order of
 * their keys.
 */
export async function submitItems(
  submission: EmployerSubmission,
  tx: Tx,
  items: readonly (ReadItem | RefusedItem)[],
): Promise<ItemOutcome[]> {
  const { context, channel, employerCode } = submission;
  const arrays = bulkArraysFor(context.database.kind);
  const present = await refuseMissingFiles(submission, tx, arrays, items);
  const persons = await findPersons(submission, tx, present);
  const keys = distinct(persons.filter((person) => person !== null));
  const own = keys.length === 0 ? new Set() : await lockEmployersOwn(tx, arrays, keys, employerCode);
  // A second statement: what it sees was committed before the locks were granted.
  const waiting = own.size === 0 ? new Set() : await readUnderReview(tx, arrays, keys, channel.code);
  const seen = new Set<string>();
  const entries: Entry[] = [];
  const outcomes = present.map((item, position): ItemOutcome => {
    if (isRefused(item)) return item;
    const person = persons[position];
    if (!person || !own.has(person.pensionerId)) return { refusal: "NOT_IN_SCOPE", path: ["subject"] };
    if (seen.has(person.pensionerId)) return { refusal: "NAMED_TWICE", path: ["subject"], person };
    seen.add(person.pensionerId);
    if (item.rejection === null && waiting.has(person.pensionerId)) {
      return { refusal: "UNDER_REVIEW_ALREADY", path: ["subject"], person };
    }
    const key: OwnedKey = { ...person, id: newId() };
    entries.push({ key, item });
    return { certification: key, rejection: item.rejection };
  });
  if (entries.length > 0) await write(submission, tx, arrays, entries);
  return outcomes;
}

interface Entry {
  readonly key: OwnedKey;
  readonly item: ReadItem;
}

/** Looked for whatever else is wrong, and before the person is: nothing can be told about anyone from the answer. */
async function refuseMissingFiles(
  { context, filesRequired }: EmployerSubmission,
  tx: Tx,
  arrays: BulkArrays,
  items: readonly (ReadItem | RefusedItem)[],
): Promise<readonly (ReadItem | RefusedItem)[]> {
  if (!filesRequired) return items;
  const digests = items.flatMap((item) => (isRefused(item) ? [] : item.files.map(({ sha256 }) => sha256)));
  const uploaded = await readUploaded(tx, arrays, context.actor.clientId, digests);
  return items.map((item) => {
    if (isRefused(item)) return item;
    const missing = item.files.findIndex(({ sha256 }) => !uploaded.has(sha256));
    if (missing === -1) return item;
    const path = ["evidence", String(missing), "document", "sha256"];
    return { refusal: "EVIDENCE_FILE_MISSING", path };
  });
}

/** S2: by name and document; in the places of the items, null where nobody is meant. */
async function findPersons(
  { context }: EmployerSubmission,
  tx: Tx,
  items: readonly (ReadItem | RefusedItem)[],
): Promise<(PensionerKey | null)[]> {
  const subjects = items.flatMap((item) => (isRefused(item) ? [] : [item.subject]));
  const found = subjects.length === 0 ? [] : await findKeysInScope(tx, context.sealing, subjects);
  const inOrder = found.values();
  return items.map((item) => {
    return isRefused(item) ? null : (inOrder.next().value ?? null);
  });
}

function distinct(keys: readonly PensionerKey[]): PensionerKey[] {
  return [...new Map(keys.map((key) => [key.pensionerId, key])).values()];
}

async function write(
  submission: EmployerSubmission,
  tx: Tx,
  arrays: BulkArrays,
  entries: readonly Entry[],
): Promise<void> {
  const { context, time, channel, employerCode, operation } = submission;
  const shared = {
    clientId: context.actor.clientId,
    channel: channel.code,
    at: time.now.toString({ smallestUnit: "millisecond" }),
    policyVersion: time.policy.version,
    employerCode,
    reviewDueOn: time.today.add({ days: time.policy.reviewDays }).toString(),
  };
  const rows = entries.map(({ key, item: { rejection } }) => ({
    ...key,
    rejection,
    nextChannels:
      rejection === null
        ? []
        : nextBestChannels({ rejection, failedFaces: 0, hasEmployer: true }, time.policy),
  }));
  await insertSubmitted(tx, arrays, shared, rows);
  await insertPieces(
    tx,
    arrays,
    entries.flatMap((entry) => piecesOf(context, entry)),
  );
  const deeds = entries.map(({ key, item }) => ({
    ...key,
    operation,
    subjectId: key.id,
    outcome: item.rejection ?? "PENDING",
  }));
  const at = toDate(time.now);
  const keys = entries.map(({ key }) => key);
  await recordServedAll(tx, arrays, keys, { clientId: context.actor.clientId, since: at });
  const events = entries.map(({ key, item }) =>
    certificationEvent(key, item.rejection ? "certification.rejected" : "certification.pending", at),
  );
  await recordEvents(tx, arrays, events);
  await auditAll(tx, context, deeds);
}

function piecesOf({ sealing }: OperationContext, { key, item }: Entry) {
  const { bucket, pensionerId, id: certificationId } = key;
  return item.files.map(({ kind, sha256, capturedAt, shows }, position) => {
    const facts = kind === "HOLDING_ID_PHOTO" ? { capturedAt: capturedAt?.toString() ?? null, shows } : null;
    return {
      bucket,
      pensionerId,
      certificationId,
      position,
      kind,
      digest: Buffer.from(sha256, "hex"),
      factsSealed:
        facts && sealing.seal(JSON.stringify(facts), places.evidenceFacts(certificationId, position)),
    };
  });
}
