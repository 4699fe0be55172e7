import { Arg, Ctx, Mutation, Query, Resolver } from "type-graphql";
import { createMoratorium, endMoratoriumNow } from "../operations/moratoria.js";
import { listMoratoria, readMoratorium } from "../storage/moratoria.js";
import { refusable } from "./certification.resolver.js";
import type { RequestContext } from "./context.js";
import {
  Moratorium,
  MoratoriumCreateInput,
  MoratoriumEndInput,
  MoratoriumPayload,
} from "./moratorium.types.js";

@Resolver()
export class MoratoriumResolver {
  @Query(() => [Moratorium], {
    description:
      "Every moratorium there ever was, the latest first (缓办记录). Staff, scope suspension:read.",
  })
  async moratoria(@Ctx() context: RequestContext): Promise<Moratorium[]> {
    const records = await listMoratoria(context.services.database.db);
    return records.map((record) => new Moratorium(record));
  }

  @Mutation(() => MoratoriumPayload, {
    description:
      "Spare a district or benefit for some months: nobody of it is suspended (设立缓办). Staff, scope suspension:approve.",
  })
  async moratoriumCreate(
    @Arg("input", () => MoratoriumCreateInput, { description: "Whom, how long, why." })
    input: MoratoriumCreateInput,
    @Ctx() context: RequestContext,
  ): Promise<MoratoriumPayload> {
    return payloadOf(context, () => createMoratorium(context.staffContext(), input));
  }

  @Mutation(() => MoratoriumPayload, {
    description: "End a moratorium early (结束缓办). Staff, scope suspension:approve.",
  })
  async moratoriumEnd(
    @Arg("input", () => MoratoriumEndInput, { description: "Which." }) input: MoratoriumEndInput,
    @Ctx() context: RequestContext,
  ): Promise<MoratoriumPayload> {
    return payloadOf(context, () => endMoratoriumNow(context.staffContext(), input));
  }
}

function payloadOf(
  context: RequestContext,
  write: () => Promise<{ readonly id: string }>,
): Promise<MoratoriumPayload> {
  return refusable<MoratoriumPayload>(
    context,
    async () => {
      const { id } = await write();
      const record = await readMoratorium(context.services.database.db, id);
      return { moratorium: record && new Moratorium(record), userErrors: [] };
    },
    (userErrors) => ({ moratorium: null, userErrors }),
  );
}
