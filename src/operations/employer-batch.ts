import type { ChannelActor } from "../domain/actor.js";
import { refuseForeignEmployer } from "../domain/employer.js";
import { Refused } from "../domain/refusals.js";
import type { PensionerKey } from "../storage/ids.js";
import {
  type EmployerItemInput,
  type EmployerSubmission,
  type ItemOutcome,
  isRefused,
  readItem,
  submitItems,
} from "./employer-items.js";
import { batchGroups, type NumberedLine } from "./employer-lines.js";
import { keyReused, onceEach } from "./once-each.js";
import { IdempotencyKeyReused, type OperationContext, todayOf } from "./operation.js";
import { employerChannelOf } from "./submit-employer-certifications.js";

/** What a file of items is submitted with. */
export interface EmployerBatch {
  readonly context: OperationContext<ChannelActor>;
  readonly employerCode: string;
  readonly filesRequired: boolean;
  /** With a line's number, what the line is known by: the same file again gives the same results. */
  readonly key: string;
  /** Throws Refused for what is no item. */
  readonly readLine: (text: string) => EmployerItemInput;
  /** Runs a group's look-up of so many persons; what is null of the result is a miss. */
  readonly lookUp: (persons: number, find: () => Promise<(object | null)[]>) => Promise<unknown>;
  readonly recordReads: (persons: readonly PensionerKey[]) => Promise<void>;
  /** Once aborted, no further group begins. */
  readonly signal?: AbortSignal;
}

/** What became of one line. */
export type LineResult = { readonly line: number } & (
  | { readonly outcome: ItemOutcome }
  /** Nothing is known to be written: the same line is to be sent again. */
  | { readonly failure: unknown }
);

export const MAX_BATCH_LINES = 100_000;
const OPERATION = "employerBatchLine";

/** E4, E6: refuses a batch that this client may not send, before its first line is read. */
export function refuseBatch(actor: ChannelActor, employerCode: string): void {
  employerChannelOf(actor);
  refuseForeignEmployer(actor, employerCode, ["employerCode"]);
}

/**
 * E4, E6: submits a file's lines in groups of a transaction each, and gives one result a line in their order. A line that is
 * no item is refused alone; after a technical failure nothing more is tried, and each line that is left says so.
 */
export async function* submitEmployerBatch(
  batch: EmployerBatch,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly LineResult[]> {
  const { context, employerCode, filesRequired } = batch;
  refuseBatch(context.actor, employerCode);
  const channel = employerChannelOf(context.actor);
  const time = todayOf(context.now);
  const submission = { context, time, channel, employerCode, operation: OPERATION, filesRequired };
  let lines = 0;
  let failure: { readonly cause: unknown } | undefined;
  for await (const group of batchGroups(bytes, channel.personsAtOnce)) {
    if (batch.signal?.aborted) return;
    const admitted = group.slice(0, MAX_BATCH_LINES - lines);
    if (admitted.length > 0 && !failure) {
      try {
        yield await submitGroup(batch, submission, admitted);
      } catch (cause) {
        failure = { cause };
      }
    }
    if (failure) yield admitted.map(({ number }) => ({ line: number, failure: failure?.cause }));
    lines += admitted.length;
    const beyond = group[admitted.length];
    if (!beyond) continue;
    yield [{ line: beyond.number, outcome: { refusal: "TOO_MANY_LINES", path: [] } }];
    return;
  }
}

interface KeyedLine {
  readonly idempotencyKey: string;
  readonly employerCode: string;
  readonly item: EmployerItemInput;
}

async function submitGroup(
  batch: EmployerBatch,
  submission: EmployerSubmission,
  group: readonly NumberedLine[],
): Promise<LineResult[]> {
  const { context, employerCode } = batch;
  const read = group.map((line) => readBatchLine(batch, line));
  const keyed = read.flatMap((line, position): KeyedLine[] => {
    if ("refusal" in line) return [];
    const idempotencyKey = `${batch.key}|${group[position]?.number}`;
    return [{ idempotencyKey, employerCode, item: line }];
  });
  let outcomes: (ItemOutcome | typeof keyReused)[] = [];
  await batch.lookUp(keyed.length, async () => {
    outcomes = await onceEach(context, OPERATION, keyed, (tx, first) =>
      submitItems(
        submission,
        tx,
        first.map(({ item }) => readItem(submission, item)),
      ),
    );
    return outcomes.map((outcome) => (isMiss(outcome) ? null : {}));
  });
  await batch.recordReads(outcomes.flatMap(personsToldOf));
  const inOrder = outcomes.values();
  return read.map((line, position) => {
    const number = group[position]?.number ?? 0;
    if ("refusal" in line) return { line: number, outcome: line };
    const outcome = inOrder.next().value;
    if (outcome === undefined || outcome === keyReused)
      return { line: number, failure: new IdempotencyKeyReused("idempotency key reused") };
    return { line: number, outcome };
  });
}

function readBatchLine({ readLine }: EmployerBatch, { text }: NumberedLine) {
  try {
    if (text === null) throw new Refused("LINE_NOT_TEXT");
    return readLine(text);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { refusal: error.refusal, path: error.path ?? [] };
  }
}

function isMiss(outcome: ItemOutcome | typeof keyReused): boolean {
  return outcome !== keyReused && isRefused(outcome) && outcome.refusal === "NOT_IN_SCOPE";
}

function personsToldOf(outcome: ItemOutcome | typeof keyReused): PensionerKey[] {
  if (outcome === keyReused) return [];
  const told = isRefused(outcome) ? outcome.person : outcome.certification;
  return told ? [told] : [];
}
