import { randomUUID } from "node:crypto";
import type { Named } from "./certify.js";
import {
  type DataMatchCertificationItemInput,
  DataMatchCertificationsSubmitDocument,
  type DataMatchCertificationsSubmitMutation,
  type DataSource,
} from "./gql/graphql.js";
import type { GraphQLClient } from "./graphql-client.js";
import { subjectOf } from "./people.js";

export type SubmittedMatches = DataMatchCertificationsSubmitMutation["dataMatchCertificationsSubmit"];
export type MatchResult = SubmittedMatches["results"][number];

/** A trace of a person, of a reference that no other trace has. */
export function matchOf(
  person: Named,
  eventAt: string,
  source: DataSource = "INPATIENT_STAY",
  sourceReference: string = randomUUID(),
): DataMatchCertificationItemInput {
  return { subject: subjectOf(person), evidence: { source, eventAt, sourceReference } };
}

export async function submitMatches(
  agency: GraphQLClient,
  items: DataMatchCertificationItemInput[],
  idempotencyKey: string = randomUUID(),
): Promise<SubmittedMatches> {
  const input = { idempotencyKey, items };
  return (await agency.request(DataMatchCertificationsSubmitDocument, { input }))
    .dataMatchCertificationsSubmit;
}

/** What became of one trace that is submitted alone. */
export async function submitMatch(
  agency: GraphQLClient,
  ...trace: Parameters<typeof matchOf>
): Promise<MatchResult> {
  const { results } = await submitMatches(agency, [matchOf(...trace)]);
  const [result] = results;
  if (!result) throw new Error("a batch of one without a result");
  return result;
}
