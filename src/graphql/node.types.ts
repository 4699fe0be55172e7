import { Field, ID, InterfaceType, ObjectType } from "type-graphql";
import type { Language } from "../domain/language.js";
import { type Refused, refusalMessage, refusals, type UserErrorCode } from "../domain/refusals.js";
import { UserErrorCodeEnum } from "./enums.js";

@InterfaceType("Node", {
  description: "A thing with an opaque id (对象). Ids are at most 64 ASCII characters; do not parse them.",
  resolveType: (value: { constructor: { graphqlName?: string } }) => value.constructor.graphqlName,
})
export abstract class Node {
  @Field(() => ID, { description: "Opaque id: prefixed, stable, nothing personal in it." })
  id!: string;
}

@ObjectType("UserError", {
  description: "A business refusal: nothing was written (业务错误).",
  simpleResolvers: true,
})
export class UserError {
  @Field(() => UserErrorCodeEnum, { description: "The contract: decide by this." })
  code!: UserErrorCode;

  @Field(() => String, { description: "For people, in the language of Accept-Language (zh-CN or en)." })
  message!: string;

  @Field(() => [String], {
    nullable: true,
    description: "The input concerned, from `input` on; list positions as numbers.",
  })
  path!: string[] | null;
}

export function toUserError(refused: Refused, language: Language): UserError {
  return {
    code: refusals[refused.refusal].code,
    message: refusalMessage(refused, language),
    path: refused.path ? [...refused.path] : null,
  };
}
