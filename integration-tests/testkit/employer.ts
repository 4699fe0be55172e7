import { createHash, randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import type { App } from "../../src/app.js";
import { SANDBOX_SECRET, sandboxClients } from "../../src/sandbox/sandbox-clients.js";
import { clientSecretIndex, upsertClients } from "../../src/storage/channel-clients.js";
import { channelClient } from "../../src/storage/tables.js";
import type { Named } from "./certify.js";
import {
  type DocumentEvidenceInput,
  type EmployerCertificationItemInput,
  EmployerCertificationsSubmitDocument,
  type EmployerCertificationsSubmitInput,
  type EmployerCertificationsSubmitMutation,
  type EvidenceInput,
} from "./gql/graphql.js";
import type { GraphQLClient } from "./graphql-client.js";
import { subjectOf, type TestPerson } from "./people.js";
import { type SandboxServer, signIn } from "./sandbox-server.js";

export type Submission = EmployerCertificationsSubmitMutation["employerCertificationsSubmit"];

export function sha256Of(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

/** The three documents, as of the morning of the tests' day. */
export function buildDocuments(photo: Partial<DocumentEvidenceInput> = {}): EvidenceInput[] {
  return [
    { document: { kind: "CERTIFICATION_FORM", sha256: sha256Of("form") } },
    { document: { kind: "ID_COPY_BOTH_SIDES", sha256: sha256Of("copy") } },
    {
      document: {
        kind: "HOLDING_ID_PHOTO",
        sha256: sha256Of("photo"),
        capturedAt: "2026-05-11T01:00:00Z",
        shows: ["FACE", "TIME", "DOCUMENT"],
        ...photo,
      },
    },
  ];
}

export function buildItem(
  person: Named,
  photo: Partial<DocumentEvidenceInput> = {},
): EmployerCertificationItemInput {
  return { subject: subjectOf(person), evidence: buildDocuments(photo) };
}

/** What an employer hands in for its people. */
export async function submit(
  client: GraphQLClient,
  people: readonly TestPerson[],
  overrides: Partial<EmployerCertificationsSubmitInput> = {},
): Promise<Submission> {
  const input: EmployerCertificationsSubmitInput = {
    idempotencyKey: randomUUID(),
    employerCode: people[0]?.employerCode ?? "E1",
    items: people.map((person) => buildItem(person)),
    ...overrides,
  };
  const answer = await client.request(EmployerCertificationsSubmitDocument, { input });
  return answer.employerCertificationsSubmit;
}

/** State of each certification, or the code of each refusal. */
export function outcomesOf({ results }: Submission): (string | undefined)[] {
  return results.map(({ certification, userErrors }) => certification?.state ?? userErrors[0]?.code);
}

/** Registers a client that one employer alone uses, and signs it in. */
export async function signInBoundEmployer(
  { app, server }: Pick<SandboxServer, "app" | "server">,
  employerCode: string,
): Promise<GraphQLClient> {
  const id = `employer-${employerCode.toLowerCase()}`;
  await registerBoundEmployer(app, id, employerCode);
  return signIn(server.address, id, SANDBOX_SECRET);
}

async function registerBoundEmployer({ database, sealing }: App, id: string, employerCode: string) {
  const template = sandboxClients(sealing, new Date()).find(({ channel }) => channel === "EMPLOYER");
  if (!template) throw new Error("the sandbox has no employer");
  const secretIndex = clientSecretIndex(sealing, id, SANDBOX_SECRET);
  await database.transact(async (tx) => {
    await upsertClients(tx, [{ ...template, id, name: id, secretIndex }]);
    await tx.update(channelClient).set({ employerCode }).where(eq(channelClient.id, id));
  });
}
