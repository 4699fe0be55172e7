import { Ctx, Field, ObjectType, Query, Resolver } from "type-graphql";
import { type StaffRole, staffRoles } from "../domain/actor.js";
import { channels } from "../domain/channels.js";
import { ChannelType, channelTypeOf, toChannelType } from "./channel.types.js";
import type { RequestContext } from "./context.js";
import { StaffRoleEnum, ViewerKindEnum } from "./enums.js";
import { DateTimeScalar, dateTimeText } from "./scalars.js";

@ObjectType("Viewer", { description: "Who is asking (调用方).", simpleResolvers: true })
export class Viewer {
  @Field(() => ViewerKindEnum, { description: "Kind of client." })
  kind!: "CHANNEL" | "STAFF";

  @Field(() => String, { description: "The client's registered name." })
  name!: string;

  @Field(() => ChannelType, { nullable: true, description: "Its channel; null for staff." })
  channel!: ChannelType | null;

  @Field(() => [String], { description: "What this token may do." })
  scopes!: string[];

  @Field(() => [StaffRoleEnum], {
    description: "Staff: the roles that the scopes follow from; empty for a channel.",
  })
  roles!: StaffRole[];

  @Field(() => Boolean, { description: "True in the sandbox: synthetic people, a clock that can be moved." })
  sandbox!: boolean;

  @Field(() => DateTimeScalar, { description: "The service's clock; the sandbox's in a sandbox." })
  now!: string;
}

@Resolver()
export class ViewerResolver {
  @Query(() => Viewer, { description: "The calling client itself (当前调用方)." })
  viewer(@Ctx() context: RequestContext): Viewer {
    const { actor, language } = context;
    return {
      kind: actor.kind,
      name: actor.name,
      channel: actor.kind === "CHANNEL" ? channelTypeOf(actor.channel, language) : null,
      scopes: [...actor.scopes],
      roles: actor.kind === "STAFF" ? staffRoles.filter((role) => actor.roles.has(role)) : [],
      sandbox: context.sandbox,
      now: dateTimeText(context.time.now),
    };
  }

  @Query(() => [ChannelType], { description: "All channels and how each certifies (渠道列表)." })
  channels(@Ctx() context: RequestContext): ChannelType[] {
    return channels.map((channel) => toChannelType(channel, context.language));
  }
}
