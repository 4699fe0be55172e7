import { Arg, Ctx, FieldResolver, Int, Mutation, Query, Resolver, Root } from "type-graphql";
import { mayReview } from "../auth/access.js";
import { decideCertification } from "../operations/decide-certification.js";
import { revokeCertification } from "../operations/revoke-certification.js";
import { listPending, type ReviewScope } from "../storage/certifications.js";
import type { OwnedKey } from "../storage/ids.js";
import { readVisibleCertification, refusable } from "./certification.resolver.js";
import { Certification, CertificationConnection, CertificationPayload } from "./certification.types.js";
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
import { codeOf } from "./expiry.resolver.js";
import {
  CertificationDecideInput,
  CertificationRevokeInput,
  EvidenceRecord,
  ReviewFilter,
} from "./review.types.js";

@Resolver()
export class ReviewResolver {
  @Query(() => CertificationConnection, {
    description:
      "Submissions waiting for a decision, the earliest due first (审核队列). Staff, scope review:write; every person listed is logged as read.",
  })
  async reviewQueue(
    @Arg("filter", () => ReviewFilter, { nullable: true, description: "Absent for all." })
    filter: ReviewFilter | null | undefined,
    @Arg("first", () => Int, { description: "1 to 500." }) first: number,
    @Arg("after", () => String, {
      nullable: true,
      description: "A cursor of this list under the same filter.",
    })
    after: string | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Certification>> {
    const limit = checkPageSize(first, MAX_STAFF_PAGE);
    const scope: ReviewScope = {
      channel: filter?.channel ?? null,
      employerCode: codeOf(filter?.employerCode, "employerCode"),
      dueBefore: filter?.dueBefore?.toString() ?? null,
    };
    const bound = `review|${JSON.stringify(scope)}`;
    const { day, bucket, id } = keysetParts;
    const records = await listPending(context.services.database.db, scope, {
      limit: limit + 1,
      after: decodeCursor(after, bound, [day, bucket, id, id]),
    });
    await context.recordReads("reviewQueue", records.slice(0, limit));
    return toConnection(
      records,
      limit,
      (record) => new Certification(record, context),
      (record) =>
        encodeCursor([record.reviewDueOn ?? "", String(record.bucket), record.pensionerId, record.id], bound),
    );
  }

  @Mutation(() => CertificationPayload, {
    description:
      "Pass or reject a submission that is PENDING; a pass counts in the month of the decision (审核). Staff, scope review:write.",
  })
  async certificationDecide(
    @Arg("input", () => CertificationDecideInput, { description: "Which, how, why." })
    input: CertificationDecideInput,
    @Ctx() context: RequestContext,
  ): Promise<CertificationPayload> {
    return decided(context, "certificationDecide", () => decideCertification(context.staffContext(), input));
  }

  @Mutation(() => CertificationPayload, {
    description:
      "Take back a certification that PASSED; validity is derived anew from what remains (撤销认证). Staff, scope review:write.",
  })
  async certificationRevoke(
    @Arg("input", () => CertificationRevokeInput, { description: "Which, why." })
    input: CertificationRevokeInput,
    @Ctx() context: RequestContext,
  ): Promise<CertificationPayload> {
    return decided(context, "certificationRevoke", () => revokeCertification(context.staffContext(), input));
  }
}

@Resolver(() => Certification)
export class CertificationEvidenceResolver {
  @FieldResolver(() => [EvidenceRecord], {
    description: "What it rests on; to reviewers only, empty to everyone else. Logged as a read (认证材料).",
  })
  async evidence(
    @Root() certification: Certification,
    @Ctx() context: RequestContext,
  ): Promise<EvidenceRecord[]> {
    if (!mayReview(context.actor)) return [];
    const rows = await context.evidence.load(certification.record);
    return rows.map((row) => new EvidenceRecord(row, context.services.sealing));
  }
}

function decided(
  context: RequestContext,
  operation: string,
  decide: () => Promise<OwnedKey>,
): Promise<CertificationPayload> {
  return refusable<CertificationPayload>(
    context,
    async () => {
      const key = await decide();
      return { certification: await readVisibleCertification(key, context, operation), userErrors: [] };
    },
    (userErrors) => ({ certification: null, userErrors }),
  );
}
