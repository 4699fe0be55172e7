import { Field, ID, InputType, Int, ObjectType } from "type-graphql";
import { maskNumber } from "../domain/masking.js";
import type { MessageKind, MessageRecipient, MessageState } from "../domain/messages.js";
import { toInstant } from "../operations/operation.js";
import { ownedOpaqueId } from "../storage/ids.js";
import type { MessageRow } from "../storage/messages.js";
import { places, type Sealing } from "../storage/sealing.js";
import { connectionOf } from "./connections.js";
import { Node, UserError } from "./node.types.js";
import { DateTimeScalar, dateTimeText, YearMonthScalar } from "./scalars.js";
import { MessageKindEnum, MessageRecipientEnum, MessageStateEnum } from "./year-enums.js";

@ObjectType("Message", {
  implements: Node,
  description: "A text to a pensioner, a helper or an employer, sent or to be sent (短信).",
  simpleResolvers: true,
})
export class Message extends Node {
  static readonly graphqlName = "Message";

  constructor(
    readonly record: MessageRow,
    readonly sealing: Sealing,
  ) {
    super();
    this.id = ownedOpaqueId("message", record);
  }

  @Field(() => MessageKindEnum, { description: "What it is about." })
  get kind(): MessageKind {
    return this.record.kind;
  }

  @Field(() => YearMonthScalar, {
    description: "The month that it belongs to: one message a person, kind, month and recipient (R7).",
  })
  get month(): string {
    return this.record.month;
  }

  @Field(() => MessageRecipientEnum, { description: "Whom it is for." })
  get recipient(): MessageRecipient {
    return this.record.recipient;
  }

  @Field(() => MessageStateEnum, { description: "What has become of it." })
  get state(): MessageState {
    return this.record.state;
  }

  @Field(() => String, {
    nullable: true,
    description:
      "Where it goes, masked; null when there is no phone, while it waits for its turn, for then the phone is looked up, and 400 days after it was settled.",
  })
  get maskedPhone(): string | null {
    const { phoneSealed, id } = this.record;
    return phoneSealed && maskNumber(this.sealing.open(phoneSealed, places.messagePhone(id)));
  }

  @Field(() => Int, { description: "Calls of the gateway so far." })
  get attempts(): number {
    return this.record.attempts;
  }

  @Field(() => Boolean, {
    description: "It was sent again after its answer was lost: it may have arrived twice.",
  })
  get maybeTwice(): boolean {
    return this.record.maybeTwice;
  }

  @Field(() => DateTimeScalar, { description: "When it was written." })
  get createdAt(): string {
    return dateTimeText(toInstant(this.record.createdAt));
  }

  @Field(() => DateTimeScalar, { nullable: true, description: "When the gateway took it." })
  get sentAt(): string | null {
    return this.record.sentAt && dateTimeText(toInstant(this.record.sentAt));
  }

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When it was delivered, had failed, or was not needed any more.",
  })
  get settledAt(): string | null {
    return this.record.settledAt && dateTimeText(toInstant(this.record.settledAt));
  }

  @Field(() => String, { nullable: true, description: "Why it failed, or was tried again: a code." })
  get failure(): string | null {
    return this.record.failure;
  }
}

export const MessageConnection = connectionOf(Message, "Message");

@InputType("MessageFilter", { description: "Which messages (短信筛选)." })
export class MessageFilter {
  @Field(() => ID, { nullable: true, description: "Only those about this person." })
  pensionerId?: string | null;

  @Field(() => MessageKindEnum, { nullable: true, description: "Only of this kind." })
  kind?: MessageKind | null;

  @Field(() => MessageStateEnum, { nullable: true, description: "Only in this state." })
  state?: MessageState | null;

  @Field(() => MessageRecipientEnum, { nullable: true, description: "Only to this recipient." })
  recipient?: MessageRecipient | null;

  @Field(() => YearMonthScalar, { nullable: true, description: "Only of this month." })
  month?: Temporal.PlainYearMonth | null;
}

@InputType("EmployerContactUpdateInput", {
  description: "Where an employer is reminded of its people (单位联系电话, R1).",
})
export class EmployerContactUpdateInput {
  @Field(() => String, { description: "As in certificationStart." })
  idempotencyKey!: string;

  @Field(() => String, { description: "The employer's code, as in the benefit register." })
  employerCode!: string;

  @Field(() => String, { description: "The phone." })
  phone!: string;
}

@ObjectType("EmployerContactPayload", {
  description: "What became of an employer's contact.",
  simpleResolvers: true,
})
export class EmployerContactPayload {
  @Field(() => Boolean, { description: "The phone was stored." })
  accepted!: boolean;

  @Field(() => [UserError], { description: "Empty on success." })
  userErrors!: UserError[];
}
