import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from "type-graphql";
import { maySeeCertification } from "../auth/access.js";
import { channelOf } from "../domain/channels.js";
import { Refused } from "../domain/refusals.js";
import { type ItemOutcome, isRefused } from "../operations/employer-items.js";
import { submitEmployerCertifications } from "../operations/submit-employer-certifications.js";
import type { HandedInPiece } from "../storage/evidence-files.js";
import { places } from "../storage/sealing.js";
import type { CertificationItemResult } from "./batch.types.js";
import { refusable } from "./certification.resolver.js";
import { Certification } from "./certification.types.js";
import type { RequestContext } from "./context.js";
import {
  EmployerCertificationsSubmitInput,
  EmployerCertificationsSubmitPayload,
  HandedInDocument,
} from "./employer.types.js";
import { toUserError } from "./node.types.js";
import { dateTimeText } from "./scalars.js";

const operation = "employerCertificationsSubmit";

@Resolver()
export class EmployerResolver {
  @Mutation(() => EmployerCertificationsSubmitPayload, {
    description:
      "Hand in the documents of up to 200 pensioners of an employer; each waits for its review (单位办理). Scope certification:write.",
  })
  async employerCertificationsSubmit(
    @Arg("input", () => EmployerCertificationsSubmitInput, { description: "The employer and its people." })
    input: EmployerCertificationsSubmitInput,
    @Ctx() context: RequestContext,
  ): Promise<EmployerCertificationsSubmitPayload> {
    return refusable<EmployerCertificationsSubmitPayload>(
      context,
      async () => {
        const outcomes = await submitNamed(context, input);
        return { results: await resultsOf(context, outcomes), userErrors: [] };
      },
      (userErrors) => ({ results: [], userErrors }),
    );
  }
}

@Resolver(() => Certification)
export class HandedInResolver {
  @FieldResolver(() => [HandedInDocument], {
    description: "What an employer handed in for it; empty in other channels (单位提交的材料).",
  })
  async documents(
    @Root() { record }: Certification,
    @Ctx() context: RequestContext,
  ): Promise<HandedInDocument[]> {
    if (record.method !== "EMPLOYER_DOCUMENTS") return [];
    const pieces = await context.handedIn.load(record);
    return pieces.map((piece) => toDocument(piece, context));
  }
}

function toDocument(piece: HandedInPiece, { services }: RequestContext): HandedInDocument {
  const { id, position, factsSealed, sha256, isUploaded } = piece;
  const facts = factsSealed && services.sealing.open(factsSealed, places.evidenceFacts(id, position));
  const { capturedAt = null, shows = [] } = (facts ? JSON.parse(facts) : {}) as Partial<HandedInDocument>;
  return {
    position,
    kind: piece.kind as HandedInDocument["kind"],
    sha256: sha256?.toString("hex") ?? "",
    capturedAt: capturedAt && dateTimeText(Temporal.Instant.from(capturedAt)),
    shows,
    uploaded: isUploaded,
  };
}

/** Each person named counts as a look-up. */
async function submitNamed(
  context: RequestContext,
  input: EmployerCertificationsSubmitInput,
): Promise<ItemOutcome[]> {
  const { filesRequired } = context.services.evidenceFiles;
  const actor = context.channelContext();
  let outcomes: ItemOutcome[] = [];
  // A list that is too long is refused for that, not for what it might guess.
  const named = Math.min(input.items.length, channelOf(actor.actor.channel).personsAtOnce);
  await context.lookUp(named, async () => {
    outcomes = await submitEmployerCertifications(actor, input, filesRequired);
    return outcomes.map((outcome) => (isMiss(outcome) ? null : outcome));
  });
  return outcomes;
}

function isMiss(outcome: ItemOutcome): boolean {
  return isRefused(outcome) && outcome.refusal === "NOT_IN_SCOPE";
}

async function resultsOf(
  context: RequestContext,
  outcomes: readonly ItemOutcome[],
): Promise<CertificationItemResult[]> {
  const told = outcomes.map((outcome) => (isRefused(outcome) ? outcome.person : outcome.certification));
  const records = await Promise.all(
    outcomes.map((outcome) =>
      isRefused(outcome) ? null : context.certifications.load(outcome.certification),
    ),
  );
  await context.recordReads(
    operation,
    told.filter((person) => person !== undefined),
  );
  return outcomes.map((outcome, index) => {
    if (isRefused(outcome)) {
      const path = ["input", "items", String(index), ...outcome.path];
      const refused = new Refused(outcome.refusal, path);
      return { index, certification: null, userErrors: [toUserError(refused, context.language)] };
    }
    const record = records[index];
    if (!record || !maySeeCertification(context.actor, record)) throw new Error("a certification vanished");
    return { index, certification: new Certification(record, context), userErrors: [] };
  });
}
