import { Field, ObjectType } from "type-graphql";
import {
  type CertificationMethod,
  type Channel,
  type ChannelCode,
  type ChannelFlow,
  channelOf,
} from "../domain/channels.js";
import type { Language } from "../domain/language.js";
import { CertificationMethodEnum, ChannelCodeEnum, ChannelFlowEnum } from "./enums.js";

@ObjectType("Channel", { description: "A way to certify (渠道).", simpleResolvers: true })
export class ChannelType {
  @Field(() => ChannelCodeEnum, { description: "The channel's code." })
  code!: ChannelCode;

  @Field(() => String, { description: "Its name in the caller's language." })
  name!: string;

  @Field(() => ChannelFlowEnum, { description: "How it certifies." })
  flow!: ChannelFlow;

  @Field(() => [CertificationMethodEnum], { description: "The methods it may use." })
  methods!: CertificationMethod[];
}

export function toChannelType(channel: Channel, language: Language): ChannelType {
  return {
    code: channel.code,
    name: language === "en" ? channel.nameEn : channel.nameZh,
    flow: channel.flow,
    methods: [...channel.methods],
  };
}

export function channelTypeOf(code: ChannelCode, language: Language): ChannelType {
  return toChannelType(channelOf(code), language);
}
