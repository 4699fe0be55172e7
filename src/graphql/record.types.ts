import { Field, InputType } from "type-graphql";
import type { CertificationMethod } from "../domain/channels.js";
import { CertificationMethodEnum } from "./enums.js";
import { EvidenceInput } from "./evidence.types.js";
import { SubjectInput } from "./pensioner.types.js";
import { DateTimeScalar } from "./scalars.js";

@InputType("CertificationRecordInput", {
  description: "What a counter or a machine saw: the person with a valid document (现场认证登记).",
})
export class CertificationRecordInput {
  @Field(() => String, { description: "As in certificationStart." })
  idempotencyKey!: string;

  @Field(() => SubjectInput, { description: "The pensioner; any counter in the city serves any pensioner." })
  subject!: SubjectInput;

  @Field(() => CertificationMethodEnum, { description: "IN_PERSON at a counter, KIOSK at a machine." })
  method!: CertificationMethod;

  @Field(() => [EvidenceInput], {
    description:
      "The document that was shown; a machine adds its cameraKind. A face assertion may be added; its challenge is the idempotencyKey (E3).",
  })
  evidence!: EvidenceInput[];

  @Field(() => String, {
    nullable: true,
    description: "Who recorded it: required at a counter; a machine may name itself (经办人).",
  })
  operator?: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When it happened, at most 24 hours ago; absent for now (V6, 办理时间).",
  })
  occurredAt?: Temporal.Instant | null;

  @Field(() => Boolean, {
    defaultValue: true,
    description: "false: refuse with ALREADY_VALID while the person is still valid (V4).",
  })
  recertifyWhenValid!: boolean;

  @Field(() => String, {
    nullable: true,
    description: "Phone given at the counter; becomes the contact phone (C2).",
  })
  contactPhone?: string | null;
}
