import { createHash } from "node:crypto";
import type { Actor } from "../domain/actor.js";
import { beijingDateOf, startOfBeijingDay } from "../domain/calendar.js";
import type { FaceAssertionClaims } from "../domain/face-assertion.js";
import { type Policy, policyOn } from "../domain/policy.js";
import { Refused } from "../domain/refusals.js";
import { type AuditFact, appendAudit, appendAudits } from "../storage/audit.js";
import { bulkArraysFor } from "../storage/bulk-arrays.js";
import type { Database, Tx } from "../storage/database.js";
import { claimKey, type KeyClaim, storeResult } from "../storage/idempotency.js";
import type { PensionerKey } from "../storage/ids.js";
import type { Sealing } from "../storage/sealing.js";

/** What every write is given: where to write, who asks, and what time it is. */
export interface OperationContext<A extends Actor = Actor> {
  readonly database: Database;
  readonly sealing: Sealing;
  /** E2: claims of a registered verifier's assertion, null when signature, issuer, audience or form are not right. */
  readonly verifyFaceAssertion: (assertion: string) => Promise<FaceAssertionClaims | null>;
  readonly actor: A;
  /** The instant of receipt: one for the whole operation. */
  readonly now: Temporal.Instant;
  readonly requestId: string;
}

/** The same key came with another input. */
export class IdempotencyKeyReused extends Error {
  override readonly name = "IdempotencyKeyReused";
}

export interface Today {
  readonly now: Temporal.Instant;
  readonly today: Temporal.PlainDate;
  readonly policy: Policy;
}

interface Day {
  readonly startMs: number;
  readonly endMs: number;
  readonly today: Temporal.PlainDate;
  readonly policy: Policy;
}

let lastDay: Day | undefined;

/** Every request asks; the day and its policy are worked out once a day. */
export function todayOf(now: Temporal.Instant): Today {
  const ms = now.epochMilliseconds;
  if (!lastDay || ms < lastDay.startMs || ms >= lastDay.endMs) lastDay = dayOf(beijingDateOf(now));
  return { now, today: lastDay.today, policy: lastDay.policy };
}

function dayOf(today: Temporal.PlainDate): Day {
  return {
    startMs: startOfBeijingDay(today).epochMilliseconds,
    endMs: startOfBeijingDay(today.add({ days: 1 })).epochMilliseconds,
    today,
    policy: policyOn(today),
  };
}

export function toDate(instant: Temporal.Instant): Date {
  return new Date(instant.epochMilliseconds);
}

export function toInstant(date: Date): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(date.getTime());
}

/**
 * Runs a write once per (client, operation, key), in one transaction with its effect: an equal repetition gets the
 * stored result, another input under the same key is refused, and a refused write leaves the key free.
 */
export async function once<R>(
  context: OperationContext,
  operation: string,
  input: { readonly idempotencyKey: string },
  work: (tx: Tx) => Promise<R>,
): Promise<R> {
  if (!isIdempotencyKey(input.idempotencyKey)) {
    throw new Refused("IDEMPOTENCY_KEY_INVALID", ["input", "idempotencyKey"]);
  }
  const claim = claimOf(context, operation, input);
  return context.database.transact(async (tx) => {
    const outcome = await claimKey<R>(tx, claim, toDate(context.now));
    if (outcome.kind === "replay") return outcome.result;
    if (outcome.kind === "other-input") throw new IdempotencyKeyReused("idempotency key reused");
    const result = await work(tx);
    await storeResult(tx, claim, result);
    return result;
  });
}

/** Whether this write stands already under its key; refused like the write itself when the key came with another input. */
export async function isRepetition(
  context: OperationContext,
  operation: string,
  input: { readonly idempotencyKey: string },
): Promise<boolean> {
  if (!isIdempotencyKey(input.idempotencyKey))
    throw new Refused("IDEMPOTENCY_KEY_INVALID", ["input", "idempotencyKey"]);
  const claim = claimOf(context, operation, input);
  const asked = new Error("nothing is claimed by asking");
  let repeated = false;
  await context.database
    .transact(async (tx) => {
      const { kind } = await claimKey(tx, claim, toDate(context.now));
      if (kind === "other-input") throw new IdempotencyKeyReused("idempotency key reused");
      repeated = kind === "replay";
      throw asked;
    })
    .catch((error: unknown) => {
      if (error !== asked) throw error;
    });
  return repeated;
}

function hasJson(value: unknown): value is { toJSON(): unknown } {
  return (
    typeof value === "object" && value !== null && "toJSON" in value && typeof value.toJSON === "function"
  );
}

export function isIdempotencyKey(key: string): boolean {
  return /^[\x21-\x7e]{1,128}$/.test(key);
}

/** What a key is claimed by: keyed hashes of the key and of everything else in the input. */
export function claimOf(
  { actor, sealing }: Pick<OperationContext, "actor" | "sealing">,
  operation: string,
  { idempotencyKey, ...rest }: { readonly idempotencyKey: string },
): KeyClaim {
  const text = canonicalJson(rest);
  return {
    clientId: actor.clientId,
    operation,
    keyIndexes: sealing.indexes("idempotency-key", idempotencyKey),
    inputIndex: sealing.index("idempotency-input", text),
    isInput: (index) => sealing.isIndexOf(index, "idempotency-input", text),
  };
}

/** JSON with sorted keys and without absent values: equal inputs give equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  // Dates and Temporal values have no properties of their own; they say what they are by toJSON.
  if (hasJson(value)) return JSON.stringify(value);
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(",")}}`;
  }
  return JSON.stringify(value) ?? "null";
}

export function toMonths(texts: readonly string[]): Temporal.PlainYearMonth[] {
  return texts.map((text) => Temporal.PlainYearMonth.from(text));
}

export type AuditedFact = PensionerKey &
  Pick<AuditFact, "operation" | "subjectId" | "outcome" | "reasonSealed">;

export async function audit(tx: Tx, context: OperationContext, fact: AuditedFact): Promise<void> {
  await appendAudit(tx, auditFactOf(context, fact));
}

/** Many at once, in one statement. */
export async function auditAll(
  tx: Tx,
  context: OperationContext,
  facts: readonly AuditedFact[],
): Promise<void> {
  const arrays = bulkArraysFor(context.database.kind);
  await appendAudits(
    tx,
    arrays,
    facts.map((fact) => auditFactOf(context, fact)),
  );
}

function auditFactOf(context: OperationContext, fact: AuditedFact): AuditFact {
  return {
    bucket: fact.bucket,
    pensionerId: fact.pensionerId,
    clientId: context.actor.clientId,
    operation: fact.operation,
    requestId: context.requestId,
    at: context.now.toString(),
    subjectId: fact.subjectId,
    outcome: fact.outcome,
    ...(fact.reasonSealed === undefined ? {} : { reasonSealed: fact.reasonSealed }),
  };
}

export function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
