/**
 * employerCertificationsSubmit with 200 persons beside the same rows written by one multi-row statement a table, and
 * beside all its statements. Build first; then: tsx src/employer.ts [--rounds 3] [--transactions 32]
 */
import { createHash, randomUUID } from "node:crypto";
import pg from "pg";
import {
  type SubmitEmployerCertificationsInput,
  submitEmployerCertifications,
} from "../../src/operations/submit-employer-certifications.js";
import { type ListedPerson, SANDBOX_CLOCK } from "./bench-register.js";
import { runContest } from "./operation-contest.js";

const EMPLOYER = "BENCH";
const ITEMS = 200;
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
/** An instant in our own process, and text on its way through HTTP. */
const capturedAt = Temporal.Instant.from(SANDBOX_CLOCK).subtract({ hours: 24 });

function itemOf({ name, number }: ListedPerson) {
  return {
    subject: { name, document: { type: "RESIDENT_ID" as const, number } },
    evidence: [
      { document: { kind: "CERTIFICATION_FORM" as const, sha256: sha256(`${number} form`) } },
      { document: { kind: "ID_COPY_BOTH_SIDES" as const, sha256: sha256(`${number} copy`) } },
      {
        document: {
          kind: "HOLDING_ID_PHOTO" as const,
          sha256: sha256(`${number} photo`),
          capturedAt,
          shows: ["FACE" as const, "TIME" as const, "DOCUMENT" as const],
        },
      },
    ],
  };
}

await runContest<SubmitEmployerCertificationsInput>({
  name: "employerCertificationsSubmit",
  channel: "EMPLOYER",
  personsEach: ITEMS,
  // Each holds a connection and all audit chains while it writes 1,000 rows.
  connections: 4,
  transactions: 32,
  inputOf: (people) => ({
    idempotencyKey: randomUUID(),
    employerCode: EMPLOYER,
    items: people.map(itemOf),
  }),
  work: (context, input) => submitEmployerCertifications(context, input, false),
  mutation: `mutation EmployerCertificationsSubmit($input: EmployerCertificationsSubmitInput!) {
    employerCertificationsSubmit(input: $input) {
      results { index certification { id state } userErrors { code message } } userErrors { code message } } }`,
  isRight: (body) => body.split('"state":"PENDING"').length === ITEMS + 1,
  limits: [
    { name: "limit: one statement a table", sends: (text) => /^\s*(insert|update|with)\b/i.test(text) },
    { name: "limit: all its statements", sends: () => true },
  ],
  prepare: async ({ url }) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query("update pensioner set employer_code = $1", [EMPLOYER]);
    await client.query("vacuum analyze");
    await client.end();
  },
});
