import DataLoader from "dataloader";
import { GraphQLError } from "graphql";
import type { VerifyFaceAssertion } from "../auth/face-verifiers.js";
import { RateLimited, type RateLimits } from "../auth/rate-limits.js";
import type { SignReceipt } from "../auth/receipts.js";
import type { Actor, ChannelActor, StaffActor } from "../domain/actor.js";
import type { Language } from "../domain/language.js";
import { type OperationContext, type Today, todayOf } from "../operations/operation.js";
import type { SandboxControl } from "../sandbox/sandbox-control.js";
import type { AccessLog } from "../storage/access-log.js";
import { type CertificationRecord, readCertifications } from "../storage/certifications.js";
import type { Database } from "../storage/database.js";
import { type EvidenceRow, readEvidence } from "../storage/evidence.js";
import { type HandedInPiece, readHandedIn } from "../storage/evidence-files.js";
import type { EvidenceStore } from "../storage/evidence-store.js";
import type { OwnedKey, PensionerKey } from "../storage/ids.js";
import { type PensionerRecord, readPensioners } from "../storage/pensioners.js";
import { type ReminderAttempt, readReminderAttempts } from "../storage/reminder-attempts.js";
import type { Sealing } from "../storage/sealing.js";

const MAX_BATCH = 500;

/** What the resolvers of every request share. */
export interface GraphQLServices {
  readonly database: Database;
  readonly sealing: Sealing;
  readonly accessLog: AccessLog;
  readonly rateLimits: RateLimits;
  readonly verifyFaceAssertion: VerifyFaceAssertion;
  readonly evidenceFiles: {
    readonly store: EvidenceStore;
    /** Whether employers must have uploaded a file before they submit it. */
    readonly filesRequired: boolean;
  };
  readonly signReceipt: SignReceipt;
  readonly now: () => Temporal.Instant;
  readonly sandboxControl: SandboxControl | undefined;
}

/** One request: who asks, in which language, and the one instant at which all of it happens. */
export class RequestContext {
  readonly time: Today;
  readonly sandbox: boolean;
  // No `#` fields: resolvers are given a clone of the context, which Apollo makes and which has none.
  private pensionersLoader: DataLoader<PensionerKey, PensionerRecord | null, string> | undefined;
  private certificationsLoader: DataLoader<OwnedKey, CertificationRecord | null, string> | undefined;
  private evidenceLoader: DataLoader<OwnedKey, readonly EvidenceRow[], string> | undefined;
  private remindersLoader: DataLoader<PensionerKey, readonly ReminderAttempt[], string> | undefined;

  private handedInLoader: DataLoader<OwnedKey, HandedInPiece[], string> | undefined;

  constructor(
    readonly services: GraphQLServices,
    readonly actor: Actor,
    readonly language: Language,
    readonly requestId: string,
  ) {
    this.time = todayOf(services.now());
    this.sandbox = services.sandboxControl !== undefined;
  }

  /** People by key. Made when first asked for: a look-up by name needs none. */
  get pensioners(): DataLoader<PensionerKey, PensionerRecord | null, string> {
    this.pensionersLoader ??= new DataLoader((keys) => this.loadPensioners(keys), {
      cacheKeyFn: ({ bucket, pensionerId }) => `${bucket}|${pensionerId}`,
      maxBatchSize: MAX_BATCH,
    });
    return this.pensionersLoader;
  }

  get certifications(): DataLoader<OwnedKey, CertificationRecord | null, string> {
    this.certificationsLoader ??= new DataLoader((keys) => this.loadCertifications(keys), {
      cacheKeyFn: ({ bucket, id }) => `${bucket}|${id}`,
      maxBatchSize: MAX_BATCH,
    });
    return this.certificationsLoader;
  }

  /** The documents handed in for certifications. */
  get handedIn(): DataLoader<OwnedKey, HandedInPiece[], string> {
    this.handedInLoader ??= new DataLoader((keys) => this.loadHandedIn(keys), {
      cacheKeyFn: ({ bucket, id }) => `${bucket}|${id}`,
      maxBatchSize: MAX_BATCH,
    });
    return this.handedInLoader;
  }

  /** The pieces of a certification; that they were looked at is in the access log. */
  get evidence(): DataLoader<OwnedKey, readonly EvidenceRow[], string> {
    this.evidenceLoader ??= new DataLoader((keys) => this.loadEvidence(keys), {
      cacheKeyFn: ({ bucket, id }) => `${bucket}|${id}`,
      maxBatchSize: MAX_BATCH,
    });
    return this.evidenceLoader;
  }

  /** R1: the reminders to each person. */
  get reminders(): DataLoader<PensionerKey, readonly ReminderAttempt[], string> {
    this.remindersLoader ??= new DataLoader((keys) => this.loadReminders(keys), {
      cacheKeyFn: ({ bucket, pensionerId }) => `${bucket}|${pensionerId}`,
      maxBatchSize: MAX_BATCH,
    });
    return this.remindersLoader;
  }

  /** Forgets what was loaded: a write that follows another in one request must not show the time before. */
  forgetLoaded(): void {
    this.pensionersLoader?.clearAll();
    this.certificationsLoader?.clearAll();
    this.handedInLoader?.clearAll();
  }

  private async loadPensioners(keys: readonly PensionerKey[]): Promise<(PensionerRecord | null)[]> {
    const records = await readPensioners(this.services.database.db, keys);
    const byId = new Map(records.map((record) => [record.pensionerId, record]));
    return keys.map((key) => byId.get(key.pensionerId) ?? null);
  }

  private async loadCertifications(keys: readonly OwnedKey[]): Promise<(CertificationRecord | null)[]> {
    const records = await readCertifications(this.services.database.db, keys);
    const byId = new Map(records.map((record) => [record.id, record]));
    return keys.map((key) => byId.get(key.id) ?? null);
  }

  private async loadHandedIn(keys: readonly OwnedKey[]): Promise<HandedInPiece[][]> {
    const pieces = Map.groupBy(await readHandedIn(this.services.database.db, keys), ({ id }) => id);
    return keys.map((key) => pieces.get(key.id) ?? []);
  }

  private async loadReminders(keys: readonly PensionerKey[]): Promise<(readonly ReminderAttempt[])[]> {
    const attempts = await readReminderAttempts(this.services.database.db, keys);
    const byPerson = Map.groupBy(attempts, ({ pensionerId }) => pensionerId);
    return keys.map((key) => byPerson.get(key.pensionerId) ?? []);
  }

  private async loadEvidence(keys: readonly OwnedKey[]): Promise<(readonly EvidenceRow[])[]> {
    const rows = await readEvidence(this.services.database.db, keys);
    await this.recordReads("evidence", keys);
    const byCertification = Map.groupBy(rows, ({ certificationId }) => certificationId);
    return keys.map((key) => byCertification.get(key.id) ?? []);
  }

  /** Records that these persons were read by this operation, each once; the answer waits for it under strict audit, or `always`. */
  recordReads(operation: string, persons: readonly PensionerKey[], always = false): Promise<void> {
    const { actor, requestId, time } = this;
    const at = new Date(time.now.epochMilliseconds);
    const distinct = new Map(persons.map((person) => [person.pensionerId, person]));
    const access = { clientId: actor.clientId, operation, requestId, at };
    return this.services.accessLog.record(access, [...distinct.values()], always);
  }

  /** Runs a look-up of named persons: refused to a client that has missed too often, and misses are counted. */
  async lookUp<R>(subjects: number, find: () => Promise<(R | null)[]>): Promise<(R | null)[]> {
    const { rateLimits } = this.services;
    await rateLimits.refuseGuessing(this.actor.clientId, subjects).catch(asGraphQLError);
    const found = await find();
    const misses = found.filter((record) => record === null).length;
    await rateLimits.chargeMisses(this.actor.clientId, misses).catch(asGraphQLError);
    return found;
  }

  operationContext(): OperationContext {
    const { database, sealing, verifyFaceAssertion } = this.services;
    return {
      database,
      sealing,
      verifyFaceAssertion,
      actor: this.actor,
      now: this.time.now,
      requestId: this.requestId,
    };
  }

  /** For the operations that the permissions page opens to channels only. */
  channelContext(): OperationContext<ChannelActor> {
    const { actor } = this;
    if (actor.kind !== "CHANNEL")
      throw new Error("the permissions page let a client through that is no channel");
    return { ...this.operationContext(), actor };
  }

  /** For the operations that the permissions page opens to staff only. */
  staffContext(): OperationContext<StaffActor> {
    const { actor } = this;
    if (actor.kind !== "STAFF") throw new Error("the permissions page let a client through that is no staff");
    return { ...this.operationContext(), actor };
  }
}

/** Throws a used-up budget as the GraphQL error that makes the answer a 429, and anything else as it is. */
export function asGraphQLError(error: unknown): never {
  if (!(error instanceof RateLimited)) throw error;
  const headers = new Map([["retry-after", String(error.retryAfterSeconds)]]);
  throw new GraphQLError("rate limited", {
    originalError: error,
    extensions: { code: "RATE_LIMITED", http: { status: 429, headers } },
  });
}
