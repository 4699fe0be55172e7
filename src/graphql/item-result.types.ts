import { Field, Int, ObjectType } from "type-graphql";
import { Certification } from "./certification.types.js";
import { UserError } from "./node.types.js";

@ObjectType("CertificationItemResult", {
  description: "What became of one item of a batch (批量办理结果).",
  simpleResolvers: true,
})
export class CertificationItemResult {
  @Field(() => Int, { description: "The item's place in the input, from 0." })
  index!: number;

  @Field(() => Certification, {
    nullable: true,
    description: "The certification it led to, REJECTED ones included; null when it was refused.",
  })
  certification!: Certification | null;

  @Field(() => [UserError], { description: "Why it was refused; the other items are not affected." })
  userErrors!: UserError[];
}
