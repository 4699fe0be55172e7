import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import { maySeeCertification } from "../auth/access.js";
import { Refused } from "../domain/refusals.js";
import { type DataMatchResult, submitDataMatches } from "../operations/submit-data-matches.js";
import type { CertificationItemResult } from "./batch.types.js";
import { refusable } from "./certification.resolver.js";
import { Certification } from "./certification.types.js";
import type { RequestContext } from "./context.js";
import {
  DataMatchCertificationsSubmitInput,
  DataMatchCertificationsSubmitPayload,
} from "./data-match.types.js";
import { toUserError } from "./node.types.js";

const OPERATION = "dataMatchCertificationsSubmit";

@Resolver()
export class DataMatchResolver {
  @Mutation(() => DataMatchCertificationsSubmitPayload, {
    description:
      "Certify by traces in other systems' data, at most 500 at once (数据比对认证). Scope certification:write.",
  })
  async dataMatchCertificationsSubmit(
    @Arg("input", () => DataMatchCertificationsSubmitInput, { description: "The traces." })
    input: DataMatchCertificationsSubmitInput,
    @Ctx() context: RequestContext,
  ): Promise<DataMatchCertificationsSubmitPayload> {
    return refusable<DataMatchCertificationsSubmitPayload>(
      context,
      async () => {
        const submitted = await lookUpAndSubmit(context, input);
        return { results: await toItemResults(context, submitted), userErrors: [] };
      },
      (userErrors) => ({ results: [], userErrors }),
    );
  }
}

/** Every item that names no one counts as a miss. */
async function lookUpAndSubmit(
  context: RequestContext,
  input: DataMatchCertificationsSubmitInput,
): Promise<readonly DataMatchResult[]> {
  let results: readonly DataMatchResult[] = [];
  await context.lookUp(input.items.length, async () => {
    results = await submitDataMatches(context.channelContext(), input);
    return results.map((result) =>
      "refusal" in result && result.refusal === "NOT_IN_SCOPE" ? null : result,
    );
  });
  return results;
}

async function toItemResults(
  context: RequestContext,
  submitted: readonly DataMatchResult[],
): Promise<CertificationItemResult[]> {
  const told = submitted.flatMap((result) => ("key" in result ? [result.key] : (result.person ?? [])));
  await context.recordReads(OPERATION, told);
  return Promise.all(
    submitted.map(async (result, index): Promise<CertificationItemResult> => {
      if ("refusal" in result) {
        const refused = new Refused(result.refusal, result.path);
        return { index, certification: null, userErrors: [toUserError(refused, context.language)] };
      }
      const record = await context.certifications.load(result.key);
      if (!record || !maySeeCertification(context.actor, record)) throw new Error("a certification vanished");
      return { index, certification: new Certification(record, context), userErrors: [] };
    }),
  );
}
