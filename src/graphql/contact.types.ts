import { Field, InputType, Int, ObjectType } from "type-graphql";
import { beijingDateOf } from "../domain/calendar.js";
import { type ContactTaskReason, seekerOn } from "../domain/contact.js";
import { toInstant } from "../operations/operation.js";
import type { ContactTaskRecord } from "../storage/contact-tasks.js";
import { ownedOpaqueId } from "../storage/ids.js";
import { ChannelType, channelTypeOf } from "./channel.types.js";
import { connectionOf } from "./connections.js";
import type { RequestContext } from "./context.js";
import { ContactTaskReasonEnum } from "./enums.js";
import { Node, UserError } from "./node.types.js";
import { Pensioner, SubjectInput } from "./pensioner.types.js";
import { DateTimeScalar, dateTimeText } from "./scalars.js";

const KEY = "As in certificationStart.";

@InputType("ContactPhoneUpdateInput", {
  description: "A new contact phone of a pensioner (更新联系电话, C2).",
})
export class ContactPhoneUpdateInput {
  @Field(() => String, { description: KEY })
  idempotencyKey!: string;

  @Field(() => SubjectInput, { description: "The pensioner." })
  subject!: SubjectInput;

  @Field(() => String, { description: "The phone; several pensioners may share one." })
  phone!: string;

  @Field(() => Int, {
    nullable: true,
    description:
      "Pensioner.version as last read: STALE_VERSION when it has changed since. Absent: whatever it is.",
  })
  version?: number | null;
}

@InputType("ContactPhoneReportWrongInput", {
  description: "A text reached someone it was not meant for (号码有误, R6).",
})
export class ContactPhoneReportWrongInput {
  @Field(() => String, { description: KEY })
  idempotencyKey!: string;

  @Field(() => String, { description: "The phone that got the text." })
  phone!: string;

  @Field(() => String, { description: "The pensioner's name, as the text gives it." })
  name!: string;
}

@ObjectType("ContactPhonePayload", { description: "What became of a contact phone.", simpleResolvers: true })
export class ContactPhonePayload {
  @Field(() => Boolean, {
    description:
      "The update was made, or the report was taken. A report is always taken: the answer does not tell whether anyone was found.",
  })
  accepted!: boolean;

  @Field(() => Pensioner, {
    nullable: true,
    description: "With the new phone; null for a report and when refused.",
  })
  pensioner!: Pensioner | null;

  @Field(() => [UserError], { description: "Empty on success." })
  userErrors!: UserError[];
}

@ObjectType("ContactTask", {
  implements: Node,
  description: "Someone who cannot be reached by the stored phone and has to be found (联系核实任务, R6).",
  simpleResolvers: true,
})
export class ContactTask extends Node {
  static readonly graphqlName = "ContactTask";

  constructor(
    readonly record: ContactTaskRecord,
    readonly context: RequestContext,
  ) {
    super();
    this.id = ownedOpaqueId("contactTask", record);
  }

  @Field(() => ContactTaskReasonEnum, { description: "Why the person cannot be reached." })
  get reason(): ContactTaskReason {
    return this.record.reason;
  }

  @Field(() => String, { nullable: true, description: "The employer, if there is one (单位)." })
  get employerCode(): string | null {
    return this.record.employerCode;
  }

  @Field(() => ChannelType, {
    description:
      "Who looks for the person now: first the employer, where there is one, then the street centre.",
  })
  get seeker(): ChannelType {
    const { employerCode, openedAt } = this.record;
    const task = { employerCode, openedOn: beijingDateOf(toInstant(openedAt)) };
    const { today, policy } = this.context.time;
    return channelTypeOf(seekerOn(task, today, policy), this.context.language);
  }

  @Field(() => DateTimeScalar, { description: "When it was reported." })
  get openedAt(): string {
    return dateTimeText(toInstant(this.record.openedAt));
  }

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When a newer phone was given; null while open.",
  })
  get closedAt(): string | null {
    return this.record.closedAt && dateTimeText(toInstant(this.record.closedAt));
  }
}

export const ContactTaskConnection = connectionOf(ContactTask, "ContactTask");

@InputType("ContactTaskFilter", { description: "Which contact tasks (联系核实筛选)." })
export class ContactTaskFilter {
  @Field(() => String, { nullable: true, description: "Only people of this employer." })
  employerCode?: string | null;

  @Field(() => Boolean, { nullable: true, description: "true: only open ones; false: only closed ones." })
  open?: boolean | null;
}
