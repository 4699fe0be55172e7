import { randomUUID } from "node:crypto";
import { type ChannelCode, channelOf } from "../../src/domain/channels.js";
import { faceAssertionFor, readStatus, startSession } from "./certify.js";
import { submitMatch } from "./data-matches.js";
import {
  CertificationCompleteDocument,
  CertificationRecordDocument,
  HomeVisitDeclineDocument,
  NodeDocument,
} from "./gql/graphql.js";
import type { GraphQLClient } from "./graphql-client.js";
import { completeVisit, requestedVisit } from "./home-visits.js";
import { buildBenefit, buildPerson, importPeople, subjectOf, type TestPerson } from "./people.js";
import type { SandboxServer } from "./sandbox-server.js";

/** A channel with a person that only it has named, and with what it did for the person. */
export interface Canary {
  readonly code: ChannelCode;
  readonly client: GraphQLClient;
  readonly person: TestPerson;
  /** Opaque ids of all that is the channel's or the person's. */
  readonly ids: readonly string[];
  /** What must be told to no other channel, by what it is; the channel itself and staff are told. */
  readonly secrets: Readonly<Record<string, string>>;
}

let planted = 0;

/** Imports a person with an agency of its own, and certifies it as the channel does. */
export async function plantCanary(sandbox: SandboxServer, code: ChannelCode): Promise<Canary> {
  planted += 1;
  const agencyCode = `CANARY-${code}-AGENCY`;
  const person = buildPerson({
    phone: `1391111${String(planted).padStart(4, "0")}`,
    employerCode: `CANARY-${code}-EMPLOYER`,
    lastCertifiedOn: "2025-02-11",
    benefits: [buildBenefit({ agencyCode })],
  });
  await importPeople(sandbox.app, [person]);
  const client = await sandbox.signIn(code);
  const { id: pensionerId } = await readStatus(client, person);
  const records = await actAs(code, client, person);
  return {
    code,
    client,
    person,
    ids: [pensionerId, ...Object.values(records).filter((record) => /^[a-z]+_/.test(record))],
    secrets: { "agency code": agencyCode, "pensioner id": pensionerId, ...records },
  };
}

/** What the channel's own flow leaves behind: ids by what they are of. */
async function actAs(
  code: ChannelCode,
  client: GraphQLClient,
  person: TestPerson,
): Promise<Record<string, string>> {
  switch (channelOf(code).flow) {
    case "SESSION":
      return throughSession(client, person);
    case "RECORD":
      return atCounter(code, client, person);
    case "VISIT":
      return atHome(client, person);
    case "BATCH":
      return code === "DATA_MATCH" ? byTrace(client, person) : {};
  }
}

async function byTrace(client: GraphQLClient, person: TestPerson): Promise<Record<string, string>> {
  const { certification } = await submitMatch(client, person, "2026-05-20T02:00:00Z");
  return { "certification id": certification?.id ?? "" };
}

async function throughSession(client: GraphQLClient, person: TestPerson): Promise<Record<string, string>> {
  const first = await startSession(client, person);
  const input = {
    idempotencyKey: randomUUID(),
    sessionId: first.id,
    evidence: [{ faceAssertion: await faceAssertionFor(client, first.id) }],
  };
  const { certificationComplete } = await client.request(CertificationCompleteDocument, { input });
  const open = await startSession(client, person);
  await client.request(NodeDocument, { id: open.id });
  return {
    "certification id": certificationComplete.certification?.id ?? "",
    "session id": open.id,
    challenge: open.challenge,
  };
}

/** A visit that is asked for and declined, and one that certifies. */
async function atHome(client: GraphQLClient, person: TestPerson): Promise<Record<string, string>> {
  const address = "金丝雀胡同1号";
  const declined = await requestedVisit(client, person, { address });
  const reason = "金丝雀的理由";
  await client.request(HomeVisitDeclineDocument, {
    input: { idempotencyKey: randomUUID(), homeVisitId: declined, reason },
  });
  const completed = await requestedVisit(client, person, { address });
  const { homeVisit } = await completeVisit(client, completed);
  return {
    "certification id": homeVisit?.certification?.id ?? "",
    "declined visit": declined,
    "completed visit": completed,
    address,
    reason,
  };
}

async function atCounter(
  code: ChannelCode,
  client: GraphQLClient,
  person: TestPerson,
): Promise<Record<string, string>> {
  const [method = "IN_PERSON"] = channelOf(code).methods;
  const input = {
    idempotencyKey: randomUUID(),
    subject: subjectOf(person),
    method,
    operator: "07",
    evidence: [{ identityDocument: { document: person.document, cameraKind: "BINOCULAR" as const } }],
  };
  const { certificationRecord } = await client.request(CertificationRecordDocument, { input });
  return { "certification id": certificationRecord.certification?.id ?? "" };
}
