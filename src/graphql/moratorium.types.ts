import { Field, ID, InputType, ObjectType } from "type-graphql";
import type { BenefitType } from "../domain/benefits.js";
import { moratoriumOpaqueId } from "../operations/moratoria.js";
import type { MoratoriumRecord } from "../storage/moratoria.js";
import { BenefitTypeEnum } from "./enums.js";
import { UserError } from "./node.types.js";
import { DateTimeScalar, YearMonthScalar } from "./scalars.js";

@ObjectType("Moratorium", {
  description: "Months in which nobody of a district or benefit is suspended (停发缓办).",
  simpleResolvers: true,
})
export class Moratorium {
  constructor(readonly record: MoratoriumRecord) {}

  @Field(() => ID, { description: "For moratoriumEnd." })
  get id(): string {
    return moratoriumOpaqueId(this.record.id);
  }

  @Field(() => String, { nullable: true, description: "Division code; null for the whole city." })
  get districtCode(): string | null {
    return this.record.districtCode;
  }

  @Field(() => BenefitTypeEnum, { nullable: true, description: "Null for every benefit." })
  get benefitType(): BenefitType | null {
    return this.record.benefitType;
  }

  @Field(() => YearMonthScalar, { description: "The first month in which nobody is suspended." })
  get fromMonth(): string {
    return this.record.fromMonth;
  }

  @Field(() => YearMonthScalar, { description: "The last one." })
  get throughMonth(): string {
    return this.record.throughMonth;
  }

  @Field(() => String, { description: "Why nobody is suspended (缓办原因)." })
  get reason(): string {
    return this.record.reason;
  }

  @Field(() => String, { description: "Who put it in force: the client's id." })
  get createdBy(): string {
    return this.record.createdBy;
  }

  @Field(() => DateTimeScalar, { description: "When." })
  get createdAt(): string {
    return this.record.createdAt.toISOString();
  }

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When it was ended early; null when it was not.",
  })
  get endedAt(): string | null {
    return this.record.endedAt?.toISOString() ?? null;
  }
}

@InputType("MoratoriumCreateInput", { description: "Whom to spare, and for how long (设立缓办)." })
export class MoratoriumCreateInput {
  @Field(() => String, { description: "As in certificationStart." })
  idempotencyKey!: string;

  @Field(() => String, { nullable: true, description: "Six digits; absent for the whole city." })
  districtCode?: string | null;

  @Field(() => BenefitTypeEnum, { nullable: true, description: "Absent for every benefit." })
  benefitType?: BenefitType | null;

  @Field(() => YearMonthScalar, { description: "The first month in which nobody is suspended." })
  fromMonth!: Temporal.PlainYearMonth;

  @Field(() => YearMonthScalar, { description: "The last one; 60 months at most." })
  throughMonth!: Temporal.PlainYearMonth;

  @Field(() => String, { description: "Why, 1 to 500 characters, nothing personal." })
  reason!: string;
}

@InputType("MoratoriumEndInput", { description: "One to be ended early (结束缓办)." })
export class MoratoriumEndInput {
  @Field(() => String, { description: "As in certificationStart." })
  idempotencyKey!: string;

  @Field(() => ID, { description: "A moratorium that has not been ended." })
  moratoriumId!: string;
}

@ObjectType("MoratoriumPayload", { description: "The moratorium, or why not.", simpleResolvers: true })
export class MoratoriumPayload {
  @Field(() => Moratorium, { nullable: true, description: "Null when refused." })
  moratorium!: Moratorium | null;

  @Field(() => [UserError], { description: "Empty on success." })
  userErrors!: UserError[];
}
