import { Field, InputType } from "type-graphql";
import type { CameraKind, DataSource, DocumentEvidenceKind, PhotoElement } from "../domain/evidence-kinds.js";
import { CameraKindEnum, DataSourceEnum, DocumentEvidenceKindEnum, PhotoElementEnum } from "./enums.js";
import { DocumentInput } from "./pensioner.types.js";
import { DateScalar, DateTimeScalar } from "./scalars.js";

@InputType("IdentityDocumentEvidenceInput", {
  description: "A valid document shown in person (有效身份证件).",
})
export class IdentityDocumentEvidenceInput {
  @Field(() => DocumentInput, { description: "The document." })
  document!: DocumentInput;

  @Field(() => DateScalar, { nullable: true, description: "Its expiry; absent for one valid indefinitely." })
  expiresOn?: Temporal.PlainDate | null;

  @Field(() => CameraKindEnum, { nullable: true, description: "The machine's camera." })
  cameraKind?: CameraKind | null;
}

@InputType("DocumentEvidenceInput", { description: "A document handed in by an employer (单位办理材料)." })
export class DocumentEvidenceInput {
  @Field(() => DocumentEvidenceKindEnum, { description: "Which document." })
  kind!: DocumentEvidenceKind;

  @Field(() => String, { description: "SHA-256 of the file, hexadecimal." })
  sha256!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: "When the photo was taken." })
  capturedAt?: Temporal.Instant | null;

  @Field(() => [PhotoElementEnum], { nullable: true, description: "What the photo shows." })
  shows?: PhotoElement[] | null;
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
  source!: DataSource;

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
