import { Field, InputType, Int, ObjectType } from "type-graphql";
import type { DocumentEvidenceKind, PhotoElement } from "../domain/evidence-kinds.js";
import { CertificationItemResult } from "./batch.types.js";
import { DocumentEvidenceKindEnum, PhotoElementEnum } from "./enums.js";
import { EvidenceInput } from "./evidence.types.js";
import { UserError } from "./node.types.js";
import { SubjectInput } from "./pensioner.types.js";
import { DateTimeScalar } from "./scalars.js";

@InputType("EmployerCertificationItemInput", {
  description: "One pensioner of the employer with the three documents (单位办理人员).",
})
export class EmployerCertificationItemInput {
  @Field(() => SubjectInput, { description: "The pensioner; one of the employer's own." })
  subject!: SubjectInput;

  @Field(() => [EvidenceInput], {
    description:
      "CERTIFICATION_FORM, ID_COPY_BOTH_SIDES and HOLDING_ID_PHOTO, one of each. The photo shows FACE, TIME and DOCUMENT and is at most 30 days old (E4).",
  })
  evidence!: EvidenceInput[];
}

@InputType("EmployerCertificationsSubmitInput", {
  description: "Documents that an employer hands in for its pensioners (单位批量办理).",
})
export class EmployerCertificationsSubmitInput {
  @Field(() => String, { description: "As in certificationStart; it stands for the whole call." })
  idempotencyKey!: string;

  @Field(() => String, {
    description:
      "The employer's code, as in the benefit register; a client of one employer names its own (单位编码).",
  })
  employerCode!: string;

  @Field(() => [EmployerCertificationItemInput], { description: "1 to 200 pensioners." })
  items!: EmployerCertificationItemInput[];
}

@ObjectType("HandedInDocument", {
  description: "A document that an employer handed in, by its digest (单位提交的材料).",
  simpleResolvers: true,
})
export class HandedInDocument {
  @Field(() => Int, {
    description: "Its place; reviewers read the file at /certifications/{id}/evidence/{position}.",
  })
  position!: number;

  @Field(() => DocumentEvidenceKindEnum, { description: "Which document." })
  kind!: DocumentEvidenceKind;

  @Field(() => String, { description: "SHA-256 of the file, hexadecimal." })
  sha256!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: "When the photo was taken (拍摄时间)." })
  capturedAt!: string | null;

  @Field(() => [PhotoElementEnum], { description: "What the photo shows, as the employer says." })
  shows!: PhotoElement[];

  @Field(() => Boolean, { description: "Whether the file itself has been uploaded (文件是否已上传)." })
  uploaded!: boolean;
}

@ObjectType("EmployerCertificationsSubmitPayload", {
  description: "One result an item, in their order.",
  simpleResolvers: true,
})
export class EmployerCertificationsSubmitPayload {
  @Field(() => [CertificationItemResult], { description: "Empty when the whole call was refused." })
  results!: CertificationItemResult[];

  @Field(() => [UserError], { description: "Why the whole call was refused; empty when it was not." })
  userErrors!: UserError[];
}
