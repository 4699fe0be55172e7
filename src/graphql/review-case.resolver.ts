import { Arg, Ctx, FieldResolver, Int, Mutation, Query, Resolver, Root } from "type-graphql";
import { mayReview } from "../auth/access.js";
import { decideReviewCase } from "../operations/review-cases.js";
import type { OwnedKey } from "../storage/ids.js";
import { listReviewCases, type ReviewCaseScope, readReviewCase } from "../storage/review-cases.js";
import { loadPensioner, refusable } from "./certification.resolver.js";
import { Certification } from "./certification.types.js";
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
import { Pensioner } from "./pensioner.types.js";
import {
  ReviewCase,
  ReviewCaseConnection,
  ReviewCaseDecideInput,
  ReviewCaseFilter,
  ReviewCasePayload,
} from "./review-case.types.js";

@Resolver()
export class ReviewCaseResolver {
  @Query(() => ReviewCaseConnection, {
    description:
      "Passes that lift nothing until someone has looked at them, the oldest first (核查案件列表). Staff, scope review:write; everyone listed is logged as read.",
  })
  async reviewCases(
    @Arg("filter", () => ReviewCaseFilter, { nullable: true, description: "Which; absent for all." })
    filter: ReviewCaseFilter | null | undefined,
    @Arg("first", () => Int, { description: "1 to 500." }) first: number,
    @Arg("after", () => String, {
      nullable: true,
      description: "A cursor of this list under the same filter.",
    })
    after: string | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<Connection<ReviewCase>> {
    const limit = checkPageSize(first, MAX_STAFF_PAGE);
    const scope: ReviewCaseScope = { kind: filter?.kind ?? null, open: filter?.open ?? null };
    const bound = `reviewCases|${JSON.stringify(scope)}`;
    const position = decodeCursor(after, bound, [keysetParts.id]);
    const records = await listReviewCases(context.services.database.db, scope, {
      limit: limit + 1,
      afterId: position?.[0] ?? null,
    });
    await context.recordReads("reviewCases", records.slice(0, limit));
    return toConnection(
      records,
      limit,
      (record) => new ReviewCase(record, context),
      ({ id }) => encodeCursor([id], bound),
    );
  }

  @Mutation(() => ReviewCasePayload, {
    description:
      "Let payment go on, or leave it as it is; a case is decided once, and not by who passed the person (核查决定). Staff, scope review:write.",
  })
  async reviewCaseDecide(
    @Arg("input", () => ReviewCaseDecideInput, { description: "Which, how, why." })
    input: ReviewCaseDecideInput,
    @Ctx() context: RequestContext,
  ): Promise<ReviewCasePayload> {
    return refusable<ReviewCasePayload>(
      context,
      async () => {
        const key = await decideReviewCase(context.staffContext(), input);
        const reviewCase = await readVisibleReviewCase(key, context, "reviewCaseDecide");
        return { reviewCase, userErrors: [] };
      },
      (userErrors) => ({ reviewCase: null, userErrors }),
    );
  }
}

@Resolver(() => ReviewCase)
export class ReviewCaseFieldsResolver {
  @FieldResolver(() => Pensioner, { description: "Whose pass it is, as of now." })
  pensioner(@Root() { record }: ReviewCase, @Ctx() context: RequestContext): Promise<Pensioner> {
    return loadPensioner(record, context);
  }

  @FieldResolver(() => Certification, { description: "The pass that it is about." })
  async certification(
    @Root() { record }: ReviewCase,
    @Ctx() context: RequestContext,
  ): Promise<Certification> {
    const { bucket, pensionerId, certificationId: id } = record;
    const pass = await context.certifications.load({ bucket, pensionerId, id });
    if (!pass) throw new Error("a review case without its certification");
    return new Certification(pass, context);
  }
}

/** A case the caller may see, with the read logged; null otherwise. */
export async function readVisibleReviewCase(
  key: OwnedKey,
  context: RequestContext,
  operation: string,
): Promise<ReviewCase | null> {
  if (!mayReview(context.actor)) return null;
  const record = await readReviewCase(context.services.database.db, key);
  if (!record) return null;
  await context.recordReads(operation, [record]);
  return new ReviewCase(record, context);
}
