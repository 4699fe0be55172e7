/** certificationRecord at a counter. Build first; then: tsx src/record.ts [--rounds 5] [--transactions 960] */
import { randomUUID } from "node:crypto";
import {
  type RecordCertificationInput,
  recordCertification,
} from "../../src/operations/record-certification.js";
import { CONNECTIONS } from "./load.js";
import { runContest } from "./operation-contest.js";

await runContest<RecordCertificationInput>({
  name: "certificationRecord",
  channel: "AGENCY_COUNTER",
  personsEach: 1,
  connections: CONNECTIONS,
  transactions: 960,
  inputOf: ([person]) => {
    const document = { type: "RESIDENT_ID" as const, number: person?.number ?? "" };
    return {
      idempotencyKey: randomUUID(),
      subject: { name: person?.name ?? "", document },
      method: "IN_PERSON",
      operator: "07",
      recertifyWhenValid: true,
      contactPhone: "13900000006",
      evidence: [{ identityDocument: { document } }],
    };
  },
  work: recordCertification,
  mutation: `mutation CertificationRecord($input: CertificationRecordInput!) { certificationRecord(input: $input) {
    certification { id state validThrough } userErrors { code message } } }`,
  isRight: (body) => body.includes('"state":"PASSED"') && body.includes('"userErrors":[]'),
  limits: [{ name: "limit: its statements alone", sends: () => true }],
});
