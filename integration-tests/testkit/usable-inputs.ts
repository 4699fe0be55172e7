import { randomUUID } from "node:crypto";
import { buildStart, type Named } from "./certify.js";
import { subjectOf } from "./people.js";

/** A mutation with an input that would do, and a client that may send it. */
export interface UsableInput {
  /** A channel's code or a sandbox client's id. */
  readonly through: string;
  readonly input: () => Record<string, unknown>;
}

/** Every mutation of the schema; a test that walks the schema fails when one is missing here. */
export function usableInputs(person: Named): Readonly<Record<string, UsableInput>> {
  const keyed = (input: Record<string, unknown>) => ({ idempotencyKey: randomUUID(), ...input });
  return {
    certificationStart: { through: "ICBC_APP", input: () => ({ ...buildStart(person) }) },
    certificationComplete: {
      through: "ICBC_APP",
      input: () => keyed({ sessionId: "sess_0", evidence: [{ faceAssertion: "x" }] }),
    },
    certificationCancel: { through: "ICBC_APP", input: () => keyed({ sessionId: "sess_0" }) },
    certificationRecord: {
      through: "AGENCY_COUNTER",
      input: () =>
        keyed({
          subject: subjectOf(person),
          method: "IN_PERSON",
          operator: "07",
          evidence: [{ identityDocument: { document: person.document } }],
        }),
    },
    certificationDecide: {
      through: "sandbox-staff",
      input: () => keyed({ certificationId: "cert_0", decision: "REJECT", reason: "照片不清晰" }),
    },
    certificationRevoke: {
      through: "sandbox-staff",
      input: () => keyed({ certificationId: "cert_0", reason: "冒名认证" }),
    },
    dataMatchCertificationsSubmit: {
      through: "DATA_MATCH",
      input: () =>
        keyed({
          items: [
            {
              subject: subjectOf(person),
              evidence: {
                source: "INPATIENT_STAY",
                eventAt: "2026-05-02T01:00:00Z",
                sourceReference: randomUUID(),
              },
            },
          ],
        }),
    },
    sandboxClockAdvance: { through: "ICBC_APP", input: () => keyed({ to: "2026-05-13T00:00:00Z" }) },
    sandboxFaceAssertion: { through: "ICBC_APP", input: () => ({ sessionId: "sess_0" }) },
  };
}
