import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";
import { maySeeCertification } from "../auth/access.js";
import { Refused } from "../domain/refusals.js";
import { cancelCertification } from "../operations/cancel-certification.js";
import { completeCertification } from "../operations/complete-certification.js";
import { RefusedTelling } from "../operations/refused-telling.js";
import { startCertification } from "../operations/start-certification.js";
import { readCertification } from "../storage/certifications.js";
import { type OwnedKey, type PensionerKey, parseOpaqueId } from "../storage/ids.js";
import { readSession } from "../storage/sessions.js";
import { Certification, CertificationPayload, CertificationSession } from "./certification.types.js";
import type { RequestContext } from "./context.js";
import { toUserError, type UserError } from "./node.types.js";
import { Pensioner } from "./pensioner.types.js";
import {
  CertificationCancelInput,
  CertificationCancelPayload,
  CertificationCompleteInput,
  CertificationStartInput,
  CertificationStartPayload,
} from "./session.types.js";

@Resolver(() => Certification)
export class CertificationResolver {
  @Query(() => Certification, {
    nullable: true,
    description:
      "A certification by id; null when there is none or it is not the caller's (认证记录). Scope status:read.",
  })
  async certification(
    @Arg("id", () => ID, { description: "A certification's id." }) id: string,
    @Ctx() context: RequestContext,
  ): Promise<Certification | null> {
    const key = parseOpaqueId(id);
    if (key?.kind !== "certification") return null;
    return readVisibleCertification(key, context, "certification");
  }

  @Mutation(() => CertificationStartPayload, {
    description: "Begin a certification (发起认证). Scope certification:write.",
  })
  async certificationStart(
    @Arg("input", () => CertificationStartInput, { description: "Whom, by whom." })
    input: CertificationStartInput,
    @Ctx() context: RequestContext,
  ): Promise<CertificationStartPayload> {
    return refusable<CertificationStartPayload>(
      context,
      async () => {
        const start = () => startCertification(context.channelContext(), input);
        const key = await certificationNamed(context, "certificationStart", start);
        return { session: await loadSession(key, context, "certificationStart"), userErrors: [] };
      },
      (userErrors) => ({ session: null, userErrors }),
    );
  }

  @Mutation(() => CertificationPayload, {
    description: "Complete it with the verified face (完成认证). Scope certification:write.",
  })
  async certificationComplete(
    @Arg("input", () => CertificationCompleteInput, { description: "The session and its evidence." })
    input: CertificationCompleteInput,
    @Ctx() context: RequestContext,
  ): Promise<CertificationPayload> {
    return refusable<CertificationPayload>(
      context,
      async () => {
        const key = await completeCertification(context.channelContext(), input);
        return {
          certification: await readVisibleCertification(key, context, "certificationComplete"),
          userErrors: [],
        };
      },
      (userErrors) => ({ certification: null, userErrors }),
    );
  }

  @Mutation(() => CertificationCancelPayload, {
    description: "Give up a session (取消认证). Scope certification:write.",
  })
  async certificationCancel(
    @Arg("input", () => CertificationCancelInput, { description: "The session." })
    input: CertificationCancelInput,
    @Ctx() context: RequestContext,
  ): Promise<CertificationCancelPayload> {
    return refusable<CertificationCancelPayload>(
      context,
      async () => {
        const key = await cancelCertification(context.channelContext(), input);
        return { session: await loadSession(key, context, "certificationCancel"), userErrors: [] };
      },
      (userErrors) => ({ session: null, userErrors }),
    );
  }

  @FieldResolver(() => Pensioner, { description: "Whose certification it is, as of now." })
  pensioner(@Root() certification: Certification, @Ctx() context: RequestContext): Promise<Pensioner> {
    return loadPensioner(certification.record, context);
  }
}

@Resolver(() => CertificationSession)
export class CertificationSessionResolver {
  @FieldResolver(() => Pensioner, { description: "Who is being certified, as of now." })
  pensioner(@Root() session: CertificationSession, @Ctx() context: RequestContext): Promise<Pensioner> {
    return loadPensioner(session.record, context);
  }
}

/** A write that names a person counts as a look-up: as a read when it tells something, as a miss when there is no one. */
export async function certificationNamed<K extends PensionerKey>(
  context: RequestContext,
  operation: string,
  write: () => Promise<K>,
): Promise<K> {
  let refused: Refused | undefined;
  const [key] = await context.lookUp(1, async () => {
    try {
      return [await write()];
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      refused = error;
      return error.refusal === "NOT_IN_SCOPE" ? [null] : [];
    }
  });
  if (refused instanceof RefusedTelling) await context.recordReads(operation, [refused.person]);
  if (!key) throw refused;
  return key;
}

export async function loadPensioner(key: PensionerKey, context: RequestContext): Promise<Pensioner> {
  const record = await context.pensioners.load(key);
  if (!record) throw new Error("a record without its pensioner");
  return new Pensioner(record, context);
}

async function loadSession(
  key: OwnedKey,
  context: RequestContext,
  operation: string,
): Promise<CertificationSession> {
  const record = await readSession(context.services.database.db, key);
  if (!record) throw new Error("a session vanished");
  await context.recordReads(operation, [key]);
  return new CertificationSession(record, context);
}

/** A certification the caller may see, with the read logged; null otherwise. */
export async function readVisibleCertification(
  key: OwnedKey,
  context: RequestContext,
  operation: string,
): Promise<Certification | null> {
  const record = await readCertification(context.services.database.db, key);
  if (!record || !maySeeCertification(context.actor, record)) return null;
  await context.recordReads(operation, [key]);
  return new Certification(record, context);
}

/** Refusals become `userErrors`; everything else goes on as an error. */
export async function refusable<P>(
  context: RequestContext,
  work: () => Promise<P>,
  refused: (userErrors: UserError[]) => P,
): Promise<P> {
  context.forgetLoaded();
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refused) return refused([toUserError(error, context.language)]);
    throw error;
  }
}
