import { SANDBOX_SECRET, sandboxClientId } from "./sandbox-clients.js";
import { sandboxPeople } from "./sandbox-people.js";

/** What `npm start` prints in a sandbox: where it is, one client, and two commands that work as they stand. */
export function welcome(
  address: string,
  config: { readonly databaseUrl: string | undefined; readonly dataDir: string },
): string {
  const client = sandboxClientId("ICBC_APP");
  const [person] = sandboxPeople;
  const [document] = person?.documents ?? [];
  if (!person || !document) throw new Error("the sandbox has no people");
  const query =
    "query($subject: SubjectInput!) { pensionerStatus(subject: $subject) { inScope notice { code message } pensioner { maskedName certificationStatus { state validThrough explanation } paymentStatus { state } } } }";
  const body = JSON.stringify({ query, variables: { subject: { name: person.name, document } } });
  const storage = config.databaseUrl ? "PostgreSQL" : `embedded database in ${config.dataDir}`;
  return `
常青 Changqing · sandbox · ${storage}

  GraphQL         ${address}/graphql
  explorer        ${address}/explorer
  client id       ${client}     (one a channel, e.g. sandbox-huaxia-app; staff: ${"sandbox-staff"})
  client secret   ${SANDBOX_SECRET}

1. A token:

TOKEN=$(curl -s -u ${client}:${SANDBOX_SECRET} -d grant_type=client_credentials ${address}/oauth/token | sed -E 's/.*"access_token":"([^"]+)".*/\\1/')

2. A pensioner's status:

curl -s ${address}/graphql -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' -d '${body}'

Next: the tour in README.md certifies this pensioner and lists who expires.

`;
}
