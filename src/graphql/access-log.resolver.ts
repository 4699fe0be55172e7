import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from "type-graphql";
import { maySeePensionerById } from "../auth/access.js";
import { Refused } from "../domain/refusals.js";
import { toInstant } from "../operations/operation.js";
import { revealIdentity } from "../operations/reveal-identity.js";
import { listAccesses } from "../storage/access-log.js";
import { readClientNames } from "../storage/channel-clients.js";
import { type PensionerKey, parseOpaqueId } from "../storage/ids.js";
import { places } from "../storage/sealing.js";
import {
  AccessLogConnection,
  type AccessLogEntry,
  IdentityRevealInput,
  IdentityRevealPayload,
  type RevealedIdentity,
} from "./access-log.types.js";
import { refusable } from "./certification.resolver.js";
import {
  type Connection,
  checkPageSize,
  decodeCursor,
  encodeCursor,
  keysetParts,
  MAX_PAGE,
  toConnection,
} from "./connections.js";
import type { RequestContext } from "./context.js";
import { dateTimeText } from "./scalars.js";

@Resolver()
export class AccessLogResolver {
  @Query(() => AccessLogConnection, {
    description:
      "Who read this person, when and by what, latest first (查询留痕). Staff, scope access-log:read. Empty for an id that there is not; reading it is a reading too.",
  })
  async accessLog(
    @Arg("pensionerId", () => ID, { description: "A pensioner's id." }) pensionerId: string,
    @Arg("first", () => Int, { description: "1 to 100." }) first: number,
    @Arg("after", () => String, { nullable: true, description: "A cursor of this person's log." })
    after: string | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<Connection<AccessLogEntry>> {
    const limit = checkPageSize(first, MAX_PAGE);
    const bound = `accessLog|${pensionerId}`;
    const [beforeId = null] = decodeCursor(after, bound, [keysetParts.id]) ?? [];
    const key = await visiblePensioner(pensionerId, context);
    const { db } = context.services.database;
    const rows = key ? await listAccesses(db, key, { limit: limit + 1, beforeId }) : [];
    const names = await readClientNames(db, [...new Set(rows.map((row) => row.clientId))]);
    if (key) await context.recordReads("accessLog", [key]);
    return toConnection(
      rows,
      limit,
      ({ at, clientId, operation, requestId }) => ({
        at: dateTimeText(toInstant(at)),
        clientId,
        clientName: names.get(clientId) ?? null,
        operation,
        requestId,
      }),
      ({ id }) => encodeCursor([id], bound),
    );
  }

  @Mutation(() => IdentityRevealPayload, {
    description:
      "Show a person's name, documents and phone in full, for a reason that is kept (查看完整身份信息). Staff, scope identity:reveal. Answered only once the record of it is committed.",
  })
  async identityReveal(
    @Arg("input", () => IdentityRevealInput, { description: "Whose, and why." }) input: IdentityRevealInput,
    @Ctx() context: RequestContext,
  ): Promise<IdentityRevealPayload> {
    return refusable<IdentityRevealPayload>(
      context,
      async () => {
        const key = await revealIdentity(context.operationContext(), input);
        // Also of a repetition, and under relaxed audit too.
        await context.recordReads("identityReveal", [key], true);
        return { identity: await openIdentity(key, context), userErrors: [] };
      },
      (userErrors) => ({ identity: null, userErrors }),
    );
  }
}

/** The person behind an id; null for whoever may not be seen and whoever there is not, alike. */
export async function visiblePensioner(id: string, context: RequestContext): Promise<PensionerKey | null> {
  const key = parseOpaqueId(id);
  if (key?.kind !== "pensioner" || !maySeePensionerById(context.actor)) return null;
  return (await context.pensioners.load(key)) && key;
}

async function openIdentity(key: PensionerKey, context: RequestContext): Promise<RevealedIdentity> {
  const { sealing } = context.services;
  const record = await context.pensioners.load(key);
  if (!record) throw new Refused("PENSIONER_NOT_FOUND", ["input", "pensionerId"]);
  const { pensionerId, nameSealed, phoneSealed, documents } = record;
  return {
    name: sealing.open(nameSealed, places.pensionerName(pensionerId)),
    documents: documents.map(({ type, numberSealed }) => ({
      type,
      number: sealing.open(numberSealed, places.documentNumber(pensionerId)),
    })),
    phone: phoneSealed && sealing.open(phoneSealed, places.pensionerPhone(pensionerId)),
  };
}
