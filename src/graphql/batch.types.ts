import { Field, Int, ObjectType } from "type-graphql";
import { Certification } from "./certification.types.js";
import { UserError } from "./node.types.js";

@ObjectType("CertificationItemResult", {
  description: "What became of one item of a batch (批量结果).",
  simpleResolvers: true,
})
export class CertificationItemResult {
  @Field(() => Int, { description: "The item's position in the input, from 0." })
  index!: number;

  @Field(() => Certification, { nullable: true, description: "The certification; null when refused." })
  certification!: Certification | null;

  @Field(() => [UserError], { description: "Why this item was refused; the others are not touched by it." })
  userErrors!: UserError[];
}
