import { randomUUID } from "node:crypto";
import {
  CertificationDecideDocument,
  type CertificationDecideInput,
  type CertificationDecideMutation,
  CertificationRevokeDocument,
  type CertificationRevokeMutation,
} from "./gql/graphql.js";
import type { GraphQLClient } from "./graphql-client.js";

export type Decided = CertificationDecideMutation["certificationDecide"];
export type Revoked = CertificationRevokeMutation["certificationRevoke"];

/** A reviewer's decision, or why it was refused. */
export async function decide(
  reviewer: GraphQLClient,
  certificationId: string,
  decision: CertificationDecideInput["decision"],
  overrides: Partial<CertificationDecideInput> = {},
): Promise<Decided> {
  const reason = decision === "REJECT" ? "照片与本人不符" : null;
  const input = { idempotencyKey: randomUUID(), certificationId, decision, reason, ...overrides };
  return (await reviewer.request(CertificationDecideDocument, { input })).certificationDecide;
}

/** A pass taken back, or why it was not. */
export async function revoke(
  reviewer: GraphQLClient,
  certificationId: string,
  overrides: { readonly idempotencyKey?: string; readonly reason?: string } = {},
): Promise<Revoked> {
  const input = { idempotencyKey: randomUUID(), certificationId, reason: "冒名认证，已核实", ...overrides };
  return (await reviewer.request(CertificationRevokeDocument, { input })).certificationRevoke;
}
