import { randomUUID } from "node:crypto";
import type { Named } from "./certify.js";
import {
  type EvidenceInput,
  HomeVisitCompleteDocument,
  type HomeVisitCompleteInput,
  HomeVisitRequestDocument,
  type HomeVisitRequestInput,
  HomeVisitScheduleDocument,
  type HomeVisitScheduleInput,
} from "./gql/graphql.js";
import type { GraphQLClient } from "./graphql-client.js";
import { subjectOf } from "./people.js";

export function buildRequest(
  person: Named,
  overrides: Partial<HomeVisitRequestInput> = {},
): HomeVisitRequestInput {
  return {
    idempotencyKey: randomUUID(),
    subject: subjectOf(person),
    reason: "LIMITED_MOBILITY",
    address: "海淀区示例路1号院2号楼301",
    districtCode: "110108",
    contactName: "测试家属",
    contactPhone: "13877778888",
    relation: "CHILD",
    ...overrides,
  };
}

export async function requestVisit(
  client: GraphQLClient,
  person: Named,
  overrides: Partial<HomeVisitRequestInput> = {},
) {
  const input = buildRequest(person, overrides);
  return (await client.request(HomeVisitRequestDocument, { input })).homeVisitRequest;
}

/** The id of a visit that was asked for. */
export async function requestedVisit(
  client: GraphQLClient,
  person: Named,
  overrides: Partial<HomeVisitRequestInput> = {},
): Promise<string> {
  const { homeVisit, userErrors } = await requestVisit(client, person, overrides);
  if (!homeVisit) throw new Error(`no visit: ${JSON.stringify(userErrors)}`);
  return homeVisit.id;
}

export async function scheduleVisit(
  client: GraphQLClient,
  homeVisitId: string,
  overrides: Partial<HomeVisitScheduleInput> = {},
) {
  const input = {
    idempotencyKey: randomUUID(),
    homeVisitId,
    visitOn: "2026-06-03",
    visitorName: "王工",
    ...overrides,
  };
  return (await client.request(HomeVisitScheduleDocument, { input })).homeVisitSchedule;
}

/** What the visitor reports. */
export function visited(visitedAt: string): EvidenceInput {
  return { homeVisit: { visitedAt, visitorName: "王工", note: "本人在家，神志清楚" } };
}

export async function completeVisit(
  client: GraphQLClient,
  homeVisitId: string,
  overrides: Partial<HomeVisitCompleteInput> = {},
) {
  const input = {
    idempotencyKey: randomUUID(),
    homeVisitId,
    evidence: [visited("2026-06-01T01:30:00.000Z")],
    ...overrides,
  };
  return (await client.request(HomeVisitCompleteDocument, { input })).homeVisitComplete;
}
