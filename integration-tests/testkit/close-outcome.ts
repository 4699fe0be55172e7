import type { Database } from "../../src/storage/database.js";
import {
  auditEntry,
  event,
  jobRun,
  message,
  paymentHold,
  pensioner,
  suspensionBatch,
  suspensionCandidate,
} from "../../src/storage/tables.js";

/** All that a close leaves behind, a line each; without ids that are made up and without the time of day. */
export async function readCloseOutcome(
  { db }: Database,
  watched: readonly { readonly job: string; readonly period: string }[],
): Promise<readonly string[]> {
  const line = (what: string, ...facts: readonly unknown[]) => [what, ...facts].join(" ");
  const runs = (await db.select().from(jobRun)).filter((run) =>
    watched.some(({ job, period }) => run.job === job && run.period === period),
  );
  return [
    ...(await db.select().from(pensioner)).map((row) =>
      line("pensioner", row.id, row.version, row.validThrough),
    ),
    ...(await db.select().from(suspensionCandidate)).map((row) =>
      line("candidate", row.pensionerId, row.month, row.state, row.validThrough),
    ),
    ...(await db.select().from(suspensionBatch)).map((row) =>
      line(
        "batch",
        row.month,
        row.state,
        row.candidates,
        row.suspended,
        row.spared,
        row.breakers,
        row.approvedBy,
      ),
    ),
    ...(await db.select().from(paymentHold)).map((row) =>
      line("hold", row.pensionerId, row.reason, row.fromMonth, row.resumesMonth, row.batchMonth),
    ),
    ...(await db.select().from(message)).map((row) =>
      // Whether it has been sent by now is the gateway's pace.
      line(
        "message",
        row.pensionerId,
        row.kind,
        row.month,
        row.recipient,
        row.aboutValidThrough,
        row.state === "NO_PHONE" ? "NO_PHONE" : "REACHABLE",
      ),
    ),
    ...(await db.select().from(event)).map((row) =>
      line("event", row.pensionerId, row.sequence, row.type, row.subjectId),
    ),
    ...(await db.select().from(auditEntry)).map(({ entry }) => {
      const { at: _, ...rest } = JSON.parse(entry) as Record<string, unknown>;
      return line("trace", JSON.stringify(rest));
    }),
    ...runs.map((row) =>
      line("run", row.job, row.period, row.state, row.done, row.total, JSON.stringify(row.counts)),
    ),
  ].sort();
}

/** The lines that only one of two has, or one more often than the other. */
export function differences(some: readonly string[], others: readonly string[]): string[] {
  const times = new Map<string, number>();
  for (const line of some) times.set(line, (times.get(line) ?? 0) + 1);
  for (const line of others) times.set(line, (times.get(line) ?? 0) - 1);
  return [...times].filter(([, more]) => more !== 0).map(([line, more]) => `${more > 0 ? "-" : "+"} ${line}`);
}
