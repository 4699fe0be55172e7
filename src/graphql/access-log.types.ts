import { Field, ID, InputType, ObjectType } from "type-graphql";
import type { DocumentType } from "../domain/document-number.js";
import { connectionOf } from "./connections.js";
import { DocumentTypeEnum } from "./enums.js";
import { UserError } from "./node.types.js";
import { DateTimeScalar } from "./scalars.js";

@ObjectType("AccessLogEntry", {
  description: "One reading of a person's data (查询留痕).",
  simpleResolvers: true,
})
export class AccessLogEntry {
  @Field(() => DateTimeScalar, { description: "When." })
  at!: string;

  @Field(() => String, {
    description:
      "Who: the client's id; `staff:` and the account number for staff of the agency's own sign-in.",
  })
  clientId!: string;

  @Field(() => String, {
    nullable: true,
    description: "The client's registered name; null for one that is not registered here.",
  })
  clientName!: string | null;

  @Field(() => String, { description: "By which operation: a root field of this schema." })
  operation!: string;

  @Field(() => String, { description: "In which request: the X-Request-Id of its answer." })
  requestId!: string;
}

export const AccessLogConnection = connectionOf(AccessLogEntry, "AccessLog");

@InputType("IdentityRevealInput", { description: "Whose identity, and why (查看完整身份信息)." })
export class IdentityRevealInput {
  @Field(() => String, {
    description: "As in certificationStart. A repetition is logged as another reading.",
  })
  idempotencyKey!: string;

  @Field(() => ID, { description: "A pensioner's id." })
  pensionerId!: string;

  @Field(() => String, {
    description: "Why it is needed, 10 to 500 characters; kept sealed, for those who watch over it.",
  })
  reason!: string;
}

@ObjectType("RevealedDocument", {
  description: "A document with its full number (完整证件号码).",
  simpleResolvers: true,
})
export class RevealedDocument {
  @Field(() => DocumentTypeEnum, { description: "Its kind." })
  type!: DocumentType;

  @Field(() => String, { description: "The full number." })
  number!: string;
}

@ObjectType("RevealedIdentity", {
  description:
    "Name, documents and phone in full (完整身份信息). The only place of this schema where they are.",
  simpleResolvers: true,
})
export class RevealedIdentity {
  @Field(() => String, { description: "The full name." })
  name!: string;

  @Field(() => [RevealedDocument], { description: "All documents." })
  documents!: RevealedDocument[];

  @Field(() => String, { nullable: true, description: "The full contact phone; null when none is known." })
  phone!: string | null;
}

@ObjectType("IdentityRevealPayload", {
  description: "The identity, or why it is not shown.",
  simpleResolvers: true,
})
export class IdentityRevealPayload {
  @Field(() => RevealedIdentity, { nullable: true, description: "Null when refused." })
  identity!: RevealedIdentity | null;

  @Field(() => [UserError], { description: "Empty on success." })
  userErrors!: UserError[];
}
