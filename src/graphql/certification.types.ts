import { Field, Int, ObjectType } from "type-graphql";
import { mayReview } from "../auth/access.js";
import { beijingDateOf } from "../domain/calendar.js";
import type { ActorKind, CertificationOutcome } from "../domain/certification.js";
import { type SessionState, sessionStateAt } from "../domain/certification-session.js";
import type { CertificationMethod } from "../domain/channels.js";
import type { RejectionCode } from "../domain/face-assertion.js";
import { policyOn } from "../domain/policy.js";
import { rejectionText } from "../domain/rejections.js";
import { anchorMonthBehind } from "../domain/validity.js";
import { toInstant } from "../operations/operation.js";
import type { CertificationRecord } from "../storage/certifications.js";
import { ownedOpaqueId, pensionerOpaqueId } from "../storage/ids.js";
import { places } from "../storage/sealing.js";
import type { SessionRecord } from "../storage/sessions.js";
import { ChannelType, channelTypeOf } from "./channel.types.js";
import { connectionOf } from "./connections.js";
import type { RequestContext } from "./context.js";
import {
  ActorKindEnum,
  CertificationMethodEnum,
  CertificationOutcomeEnum,
  RejectionCodeEnum,
  SessionStateEnum,
} from "./enums.js";
import { Node, UserError } from "./node.types.js";
import { DateScalar, DateTimeScalar, dateTimeText, YearMonthScalar } from "./scalars.js";

@ObjectType("Rejection", {
  description: "Why it did not pass, and where to turn (不通过原因).",
  simpleResolvers: true,
})
export class Rejection {
  @Field(() => RejectionCodeEnum, { description: "The reason." })
  code!: RejectionCode;

  @Field(() => String, { description: "The text to show, in the caller's language." })
  message!: string;

  @Field(() => [ChannelType], {
    description: "Next-best channels, best first; face recognition is never the only route (E8).",
  })
  nextChannels!: ChannelType[];
}

@ObjectType("Certification", {
  implements: Node,
  description: "One certification, passed or not (资格认证记录).",
  simpleResolvers: true,
})
export class Certification extends Node {
  static readonly graphqlName = "Certification";

  constructor(
    readonly record: CertificationRecord,
    readonly context: RequestContext,
  ) {
    super();
    this.id = ownedOpaqueId("certification", record);
  }

  @Field(() => CertificationOutcomeEnum, { description: "What became of it." })
  get state(): CertificationOutcome {
    return this.record.state;
  }

  @Field(() => ChannelType, { description: "The channel it came through." })
  get channel(): ChannelType {
    return channelTypeOf(this.record.channel, this.context.language);
  }

  @Field(() => CertificationMethodEnum, { description: "How it was made." })
  get method(): CertificationMethod {
    return this.record.method;
  }

  @Field(() => ActorKindEnum, { description: "Who acted." })
  get actor(): ActorKind {
    return this.record.actor;
  }

  @Field(() => DateTimeScalar, { description: "The instant that decides the month (V6)." })
  get occurredAt(): string {
    return dateTimeText(toInstant(this.record.occurredAt));
  }

  @Field(() => DateTimeScalar, { description: "When it reached the service." })
  get receivedAt(): string {
    return dateTimeText(toInstant(this.record.receivedAt));
  }

  @Field(() => DateTimeScalar, { nullable: true, description: "When it was decided; null while PENDING." })
  get decidedAt(): string | null {
    return this.record.decidedAt && dateTimeText(toInstant(this.record.decidedAt));
  }

  @Field(() => Rejection, { nullable: true, description: "Present when REJECTED." })
  get rejection(): Rejection | null {
    const { rejectionCode, nextChannels } = this.record;
    if (rejectionCode === null) return null;
    const { language } = this.context;
    return {
      code: rejectionCode,
      message: rejectionText(rejectionCode)[language],
      nextChannels: nextChannels.map((code) => channelTypeOf(code, language)),
    };
  }

  @Field(() => String, { nullable: true, description: "The employer that handed it in (单位编码)." })
  get employerCode(): string | null {
    return this.record.employerCode;
  }

  @Field(() => DateScalar, {
    nullable: true,
    description: "While PENDING: the day by which staff decide (E6, 审核期限).",
  })
  get reviewDueOn(): string | null {
    return this.record.state === "PENDING" ? this.record.reviewDueOn : null;
  }

  @Field(() => Int, {
    nullable: true,
    description: "While PENDING: whole days since it was submitted (E6, 已等待天数).",
  })
  get waitingDays(): number | null {
    if (this.record.state !== "PENDING") return null;
    return beijingDateOf(toInstant(this.record.receivedAt)).until(this.context.time.today).days;
  }

  @Field(() => DateScalar, {
    nullable: true,
    description: "The last valid day this pass gave; null unless it passed.",
  })
  get validThrough(): string | null {
    return this.record.validThrough;
  }

  @Field(() => String, {
    nullable: true,
    description: "The client id of the reviewer who decided or revoked it; shown to reviewers only (审核人).",
  })
  get decidedBy(): string | null {
    return mayReview(this.context.actor) ? this.record.decidedBy : null;
  }

  @Field(() => String, {
    nullable: true,
    description: "Why it was decided so, or revoked; shown to reviewers only (审核意见).",
  })
  get decisionReason(): string | null {
    const { decisionReasonSealed, id } = this.record;
    if (decisionReasonSealed === null || !mayReview(this.context.actor)) return null;
    return this.context.services.sealing.open(decisionReasonSealed, places.certificationReason(id));
  }

  @Field(() => [YearMonthScalar], {
    nullable: true,
    description:
      "When REVOKED: the months paid, or released for back-pay, only because of it; to staff only (E9, 多发月份).",
  })
  get overpaidMonths(): readonly string[] | null {
    return this.context.actor.kind === "STAFF" ? this.record.overpaidMonths : null;
  }

  @Field(() => String, {
    nullable: true,
    description:
      "Proof that it passed (认证回执): compact JWS, typ certification-receipt+jwt, that anyone verifies offline against /.well-known/jwks.json. Claims iss, iat, jti (this id), sub (the pensioner's id), channel, month, validThrough; nothing personal. Null unless PASSED.",
  })
  get receipt(): Promise<string> | null {
    return receiptOf(this.record, this.context);
  }
}

/** Signed when it is asked for: a receipt that nobody selects costs nothing. */
function receiptOf(record: CertificationRecord, context: RequestContext): Promise<string> | null {
  const { state, decidedAt, validThrough } = record;
  if (state !== "PASSED" || decidedAt === null || validThrough === null) return null;
  const lastDay = Temporal.PlainDate.from(validThrough);
  const policy = policyOn(beijingDateOf(toInstant(record.occurredAt)));
  return context.services.signReceipt({
    certification: ownedOpaqueId("certification", record),
    pensioner: pensionerOpaqueId(record),
    channel: record.channel,
    month: anchorMonthBehind(lastDay, policy).toString(),
    validThrough,
    decidedAt: toInstant(decidedAt),
  });
}

export const CertificationConnection = connectionOf(Certification, "Certification");

@ObjectType("CertificationSession", {
  implements: Node,
  description:
    "A certification in progress in a session channel (认证会话). Visible to the client that started it.",
  simpleResolvers: true,
})
export class CertificationSession extends Node {
  static readonly graphqlName = "CertificationSession";

  constructor(
    readonly record: SessionRecord,
    readonly context: RequestContext,
  ) {
    super();
    this.id = ownedOpaqueId("session", record);
  }

  @Field(() => SessionStateEnum, { description: "As of now." })
  get state(): SessionState {
    const facts = { stored: this.record.state, expiresAt: toInstant(this.record.expiresAt) };
    return sessionStateAt(facts, this.context.time.now);
  }

  @Field(() => String, { description: "The verifier must sign this challenge into the face assertion (E2)." })
  get challenge(): string {
    return this.record.challenge;
  }

  @Field(() => DateTimeScalar, { description: "When it must be completed." })
  get expiresAt(): string {
    return dateTimeText(toInstant(this.record.expiresAt));
  }
}

@ObjectType("CertificationPayload", {
  description: "The certification, or why there is none.",
  simpleResolvers: true,
})
export class CertificationPayload {
  @Field(() => Certification, {
    nullable: true,
    description: "PASSED, REJECTED with its reason, or PENDING in a reviewed channel; null when refused.",
  })
  certification!: Certification | null;

  @Field(() => [UserError], { description: "Empty when the certification was recorded, passed or not." })
  userErrors!: UserError[];
}
