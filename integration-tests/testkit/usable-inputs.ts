import { randomUUID } from "node:crypto";
import { buildStart, type Named } from "./certify.js";
import { buildItem } from "./employer.js";
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
    employerCertificationsSubmit: {
      through: "EMPLOYER",
      input: () => keyed({ employerCode: "E1", items: [buildItem(person)] }),
    },
    contactPhoneReportWrong: {
      through: "APP_12333",
      input: () => keyed({ phone: "13900008888", name: person.name }),
    },
    contactPhoneUpdate: {
      through: "APP_12333",
      input: () => keyed({ subject: subjectOf(person), phone: "13900008888" }),
    },
    employerContactUpdate: {
      through: "EMPLOYER",
      input: () => keyed({ employerCode: "E1", phone: "13900008888" }),
    },
    homeVisitCancel: { through: "ICBC_APP", input: () => keyed({ homeVisitId: "visit_0" }) },
    homeVisitComplete: {
      through: "STREET_SERVICE_CENTER",
      input: () =>
        keyed({
          homeVisitId: "visit_0",
          evidence: [{ homeVisit: { visitedAt: "2026-05-12T01:00:00Z", visitorName: "王工" } }],
        }),
    },
    homeVisitDecline: {
      through: "STREET_SERVICE_CENTER",
      input: () => keyed({ homeVisitId: "visit_0", reason: "不在本辖区居住" }),
    },
    homeVisitRequest: {
      through: "ICBC_APP",
      input: () =>
        keyed({
          subject: subjectOf(person),
          reason: "ILLNESS",
          address: "海淀区示例路1号",
          districtCode: "110108",
          contactName: "测试家属",
          contactPhone: "13900008888",
          relation: "CHILD",
        }),
    },
    homeVisitSchedule: {
      through: "STREET_SERVICE_CENTER",
      input: () => keyed({ homeVisitId: "visit_0", visitOn: "2026-05-20", visitorName: "王工" }),
    },
    lifeEventCorrect: {
      through: "AGENCY_COUNTER",
      input: () =>
        keyed({ lifeEventId: "life_0", kind: "DEATH", occurredOn: "2026-05-01", reason: "日期有误" }),
    },
    lifeEventDecide: {
      through: "sandbox-staff",
      input: () => keyed({ lifeEventId: "life_0", decision: "DISMISS", reason: "与本人核实在世" }),
    },
    lifeEventReport: {
      through: "AGENCY_COUNTER",
      input: () =>
        keyed({
          kind: "DEATH",
          subject: subjectOf(person),
          occurredOn: "2026-05-01",
          source: "FAMILY",
          sourceReference: randomUUID(),
        }),
    },
    lifeEventVoid: {
      through: "AGENCY_COUNTER",
      input: () => keyed({ lifeEventId: "life_0", reason: "误报" }),
    },
    reviewCaseDecide: {
      through: "sandbox-staff",
      input: () => keyed({ reviewCaseId: "case_0", decision: "KEEP", reason: "需进一步核实" }),
    },
    identityReveal: {
      through: "sandbox-staff",
      input: () => keyed({ pensionerId: "pen_0", reason: "为回复本人来信核对证件" }),
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
    moratoriumCreate: {
      through: "sandbox-staff",
      input: () =>
        keyed({
          districtCode: "110108",
          benefitType: "RESIDENT_PENSION",
          fromMonth: "2026-06",
          throughMonth: "2026-08",
          reason: "汛期受灾",
        }),
    },
    moratoriumEnd: { through: "sandbox-staff", input: () => keyed({ moratoriumId: "mora_0" }) },
    suspensionBatchApprove: {
      through: "sandbox-staff",
      input: () => keyed({ month: "2026-06", overrideBreakers: ["IMPORT_MISSING"] }),
    },
    webhookDeliveryReplay: { through: "ICBC_APP", input: () => keyed({ deliveryId: "whd_0" }) },
    webhookEndpointCreate: {
      through: "ICBC_APP",
      input: () => keyed({ url: "https://hooks.example.com/changqing", types: ["CERTIFICATION_PASSED"] }),
    },
    webhookEndpointDelete: { through: "ICBC_APP", input: () => keyed({ endpointId: "whe_0" }) },
    webhookEndpointEnable: {
      through: "ICBC_APP",
      input: () => keyed({ endpointId: "whe_0", skipMissed: true }),
    },
    webhookEndpointUpdate: {
      through: "ICBC_APP",
      input: () =>
        keyed({ endpointId: "whe_0", url: "https://hooks.example.com/moved", types: ["PAYMENT_SUSPENDED"] }),
    },
    webhookSecretRotate: { through: "ICBC_APP", input: () => keyed({ endpointId: "whe_0" }) },
    sandboxClockAdvance: { through: "ICBC_APP", input: () => keyed({ to: "2026-05-13T00:00:00Z" }) },
    sandboxFaceAssertion: { through: "ICBC_APP", input: () => ({ sessionId: "sess_0" }) },
  };
}
