import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { evidence, helperPensioner } from "../src/storage/tables.js";
import { type CertificationAnswer, readStatus, showFace, startSession } from "./testkit/certify.js";
import { NodeDocument } from "./testkit/gql/graphql.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { buildPerson, importPeople, type TestPerson } from "./testkit/people.js";
import { readMessages, readRecords } from "./testkit/records.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

let sandbox: SandboxServer;
let channel: GraphQLClient;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-06-15T02:00:00Z" });
  channel = await sandbox.signIn("HUAXIA_APP");
});

afterAll(() => sandbox[Symbol.asyncDispose]());

/** Someone whom a pass would change in every way: overdue, unpaid, with another phone. */
async function importOverdue(): Promise<TestPerson> {
  const person = buildPerson({ phone: "13911110001", lastCertifiedOn: "2025-02-11" });
  await importPeople(sandbox.app, [person]);
  return person;
}

const { name, document } = buildPerson();
const onBehalf = {
  actor: { helper: { name, document, relation: "SPOUSE", consented: true } },
  contactPhone: "13822220002",
} as const;

const otherRoutes = [
  "AGENCY_COUNTER",
  "PARTNER_BANK_COUNTER",
  "ICBC_KIOSK",
  "PSBC_KIOSK",
  "STREET_SERVICE_CENTER",
];

function routesOf({ rejection }: CertificationAnswer): string[] | undefined {
  return rejection?.nextChannels.map(({ code }) => code);
}

describe.each([
  ["MISMATCH", "FACE_MISMATCH", "人脸比对未通过，请在光线充足处由待遇领取人员本人重试，或选择其他渠道办理。"],
  ["LIVENESS_FAILED", "LIVENESS_FAILED", "活体检测未通过，请按提示完成动作后重试，或选择其他渠道办理。"],
] as const)("a face that gives %s", (outcome, code, message) => {
  test("E8 is recorded with its reason and the next-best channels", async () => {
    const session = await startSession(channel, await importOverdue(), onBehalf);
    const certification = await showFace(channel, session.id, outcome);
    expect(certification).toMatchObject({
      state: "REJECTED",
      channel: { code: "HUAXIA_APP" },
      actor: "ON_BEHALF",
      validThrough: null,
      rejection: { code, message },
    });
    expect(certification.decidedAt).toBe(certification.receivedAt);
    expect(routesOf(certification)).toEqual(["JINGTONG_WECHAT", ...otherRoutes]);
  });

  test("E8 changes nothing: validity, version, phone, messages, holds and back-pay stay", async () => {
    const person = await importOverdue();
    const before = await readStatus(channel, person);
    const { certifications: none, ...records } = await readRecords(sandbox.app, before.id);
    expect(none).toEqual([]);
    const counted = await sandbox.app.database.db.select().from(helperPensioner);
    const session = await startSession(channel, person, onBehalf);
    await showFace(channel, session.id, outcome);
    expect(await readStatus(channel, person)).toEqual(before);
    const { certifications, ...after } = await readRecords(sandbox.app, before.id);
    expect(after).toEqual(records);
    expect(certifications).toMatchObject([
      { state: "REJECTED", rejectionCode: code, replacedValidThrough: null },
    ]);
    expect(await sandbox.app.database.db.select().from(helperPensioner)).toEqual(counted);
  });

  test("E8 leaves the session open, and a match in it passes", async () => {
    const person = await importOverdue();
    const session = await startSession(channel, person, onBehalf);
    await showFace(channel, session.id, outcome);
    const { node } = await channel.request(NodeDocument, { id: session.id });
    expect(node).toMatchObject({ sessionState: "OPEN" });
    const passed = await showFace(channel, session.id);
    expect(passed).toMatchObject({
      state: "PASSED",
      rejection: null,
      validThrough: "2027-06-30",
      pensioner: {
        version: 2,
        maskedPhone: "138****0002",
        paymentStatus: {
          resumesMonth: "2026-07",
          backPayMonths: ["2026-03", "2026-04", "2026-05", "2026-06"],
        },
      },
    });
    expect(await readMessages(sandbox.app, passed.pensioner.id)).toMatchObject([
      { kind: "CERTIFIED_ON_BEHALF", phone: "13911110001" },
      { kind: "CERTIFICATION_SUCCEEDED", phone: "13822220002" },
    ]);
  });
});

describe("after several failed faces in a session", () => {
  test("E8 the third one offers only routes without face recognition", async () => {
    const session = await startSession(channel, await importOverdue());
    const routes = [];
    for (const outcome of ["MISMATCH", "LIVENESS_FAILED", "MISMATCH", "LIVENESS_FAILED"] as const) {
      routes.push(routesOf(await showFace(channel, session.id, outcome)));
    }
    const withFace = ["JINGTONG_WECHAT", ...otherRoutes];
    expect(routes).toEqual([withFace, withFace, otherRoutes, otherRoutes]);
  });

  test("E8 a new session counts anew", async () => {
    const person = await importOverdue();
    const first = await startSession(channel, person);
    for (const _ of [1, 2, 3]) await showFace(channel, first.id, "MISMATCH");
    const second = await startSession(channel, person);
    expect(routesOf(await showFace(channel, second.id, "MISMATCH"))).toEqual([
      "JINGTONG_WECHAT",
      ...otherRoutes,
    ]);
  });

  test("E2 E8 each attempt keeps its evidence", async () => {
    const before = await sandbox.app.database.db.select().from(evidence);
    const session = await startSession(channel, await importOverdue());
    for (const outcome of ["MISMATCH", "LIVENESS_FAILED", "MATCH"] as const) {
      await showFace(channel, session.id, outcome);
    }
    const known = new Set(before.map(({ certificationId }) => certificationId));
    const added = (await sandbox.app.database.db.select().from(evidence))
      .filter(({ certificationId }) => !known.has(certificationId))
      .sort((a, b) => (a.certificationId < b.certificationId ? -1 : 1));
    expect(added).toMatchObject([
      { position: 0, kind: "FACE_ASSERTION", outcome: "mismatch" },
      { position: 0, kind: "FACE_ASSERTION", outcome: "liveness_failed" },
      { position: 0, kind: "FACE_ASSERTION", outcome: "match" },
    ]);
    expect(new Set(added.map(({ digest }) => digest?.toString("hex"))).size).toBe(3);
  });
});
