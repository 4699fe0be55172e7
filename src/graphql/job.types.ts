import { Field, Int, ObjectType } from "type-graphql";
import { connectionOf } from "./connections.js";
import { DateTimeScalar } from "./scalars.js";
import { JobRunStateEnum } from "./year-enums.js";

@ObjectType("JobCount", { description: "Of what, how many.", simpleResolvers: true })
export class JobCount {
  @Field(() => String, { description: "Of what; each job has its own." })
  name!: string;

  @Field(() => Int, { description: "How many." })
  count!: number;
}

@ObjectType("JobRun", { description: "One run of a job (定时任务执行记录).", simpleResolvers: true })
export class JobRun {
  @Field(() => String, { description: "Which job." })
  job!: string;

  @Field(() => String, {
    description: "For when: 2026-06 of a monthly job, 2026-06-01 of a daily one, 2026-06-01T08:05 otherwise.",
  })
  period!: string;

  @Field(() => JobRunStateEnum, { description: "How it stands." })
  state!: "RUNNING" | "DONE" | "FAILED";

  @Field(() => DateTimeScalar, { description: "When it was begun first." })
  startedAt!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it ended last; null while it runs." })
  finishedAt!: string | null;

  @Field(() => Int, { description: "How far it is." })
  done!: number;

  @Field(() => Int, { nullable: true, description: "Of how many; null when that is not known." })
  total!: number | null;

  @Field(() => [JobCount], { description: "What it did." })
  counts!: JobCount[];

  @Field(() => String, {
    nullable: true,
    description: "A code of what went wrong; it is tried again and goes on where it was.",
  })
  failure!: string | null;

  @Field(() => Int, { description: "Real time worked, in milliseconds, over all attempts." })
  workedMs!: number;
}

export const JobRunConnection = connectionOf(JobRun, "JobRun");
