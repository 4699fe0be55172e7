import { Field, InputType, Int, ObjectType } from "type-graphql";
import type { MessageRecipient, MessageState } from "../domain/messages.js";
import type {
  SuspensionBreaker,
  SuspensionCandidateState,
  SuspensionDecision,
} from "../domain/suspension.js";
import { type CandidateFacts, decideCandidate, type SuspensionBatchState } from "../domain/suspension.js";
import { explainCandidate } from "../domain/suspension-explanation.js";
import type { PensionerRecord } from "../storage/pensioners.js";
import type { SuspensionBatchRecord } from "../storage/suspension-batches.js";
import type { CandidateRow } from "../storage/suspension-candidates.js";
import { connectionOf } from "./connections.js";
import type { RequestContext } from "./context.js";
import { UserError } from "./node.types.js";
import { Pensioner } from "./pensioner.types.js";
import { DateScalar, DateTimeScalar, YearMonthScalar } from "./scalars.js";
import {
  MessageRecipientEnum,
  MessageStateEnum,
  SuspensionBatchStateEnum,
  SuspensionBreakerEnum,
  SuspensionCandidateStateEnum,
} from "./year-enums.js";

@ObjectType("ReminderAttempt", {
  description: "A reminder that was to reach the person before (提醒记录).",
  simpleResolvers: true,
})
export class ReminderAttemptObject {
  @Field(() => YearMonthScalar, { description: "The month it was for." })
  month!: string;

  @Field(() => MessageRecipientEnum, { description: "To whom." })
  recipient!: MessageRecipient;

  @Field(() => MessageStateEnum, { description: "How far it came." })
  state!: MessageState;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When the gateway took it; null when it never did.",
  })
  sentAt!: string | null;
}

@ObjectType("SuspensionCandidate", {
  description: "Someone whose payment a batch would suspend (停发名单人员).",
  simpleResolvers: true,
})
export class SuspensionCandidate {
  constructor(
    readonly row: CandidateRow,
    readonly month: Temporal.PlainYearMonth,
    readonly record: PensionerRecord,
    /** What could spare the person, as the decision is given it. */
    readonly sparing: Pick<CandidateFacts, "moratoria" | "benefits">,
    readonly context: RequestContext,
  ) {}

  @Field(() => Pensioner, { description: "The person, as of now." })
  get pensioner(): Pensioner {
    return new Pensioner(this.record, this.context);
  }

  @Field(() => SuspensionCandidateStateEnum, { description: "What became of it." })
  get state(): SuspensionCandidateState {
    return this.row.state;
  }

  @Field(() => SuspensionCandidateStateEnum, {
    description: "What has been decided or, while nothing has, what would be by now.",
  })
  get expectedState(): SuspensionDecision {
    if (this.row.state !== "PROPOSED") return this.row.state;
    const { validity, holds, submittedOn } = this.record;
    const facts = {
      validThrough: validity.validThrough,
      heldAlready: holds.some(
        ({ reason, resumesMonth }) =>
          resumesMonth === null && (reason === "NOT_CERTIFIED" || reason === "DEATH_REPORTED"),
      ),
      submittedOn,
      ...this.sparing,
    };
    return decideCandidate(facts, this.month, this.context.time.policy);
  }

  @Field(() => DateScalar, { description: "The last valid day that makes it a candidate." })
  get validThrough(): string {
    return this.row.validThrough;
  }

  @Field(() => DateTimeScalar, { nullable: true, description: "When it was decided; null until then." })
  get decidedAt(): string | null {
    return this.row.decidedAt?.toISOString() ?? null;
  }

  @Field(() => [String], { description: "Why, by which rule, in the reader's language." })
  get explanation(): string[] {
    const validThrough = Temporal.PlainDate.from(this.row.validThrough);
    const candidate = { validThrough, state: this.row.state, expected: this.expectedState };
    return explainCandidate(candidate, this.month, this.context.language);
  }
}

export const SuspensionCandidateConnection = connectionOf(SuspensionCandidate, "SuspensionCandidate");

@ObjectType("SuspensionBatch", {
  description:
    "The suspensions of a month: proposed, approved by name, applied (停发批次). Before it is proposed, whom it would be about by now.",
  simpleResolvers: true,
})
export class SuspensionBatch {
  constructor(
    readonly ofMonth: Temporal.PlainYearMonth,
    /** Null while nothing is written down. */
    readonly record: SuspensionBatchRecord | null,
  ) {}

  @Field(() => YearMonthScalar, { description: "The first month not paid." })
  get month(): string {
    return this.ofMonth.toString();
  }

  @Field(() => SuspensionBatchStateEnum, { description: "How far it has come." })
  get state(): SuspensionBatchState {
    return this.record?.state ?? "PREVIEW";
  }

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When its candidates were written down; null in advance: then they still change.",
  })
  get proposedAt(): string | null {
    return this.record?.proposedAt.toISOString() ?? null;
  }

  @Field(() => String, { nullable: true, description: "Who approved it: the client's id." })
  get approvedBy(): string | null {
    return this.record?.approvedBy ?? null;
  }

  @Field(() => DateTimeScalar, { nullable: true, description: "When it was approved." })
  get approvedAt(): string | null {
    return this.record?.approvedAt?.toISOString() ?? null;
  }

  @Field(() => DateTimeScalar, { nullable: true, description: "When every candidate had been decided." })
  get appliedAt(): string | null {
    return this.record?.appliedAt?.toISOString() ?? null;
  }

  @Field(() => Int, { description: "Candidates suspended so far." })
  get suspended(): number {
    return this.record?.suspended ?? 0;
  }

  @Field(() => Int, { description: "Candidates spared so far." })
  get spared(): number {
    return this.record?.spared ?? 0;
  }
}

@InputType("SuspensionBatchApproveInput", { description: "A batch to be approved (审批停发批次)." })
export class SuspensionBatchApproveInput {
  @Field(() => String, { description: "As in certificationStart." })
  idempotencyKey!: string;

  @Field(() => YearMonthScalar, { description: "The first month not paid." })
  month!: Temporal.PlainYearMonth;

  @Field(() => [SuspensionBreakerEnum], {
    defaultValue: [],
    description: "Every breaker that the batch has tripped, each named once it has been looked into.",
  })
  overrideBreakers!: SuspensionBreaker[];
}

@ObjectType("SuspensionBatchPayload", {
  description: "The batch, or why it is not approved.",
  simpleResolvers: true,
})
export class SuspensionBatchPayload {
  @Field(() => SuspensionBatch, { nullable: true, description: "Null when refused." })
  suspensionBatch!: SuspensionBatch | null;

  @Field(() => [UserError], { description: "Empty on success." })
  userErrors!: UserError[];
}
