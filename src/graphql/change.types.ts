import { Field, ID, Int, ObjectType } from "type-graphql";
import { certificationOf, type EventType } from "../domain/events.js";
import { toInstant } from "../operations/operation.js";
import type { PlacedEvent } from "../storage/event-feed.js";
import { eventOpaqueId, pensionerOpaqueId } from "../storage/ids.js";
import { connectionOf } from "./connections.js";
import { DateTimeScalar, dateTimeText } from "./scalars.js";
import { ChangeTypeEnum } from "./year-enums.js";

@ObjectType("Change", {
  description: "Something that happened to a person; ids only, what has become of them is asked for (变更).",
  simpleResolvers: true,
})
export class Change {
  constructor(readonly event: PlacedEvent) {}

  @Field(() => ID, { description: "The event's id: the `webhook-id` under which it is sent, too." })
  get id(): string {
    return eventOpaqueId(this.event);
  }

  @Field(() => ChangeTypeEnum, { description: "What happened." })
  get type(): EventType {
    return this.event.type;
  }

  @Field(() => DateTimeScalar, { description: "When." })
  get occurredAt(): string {
    return dateTimeText(toInstant(this.event.at));
  }

  @Field(() => Int, { description: "Counts up per person, without gaps; a channel may not see all of them." })
  get sequence(): number {
    return this.event.sequence;
  }

  @Field(() => ID, { description: "To whom." })
  get pensionerId(): string {
    return pensionerOpaqueId(this.event);
  }

  @Field(() => ID, { description: "What it is about: a certification, a life event; else the person." })
  get subjectId(): string {
    return this.event.subjectId;
  }

  @Field(() => ID, {
    nullable: true,
    description:
      "The certification; null when it is about none. `certification(id:)` tells its own channel and staff.",
  })
  get certificationId(): string | null {
    return certificationOf(this.event);
  }
}

export const ChangeConnection = connectionOf(Change, "Change");
