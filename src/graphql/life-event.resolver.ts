import { Arg, Ctx, FieldResolver, Int, Mutation, Query, Resolver, Root } from "type-graphql";
import { mayFollowLifeEvents, maySeeLifeEvent } from "../auth/access.js";
import type { LifeEventOutcome } from "../domain/life-event.js";
import { maskName, maskNumber } from "../domain/masking.js";
import { correctLifeEvent, decideLifeEvent, voidLifeEvent } from "../operations/change-life-event.js";
import { toInstant } from "../operations/operation.js";
import { openDocument, openName, reportLifeEvent } from "../operations/report-life-event.js";
import type { LooseKey } from "../storage/ids.js";
import { type LifeEventScope, listLifeEvents, personOf, readLifeEvent } from "../storage/life-events.js";
import { places } from "../storage/sealing.js";
import { loadPensioner, refusable } from "./certification.resolver.js";
import {
  type Connection,
  checkPageSize,
  decodeCursor,
  encodeCursor,
  keysetParts,
  MAX_STAFF_PAGE,
  toConnection,
} from "./connections.js";
import type { RequestContext } from "./context.js";
import {
  LifeEvent,
  LifeEventConnection,
  LifeEventCorrectInput,
  LifeEventDecideInput,
  LifeEventFilter,
  LifeEventPayload,
  LifeEventReportInput,
  LifeEventVoidInput,
} from "./life-event.types.js";
import { MaskedDocument, Pensioner } from "./pensioner.types.js";
import { DateTimeScalar, dateTimeText, YearMonthScalar } from "./scalars.js";
import { LifeEventOutcomeEnum } from "./year-enums.js";

@Resolver()
export class LifeEventResolver {
  @Query(() => LifeEventConnection, {
    description:
      "Reports of life events, the oldest first (生存状态报告列表). Staff, scope life-event:read; everyone whom one leads to is logged as read.",
  })
  async lifeEvents(
    @Arg("filter", () => LifeEventFilter, { nullable: true, description: "Which; absent for all." })
    filter: LifeEventFilter | null | undefined,
    @Arg("first", () => Int, { description: "1 to 500." }) first: number,
    @Arg("after", () => String, {
      nullable: true,
      description: "A cursor of this list under the same filter.",
    })
    after: string | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<Connection<LifeEvent>> {
    const limit = checkPageSize(first, MAX_STAFF_PAGE);
    const { outcome = null, state = null, kind = null } = filter ?? {};
    const scope: LifeEventScope = { outcome, state, kind };
    const bound = `lifeEvents|${JSON.stringify(scope)}`;
    const position = decodeCursor(after, bound, [keysetParts.id]);
    const records = await listLifeEvents(context.services.database.db, scope, {
      limit: limit + 1,
      afterId: position?.[0] ?? null,
    });
    const persons = records.slice(0, limit).flatMap((record) => personOf(record) ?? []);
    await context.recordReads("lifeEvents", persons);
    return toConnection(
      records,
      limit,
      (record) => new LifeEvent(record, context),
      ({ id }) => encodeCursor([id], bound),
    );
  }

  @Mutation(() => LifeEventPayload, {
    description:
      "Report a death, a sentence, a release or the end of entitlement (报告生存状态). It acts on payment only for a person found by document and name, or by two sources; the answer to a channel does not tell. Scope life-event:write.",
  })
  lifeEventReport(
    @Arg("input", () => LifeEventReportInput, { description: "What, to whom, when, who says so." })
    input: LifeEventReportInput,
    @Ctx() context: RequestContext,
  ): Promise<LifeEventPayload> {
    return answer(context, "lifeEventReport", () => reportLifeEvent(context.operationContext(), input));
  }

  @Mutation(() => LifeEventPayload, {
    description:
      "Correct the day or the kind of a report; what it held is held anew in one step (更正报告). Its source or staff, scope life-event:write.",
  })
  lifeEventCorrect(
    @Arg("input", () => LifeEventCorrectInput, { description: "Which, what, why." })
    input: LifeEventCorrectInput,
    @Ctx() context: RequestContext,
  ): Promise<LifeEventPayload> {
    return answer(context, "lifeEventCorrect", () => correctLifeEvent(context.operationContext(), input));
  }

  @Mutation(() => LifeEventPayload, {
    description:
      "Take a report back; the months that it stopped are paid (撤回报告). Its source until staff have confirmed it, or staff; scope life-event:write.",
  })
  lifeEventVoid(
    @Arg("input", () => LifeEventVoidInput, { description: "Which, why." })
    input: LifeEventVoidInput,
    @Ctx() context: RequestContext,
  ): Promise<LifeEventPayload> {
    return answer(context, "lifeEventVoid", () => voidLifeEvent(context.operationContext(), input));
  }

  @Mutation(() => LifeEventPayload, {
    description:
      "Confirm or dismiss a report after looking into it; a death confirmed ends payment for good (核实报告). Staff, scope review:write.",
  })
  lifeEventDecide(
    @Arg("input", () => LifeEventDecideInput, { description: "Which, how, why." })
    input: LifeEventDecideInput,
    @Ctx() context: RequestContext,
  ): Promise<LifeEventPayload> {
    return answer(context, "lifeEventDecide", () => decideLifeEvent(context.staffContext(), input));
  }
}

/** C5, S2: what tells of the person a report leads to is for staff, and null to its source. */
@Resolver(() => LifeEvent)
export class LifeEventFieldsResolver {
  @FieldResolver(() => LifeEventOutcomeEnum, {
    nullable: true,
    description: "Whom it leads to; to staff only.",
  })
  outcome(@Root() { record }: LifeEvent, @Ctx() context: RequestContext): LifeEventOutcome | null {
    return mayFollowLifeEvents(context.actor) ? record.outcome : null;
  }

  @FieldResolver(() => [YearMonthScalar], {
    nullable: true,
    description: "Months paid although the event had come before; to staff only (多发月份).",
  })
  overpaidMonths(@Root() { record }: LifeEvent, @Ctx() context: RequestContext): string[] | null {
    return mayFollowLifeEvents(context.actor) ? record.overpaidMonths : null;
  }

  @FieldResolver(() => Pensioner, {
    nullable: true,
    description: "The person it leads to, as of now; to staff only, and null when there is no one.",
  })
  async pensioner(@Root() { record }: LifeEvent, @Ctx() context: RequestContext): Promise<Pensioner | null> {
    const person = personOf(record);
    return person && mayFollowLifeEvents(context.actor) ? loadPensioner(person, context) : null;
  }

  @FieldResolver(() => String, { nullable: true, description: "The name reported, masked; to staff only." })
  maskedName(@Root() { record }: LifeEvent, @Ctx() context: RequestContext): string | null {
    if (!mayFollowLifeEvents(context.actor)) return null;
    return maskName(openName(record, context.services.sealing));
  }

  @FieldResolver(() => MaskedDocument, {
    nullable: true,
    description: "The document reported, masked; to staff only, and null when there was none.",
  })
  document(@Root() { record }: LifeEvent, @Ctx() context: RequestContext): MaskedDocument | null {
    if (!mayFollowLifeEvents(context.actor)) return null;
    const document = openDocument(record, context.services.sealing);
    return document && { type: document.type, maskedNumber: maskNumber(document.number) };
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: "Why it was last corrected, taken back or decided; to staff only.",
  })
  reason(@Root() { record }: LifeEvent, @Ctx() context: RequestContext): string | null {
    const { id, reasonSealed } = record;
    if (!mayFollowLifeEvents(context.actor) || !reasonSealed) return null;
    return context.services.sealing.open(reasonSealed, places.lifeEventReason(id));
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: "Who on the staff confirmed it or took it back; to staff only.",
  })
  decidedBy(@Root() { record }: LifeEvent, @Ctx() context: RequestContext): string | null {
    return mayFollowLifeEvents(context.actor) ? record.decidedBy : null;
  }

  @FieldResolver(() => DateTimeScalar, {
    nullable: true,
    description: "When anything about it last changed; to staff only.",
  })
  updatedAt(@Root() { record }: LifeEvent, @Ctx() context: RequestContext): string | null {
    return mayFollowLifeEvents(context.actor) ? dateTimeText(toInstant(record.updatedAt)) : null;
  }
}

function answer(
  context: RequestContext,
  operation: string,
  write: () => Promise<LooseKey>,
): Promise<LifeEventPayload> {
  return refusable<LifeEventPayload>(
    context,
    async () => ({
      lifeEvent: await readVisibleLifeEvent(await write(), context, operation),
      userErrors: [],
    }),
    (userErrors) => ({ lifeEvent: null, userErrors }),
  );
}

/** A report the caller may see; that staff read whom it leads to is logged. Null otherwise. */
export async function readVisibleLifeEvent(
  key: LooseKey,
  context: RequestContext,
  operation: string,
): Promise<LifeEvent | null> {
  const record = await readLifeEvent(context.services.database.db, key);
  if (!record || !maySeeLifeEvent(context.actor, record)) return null;
  const person = personOf(record);
  if (person && mayFollowLifeEvents(context.actor)) await context.recordReads(operation, [person]);
  return new LifeEvent(record, context);
}
