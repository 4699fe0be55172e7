import { Arg, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Resolver } from "type-graphql";
import { maySeeSession } from "../auth/access.js";
import { sessionStateAt } from "../domain/certification-session.js";
import { Refused } from "../domain/refusals.js";
import { parseSessionId } from "../operations/open-session.js";
import { toInstant } from "../operations/operation.js";
import type { SandboxControl } from "../sandbox/sandbox-control.js";
import { ownedOpaqueId } from "../storage/ids.js";
import { readSession } from "../storage/sessions.js";
import { refusable } from "./certification.resolver.js";
import type { RequestContext } from "./context.js";
import { SandboxFaceOutcomeEnum } from "./enums.js";
import { UserError } from "./node.types.js";
import { DateTimeScalar, dateTimeText } from "./scalars.js";

@InputType("SandboxClockAdvanceInput", { description: "Move the sandbox's clock forward." })
export class SandboxClockAdvanceInput {
  @Field(() => String, { description: "As in certificationStart." })
  idempotencyKey!: string;

  @Field(() => DateTimeScalar, {
    description: "The new time; not before the present one, at most five years ahead.",
  })
  to!: Temporal.Instant;
}

@ObjectType("SandboxClockPayload", { description: "The sandbox's time.", simpleResolvers: true })
export class SandboxClockPayload {
  @Field(() => DateTimeScalar, { description: "What the sandbox's clock shows now." })
  now!: string;

  @Field(() => Int, { description: "How many runs of jobs became due on the way and were done." })
  runs!: number;

  @Field(() => [UserError], { description: "Empty on success." })
  userErrors!: UserError[];
}

@InputType("SandboxFaceAssertionInput", { description: "Have the sandbox's verifier sign a result." })
export class SandboxFaceAssertionInput {
  @Field(() => ID, { description: "An open session of this client." })
  sessionId!: string;

  @Field(() => SandboxFaceOutcomeEnum, { defaultValue: "MATCH", description: "What it shall find." })
  outcome!: "MATCH" | "MISMATCH" | "LIVENESS_FAILED";
}

@ObjectType("SandboxFaceAssertionPayload", {
  description: "A signed result, as a real verifier would give it.",
  simpleResolvers: true,
})
export class SandboxFaceAssertionPayload {
  @Field(() => String, {
    nullable: true,
    description: "Compact JWS for certificationComplete; null when refused.",
  })
  faceAssertion!: string | null;

  @Field(() => [UserError], { description: "Empty on success." })
  userErrors!: UserError[];
}

@Resolver()
export class SandboxResolver {
  @Mutation(() => SandboxClockPayload, {
    description:
      "Sandbox only: move the clock forward (拨动沙箱时钟). Every job that becomes due on the way is run, in order, before the answer.",
  })
  async sandboxClockAdvance(
    @Arg("input", () => SandboxClockAdvanceInput, { description: "Whereto." })
    input: SandboxClockAdvanceInput,
    @Ctx() context: RequestContext,
  ): Promise<SandboxClockPayload> {
    return refusable<SandboxClockPayload>(
      context,
      async () => ({
        ...(await controlOf(context).advanceClock(context.operationContext(), input)),
        userErrors: [],
      }),
      (userErrors) => ({ now: dateTimeText(context.services.now()), runs: 0, userErrors }),
    );
  }

  @Mutation(() => SandboxFaceAssertionPayload, {
    description: "Sandbox only: a face assertion for a session (沙箱人脸核验).",
  })
  async sandboxFaceAssertion(
    @Arg("input", () => SandboxFaceAssertionInput, { description: "Which session, which outcome." })
    input: SandboxFaceAssertionInput,
    @Ctx() context: RequestContext,
  ): Promise<SandboxFaceAssertionPayload> {
    return refusable<SandboxFaceAssertionPayload>(
      context,
      async () => {
        const key = parseSessionId(input.sessionId);
        const session = await readSession(context.services.database.db, key);
        if (!session || !maySeeSession(context.actor, session))
          throw new Refused("SESSION_NOT_FOUND", ["input", "sessionId"]);
        const facts = { stored: session.state, expiresAt: toInstant(session.expiresAt) };
        const state = sessionStateAt(facts, context.time.now);
        if (state === "EXPIRED") throw new Refused("SESSION_EXPIRED", ["input", "sessionId"]);
        if (state !== "OPEN") throw new Refused("SESSION_NOT_OPEN", ["input", "sessionId"]);
        const subject = { challenge: session.challenge, sessionId: ownedOpaqueId("session", key) };
        const faceAssertion = await controlOf(context).signFaceAssertion(
          subject,
          input.outcome,
          context.time.now,
        );
        return { faceAssertion, userErrors: [] };
      },
      (userErrors) => ({ faceAssertion: null, userErrors }),
    );
  }
}

function controlOf(context: RequestContext): SandboxControl {
  const { sandboxControl } = context.services;
  if (!sandboxControl)
    throw new Error("the permissions page let a sandbox field through outside the sandbox");
  return sandboxControl;
}
