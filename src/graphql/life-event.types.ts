import { Field, ID, InputType, ObjectType } from "type-graphql";
import type {
  LifeEventDecision,
  LifeEventKind,
  LifeEventOutcome,
  LifeEventSource,
  LifeEventState,
} from "../domain/life-event.js";
import { toInstant } from "../operations/operation.js";
import { lifeEventOpaqueId } from "../storage/ids.js";
import type { LifeEventRecord } from "../storage/life-events.js";
import { places } from "../storage/sealing.js";
import { connectionOf } from "./connections.js";
import type { RequestContext } from "./context.js";
import { Node, UserError } from "./node.types.js";
import { DocumentInput } from "./pensioner.types.js";
import { DateScalar, DateTimeScalar, dateTimeText } from "./scalars.js";
import {
  LifeEventDecisionEnum,
  LifeEventKindEnum,
  LifeEventOutcomeEnum,
  LifeEventSourceEnum,
  LifeEventStateEnum,
} from "./year-enums.js";

const KEY = "As in certificationStart.";
const REASON = "Shown to staff only, 1 to 500 characters (理由).";

@InputType("LifeEventSubjectInput", {
  description: "A person as a source knows one: without a document no one is found (姓名，证件可缺).",
})
export class LifeEventSubjectInput {
  @Field(() => String, { description: "Full name, 1 to 100 characters (姓名)." })
  name!: string;

  @Field(() => DocumentInput, { nullable: true, description: "One of the person's documents, where known." })
  document?: DocumentInput | null;
}

@InputType("LifeEventReportInput", { description: "What has happened to a person (生存状态报告, C5)." })
export class LifeEventReportInput {
  @Field(() => String, { description: KEY })
  idempotencyKey!: string;

  @Field(() => LifeEventKindEnum, { description: "What has happened." })
  kind!: LifeEventKind;

  @Field(() => LifeEventSubjectInput, { description: "To whom." })
  subject!: LifeEventSubjectInput;

  @Field(() => DateScalar, { description: "On which day, today or before." })
  occurredOn!: Temporal.PlainDate;

  @Field(() => LifeEventSourceEnum, {
    nullable: true,
    description: "Which authority says so; absent: the caller itself.",
  })
  source?: LifeEventSource | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The source's own reference, 1 to 500 characters: the same report under it is taken once. Absent: every report is a new one.",
  })
  sourceReference?: string | null;
}

@InputType("LifeEventCorrectInput", { description: "A report was not quite right (更正报告)." })
export class LifeEventCorrectInput {
  @Field(() => String, { description: KEY })
  idempotencyKey!: string;

  @Field(() => ID, { description: "A report of the caller's, or any for staff." })
  lifeEventId!: string;

  @Field(() => DateScalar, { nullable: true, description: "The right day; absent: as it is." })
  occurredOn?: Temporal.PlainDate | null;

  @Field(() => LifeEventKindEnum, { nullable: true, description: "The right kind; absent: as it is." })
  kind?: LifeEventKind | null;

  @Field(() => String, { description: REASON })
  reason!: string;
}

@InputType("LifeEventVoidInput", { description: "A report was wrong (撤回报告)." })
export class LifeEventVoidInput {
  @Field(() => String, { description: KEY })
  idempotencyKey!: string;

  @Field(() => ID, { description: "A report of the caller's, or any for staff." })
  lifeEventId!: string;

  @Field(() => String, { description: REASON })
  reason!: string;
}

@InputType("LifeEventDecideInput", { description: "What staff find of a report (核实报告)." })
export class LifeEventDecideInput {
  @Field(() => String, { description: KEY })
  idempotencyKey!: string;

  @Field(() => ID, { description: "A report that is ACTIVE." })
  lifeEventId!: string;

  @Field(() => LifeEventDecisionEnum, { description: "Whether it is true and of this person." })
  decision!: LifeEventDecision;

  @Field(() => String, { description: REASON })
  reason!: string;
}

@InputType("LifeEventFilter", { description: "Which reports (报告筛选)." })
export class LifeEventFilter {
  @Field(() => LifeEventOutcomeEnum, { nullable: true, description: "Only those that lead so far." })
  outcome?: LifeEventOutcome | null;

  @Field(() => LifeEventStateEnum, { nullable: true, description: "Only those that stand so." })
  state?: LifeEventState | null;

  @Field(() => LifeEventKindEnum, { nullable: true, description: "Only of this kind." })
  kind?: LifeEventKind | null;
}

@ObjectType("LifeEvent", {
  implements: Node,
  description:
    "A report of an event that bears on payment (生存状态报告, C5). Its source sees that it was taken, not whom it leads to.",
  simpleResolvers: true,
})
export class LifeEvent extends Node {
  static readonly graphqlName = "LifeEvent";

  constructor(
    readonly record: LifeEventRecord,
    readonly context: RequestContext,
  ) {
    super();
    this.id = lifeEventOpaqueId(record);
  }

  @Field(() => LifeEventKindEnum, { description: "What has happened." })
  get kind(): LifeEventKind {
    return this.record.kind;
  }

  @Field(() => DateScalar, { description: "The day, as reported or corrected." })
  get occurredOn(): string {
    return this.record.occurredOn;
  }

  @Field(() => LifeEventStateEnum, { description: "What became of the report." })
  get state(): LifeEventState {
    return this.record.state;
  }

  @Field(() => LifeEventSourceEnum, { description: "Which authority it comes from." })
  get source(): LifeEventSource {
    return this.record.source;
  }

  @Field(() => DateTimeScalar, { description: "When it was reported." })
  get reportedAt(): string {
    return dateTimeText(toInstant(this.record.reportedAt));
  }

  @Field(() => String, { description: "The source's own reference; one of ours where it gave none." })
  get sourceReference(): string {
    const { id, sourceReferenceSealed } = this.record;
    const { sealing } = this.context.services;
    return sealing.open(sourceReferenceSealed, places.lifeEventSourceReference(id));
  }
}

export const LifeEventConnection = connectionOf(LifeEvent, "LifeEvent");

@ObjectType("LifeEventPayload", { description: "The report, or why not.", simpleResolvers: true })
export class LifeEventPayload {
  @Field(() => LifeEvent, { nullable: true, description: "As it is now; null when refused." })
  lifeEvent!: LifeEvent | null;

  @Field(() => [UserError], { description: "Empty on success." })
  userErrors!: UserError[];
}
