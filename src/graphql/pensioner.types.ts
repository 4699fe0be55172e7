import { Field, InputType, Int, ObjectType } from "type-graphql";
import type { BenefitType } from "../domain/benefits.js";
import type { DocumentType } from "../domain/document-number.js";
import { explainStatus } from "../domain/explanation.js";
import { maskName, maskNumber } from "../domain/masking.js";
import type { Notice, NoticeCode } from "../domain/notices.js";
import {
  firstUnpaidMonth,
  type HoldReason,
  type PaymentState,
  type PaymentStatus,
  paymentStatusOn,
  suspendedFrom,
} from "../domain/payment.js";
import { reminderMonths } from "../domain/reminders.js";
import { type CertificationState, stateOn } from "../domain/validity.js";
import { pensionerOpaqueId } from "../storage/ids.js";
import type { PensionerRecord } from "../storage/pensioners.js";
import { places } from "../storage/sealing.js";
import { type ChannelType, ChannelType as ChannelTypeClass, channelTypeOf } from "./channel.types.js";
import type { RequestContext } from "./context.js";
import {
  BenefitTypeEnum,
  CertificationStateEnum,
  DocumentTypeEnum,
  HoldReasonEnum,
  NoticeCodeEnum,
  PaymentStateEnum,
} from "./enums.js";
import { Node } from "./node.types.js";
import { DateScalar, YearMonthScalar } from "./scalars.js";

@InputType("DocumentInput", { description: "An identity document as a person reads it off (证件)." })
export class DocumentInput {
  @Field(() => DocumentTypeEnum, { description: "Kind of document." })
  type!: DocumentType;

  @Field(() => String, {
    description: "The number; spaces, full-width digits and a lower-case x are understood.",
  })
  number!: string;
}

@InputType("SubjectInput", { description: "A person, named by name *and* document (姓名与证件)." })
export class SubjectInput {
  @Field(() => String, { description: "Full name, 1 to 100 characters (姓名)." })
  name!: string;

  @Field(() => DocumentInput, { description: "One of the person's documents." })
  document!: DocumentInput;
}

@ObjectType("Notice", { description: "A text to show to the pensioner (提示).", simpleResolvers: true })
export class NoticeType {
  @Field(() => NoticeCodeEnum, { description: "What it is about." })
  code!: NoticeCode;

  @Field(() => String, { description: "The text, in the caller's language." })
  message!: string;

  @Field(() => [ChannelTypeClass], { description: "Where to turn next, best first." })
  nextChannels!: ChannelType[];
}

export function toNoticeType(notice: Notice, context: RequestContext): NoticeType {
  return {
    code: notice.code,
    message: notice.text[context.language],
    nextChannels: notice.nextChannels.map((code) => channelTypeOf(code, context.language)),
  };
}

@ObjectType("MaskedDocument", {
  description: "A document with most of its number starred (脱敏证件).",
  simpleResolvers: true,
})
export class MaskedDocument {
  @Field(() => DocumentTypeEnum, { description: "Kind of document." })
  type!: DocumentType;

  @Field(() => String, { description: "First three and last four characters; the rest starred." })
  maskedNumber!: string;
}

@ObjectType("Agency", { description: "Social insurance agency (社保经办机构).", simpleResolvers: true })
export class AgencyType {
  @Field(() => String, { description: "The agency's code." })
  code!: string;

  @Field(() => String, { description: "Its name; the code where the register gives no name." })
  name!: string;

  @Field(() => String, { description: "Division code of its district, six digits (行政区划代码)." })
  districtCode!: string;
}

@ObjectType("Benefit", { description: "A benefit the person receives (待遇).", simpleResolvers: true })
export class BenefitObject {
  @Field(() => BenefitTypeEnum, { description: "Kind of benefit." })
  type!: BenefitType;

  @Field(() => YearMonthScalar, {
    description: "Month in which it was approved, not the month of retirement (审核通过月).",
  })
  approvedMonth!: string;

  @Field(() => AgencyType, { description: "The agency that pays it." })
  agency!: AgencyType;
}

/** Computed when asked for: dates and months as ISO text. */
@ObjectType("CertificationStatus", {
  description: "Is the certification valid, and until when (认证状态)?",
  simpleResolvers: true,
})
export class CertificationStatusType {
  constructor(
    readonly record: PensionerRecord,
    readonly context: RequestContext,
  ) {}

  @Field(() => CertificationStateEnum, { description: "As of now (V5)." })
  get state(): CertificationState {
    return stateOn(this.record.validity, this.context.time.today, this.context.time.policy);
  }

  @Field(() => YearMonthScalar, { description: "The month the count starts after (V1, 基准月)." })
  get anchorMonth(): string {
    return this.record.validity.anchorMonth.toString();
  }

  @Field(() => DateScalar, { description: "The last valid day (V2, 有效期至)." })
  get validThrough(): string {
    return this.record.validity.validThrough.toString();
  }

  @Field(() => [YearMonthScalar], { description: "Months in which a reminder is sent (R1, 提醒月份)." })
  get reminderMonths(): string[] {
    return reminderMonths(this.record.validity.validThrough, this.context.time.policy).map(String);
  }

  @Field(() => YearMonthScalar, {
    description: "The first month that is not paid without a certification (P1, 停发月).",
  })
  get firstUnpaidMonth(): string {
    return firstUnpaidMonth(this.record.validity.validThrough).toString();
  }

  @Field(() => DateScalar, {
    nullable: true,
    description: "Beijing day of the latest pass; null before the first one (上次认证日期).",
  })
  get lastCertifiedOn(): string | null {
    return this.record.validity.lastCertifiedOn?.toString() ?? null;
  }

  @Field(() => [String], {
    description: "Which record, which rule, which day, in the caller's language (说明).",
  })
  get explanation(): string[] {
    const { today, policy } = this.context.time;
    const { validity, submittedOn, holds, backPay } = this.record;
    const { language } = this.context;
    // P7: certified and suspended all the same, because staff have not looked at the pass yet.
    const heldForReview = this.state !== "OVERDUE" && suspendedFrom(holds) !== null;
    const history = { holds, backPay, heldForReview };
    return explainStatus(validity, this.state, today, policy, language, submittedOn, history);
  }
}

@ObjectType("PaymentStatus", { description: "Is the benefit being paid (发放状态)?", simpleResolvers: true })
export class PaymentStatusType {
  constructor(readonly status: PaymentStatus) {}

  @Field(() => PaymentStateEnum, { description: "As of now." })
  get state(): PaymentState {
    return this.status.state;
  }

  @Field(() => [HoldReasonEnum], { description: "Every reason for not paying (P5); empty while paying." })
  get reasons(): readonly HoldReason[] {
    return this.status.reasons;
  }

  @Field(() => YearMonthScalar, {
    nullable: true,
    description: "The first month not paid so far; null when there is none.",
  })
  get firstUnpaidMonth(): string | null {
    return this.status.firstUnpaidMonth?.toString() ?? null;
  }

  @Field(() => [YearMonthScalar], { description: "Months not paid so far (未发放月份)." })
  get unpaidMonths(): string[] {
    return this.status.unpaidMonths.map(String);
  }

  @Field(() => YearMonthScalar, {
    nullable: true,
    description: "The first month paid again, once a pass has released it (P2, 恢复发放月).",
  })
  get resumesMonth(): string | null {
    return this.status.resumesMonth?.toString() ?? null;
  }

  @Field(() => [YearMonthScalar], {
    description: "Months paid later, with the month of resumption (P4, 补发月份).",
  })
  get backPayMonths(): string[] {
    return this.status.backPayMonths.map(String);
  }
}

@ObjectType("Pensioner", {
  implements: Node,
  description: "A person who receives periodic benefits (待遇领取人员). Names and numbers are masked.",
  simpleResolvers: true,
})
export class Pensioner extends Node {
  static readonly graphqlName = "Pensioner";
  #payment: PaymentStatus | undefined;

  constructor(
    readonly record: PensionerRecord,
    readonly context: RequestContext,
  ) {
    super();
    this.id = pensionerOpaqueId(record);
  }

  @Field(() => String, { description: "Surname kept, the rest starred (脱敏姓名)." })
  get maskedName(): string {
    return maskName(this.#open(this.record.nameSealed, places.pensionerName));
  }

  @Field(() => [MaskedDocument], { description: "The person's documents." })
  get documents(): MaskedDocument[] {
    return this.record.documents.map(({ type, numberSealed }) => ({
      type,
      maskedNumber: maskNumber(this.#open(numberSealed, places.documentNumber)),
    }));
  }

  @Field(() => String, {
    nullable: true,
    description: "Contact phone, first three and last four digits; null when there is none (脱敏手机号).",
  })
  get maskedPhone(): string | null {
    const { phoneSealed } = this.record;
    return phoneSealed && maskNumber(this.#open(phoneSealed, places.pensionerPhone));
  }

  @Field(() => [BenefitObject], {
    description: "Benefits in order of approval; one certification covers all of them (V7).",
  })
  get benefits(): BenefitObject[] {
    return [...this.record.benefits];
  }

  @Field(() => CertificationStatusType, { description: "Certification status as of now." })
  get certificationStatus(): CertificationStatusType {
    return new CertificationStatusType(this.record, this.context);
  }

  @Field(() => PaymentStatusType, { description: "Payment status as of now." })
  get paymentStatus(): PaymentStatusType {
    return new PaymentStatusType(this.payment);
  }

  @Field(() => Int, { description: "Rises with every change of this person's record." })
  get version(): number {
    return this.record.version;
  }

  /** Derived once, for the field and for the notice beside it. */
  get payment(): PaymentStatus {
    this.#payment ??= paymentStatusOn(this.record, this.context.time.today);
    return this.#payment;
  }

  #open(sealed: Buffer, place: (id: string) => string): string {
    return this.context.services.sealing.open(sealed, place(this.record.pensionerId));
  }
}

@ObjectType("PensionerLookup", {
  description: "The answer to naming a person (查询结果).",
  simpleResolvers: true,
})
export class PensionerLookup {
  @Field(() => Boolean, {
    description: "False for a wrong name, a wrong number and an unknown person alike (S2).",
  })
  inScope!: boolean;

  @Field(() => Pensioner, { nullable: true, description: "The person; null when not in scope." })
  pensioner!: Pensioner | null;

  @Field(() => NoticeType, {
    nullable: true,
    description: "What to show the person; null when there is nothing to do.",
  })
  notice!: NoticeType | null;
}

@ObjectType("CertificationPreview", {
  description: "What certifying now would give (认证预览).",
  simpleResolvers: true,
})
export class CertificationPreview {
  @Field(() => Boolean, { description: "Whether the person is in scope (S2)." })
  inScope!: boolean;

  @Field(() => DateScalar, {
    nullable: true,
    description: "The last valid day after a pass now; null when not in scope.",
  })
  wouldBeValidThrough!: string | null;

  @Field(() => Boolean, {
    description: "Still valid: the channel must ask and pass recertifyWhenValid (V4).",
  })
  needsConfirmation!: boolean;

  @Field(() => NoticeType, { nullable: true, description: "The question to ask, or what to show." })
  notice!: NoticeType | null;
}
