import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { ChannelActor } from "../domain/actor.js";
import type { CertificationOutcome } from "../domain/certification.js";
import type { Language } from "../domain/language.js";
import { type RefusalName, Refused, refusalMessage, refusals } from "../domain/refusals.js";
import { itemLineReader } from "../graphql/item-line.js";
import { buildPlainSchema } from "../graphql/schema.js";
import type { OperationContext } from "../operations/operation.js";
import {
  type DataMatchItemInput,
  type DataMatchResult,
  submitDataMatches,
} from "../operations/submit-data-matches.js";
import type { TextLine } from "../register/json-lines.js";
import type { AccessLog } from "../storage/access-log.js";
import { type CertificationRecord, readCertifications } from "../storage/certifications.js";
import type { Database } from "../storage/database.js";
import { isConnectionFault } from "../storage/faults.js";
import { ownedOpaqueId } from "../storage/ids.js";
import type { Sealing } from "../storage/sealing.js";

const MAX_ATTEMPTS = 6;
const FIRST_PAUSE_MS = 250;

/** A result as it is written to a file: nothing personal in it. */
export interface ToldMatch {
  readonly line: number;
  readonly outcome: CertificationOutcome | "REFUSED";
  readonly certificationId: string | null;
  readonly validThrough: string | null;
  readonly errors: readonly {
    readonly code: string;
    readonly message: string;
    readonly path: readonly string[];
  }[];
}

interface RefusedLine {
  readonly refusal: RefusalName;
  readonly path: readonly string[];
}

/** Sends groups of lines through the operation that the API runs too. */
export class DataMatchLines {
  readonly #readItem = itemLineReader<DataMatchItemInput>(
    buildPlainSchema(),
    "DataMatchCertificationItemInput",
  );

  constructor(
    private readonly given: {
      readonly database: Database;
      readonly sealing: Sealing;
      readonly actor: ChannelActor;
      readonly accessLog: AccessLog;
      readonly language: Language;
    },
  ) {}

  /** A line that is no item keeps no other from passing. */
  async submit(lines: readonly TextLine[], now: Temporal.Instant): Promise<readonly ToldMatch[]> {
    const { database, sealing, actor } = this.given;
    const context: OperationContext<ChannelActor> = {
      database,
      sealing,
      actor,
      now,
      requestId: randomUUID(),
      verifyFaceAssertion: async () => null,
    };
    const items = lines.map(({ text }) => this.#parse(text));
    const good = items.filter((item) => "evidence" in item);
    const submitted = good.length > 0 ? await submitSurely(context, good) : [];
    const records = await this.#read(context, submitted);
    const results = submitted.values();
    return items.map((item, index) => {
      const line = lines[index]?.number ?? 0;
      if ("refusal" in item) return this.#refused(line, item);
      const result = results.next().value;
      if (!result) throw new Error("a line without a result");
      // The path within the item: the line says which one it is.
      if ("refusal" in result) return this.#refused(line, { ...result, path: result.path.slice(3) });
      const record = records.get(result.key.id);
      if (!record) throw new Error("a certification vanished");
      const { state: outcome, validThrough } = record;
      return {
        line,
        outcome,
        certificationId: ownedOpaqueId("certification", record),
        validThrough,
        errors: [],
      };
    });
  }

  #parse(text: string | null): DataMatchItemInput | RefusedLine {
    if (text === null) return { refusal: "LINE_NOT_TEXT", path: [] };
    try {
      return this.#readItem(text);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { refusal: error.refusal, path: error.path ?? [] };
    }
  }

  #refused(line: number, { refusal, path }: RefusedLine): ToldMatch {
    const message = refusalMessage({ refusal, params: {} }, this.given.language);
    const errors = [{ code: refusals[refusal].code, message, path }];
    return { line, outcome: "REFUSED", certificationId: null, validThrough: null, errors };
  }

  /** What became of them, and that it was told. */
  async #read(
    { database, actor, requestId, now }: OperationContext<ChannelActor>,
    submitted: readonly DataMatchResult[],
  ): Promise<ReadonlyMap<string, CertificationRecord>> {
    const keys = submitted.flatMap((result) => ("key" in result ? [result.key] : []));
    if (keys.length === 0) return new Map();
    const records = await readCertifications(database.db, keys);
    const at = new Date(now.epochMilliseconds);
    const persons = [...new Map(keys.map((key) => [key.pensionerId, key])).values()];
    const access = { clientId: actor.clientId, operation: "dataMatchLine", requestId, at };
    await this.given.accessLog.record(access, persons);
    return new Map(records.map((record) => [record.id, record]));
  }
}

/** The same key again after a lost connection: what had been committed is found, and nothing is done twice. */
async function submitSurely(
  context: OperationContext<ChannelActor>,
  items: readonly DataMatchItemInput[],
): Promise<readonly DataMatchResult[]> {
  const input = { idempotencyKey: randomUUID(), items };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await submitDataMatches(context, input);
    } catch (error) {
      if (!isConnectionFault(error) || attempt >= MAX_ATTEMPTS) throw error;
      await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  }
}
