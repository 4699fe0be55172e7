import { beijingDateOf, startOfBeijingDay } from "../domain/calendar.js";
import { plannedSms } from "../domain/message-texts.js";
import { isConfirmation, isStillTrue, type MessageKind, sendableFrom } from "../domain/messages.js";
import { isOpen, suspendedFrom } from "../domain/payment.js";
import { type Policy, policyOn } from "../domain/policy.js";
import type { BulkArrays } from "../storage/bulk-arrays.js";
import { readReportedPhones } from "../storage/contact-tasks.js";
import type { Tx } from "../storage/database.js";
import { readEmployerPhones } from "../storage/employer-contacts.js";
import type { OwnedKey } from "../storage/ids.js";
import { type LockedPensioner, lockPensioners } from "../storage/locked-pensioner.js";
import {
  type ClaimedChange,
  claimDueMessages,
  countUnaskedSince,
  type MessageRow,
  writeClaims,
} from "../storage/messages.js";
import { phoneIndexes } from "../storage/pensioner-index.js";
import { places, type Sealing } from "../storage/sealing.js";
import { MAX_ATTEMPTS, OUTCOME_UNKNOWN, type Tried } from "./after-outcome.js";
import type { SmsMessage } from "./sms-gateway.js";

/** A message that is this process's to send until the lease ends. */
export interface Claim extends Tried {
  readonly key: OwnedKey;
  readonly recipient: MessageRow["recipient"];
  readonly lease: Date;
  readonly text: SmsMessage;
}

export interface Claiming {
  readonly sealing: Sealing;
  readonly arrays: BulkArrays;
  readonly at: Temporal.Instant;
  readonly leaseMs: number;
  /** The gateway can be asked what became of a message. */
  readonly askable: boolean;
}

interface Known extends Claiming {
  readonly policy: Policy;
  readonly reported: ReadonlyMap<string, readonly Buffer[]>;
  /** Sealed, by the employer's code. */
  readonly employerPhones: ReadonlyMap<string, Buffer>;
  readonly sentToday: ReadonlyMap<string, number>;
}

/**
 * R3, R6: claims due messages of one kind, having looked under the persons' locks whether each is still true and may still
 * go where it is meant to. What is to be sent is written down as SENDING before anyone calls the gateway.
 */
export async function claimMessages(
  tx: Tx,
  claiming: Claiming,
  kind: MessageKind,
  keys: readonly OwnedKey[],
): Promise<{ readonly claims: readonly Claim[]; readonly changes: readonly ClaimedChange[] }> {
  const { arrays, at } = claiming;
  const persons = await lockPensioners(tx, arrays, keys);
  const rows = await claimDueMessages(tx, arrays, keys, new Date(at.epochMilliseconds));
  if (rows.length === 0) return { claims: [], changes: [] };
  const today = beijingDateOf(at);
  const since = new Date(startOfBeijingDay(today).epochMilliseconds);
  const known: Known = {
    ...claiming,
    policy: policyOn(today),
    reported: await readReportedPhones(tx, arrays, rows),
    employerPhones: await readEmployerPhones(tx, employersOf(rows, persons)),
    sentToday: isConfirmation(kind) ? new Map() : await countUnaskedSince(tx, arrays, rows, since),
  };
  const decided = rows.map((row) => decideReadable(known, row, persons.get(row.pensionerId)));
  const changes = decided.map(({ change }) => change);
  await writeClaims(tx, arrays, changes);
  return { claims: decided.flatMap(({ claim }) => claim ?? []), changes };
}

function employersOf(rows: readonly MessageRow[], persons: ReadonlyMap<string, LockedPensioner>): string[] {
  const codes = rows.flatMap(({ recipient, pensionerId }) =>
    recipient === "EMPLOYER" ? (persons.get(pensionerId)?.employerCode ?? []) : [],
  );
  return [...new Set(codes)];
}

interface Decided {
  readonly change: ClaimedChange;
  readonly claim?: Claim;
}

/** What cannot be opened is told of in its own row, and keeps no other message waiting. */
function decideReadable(known: Known, row: MessageRow, person: LockedPensioner | undefined): Decided {
  try {
    return decide(known, row, person);
  } catch {
    const settledAt = new Date(known.at.epochMilliseconds);
    return { change: { ...row, state: "FAILED", failure: "UNREADABLE", settledAt } };
  }
}

function decide(known: Known, row: MessageRow, person: LockedPensioner | undefined): Decided {
  const { at, askable } = known;
  const now = new Date(at.epochMilliseconds);
  const settled = (state: "CANCELLED" | "NO_PHONE" | "FAILED", failure: string | null): Decided => ({
    change: {
      ...row,
      state,
      failure,
      settledAt: now,
      phoneSealed: state === "NO_PHONE" ? null : row.phoneSealed,
    },
  });
  const stored = row.phoneSealed && known.sealing.open(row.phoneSealed, places.messagePhone(row.id));
  const lapsed = row.state !== "QUEUED";
  const written = row.bodySealed && known.sealing.open(row.bodySealed, places.messageBody(row.id));
  if (lapsed && askable && stored !== null && written !== null)
    return claimed(known, row, { phone: stored, body: written }, true);
  if (lapsed && (row.maybeTwice || row.attempts >= MAX_ATTEMPTS)) return settled("FAILED", OUTCOME_UNKNOWN);
  const body = person && isTrueOf(row, person) ? (written ?? bodyOf(known, row, person)) : null;
  if (!person || body === null) return settled("CANCELLED", null);
  const phone = phoneFor(known, row, person, stored);
  if (phone === null) return settled("NO_PHONE", null);
  const sent = known.sentToday.get(`${row.pensionerId}|${row.recipient}`) ?? 0;
  if (sent >= known.policy.messagesPerPersonPerDay)
    return { change: { ...row, dueAt: tomorrow(row.kind, at, known.policy) } };
  return claimed(known, row, { phone, body }, false);
}

function isTrueOf({ kind, aboutValidThrough }: MessageRow, person: LockedPensioner): boolean {
  const { validity, holds, submittedOn } = person;
  const { validThrough } = validity;
  const suspended = suspendedFrom(holds) !== null;
  const deathReported = holds.some((hold) => hold.reason === "DEATH_REPORTED" && isOpen(hold));
  return isStillTrue({ kind, aboutValidThrough, validThrough, suspended, deathReported, submittedOn });
}

function bodyOf({ sealing }: Known, row: MessageRow, person: LockedPensioner): string | null {
  const name = sealing.open(person.nameSealed, places.pensionerName(person.pensionerId));
  return plannedSms({ ...row, suspendedFrom: suspendedFrom(person.holds) }, name);
}

/**
 * C2, R6: what the service writes of itself goes to the phone known now. A confirmation goes where it was meant to: that
 * someone certified on the person's behalf is told on the phone known before.
 */
function phoneFor(
  { sealing, reported, employerPhones }: Known,
  row: MessageRow,
  person: LockedPensioner,
  stored: string | null,
): string | null {
  if (row.recipient === "EMPLOYER") {
    const { employerCode } = person;
    const sealed = employerCode === null ? undefined : employerPhones.get(employerCode);
    return employerCode === null || !sealed ? null : sealing.open(sealed, places.employerPhone(employerCode));
  }
  const followsPerson = row.recipient === "PENSIONER" && !isConfirmation(row.kind);
  const phone =
    followsPerson && person.phoneSealed
      ? sealing.open(person.phoneSealed, places.pensionerPhone(person.pensionerId))
      : stored;
  const wrong = reported.get(row.pensionerId);
  if (phone === null || !wrong) return phone;
  const indexes = phoneIndexes(sealing, phone);
  return wrong.some((each) => indexes.some((index) => index.equals(each))) ? null : phone;
}

function claimed(known: Known, row: MessageRow, text: Omit<SmsMessage, "id">, asking: boolean): Decided {
  const { sealing, at, leaseMs, askable } = known;
  const { bucket, pensionerId, id, recipient } = row;
  const lease = new Date(at.epochMilliseconds + leaseMs);
  const attempts = asking ? row.attempts : row.attempts + 1;
  const maybeTwice = row.maybeTwice || (!asking && row.state !== "QUEUED");
  return {
    change: {
      ...row,
      state: asking ? "UNKNOWN" : "SENDING",
      attempts,
      maybeTwice,
      dueAt: lease,
      phoneSealed: sealing.seal(text.phone, places.messagePhone(id)),
      bodySealed: row.bodySealed ?? sealing.seal(text.body, places.messageBody(id)),
    },
    claim: {
      key: { bucket, pensionerId, id },
      recipient,
      lease,
      attempts,
      maybeTwice,
      asking,
      askable,
      text: { id, ...text },
    },
  };
}

function tomorrow(kind: MessageKind, at: Temporal.Instant, policy: Policy): Date {
  const midnight = startOfBeijingDay(beijingDateOf(at).add({ days: 1 }));
  return new Date(sendableFrom(kind, midnight, policy).epochMilliseconds);
}
