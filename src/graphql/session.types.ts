import { Field, ID, InputType, ObjectType } from "type-graphql";
import type { HelperRelation } from "../domain/certification.js";
import { CertificationSession } from "./certification.types.js";
import { HelperRelationEnum } from "./enums.js";
import { EvidenceInput } from "./evidence.types.js";
import { UserError } from "./node.types.js";
import { DocumentInput, SubjectInput } from "./pensioner.types.js";

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

  @Field(() => String, {
    nullable: true,
    description: "The helper's own phone: a text tells the outcome (代办人手机号). Absent: none is sent.",
  })
  phone?: string | null;
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
