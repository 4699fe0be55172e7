import { Field, ID, InputType, ObjectType } from "type-graphql";
import { type SessionState, sessionStateAt } from "../domain/certification-session.js";
import { type CertificationMethod, nextBestChannels } from "../domain/channels.js";
import type { RejectionCode } from "../domain/face-assertion.js";
import { rejectionText } from "../domain/rejections.js";
import { toInstant } from "../operations/operation.js";
import type { CertificationRecord } from "../storage/certifications.js";
import { ownedOpaqueId } from "../storage/ids.js";
import type { SessionRecord } from "../storage/sessions.js";
import type { ActorKind, CertificationOutcome, HelperRelation } from "../storage/tables.js";
import { ChannelType, channelTypeOf } from "./channel.types.js";
import { connectionOf } from "./connections.js";
import type { RequestContext } from "./context.js";
import {
  ActorKindEnum,
  CameraKindEnum,
  CertificationMethodEnum,
  CertificationOutcomeEnum,
  DataSourceEnum,
  DocumentEvidenceKindEnum,
  HelperRelationEnum,
  PhotoElementEnum,
  RejectionCodeEnum,
  SessionStateEnum,
} from "./enums.js";
import { Node, UserError } from "./node.types.js";
import { DocumentInput, SubjectInput } from "./pensioner.types.js";
import { DateScalar, DateTimeScalar, dateTimeText } from "./scalars.js";

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
    const { rejectionCode, failedFaces } = this.record;
    if (rejectionCode === null) return null;
    const { language, time } = this.context;
    return {
      code: rejectionCode,
      message: rejectionText(rejectionCode)[language],
      nextChannels: nextBestChannels(failedFaces, time.policy.faceFailuresBeforeOtherRoutes).map((code) =>
        channelTypeOf(code, language),
      ),
    };
  }

  @Field(() => DateScalar, {
    nullable: true,
    description: "The last valid day this pass gave; null unless it passed.",
  })
  get validThrough(): string | null {
    return this.record.validThrough;
  }
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

@InputType("HelperInput", { description: "Who holds the phone for the pensioner (代办人, C1)." })
export class HelperInput {
  @Field(() => String, { description: "The helper's name." })
  name!: string;

  @Field(() => DocumentInput, { description: "The helper's document." })
  document!: DocumentInput;

  @Field(() => HelperRelationEnum, { description: "Relation to the pensioner." })
  relation!: HelperRelation;

  @Field(() => Boolean, { description: "The pensioner has consented; must be true." })
  consented!: boolean;
}

@InputType("ActorInput", { description: "Who acts: exactly one of the two (办理人)." })
export class ActorInput {
  @Field(() => Boolean, { nullable: true, description: "true: the pensioner (本人)." })
  self?: boolean | null;

  @Field(() => HelperInput, { nullable: true, description: "A helper on behalf of the pensioner (代他人)." })
  helper?: HelperInput | null;
}

@InputType("CertificationStartInput", { description: "Begin a certification in a session channel." })
export class CertificationStartInput {
  @Field(() => String, {
    description:
      "1 to 128 visible ASCII characters, new for each new wish, the same for every retry. Nothing personal.",
  })
  idempotencyKey!: string;

  @Field(() => SubjectInput, { description: "The pensioner." })
  subject!: SubjectInput;

  @Field(() => ActorInput, { description: "Who acts." })
  actor!: ActorInput;

  @Field(() => String, {
    nullable: true,
    description: "Phone captured in the flow; becomes the contact phone with the pass (C2, 手机号采集).",
  })
  contactPhone?: string | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description: "The person has been asked and wants to certify although still valid (V4).",
  })
  recertifyWhenValid!: boolean;
}

@InputType("IdentityDocumentEvidenceInput", {
  description: "A valid document shown in person (有效身份证件).",
})
export class IdentityDocumentEvidenceInput {
  @Field(() => DocumentInput, { description: "The document." })
  document!: DocumentInput;

  @Field(() => DateScalar, { nullable: true, description: "Its expiry; absent for one valid indefinitely." })
  expiresOn?: Temporal.PlainDate | null;

  @Field(() => CameraKindEnum, { nullable: true, description: "The machine's camera." })
  cameraKind?: string | null;
}

@InputType("DocumentEvidenceInput", { description: "A document handed in by an employer (单位办理材料)." })
export class DocumentEvidenceInput {
  @Field(() => DocumentEvidenceKindEnum, { description: "Which document." })
  kind!: string;

  @Field(() => String, { description: "SHA-256 of the file, hexadecimal." })
  sha256!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: "When the photo was taken." })
  capturedAt?: Temporal.Instant | null;

  @Field(() => [PhotoElementEnum], { nullable: true, description: "What the photo shows." })
  shows?: string[] | null;
}

@InputType("HomeVisitEvidenceInput", { description: "A visit that took place (上门认证)." })
export class HomeVisitEvidenceInput {
  @Field(() => DateTimeScalar, { description: "When." })
  visitedAt!: Temporal.Instant;

  @Field(() => String, { description: "Who visited." })
  visitorName!: string;

  @Field(() => String, { nullable: true, description: "What was noted." })
  note?: string | null;
}

@InputType("DataSourceEvidenceInput", { description: "A trace in another system's data (数据比对)." })
export class DataSourceEvidenceInput {
  @Field(() => DataSourceEnum, { description: "Which system." })
  source!: string;

  @Field(() => DateTimeScalar, { description: "When it happened." })
  eventAt!: Temporal.Instant;

  @Field(() => String, { description: "The source's own reference." })
  sourceReference!: string;
}

@InputType("EvidenceInput", {
  description: "One piece of evidence: exactly one field (认证材料). Session channels admit faceAssertion.",
})
export class EvidenceInput {
  @Field(() => String, {
    nullable: true,
    description: "Compact JWS by a registered verifier, typ face-verification+jwt (人脸核验结果).",
  })
  faceAssertion?: string | null;

  @Field(() => IdentityDocumentEvidenceInput, { nullable: true, description: "A document shown in person." })
  identityDocument?: IdentityDocumentEvidenceInput | null;

  @Field(() => DocumentEvidenceInput, { nullable: true, description: "A document handed in." })
  document?: DocumentEvidenceInput | null;

  @Field(() => HomeVisitEvidenceInput, { nullable: true, description: "A home visit." })
  homeVisit?: HomeVisitEvidenceInput | null;

  @Field(() => DataSourceEvidenceInput, { nullable: true, description: "A trace in data." })
  dataSource?: DataSourceEvidenceInput | null;
}

@InputType("CertificationCompleteInput", { description: "Complete a session with the verified face." })
export class CertificationCompleteInput {
  @Field(() => String, { description: "As in certificationStart; a new attempt needs a new key." })
  idempotencyKey!: string;

  @Field(() => ID, { description: "The session." })
  sessionId!: string;

  @Field(() => [EvidenceInput], { description: "Exactly one face assertion." })
  evidence!: EvidenceInput[];
}

@InputType("CertificationCancelInput", { description: "Give up a session." })
export class CertificationCancelInput {
  @Field(() => String, { description: "As in certificationStart." })
  idempotencyKey!: string;

  @Field(() => ID, { description: "The session." })
  sessionId!: string;
}

@ObjectType("CertificationStartPayload", {
  description: "The session, or why there is none.",
  simpleResolvers: true,
})
export class CertificationStartPayload {
  @Field(() => CertificationSession, { nullable: true, description: "The open session; null when refused." })
  session!: CertificationSession | null;

  @Field(() => [UserError], { description: "Empty on success." })
  userErrors!: UserError[];
}

@ObjectType("CertificationPayload", {
  description: "The certification, or why there is none.",
  simpleResolvers: true,
})
export class CertificationPayload {
  @Field(() => Certification, {
    nullable: true,
    description: "PASSED, or REJECTED with its reason; null when refused.",
  })
  certification!: Certification | null;

  @Field(() => [UserError], { description: "Empty when the certification was recorded, passed or not." })
  userErrors!: UserError[];
}

@ObjectType("CertificationCancelPayload", {
  description: "The cancelled session, or why not.",
  simpleResolvers: true,
})
export class CertificationCancelPayload {
  @Field(() => CertificationSession, {
    nullable: true,
    description: "The session, now CANCELLED; null when refused.",
  })
  session!: CertificationSession | null;

  @Field(() => [UserError], { description: "Empty on success." })
  userErrors!: UserError[];
}
