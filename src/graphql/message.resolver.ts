import { Arg, Ctx, FieldResolver, Int, Mutation, Query, Resolver, Root } from "type-graphql";
import { maySeeMessages } from "../auth/access.js";
import { maskName } from "../domain/masking.js";
import { plannedSms } from "../domain/message-texts.js";
import { suspendedFrom } from "../domain/payment.js";
import { updateEmployerContact } from "../operations/update-employer-contact.js";
import { type OwnedKey, type PensionerKey, parseOpaqueId } from "../storage/ids.js";
import { listMessages, type MessageScope, readMessage } from "../storage/messages.js";
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
  EmployerContactPayload,
  EmployerContactUpdateInput,
  Message,
  MessageConnection,
  MessageFilter,
} from "./message.types.js";
import { Pensioner } from "./pensioner.types.js";

@Resolver()
export class MessagesResolver {
  @Query(() => MessageConnection, {
    description:
      "Texts sent and to be sent, the latest first (短信列表). Staff, scope message:read; everyone whom one is about is logged as read.",
  })
  async messages(
    @Arg("filter", () => MessageFilter, { nullable: true, description: "Which; absent for all." })
    filter: MessageFilter | null | undefined,
    @Arg("first", () => Int, { description: "1 to 500." }) first: number,
    @Arg("after", () => String, {
      nullable: true,
      description: "A cursor of this list under the same filter.",
    })
    after: string | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Message>> {
    const limit = checkPageSize(first, MAX_STAFF_PAGE);
    const { database, sealing } = context.services;
    const { pensionerId = null } = filter ?? {};
    const person = pensionerId === null ? null : personOf(pensionerId);
    const scope: Omit<MessageScope, "person"> = {
      kind: filter?.kind ?? null,
      state: filter?.state ?? null,
      recipient: filter?.recipient ?? null,
      month: filter?.month?.toString() ?? null,
    };
    const bound = `messages|${JSON.stringify({ pensionerId, ...scope })}`;
    const [beforeId = null] = decodeCursor(after, bound, [keysetParts.id]) ?? [];
    // An id that is nobody's has no messages.
    const isNobody = pensionerId !== null && person === null;
    const rows = isNobody
      ? []
      : await listMessages(database.db, { person, ...scope }, { limit: limit + 1, beforeId });
    await context.recordReads("messages", rows.slice(0, limit));
    return toConnection(
      rows,
      limit,
      (row) => new Message(row, sealing),
      ({ id }) => encodeCursor([id], bound),
    );
  }

  @Mutation(() => EmployerContactPayload, {
    description:
      "Say where an employer is reminded of its people (更新单位联系电话). Scope contact:write: staff for all, an employer's client for its own.",
  })
  async employerContactUpdate(
    @Arg("input", () => EmployerContactUpdateInput, { description: "Whose, and which." })
    input: EmployerContactUpdateInput,
    @Ctx() context: RequestContext,
  ): Promise<EmployerContactPayload> {
    return refusable<EmployerContactPayload>(
      context,
      async () => {
        await updateEmployerContact(context.operationContext(), input);
        return { accepted: true, userErrors: [] };
      },
      (userErrors) => ({ accepted: false, userErrors }),
    );
  }
}

@Resolver(() => Message)
export class MessageResolver {
  @FieldResolver(() => Pensioner, { description: "Whom it is about, as of now." })
  pensioner(@Root() message: Message, @Ctx() context: RequestContext): Promise<Pensioner> {
    return loadPensioner(message.record, context);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      "The text, with the name in it masked; one that waits for its turn, as it would be written now. Null when the person has got another name since, when there is nothing to tell any more, and 400 days after it was settled (短信内容).",
  })
  async body(@Root() { record }: Message, @Ctx() context: RequestContext): Promise<string | null> {
    const { sealing } = context.services;
    const person = await context.pensioners.load(record);
    if (!person) return null;
    const name = sealing.open(person.nameSealed, places.pensionerName(person.pensionerId));
    if (record.state === "QUEUED" && record.bodySealed === null)
      return plannedSms({ ...record, suspendedFrom: suspendedFrom(person.holds) }, maskName(name));
    if (record.bodySealed === null) return null;
    const body = sealing.open(record.bodySealed, places.messageBody(record.id));
    return body.includes(name) ? body.replaceAll(name, maskName(name)) : null;
  }
}

/** A message the caller may see, with the read logged; null otherwise. */
export async function readVisibleMessage(
  key: OwnedKey,
  context: RequestContext,
  operation: string,
): Promise<Message | null> {
  if (!maySeeMessages(context.actor)) return null;
  const record = await readMessage(context.services.database.db, key);
  if (!record) return null;
  await context.recordReads(operation, [record]);
  return new Message(record, context.services.sealing);
}

function personOf(id: string): PensionerKey | null {
  const key = parseOpaqueId(id);
  return key?.kind === "pensioner" ? { bucket: key.bucket, pensionerId: key.pensionerId } : null;
}
