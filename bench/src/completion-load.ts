import type { CompleteCertificationInput } from "../../src/operations/complete-certification.js";
import type { ChildServer } from "./child-server.js";
import { post, signIn } from "./contestants.js";
import type { Load } from "./load.js";

const mutation = `mutation CertificationComplete($input: CertificationCompleteInput!) { certificationComplete(input: $input) {
  certification { id state validThrough } userErrors { code message } } }`;

/** Requests that each certify someone; none may be sent twice. */
export async function completionLoad(
  server: ChildServer,
  inputs: readonly CompleteCertificationInput[],
): Promise<Load> {
  const headers = await signIn(server.origin);
  return {
    ...server,
    persons: 1,
    requests: inputs.map((input) => post("/graphql", headers, { query: mutation, variables: { input } })),
    isRight: (body) => body.includes('"state":"PASSED"') && body.includes('"userErrors":[]'),
  };
}
