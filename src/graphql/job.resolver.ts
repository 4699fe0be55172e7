import { Arg, Ctx, Int, Query, Resolver } from "type-graphql";
import { toInstant } from "../operations/operation.js";
import { type JobRunRecord, listJobRuns } from "../storage/job-run-list.js";
import {
  type Connection,
  checkPageSize,
  decodeCursor,
  encodeCursor,
  keysetParts,
  MAX_PAGE,
  refuseInput,
  toConnection,
} from "./connections.js";
import type { RequestContext } from "./context.js";
import { type JobRun, JobRunConnection } from "./job.types.js";
import { dateTimeText } from "./scalars.js";

@Resolver()
export class JobResolver {
  @Query(() => JobRunConnection, {
    description:
      "What the jobs of the service did, the latest first (定时任务执行记录). Staff, scope job:read. Runs of minutes are kept for a week.",
  })
  async jobRuns(
    @Arg("job", () => String, { nullable: true, description: "Of one job; absent for all." })
    job: string | null | undefined,
    @Arg("first", () => Int, { description: "1 to 100." }) first: number,
    @Arg("after", () => String, { nullable: true, description: "A cursor of this list, of the same job." })
    after: string | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<Connection<JobRun>> {
    const limit = checkPageSize(first, MAX_PAGE);
    if (typeof job === "string" && !keysetParts.word(job)) throw refuseInput("job");
    const bound = `jobRuns|${job ?? ""}`;
    const { instant, word } = keysetParts;
    const rows = await listJobRuns(context.services.database.db, job ?? null, {
      limit: limit + 1,
      after: decodeCursor(after, bound, [instant, word, word]),
    });
    return toConnection(rows, limit, toJobRun, ({ startedAt, job: name, period }) =>
      encodeCursor([startedAt.toISOString(), name, period], bound),
    );
  }
}

function toJobRun(record: JobRunRecord): JobRun {
  const { job, period, state, startedAt, finishedAt, done, total, counts, failure, workedMs } = record;
  return {
    job,
    period,
    state,
    startedAt: dateTimeText(toInstant(startedAt)),
    finishedAt: finishedAt && state !== "RUNNING" ? dateTimeText(toInstant(finishedAt)) : null,
    done,
    total,
    counts: Object.entries(counts).map(([name, count]) => ({ name, count })),
    failure,
    workedMs,
  };
}
