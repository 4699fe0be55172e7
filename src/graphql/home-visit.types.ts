import { Field, ID, InputType, ObjectType } from "type-graphql";
import type { HelperRelation } from "../domain/certification.js";
import type { HomeVisitReason, HomeVisitState } from "../domain/home-visit.js";
import { toInstant } from "../operations/operation.js";
import type { HomeVisitRecord } from "../storage/home-visits.js";
import { ownedOpaqueId } from "../storage/ids.js";
import { places } from "../storage/sealing.js";
import { connectionOf } from "./connections.js";
import type { RequestContext } from "./context.js";
import { HelperRelationEnum, HomeVisitReasonEnum, HomeVisitStateEnum } from "./enums.js";
import { EvidenceInput } from "./evidence.types.js";
import { Node, UserError } from "./node.types.js";
import { SubjectInput } from "./pensioner.types.js";
import { DateScalar, DateTimeScalar, dateTimeText } from "./scalars.js";

const KEY = "As in certificationStart.";

@ObjectType("HomeVisit", {
  implements: Node,
  description:
    "A visit to someone who cannot come (上门认证, E5). Visible to the client that asked for it, to the street centre of the district and to staff.",
  simpleResolvers: true,
})
export class HomeVisit extends Node {
  static readonly graphqlName = "HomeVisit";

  constructor(
    readonly record: HomeVisitRecord,
    readonly context: RequestContext,
  ) {
    super();
    this.id = ownedOpaqueId("homeVisit", record);
  }

  @Field(() => HomeVisitStateEnum, { description: "How far it has come." })
  get state(): HomeVisitState {
    return this.record.state;
  }

  @Field(() => HomeVisitReasonEnum, { description: "Why the person cannot come." })
  get reason(): HomeVisitReason {
    return this.record.reason;
  }

  @Field(() => String, { description: "Division code of the habitual residence, six digits (居住地)." })
  get districtCode(): string {
    return this.record.districtCode;
  }

  @Field(() => HelperRelationEnum, { description: "What the contact is to the pensioner." })
  get relation(): HelperRelation {
    return this.record.relation;
  }

  @Field(() => DateScalar, {
    nullable: true,
    description: "The day arranged; null until there is one (上门日期).",
  })
  get visitOn(): string | null {
    return this.record.visitOn;
  }

  @Field(() => DateTimeScalar, { description: "When it was asked for." })
  get requestedAt(): string {
    return dateTimeText(toInstant(this.record.requestedAt));
  }

  @Field(() => String, {
    nullable: true,
    description:
      "Why it was declined or cancelled, as written; null while open or when nothing was said (原因).",
  })
  get closingReason(): string | null {
    const { id, closingReasonSealed } = this.record;
    return (
      closingReasonSealed &&
      this.context.services.sealing.open(closingReasonSealed, places.homeVisitReason(id))
    );
  }
}

export const HomeVisitConnection = connectionOf(HomeVisit, "HomeVisit");

@InputType("HomeVisitFilter", { description: "Which visits (上门认证筛选)." })
export class HomeVisitFilter {
  @Field(() => HomeVisitStateEnum, { nullable: true, description: "Only in this state." })
  state?: HomeVisitState | null;

  @Field(() => String, { nullable: true, description: "Only in this district, six digits." })
  districtCode?: string | null;

  @Field(() => HomeVisitReasonEnum, { nullable: true, description: "Only for this reason." })
  reason?: HomeVisitReason | null;

  @Field(() => DateScalar, { nullable: true, description: "Only arranged for this day or later." })
  visitFrom?: Temporal.PlainDate | null;

  @Field(() => DateScalar, { nullable: true, description: "Only arranged for this day or earlier." })
  visitThrough?: Temporal.PlainDate | null;
}

@InputType("HomeVisitRequestInput", { description: "Ask the street centre to come (申请上门认证, E5)." })
export class HomeVisitRequestInput {
  @Field(() => String, { description: KEY })
  idempotencyKey!: string;

  @Field(() => SubjectInput, { description: "The pensioner." })
  subject!: SubjectInput;

  @Field(() => HomeVisitReasonEnum, { description: "Why the pensioner cannot come." })
  reason!: HomeVisitReason;

  @Field(() => String, { description: "Where the pensioner lives, at most 500 characters (居住地址)." })
  address!: string;

  @Field(() => String, {
    description:
      "Division code of that place, six digits: its street centre gets the request (行政区划代码).",
  })
  districtCode!: string;

  @Field(() => String, { description: "Whom to call about the visit (联系人)." })
  contactName!: string;

  @Field(() => String, {
    description:
      "The phone to arrange the visit by; it does not become the pensioner's contact phone (联系电话).",
  })
  contactPhone!: string;

  @Field(() => HelperRelationEnum, { description: "What the contact is to the pensioner." })
  relation!: HelperRelation;
}

@InputType("HomeVisitScheduleInput", { description: "Arrange a day (预约上门)." })
export class HomeVisitScheduleInput {
  @Field(() => String, { description: KEY })
  idempotencyKey!: string;

  @Field(() => ID, { description: "The visit." })
  homeVisitId!: string;

  @Field(() => DateScalar, {
    description: "Today or later, at most 90 days ahead; may be changed until it is closed.",
  })
  visitOn!: Temporal.PlainDate;

  @Field(() => String, { description: "Who will come (上门人员)." })
  visitorName!: string;
}

@InputType("HomeVisitCompleteInput", { description: "The visit took place (办结上门认证)." })
export class HomeVisitCompleteInput {
  @Field(() => String, { description: `${KEY} A new attempt needs a new key.` })
  idempotencyKey!: string;

  @Field(() => ID, { description: "The visit; it need not have been scheduled." })
  homeVisitId!: string;

  @Field(() => [EvidenceInput], {
    description:
      "A homeVisit, its visitedAt at most 7 days ago (V6). A document shown and a face assertion whose challenge is the idempotencyKey may be added.",
  })
  evidence!: EvidenceInput[];
}

@InputType("HomeVisitDeclineInput", { description: "No one will come (不予受理)." })
export class HomeVisitDeclineInput {
  @Field(() => String, { description: KEY })
  idempotencyKey!: string;

  @Field(() => ID, { description: "The visit." })
  homeVisitId!: string;

  @Field(() => String, { description: "Why, for the family to read, at most 500 characters." })
  reason!: string;
}

@InputType("HomeVisitCancelInput", { description: "No visit is needed any more (取消上门认证)." })
export class HomeVisitCancelInput {
  @Field(() => String, { description: KEY })
  idempotencyKey!: string;

  @Field(() => ID, { description: "The visit." })
  homeVisitId!: string;

  @Field(() => String, { nullable: true, description: "Why, at most 500 characters." })
  reason?: string | null;
}

@ObjectType("HomeVisitPayload", { description: "The visit, or why not.", simpleResolvers: true })
export class HomeVisitPayload {
  @Field(() => HomeVisit, { nullable: true, description: "As it is now; null when refused." })
  homeVisit!: HomeVisit | null;

  @Field(() => [UserError], { description: "Empty on success." })
  userErrors!: UserError[];
}
