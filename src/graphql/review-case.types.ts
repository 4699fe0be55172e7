import { Field, ID, InputType, ObjectType } from "type-graphql";
import type { ReviewCaseDecision, ReviewCaseKind } from "../domain/review-case.js";
import { toInstant } from "../operations/operation.js";
import { ownedOpaqueId } from "../storage/ids.js";
import type { ReviewCaseRecord } from "../storage/review-cases.js";
import { places } from "../storage/sealing.js";
import { connectionOf } from "./connections.js";
import type { RequestContext } from "./context.js";
import { Node, UserError } from "./node.types.js";
import { DateTimeScalar, dateTimeText } from "./scalars.js";
import { ReviewCaseDecisionEnum, ReviewCaseKindEnum } from "./year-enums.js";

@InputType("ReviewCaseFilter", { description: "Which cases (核查筛选)." })
export class ReviewCaseFilter {
  @Field(() => ReviewCaseKindEnum, { nullable: true, description: "Only of this kind." })
  kind?: ReviewCaseKind | null;

  @Field(() => Boolean, { nullable: true, description: "true: only open ones; false: only decided ones." })
  open?: boolean | null;
}

@InputType("ReviewCaseDecideInput", { description: "A decision on a case (核查决定)." })
export class ReviewCaseDecideInput {
  @Field(() => String, { description: "As in certificationStart." })
  idempotencyKey!: string;

  @Field(() => ID, { description: "A case that is open." })
  reviewCaseId!: string;

  @Field(() => ReviewCaseDecisionEnum, { description: "Whether payment goes on." })
  decision!: ReviewCaseDecision;

  @Field(() => String, { description: "Shown to reviewers only, 1 to 500 characters (核查意见)." })
  reason!: string;
}

@ObjectType("ReviewCase", {
  implements: Node,
  description: "A pass that lifts nothing until someone has looked at it (核查案件, C5, P7).",
  simpleResolvers: true,
})
export class ReviewCase extends Node {
  static readonly graphqlName = "ReviewCase";

  constructor(
    readonly record: ReviewCaseRecord,
    readonly context: RequestContext,
  ) {
    super();
    this.id = ownedOpaqueId("reviewCase", record);
  }

  @Field(() => ReviewCaseKindEnum, { description: "Why it waits." })
  get kind(): ReviewCaseKind {
    return this.record.kind;
  }

  @Field(() => DateTimeScalar, { description: "When the pass came." })
  get openedAt(): string {
    return dateTimeText(toInstant(this.record.openedAt));
  }

  @Field(() => DateTimeScalar, { nullable: true, description: "When it was decided; null while open." })
  get closedAt(): string | null {
    return this.record.closedAt && dateTimeText(toInstant(this.record.closedAt));
  }

  @Field(() => ReviewCaseDecisionEnum, { nullable: true, description: "What was decided; null while open." })
  get decision(): ReviewCaseDecision | null {
    return this.record.decision;
  }

  @Field(() => String, { nullable: true, description: "Who decided it; null while open." })
  get decidedBy(): string | null {
    return this.record.decidedBy;
  }

  @Field(() => String, { nullable: true, description: "Why; null while open." })
  get reason(): string | null {
    const { id, reasonSealed } = this.record;
    return reasonSealed && this.context.services.sealing.open(reasonSealed, places.reviewCaseReason(id));
  }
}

export const ReviewCaseConnection = connectionOf(ReviewCase, "ReviewCase");

@ObjectType("ReviewCasePayload", { description: "The case, or why not.", simpleResolvers: true })
export class ReviewCasePayload {
  @Field(() => ReviewCase, { nullable: true, description: "As it is now; null when refused." })
  reviewCase!: ReviewCase | null;

  @Field(() => [UserError], { description: "Empty on success." })
  userErrors!: UserError[];
}
