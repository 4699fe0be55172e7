import { and, desc, eq, inArray, sql } from "drizzle-orm";
import type { Executor } from "./database.js";
import { jobRun } from "./tables.js";

export type JobRunRecord = typeof jobRun.$inferSelect;

/** Which periods of these jobs are done, each as `job period`. */
export async function readDoneRuns(db: Executor, jobs: readonly string[]): Promise<ReadonlySet<string>> {
  if (jobs.length === 0) return new Set();
  const rows = await db
    .select({ job: jobRun.job, period: jobRun.period })
    .from(jobRun)
    .where(and(inArray(jobRun.job, [...jobs]), eq(jobRun.state, "DONE")));
  return new Set(rows.map(({ job, period }) => `${job} ${period}`));
}

/** Runs, those that began last first; of one job or of all. */
export function listJobRuns(
  db: Executor,
  job: string | null,
  page: { readonly limit: number; readonly after: readonly string[] | null },
): Promise<JobRunRecord[]> {
  const [startedAt, afterJob, afterPeriod] = page.after ?? [];
  const isAfter =
    startedAt === undefined
      ? undefined
      : sql`(${jobRun.startedAt}, ${jobRun.job}, ${jobRun.period})
          < (${startedAt}::timestamptz, ${afterJob}::text, ${afterPeriod}::text)`;
  return db
    .select()
    .from(jobRun)
    .where(and(job === null ? undefined : eq(jobRun.job, job), isAfter))
    .orderBy(desc(jobRun.startedAt), desc(jobRun.job), desc(jobRun.period))
    .limit(page.limit);
}

/** The one process of an embedded database is this one: whatever runs according to the table was killed. */
export async function forgetKilledRuns(db: Executor): Promise<void> {
  await db
    .update(jobRun)
    .set({ heardAt: new Date(0) })
    .where(eq(jobRun.state, "RUNNING"));
}

/** How all runs of these jobs stand. Their worker, if there is one, was heard of lately or has been silent for too long. */
export async function readRunStates(
  db: Executor,
  jobs: readonly string[],
  silentMs: number,
): Promise<
  readonly (Pick<JobRunRecord, "job" | "period" | "state" | "failure"> & { heardLately: boolean })[]
> {
  if (jobs.length === 0) return [];
  return db
    .select({
      job: jobRun.job,
      period: jobRun.period,
      state: jobRun.state,
      failure: jobRun.failure,
      heardLately: sql<boolean>`${jobRun.heardAt} > now() - ${silentMs}::int * interval '1 millisecond'`,
    })
    .from(jobRun)
    .where(inArray(jobRun.job, [...jobs]));
}
