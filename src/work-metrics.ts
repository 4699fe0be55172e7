import { Gauge, type Registry } from "prom-client";
import type { Database } from "./storage/database.js";
import { COUNTED, RUNS_LOOKED_AT, readWaitingWork, type WaitingWork } from "./storage/waiting-work.js";

export interface WatchedWork {
  readonly database: Pick<Database, "db">;
  readonly now: () => Temporal.Instant;
  /** Names of the jobs. */
  readonly jobs: readonly string[];
}

/** However often and by however many it is asked, the database is read once in so long. */
const KEPT_MS = 15_000;
/** A scrape does not wait longer than that for a database that is busy. */
const PATIENCE_MS = 2_000;

/**
 * Metrics of what waits to be done and of how the jobs stand, read from the database when they are asked for. While it does
 * not answer they are absent, and everything else is told.
 */
export function registerWorkMetrics(registry: Registry, watched: WatchedWork): void {
  const read = keptReading(watched);
  const gauge = <L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
    samplesOf: (
      work: WaitingWork,
      age: (since: Date | null) => number,
    ) => Iterable<readonly [Labels<L>, number]>,
  ) =>
    new Gauge<L>({
      name: `changqing_${name}`,
      help,
      labelNames,
      registers: [registry],
      async collect() {
        const reading = await read();
        this.reset();
        // Without labels a reset leaves a 0, which would say that nothing waits.
        if (!reading && labelNames.length === 0) this.remove();
        if (!reading) return;
        for (const [labels, value] of samplesOf(reading.work, reading.age)) this.set(labels, value);
      },
    });
  gauge(
    "messages_waiting",
    `Messages that are to be sent, by kind and state; counted up to ${COUNTED} of a kind.`,
    ["kind", "state"],
    ({ messages }) => messages.map(({ kind, state, count }) => [{ kind, state }, count]),
  );
  gauge(
    "message_oldest_due_seconds",
    "For how long the message that has waited longest has been due, in seconds; 0 when it is not due yet.",
    ["kind", "state"],
    ({ messages }, age) => messages.map(({ kind, state, oldest }) => [{ kind, state }, age(oldest)]),
  );
  gauge(
    "webhook_deliveries_pending",
    `Events that are to be sent to endpoints; counted up to ${COUNTED} of an endpoint.`,
    [],
    ({ deliveries }) => [[{}, deliveries.count]],
  );
  gauge(
    "webhook_delivery_oldest_due_seconds",
    "For how long the delivery that has waited longest has been due, in seconds; 0 when none is due.",
    [],
    ({ deliveries }, age) => [[{}, age(deliveries.oldest)]],
  );
  gauge(
    "events_unplaced",
    `Events without a place in the feed; counted up to ${COUNTED}.`,
    [],
    ({ unplacedEvents }) => [[{}, unplacedEvents.count]],
  );
  gauge(
    "event_oldest_unplaced_seconds",
    "How long ago the oldest event without a place happened, in seconds; 0 when there is none.",
    [],
    ({ unplacedEvents }, age) => [[{}, age(unplacedEvents.oldest)]],
  );
  gauge(
    "job_last_success_age_seconds",
    "How long ago a run of a job was last done by any process, in seconds; absent before the first.",
    ["job"],
    ({ jobs }, age) =>
      jobs
        .filter(({ lastSuccess }) => lastSuccess !== null)
        .map(({ job, lastSuccess }) => [{ job }, age(lastSuccess)]),
  );
  gauge(
    "job_runs_unfinished",
    `Runs that are under way or have failed, among the latest ${RUNS_LOOKED_AT} of a job.`,
    ["job", "state"],
    ({ jobs }) =>
      jobs.flatMap(({ job, running, failed }) => [
        [{ job, state: "RUNNING" }, running] as const,
        [{ job, state: "FAILED" }, failed] as const,
      ]),
  );
}

type Labels<L extends string> = Partial<Record<L, string>>;

interface Reading {
  readonly work: WaitingWork;
  /** Seconds since then by the clock of the reading. */
  readonly age: (since: Date | null) => number;
}

/** One reading at a time, for all gauges and all who ask while it is kept; null when the database did not answer. */
function keptReading({ database, now, jobs }: WatchedWork): () => Promise<Reading | null> {
  let kept: { readonly reading: Promise<Reading | null>; readonly staleAt: () => number } | undefined;
  const readNow = async (): Promise<Reading | null> => {
    try {
      const atMs = now().epochMilliseconds;
      const work = await readWaitingWork(database.db, jobs);
      return { work, age: (since) => (since ? Math.max(0, (atMs - since.getTime()) / 1_000) : 0) };
    } catch {
      // That the database does not answer is told by /health/ready, and logged by whoever needed it.
      return null;
    }
  };
  return () => {
    if (!kept || performance.now() >= kept.staleAt()) {
      // One that has no end yet is not followed by another: a database that is busy is not asked more.
      let staleAt = Number.POSITIVE_INFINITY;
      const reading = readNow().finally(() => {
        staleAt = performance.now() + KEPT_MS;
      });
      kept = { reading, staleAt: () => staleAt };
    }
    return withPatience(kept.reading);
  };
}

async function withPatience(reading: Promise<Reading | null>): Promise<Reading | null> {
  let timer: NodeJS.Timeout | undefined;
  const tired = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, null);
  });
  try {
    return await Promise.race([reading, tired]);
  } finally {
    clearTimeout(timer);
  }
}
