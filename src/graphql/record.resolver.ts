import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import { recordCertification } from "../operations/record-certification.js";
import { certificationNamed, readVisibleCertification, refusable } from "./certification.resolver.js";
import { CertificationPayload } from "./certification.types.js";
import type { RequestContext } from "./context.js";
import { CertificationRecordInput } from "./record.types.js";

@Resolver()
export class RecordResolver {
  @Mutation(() => CertificationPayload, {
    description:
      "Record a certification at a counter or a self-service machine (窗口、自助机认证). Scope certification:write.",
  })
  async certificationRecord(
    @Arg("input", () => CertificationRecordInput, { description: "Whom, and what was shown." })
    input: CertificationRecordInput,
    @Ctx() context: RequestContext,
  ): Promise<CertificationPayload> {
    const operation = "certificationRecord";
    return refusable<CertificationPayload>(
      context,
      async () => {
        const record = () => recordCertification(context.channelContext(), input);
        const key = await certificationNamed(context, operation, record);
        return { certification: await readVisibleCertification(key, context, operation), userErrors: [] };
      },
      (userErrors) => ({ certification: null, userErrors }),
    );
  }
}
