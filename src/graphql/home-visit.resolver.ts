import { Arg, Ctx, FieldResolver, Int, Mutation, Query, Resolver, Root } from "type-graphql";
import {
  maySeeCertification,
  maySeeHomeVisit,
  maySeeHomeVisitAddress,
  visibleVisits,
} from "../auth/access.js";
import { parseDistrictCode } from "../domain/home-visit.js";
import { Refused } from "../domain/refusals.js";
import { cancelHomeVisit, declineHomeVisit } from "../operations/close-home-visit.js";
import { completeHomeVisit } from "../operations/complete-home-visit.js";
import { requestHomeVisit } from "../operations/request-home-visit.js";
import { scheduleHomeVisit } from "../operations/schedule-home-visit.js";
import {
  type HomeVisitRecord,
  type HomeVisitScope,
  listHomeVisits,
  readHomeVisit,
} from "../storage/home-visits.js";
import type { OwnedKey } from "../storage/ids.js";
import { places } from "../storage/sealing.js";
import { certificationNamed, loadPensioner, refusable } from "./certification.resolver.js";
import { Certification } from "./certification.types.js";
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
import {
  HomeVisit,
  HomeVisitCancelInput,
  HomeVisitCompleteInput,
  HomeVisitConnection,
  HomeVisitDeclineInput,
  HomeVisitFilter,
  HomeVisitPayload,
  HomeVisitRequestInput,
  HomeVisitScheduleInput,
} from "./home-visit.types.js";
import { Pensioner } from "./pensioner.types.js";

@Resolver(() => HomeVisit)
export class HomeVisitResolver {
  @Query(() => HomeVisitConnection, {
    description:
      "Home visits, the oldest request first: a street centre sees those of its district, staff all (上门认证列表). Scope visit:read; everyone listed is logged as read.",
  })
  async homeVisits(
    @Arg("filter", () => HomeVisitFilter, { nullable: true, description: "Which; absent for all." })
    filter: HomeVisitFilter | null | undefined,
    @Arg("first", () => Int, { description: "1 to 100." }) first: number,
    @Arg("after", () => String, {
      nullable: true,
      description: "A cursor of this list under the same filter.",
    })
    after: string | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<Connection<HomeVisit>> {
    const limit = checkPageSize(first, MAX_PAGE);
    const scope = toScope(filter ?? {});
    const bound = `homeVisits|${JSON.stringify(scope)}`;
    const position = decodeCursor(after, bound, [keysetParts.id]);
    const records = await listHomeVisits(context.services.database.db, scope, visibleVisits(context.actor), {
      limit: limit + 1,
      afterId: position?.[0] ?? null,
    });
    await context.recordReads("homeVisits", records.slice(0, limit));
    return toConnection(
      records,
      limit,
      (record) => new HomeVisit(record, context),
      ({ id }) => encodeCursor([id], bound),
    );
  }

  @Mutation(() => HomeVisitPayload, {
    description:
      "Ask for a home visit, in an app or at the street centre; one per person may be open (申请上门认证). Scope certification:write.",
  })
  homeVisitRequest(
    @Arg("input", () => HomeVisitRequestInput, { description: "Whom, where, whom to call." })
    input: HomeVisitRequestInput,
    @Ctx() context: RequestContext,
  ): Promise<HomeVisitPayload> {
    const operation = "homeVisitRequest";
    const request = () => requestHomeVisit(context.channelContext(), input);
    return answer(context, operation, () => certificationNamed(context, operation, request));
  }

  @Mutation(() => HomeVisitPayload, {
    description:
      "Arrange or rearrange the day of a visit (预约上门). The street centre or staff, scope visit:write.",
  })
  homeVisitSchedule(
    @Arg("input", () => HomeVisitScheduleInput, { description: "Which visit, when, who." })
    input: HomeVisitScheduleInput,
    @Ctx() context: RequestContext,
  ): Promise<HomeVisitPayload> {
    return answer(context, "homeVisitSchedule", () => scheduleHomeVisit(context.operationContext(), input));
  }

  @Mutation(() => HomeVisitPayload, {
    description:
      "Record the visit and certify the person as of its time (办结上门认证). The street centre or staff, scope visit:write. When a document or face was not accepted the visit stays open and its certification is REJECTED.",
  })
  homeVisitComplete(
    @Arg("input", () => HomeVisitCompleteInput, { description: "Which visit, and what was seen." })
    input: HomeVisitCompleteInput,
    @Ctx() context: RequestContext,
  ): Promise<HomeVisitPayload> {
    return answer(context, "homeVisitComplete", () => completeHomeVisit(context.operationContext(), input));
  }

  @Mutation(() => HomeVisitPayload, {
    description: "Decide that no one comes (不予受理). The street centre or staff, scope visit:write.",
  })
  homeVisitDecline(
    @Arg("input", () => HomeVisitDeclineInput, { description: "Which visit, and why." })
    input: HomeVisitDeclineInput,
    @Ctx() context: RequestContext,
  ): Promise<HomeVisitPayload> {
    return answer(context, "homeVisitDecline", () => declineHomeVisit(context.operationContext(), input));
  }

  @Mutation(() => HomeVisitPayload, {
    description:
      "Call a visit off: the client that asked for it, the street centre or staff (取消上门认证). Scope certification:write or visit:write.",
  })
  homeVisitCancel(
    @Arg("input", () => HomeVisitCancelInput, { description: "Which visit." })
    input: HomeVisitCancelInput,
    @Ctx() context: RequestContext,
  ): Promise<HomeVisitPayload> {
    return answer(context, "homeVisitCancel", () => cancelHomeVisit(context.operationContext(), input));
  }

  @FieldResolver(() => Pensioner, { description: "Who is to be visited, as of now." })
  pensioner(@Root() visit: HomeVisit, @Ctx() context: RequestContext): Promise<Pensioner> {
    return loadPensioner(visit.record, context);
  }

  @FieldResolver(() => Certification, {
    nullable: true,
    description:
      "What the visit led to: PASSED once completed, REJECTED after an attempt that failed. Like every certification a channel sees only its own: who asked for the visit reads the pensioner's status instead.",
  })
  async certification(
    @Root() { record }: HomeVisit,
    @Ctx() context: RequestContext,
  ): Promise<Certification | null> {
    const { bucket, pensionerId, certificationId } = record;
    if (certificationId === null) return null;
    const made = await context.certifications.load({ bucket, pensionerId, id: certificationId });
    return made && maySeeCertification(context.actor, made) ? new Certification(made, context) : null;
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      "Where to go: for the street centre of the district and staff, null for others; each look is logged (地址).",
  })
  address(@Root() visit: HomeVisit, @Ctx() context: RequestContext): Promise<string | null> {
    const { id, addressSealed } = visit.record;
    return openForDesk(visit, context, addressSealed, places.homeVisitAddress(id));
  }

  @FieldResolver(() => String, { nullable: true, description: "Whom to call; shown as address is (联系人)." })
  contactName(@Root() visit: HomeVisit, @Ctx() context: RequestContext): Promise<string | null> {
    const { id, contactNameSealed } = visit.record;
    return openForDesk(visit, context, contactNameSealed, places.homeVisitContactName(id));
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: "The phone to call; shown as address is (联系电话).",
  })
  contactPhone(@Root() visit: HomeVisit, @Ctx() context: RequestContext): Promise<string | null> {
    const { id, contactPhoneSealed } = visit.record;
    return openForDesk(visit, context, contactPhoneSealed, places.homeVisitContactPhone(id));
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: "Who comes, once it is arranged; shown as address is (上门人员).",
  })
  async visitorName(@Root() visit: HomeVisit, @Ctx() context: RequestContext): Promise<string | null> {
    const { id, visitorNameSealed } = visit.record;
    return visitorNameSealed && openForDesk(visit, context, visitorNameSealed, places.homeVisitVisitor(id));
  }
}

/** A visit's contact data in the clear: its desk's alone, and each look is in the access log under a name of its own. */
async function openForDesk(
  { record }: HomeVisit,
  context: RequestContext,
  sealed: Buffer,
  place: string,
): Promise<string | null> {
  if (!maySeeHomeVisitAddress(context.actor, record)) return null;
  await logContactRead(record, context);
  return context.services.sealing.open(sealed, place);
}

const logged = new WeakMap<HomeVisitRecord, Promise<void>>();

/** Once for all the fields of one visit in a request. */
function logContactRead(record: HomeVisitRecord, context: RequestContext): Promise<void> {
  let read = logged.get(record);
  if (!read) {
    read = context.recordReads("homeVisitContact", [record]);
    logged.set(record, read);
  }
  return read;
}

async function answer(
  context: RequestContext,
  operation: string,
  write: () => Promise<OwnedKey>,
): Promise<HomeVisitPayload> {
  return refusable<HomeVisitPayload>(
    context,
    async () => ({
      homeVisit: await readVisibleHomeVisit(await write(), context, operation),
      userErrors: [],
    }),
    (userErrors) => ({ homeVisit: null, userErrors }),
  );
}

/** A visit the caller may see, with the read logged; null otherwise. */
export async function readVisibleHomeVisit(
  key: OwnedKey,
  context: RequestContext,
  operation: string,
): Promise<HomeVisit | null> {
  const record = await readHomeVisit(context.services.database.db, key);
  if (!record || !maySeeHomeVisit(context.actor, record)) return null;
  await context.recordReads(operation, [record]);
  return new HomeVisit(record, context);
}

function toScope({ state, districtCode, reason, visitFrom, visitThrough }: HomeVisitFilter): HomeVisitScope {
  const district = districtCode ?? null;
  if (district !== null && parseDistrictCode(district) === null) {
    throw new Refused("DISTRICT_CODE_INVALID", ["filter", "districtCode"]);
  }
  return {
    state: state ?? null,
    districtCode: district,
    reason: reason ?? null,
    visitFrom: visitFrom?.toString() ?? null,
    visitThrough: visitThrough?.toString() ?? null,
  };
}
