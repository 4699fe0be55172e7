import { randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import type { App } from "../../src/app.js";
import { applySuspensions, type SuspensionWork } from "../../src/operations/apply-suspensions.js";
import { type ClosingWork, closeExpiries } from "../../src/operations/close-expiries.js";
import {
  finishJobRun,
  type JobCounts,
  type JobProgress,
  type JobRun,
  takeJobRun,
} from "../../src/storage/job-runs.js";
import { approveBatch } from "../../src/storage/suspension-batches.js";
import { suspensionCandidate } from "../../src/storage/tables.js";
import {
  MoratoriumCreateDocument,
  type MoratoriumCreateInput,
  type MoratoriumCreateMutation,
  SuspensionBatchApproveDocument,
  type SuspensionBatchApproveInput,
  type SuspensionBatchApproveMutation,
  SuspensionBatchDocument,
  type SuspensionBatchQuery,
} from "./gql/graphql.js";
import type { GraphQLClient } from "./graphql-client.js";
import { keyOf } from "./records.js";

export class Killed extends Error {
  override readonly name = "Killed";
}

interface Trial {
  /** Dies as this chunk's transaction is about to commit, counted from 1. */
  readonly dieInChunk?: number;
}

/** Runs a job once as a worker does; one that dies leaves its run behind as it is. */
async function runJob(
  { database, services }: Pick<App, "database" | "services">,
  job: string,
  period: string,
  work: (run: JobRun) => Promise<JobCounts>,
  { dieInChunk }: Trial = {},
): Promise<JobCounts | null> {
  const run = await takeJobRun(database, {
    job,
    period,
    now: services.now(),
    signal: new AbortController().signal,
    silentMs: 0,
  });
  if (!run) return null;
  let chunks = 0;
  const counts = await work({
    ...run,
    advance: async (tx, progress: JobProgress) => {
      chunks += 1;
      if (chunks === dieInChunk) throw new Killed();
      await run.advance(tx, progress);
    },
  });
  await finishJobRun(database, run, { state: "DONE", counts, workedMs: 1 });
  return counts;
}

/** P3: proposes the suspensions of a month; as in production nothing is approved, unless asked for. */
export function close(
  app: Pick<App, "database" | "sealing" | "services">,
  month: string,
  work: Partial<ClosingWork> & Trial = {},
): Promise<JobCounts | null> {
  const { dieInChunk, ...given } = work;
  const { database } = app;
  return runJob(
    app,
    "month-close",
    month,
    (run) => closeExpiries({ database, autoApprove: false, ...given }, run),
    dieInChunk === undefined ? {} : { dieInChunk },
  );
}

/** P3: applies what is approved, as the job does. */
export function apply(
  app: Pick<App, "database" | "sealing" | "services">,
  work: Partial<SuspensionWork> & Trial & { readonly period?: string } = {},
): Promise<JobCounts | null> {
  const { dieInChunk, period = randomUUID(), ...given } = work;
  const { database } = app;
  return runJob(
    app,
    "suspension-apply",
    period,
    (run) => applySuspensions({ database, ...given }, run),
    dieInChunk === undefined ? {} : { dieInChunk },
  );
}

export type Batch = NonNullable<SuspensionBatchQuery["suspensionBatch"]>;

export async function readBatchOf(staff: GraphQLClient, month: string, first = 100): Promise<Batch | null> {
  const { suspensionBatch } = await staff.request(SuspensionBatchDocument, { month, first });
  return suspensionBatch ?? null;
}

export async function approve(
  staff: GraphQLClient,
  month: string,
  overrides: Partial<SuspensionBatchApproveInput> = {},
): Promise<SuspensionBatchApproveMutation["suspensionBatchApprove"]> {
  const input = { idempotencyKey: randomUUID(), month, ...overrides };
  return (await staff.request(SuspensionBatchApproveDocument, { input })).suspensionBatchApprove;
}

export async function spare(
  staff: GraphQLClient,
  overrides: Partial<MoratoriumCreateInput> = {},
): Promise<MoratoriumCreateMutation["moratoriumCreate"]> {
  const input = {
    idempotencyKey: randomUUID(),
    fromMonth: "2026-06",
    throughMonth: "2026-06",
    reason: "汛期受灾",
    ...overrides,
  };
  return (await staff.request(MoratoriumCreateDocument, { input })).moratoriumCreate;
}

/** What became of a person in a month's batch; undefined for who is not in it. */
export async function candidateState(
  { database }: Pick<App, "database">,
  pensionerId: string,
  month: string,
): Promise<string | undefined> {
  const key = keyOf(pensionerId);
  const [row] = await database.db
    .select({ state: suspensionCandidate.state })
    .from(suspensionCandidate)
    .where(
      and(
        eq(suspensionCandidate.bucket, key.bucket),
        eq(suspensionCandidate.pensionerId, key.pensionerId),
        eq(suspensionCandidate.month, month),
      ),
    );
  return row?.state;
}

/** As if staff had approved it and the job's turn had not come yet: a sandbox applies at once what its staff approve. */
export async function approveUnapplied({ database }: Pick<App, "database">, month: string): Promise<void> {
  await database.transact((tx) =>
    approveBatch(tx, Temporal.PlainYearMonth.from(month), {
      approvedBy: "sandbox-staff",
      approvedAt: new Date(),
    }),
  );
}
