import { inArray } from "drizzle-orm";
import {
  addMonths,
  beijingDateOf,
  isBeforeMonth,
  monthsBetween,
  startOfBeijingDay,
} from "../domain/calendar.js";
import { firstUnpaidMonth, resumesMonth } from "../domain/payment.js";
import { parseName } from "../domain/person-name.js";
import { type Policy, policyOn } from "../domain/policy.js";
import { deriveValidity, type Pass, type Validity, validityAfterPass } from "../domain/validity.js";
import { upsertClients } from "../storage/channel-clients.js";
import type { Database, Tx } from "../storage/database.js";
import { newId, newPensionerKey, type PensionerKey } from "../storage/ids.js";
import { lockForNewDocuments } from "../storage/key-versions.js";
import { insertBackPay, insertHold } from "../storage/payments.js";
import { documentIndex, documentIndexes, nameIndex, phoneIndex } from "../storage/pensioner-index.js";
import { places, type Sealing } from "../storage/sealing.js";
import { lockSetting, writeSetting } from "../storage/settings.js";

import {
  agency,
  benefit,
  certification,
  employerContact,
  identityDocument,
  pensioner,
} from "../storage/tables.js";

import { sandboxClientId, sandboxClients } from "./sandbox-clients.js";
import {
  type SandboxPerson,
  sandboxAgencies,
  sandboxEmployerPhones,
  sandboxPeople,
} from "./sandbox-people.js";

interface Making {
  readonly tx: Tx;
  readonly sealing: Sealing;
  readonly now: Temporal.Instant;
  readonly today: Temporal.PlainDate;
  readonly policy: Policy;
}

/** Registers the sandbox's clients, and puts the synthetic people into a new sandbox, once. */
export async function prepareSandbox(
  database: Database,
  sealing: Sealing,
  now: Temporal.Instant,
): Promise<void> {
  await database.transact(async (tx) => {
    await upsertClients(tx, sandboxClients(sealing, toDate(now)));
    if ((await lockSetting<number>(tx, "sandbox_people", 0)) > 0) return;
    await lockForNewDocuments(tx, sealing);
    const today = beijingDateOf(now);
    const making: Making = { tx, sealing, now, today, policy: policyOn(today) };
    const agencies = Object.entries(sandboxAgencies).map(([code, facts]) => ({ code, ...facts }));
    await tx.insert(agency).values(agencies).onConflictDoNothing();
    await insertEmployerContacts(making);
    for (const person of sandboxPeople) await insertPerson(making, person);
    await writeSetting(tx, "sandbox_people", sandboxPeople.length);
  });
}

function toDate(instant: Temporal.Instant): Date {
  return new Date(instant.epochMilliseconds);
}

/** R1: where employers are reminded of their people. */
async function insertEmployerContacts({ tx, sealing, now }: Making): Promise<void> {
  const contacts = Object.entries(sandboxEmployerPhones).map(([employerCode, phone]) => ({
    employerCode,
    phoneSealed: sealing.seal(phone, places.employerPhone(employerCode)),
    updatedAt: toDate(now),
  }));
  await tx.insert(employerContact).values(contacts).onConflictDoNothing();
}

async function insertPerson(making: Making, person: SandboxPerson): Promise<void> {
  const { tx, sealing, now, today, policy } = making;
  const taken = person.documents.flatMap((document) => documentIndexes(sealing, document));
  const existing = await tx
    .select({ one: identityDocument.type })
    .from(identityDocument)
    .where(inArray(identityDocument.blindIndex, taken));
  // A register imported before the first start may hold the same document: the register wins.
  if (existing.length > 0) return;
  const key = newPensionerKey();
  const name = parseName(person.name);
  if (!name.ok) throw new Error(`the sandbox name for "${person.shows}" is no name`);
  const passes = person.passes.map((pass) => ({
    ...pass,
    id: newId(),
    decidingInstant: dayAgo(today, now, pass.monthsAgo),
  }));
  const approvedMonths = person.benefits.map((b) => monthAgo(today, b.approvedMonthsAgo));
  const validity = deriveValidity({ approvedMonths, registerCertifiedOn: null, passes }, policy);
  await tx.insert(pensioner).values({
    bucket: key.bucket,
    id: key.pensionerId,
    nameSealed: sealing.seal(name.display, places.pensionerName(key.pensionerId)),
    nameIndex: nameIndex(sealing, key.pensionerId, name.comparable),
    phoneSealed:
      person.phone === null ? null : sealing.seal(person.phone, places.pensionerPhone(key.pensionerId)),
    phoneIndex: person.phone === null ? null : phoneIndex(sealing, person.phone),
    phoneSource: person.phone === null ? null : "REGISTER",
    employerCode: person.employerCode,
    anchorMonth: validity.anchorMonth.toString(),
    validThrough: validity.validThrough.toString(),
    lastCertifiedOn: validity.lastCertifiedOn?.toString() ?? null,
    version: 1,
    createdAt: toDate(now),
    updatedAt: toDate(now),
  });
  await tx.insert(identityDocument).values(
    person.documents.map((document) => ({
      ...key,
      blindIndex: documentIndex(sealing, document),
      type: document.type,
      numberSealed: sealing.seal(document.number, places.documentNumber(key.pensionerId)),
    })),
  );
  await tx.insert(benefit).values(
    person.benefits.map(({ type, approvedMonthsAgo, agency: agencyCode }) => ({
      ...key,
      type,
      approvedMonth: monthAgo(today, approvedMonthsAgo).toString(),
      agencyCode,
      districtCode: sandboxAgencies[agencyCode].districtCode,
    })),
  );
  await insertHistory(making, person, key, passes, validity.validThrough);
}

function monthAgo(today: Temporal.PlainDate, months: number): Temporal.PlainYearMonth {
  return today.toPlainYearMonth().subtract({ months });
}

/** Nine in the morning on the 8th of that month; in the present month never later than now. */
function dayAgo(today: Temporal.PlainDate, now: Temporal.Instant, months: number): Temporal.Instant {
  const morning = startOfBeijingDay(monthAgo(today, months).toPlainDate({ day: 8 })).add({ hours: 9 });
  return Temporal.Instant.compare(morning, now) > 0 ? now : morning;
}

async function insertHistory(
  making: Making,
  person: SandboxPerson,
  key: PensionerKey,
  passes: readonly (Pass & SandboxPerson["passes"][number])[],
  validThrough: Temporal.PlainDate,
): Promise<void> {
  const { tx, now, today, policy } = making;
  let before: Validity | null = null;
  for (const { id, channel, decidingInstant } of passes) {
    const facts = {
      approvedMonths: person.benefits.map((b) => monthAgo(today, b.approvedMonthsAgo)),
      registerCertifiedOn: null,
      passes: [],
    };
    const previous: Validity = before ?? deriveValidity(facts, policy);
    const after = validityAfterPass(previous, decidingInstant, policy);
    const at = toDate(decidingInstant);
    await tx.insert(certification).values({
      ...key,
      id,
      channel,
      clientId: sandboxClientId(channel),
      method: "FACE",
      actor: "SELF",
      state: "PASSED",
      occurredAt: at,
      receivedAt: at,
      decidedAt: at,
      validThrough: after.validThrough.toString(),
      replacedValidThrough: previous.validThrough.toString(),
      policyVersion: policy.version,
    });
    // The first pass stands for the certifications before the sandbox's memory; only later ones resume anything.
    if (before) await insertSuspension(making, key, before.validThrough, { certificationId: id, at });
    before = after;
  }
  await insertSuspension(making, key, validThrough, null);
  if (person.hold) {
    const { reason, fromMonthsAgo } = person.hold;
    const fromMonth = monthAgo(today, fromMonthsAgo).toString();
    await insertHold(tx, key, { reason, fromMonth, openedAt: toDate(now) });
  }
  if (person.underReview) {
    await tx.insert(certification).values({
      ...key,
      id: newId(),
      channel: person.underReview,
      clientId: sandboxClientId(person.underReview),
      method: "FACE",
      actor: "SELF",
      state: "PENDING",
      occurredAt: toDate(now),
      receivedAt: toDate(now),
      reviewDueOn: today.add({ days: policy.reviewDays }).toString(),
      policyVersion: policy.version,
    });
  }
}

/** P1: a suspension as it would have been applied when the validity ended; lifted by the pass, where there is one. */
async function insertSuspension(
  { tx, now, today, policy }: Making,
  key: PensionerKey,
  validThrough: Temporal.PlainDate,
  lifted: { readonly certificationId: string; readonly at: Date } | null,
): Promise<void> {
  const fromMonth = firstUnpaidMonth(validThrough);
  const until = lifted ? beijingDateOf(lifted.at.toTemporalInstant()) : today;
  if (isBeforeMonth(until, fromMonth)) return;
  const resumes = lifted && resumesMonth(until, policy);
  await insertHold(tx, key, {
    reason: "NOT_CERTIFIED",
    fromMonth: fromMonth.toString(),
    openedAt: toDate(now),
    resumesMonth: resumes?.toString() ?? null,
    closedAt: lifted?.at ?? null,
    certificationId: lifted?.certificationId ?? null,
  });
  if (!lifted || !resumes) return;
  const months = monthsBetween(fromMonth, addMonths(resumes, -1));
  await insertBackPay(tx, key, months, { paidWithMonth: resumes, certificationId: lifted.certificationId });
}
