import { Arg, Ctx, FieldResolver, Int, Mutation, Query, Resolver, Root } from "type-graphql";
import { maySeeContactTask } from "../auth/access.js";
import { reportWrongPhone } from "../operations/report-wrong-phone.js";
import { updateContactPhone } from "../operations/update-contact-phone.js";
import { type ContactTaskScope, listContactTasks, readContactTask } from "../storage/contact-tasks.js";
import type { OwnedKey } from "../storage/ids.js";
import { certificationNamed, loadPensioner, refusable } from "./certification.resolver.js";
import {
  type Connection,
  checkPageSize,
  decodeCursor,
  encodeCursor,
  keysetParts,
  MAX_STAFF_PAGE,
  toConnection,
} from "./connections.js";
import {
  ContactPhonePayload,
  ContactPhoneReportWrongInput,
  ContactPhoneUpdateInput,
  ContactTask,
  ContactTaskConnection,
  ContactTaskFilter,
} from "./contact.types.js";
import type { RequestContext } from "./context.js";
import { codeOf } from "./expiry.resolver.js";
import { Pensioner } from "./pensioner.types.js";

@Resolver()
export class ContactResolver {
  @Mutation(() => ContactPhonePayload, {
    description: "Give a pensioner a new contact phone (更新联系电话). Scope contact:write.",
  })
  async contactPhoneUpdate(
    @Arg("input", () => ContactPhoneUpdateInput, { description: "Whose, and which." })
    input: ContactPhoneUpdateInput,
    @Ctx() context: RequestContext,
  ): Promise<ContactPhonePayload> {
    const operation = "contactPhoneUpdate";
    return refusable<ContactPhonePayload>(
      context,
      async () => {
        const update = () => updateContactPhone(context.operationContext(), input);
        const key = await certificationNamed(context, operation, update);
        await context.recordReads(operation, [key]);
        return { accepted: true, pensioner: await loadPensioner(key, context), userErrors: [] };
      },
      (userErrors) => ({ accepted: false, pensioner: null, userErrors }),
    );
  }

  @Mutation(() => ContactPhonePayload, {
    description:
      "Report that a text reached the wrong person, without signing in as the pensioner (号码有误). One answer whether or not anyone was found. Scope contact:write.",
  })
  async contactPhoneReportWrong(
    @Arg("input", () => ContactPhoneReportWrongInput, { description: "The phone, and the name in the text." })
    input: ContactPhoneReportWrongInput,
    @Ctx() context: RequestContext,
  ): Promise<ContactPhonePayload> {
    return refusable<ContactPhonePayload>(
      context,
      async () => {
        await context.lookUp(1, async () => {
          const { persons } = await reportWrongPhone(context.operationContext(), input);
          return [persons > 0 ? persons : null];
        });
        return { accepted: true, pensioner: null, userErrors: [] };
      },
      (userErrors) => ({ accepted: false, pensioner: null, userErrors }),
    );
  }

  @Query(() => ContactTaskConnection, {
    description:
      "People who cannot be reached, the oldest report first (联系核实列表). Staff, scope contact:write; everyone listed is logged as read.",
  })
  async contactTasks(
    @Arg("filter", () => ContactTaskFilter, { nullable: true, description: "Which; absent for all." })
    filter: ContactTaskFilter | null | undefined,
    @Arg("first", () => Int, { description: "1 to 500." }) first: number,
    @Arg("after", () => String, {
      nullable: true,
      description: "A cursor of this list under the same filter.",
    })
    after: string | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<Connection<ContactTask>> {
    const limit = checkPageSize(first, MAX_STAFF_PAGE);
    const scope: ContactTaskScope = {
      employerCode: codeOf(filter?.employerCode, "employerCode"),
      open: filter?.open ?? null,
    };
    const bound = `contactTasks|${JSON.stringify(scope)}`;
    const position = decodeCursor(after, bound, [keysetParts.id]);
    const records = await listContactTasks(context.services.database.db, scope, {
      limit: limit + 1,
      afterId: position?.[0] ?? null,
    });
    await context.recordReads("contactTasks", records.slice(0, limit));
    return toConnection(
      records,
      limit,
      (record) => new ContactTask(record, context),
      ({ id }) => encodeCursor([id], bound),
    );
  }
}

@Resolver(() => ContactTask)
export class ContactTaskResolver {
  @FieldResolver(() => Pensioner, { description: "Who is looked for, as of now." })
  pensioner(@Root() task: ContactTask, @Ctx() context: RequestContext): Promise<Pensioner> {
    return loadPensioner(task.record, context);
  }
}

/** A task the caller may see, with the read logged; null otherwise. */
export async function readVisibleContactTask(
  key: OwnedKey,
  context: RequestContext,
  operation: string,
): Promise<ContactTask | null> {
  if (!maySeeContactTask(context.actor)) return null;
  const record = await readContactTask(context.services.database.db, key);
  if (!record) return null;
  await context.recordReads(operation, [record]);
  return new ContactTask(record, context);
}
