import { randomUUID } from "node:crypto";
import {
  CertificationCompleteDocument,
  type CertificationCompleteMutation,
  CertificationStartDocument,
  type CertificationStartInput,
  type CertificationStartMutation,
  PensionerStatusDocument,
  type PensionerStatusQuery,
  SandboxClockAdvanceDocument,
  SandboxFaceAssertionDocument,
  type SandboxFaceOutcome,
} from "./gql/graphql.js";
import type { GraphQLClient } from "./graphql-client.js";
import { subjectOf, type TestPerson } from "./people.js";

export type Named = Pick<TestPerson, "name" | "document">;
export type StartedSession = NonNullable<CertificationStartMutation["certificationStart"]["session"]>;
export type Completion = CertificationCompleteMutation["certificationComplete"];
export type CertificationAnswer = NonNullable<Completion["certification"]>;
export type PensionerAnswer = NonNullable<PensionerStatusQuery["pensionerStatus"]["pensioner"]>;

/** The input of someone who certifies for oneself and, if need be, again. */
export function buildStart(
  person: Named,
  overrides: Partial<CertificationStartInput> = {},
): CertificationStartInput {
  return {
    idempotencyKey: randomUUID(),
    subject: subjectOf(person),
    actor: { self: true },
    recertifyWhenValid: true,
    ...overrides,
  };
}

export async function startSession(
  client: GraphQLClient,
  person: Named,
  overrides: Partial<CertificationStartInput> = {},
): Promise<StartedSession> {
  const input = buildStart(person, overrides);
  const { certificationStart } = await client.request(CertificationStartDocument, { input });
  if (!certificationStart.session) throw new Error(`no session: ${JSON.stringify(certificationStart)}`);
  return certificationStart.session;
}

/** What the sandbox's verifier signs for a session. */
export async function faceAssertionFor(
  client: GraphQLClient,
  sessionId: string,
  outcome: SandboxFaceOutcome = "MATCH",
): Promise<string> {
  const { sandboxFaceAssertion } = await client.request(SandboxFaceAssertionDocument, {
    input: { sessionId, outcome },
  });
  if (!sandboxFaceAssertion.faceAssertion) {
    throw new Error(`no assertion: ${JSON.stringify(sandboxFaceAssertion)}`);
  }
  return sandboxFaceAssertion.faceAssertion;
}

export async function completeSession(
  client: GraphQLClient,
  sessionId: string,
  faceAssertion: string,
  idempotencyKey: string = randomUUID(),
): Promise<Completion> {
  const input = { idempotencyKey, sessionId, evidence: [{ faceAssertion }] };
  return (await client.request(CertificationCompleteDocument, { input })).certificationComplete;
}

/** One look into the camera: the certification it led to, passed or not. */
export async function showFace(
  client: GraphQLClient,
  sessionId: string,
  outcome: SandboxFaceOutcome = "MATCH",
): Promise<CertificationAnswer> {
  const assertion = await faceAssertionFor(client, sessionId, outcome);
  const completion = await completeSession(client, sessionId, assertion);
  if (!completion.certification) throw new Error(`no certification: ${JSON.stringify(completion)}`);
  return completion.certification;
}

/** The whole way through a session channel. */
export async function certify(
  client: GraphQLClient,
  person: Named,
  overrides: Partial<CertificationStartInput> = {},
): Promise<CertificationAnswer> {
  const session = await startSession(client, person, overrides);
  return showFace(client, session.id);
}

export async function readStatus(client: GraphQLClient, person: Named): Promise<PensionerAnswer> {
  const { pensionerStatus } = await client.request(PensionerStatusDocument, { subject: subjectOf(person) });
  if (!pensionerStatus.pensioner) throw new Error(`${person.name} is not in scope`);
  return pensionerStatus.pensioner;
}

export async function advanceClock(client: GraphQLClient, to: string): Promise<void> {
  const input = { idempotencyKey: randomUUID(), to };
  const { sandboxClockAdvance } = await client.request(SandboxClockAdvanceDocument, { input });
  if (sandboxClockAdvance.userErrors.length > 0) {
    throw new Error(`the clock did not move to ${to}: ${JSON.stringify(sandboxClockAdvance)}`);
  }
}
