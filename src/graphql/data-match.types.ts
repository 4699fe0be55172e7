import { Field, InputType, ObjectType } from "type-graphql";
import { CertificationItemResult } from "./batch.types.js";
import { DataSourceEvidenceInput } from "./evidence.types.js";
import { UserError } from "./node.types.js";
import { SubjectInput } from "./pensioner.types.js";

@InputType("DataMatchCertificationItemInput", { description: "One trace of one person (数据比对记录)." })
export class DataMatchCertificationItemInput {
  @Field(() => SubjectInput, { description: "The person." })
  subject!: SubjectInput;

  @Field(() => DataSourceEvidenceInput, {
    description: "The trace; it certifies in the month of its event (E7).",
  })
  evidence!: DataSourceEvidenceInput;
}

@InputType("DataMatchCertificationsSubmitInput", {
  description: "Traces found by comparing data (数据比对批次).",
})
export class DataMatchCertificationsSubmitInput {
  @Field(() => String, { description: "As in certificationStart." })
  idempotencyKey!: string;

  @Field(() => [DataMatchCertificationItemInput], { description: "At most 500." })
  items!: DataMatchCertificationItemInput[];
}

@ObjectType("DataMatchCertificationsSubmitPayload", {
  description: "One result an item, in the order given.",
  simpleResolvers: true,
})
export class DataMatchCertificationsSubmitPayload {
  @Field(() => [CertificationItemResult], { description: "Empty when the whole batch was refused." })
  results!: CertificationItemResult[];

  @Field(() => [UserError], { description: "Why the whole batch was refused." })
  userErrors!: UserError[];
}
