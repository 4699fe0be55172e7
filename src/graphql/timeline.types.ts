import { Field, ID, ObjectType } from "type-graphql";
import type { TimelineEntryKind } from "../domain/timeline.js";
import { connectionOf } from "./connections.js";
import { DateTimeScalar } from "./scalars.js";
import { TimelineEntryKindEnum } from "./year-enums.js";

@ObjectType("TimelineEntry", {
  description: "Something that happened to a person or their record (时间线条目).",
  simpleResolvers: true,
})
export class TimelineEntry {
  @Field(() => DateTimeScalar, { description: "When." })
  at!: string;

  @Field(() => TimelineEntryKindEnum, { description: "What." })
  kind!: TimelineEntryKind;

  @Field(() => String, { description: "The same in the caller's language." })
  title!: string;

  @Field(() => String, { nullable: true, description: "Particulars in the caller's language." })
  detail!: string | null;

  @Field(() => [String], { description: "Ids of the rules that it follows from." })
  rule!: string[];

  @Field(() => String, { nullable: true, description: "The policy in force then, where it was stored." })
  policyVersion!: string | null;

  @Field(() => ID, { nullable: true, description: "What it is about, where that has an id." })
  subjectId!: string | null;

  @Field(() => String, { nullable: true, description: "The client or member of staff behind it." })
  actor!: string | null;
}

export const TimelineConnection = connectionOf(TimelineEntry, "Timeline");
