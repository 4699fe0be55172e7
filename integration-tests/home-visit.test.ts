import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { places } from "../src/storage/sealing.js";
import { accessLog, evidence, homeVisit } from "../src/storage/tables.js";
import { certify, readStatus } from "./testkit/certify.js";
import { buildClaims, signAssertion } from "./testkit/face-assertions.js";
import {
  HomeVisitCancelDocument,
  HomeVisitDeclineDocument,
  HomeVisitScheduleDocument,
  HomeVisitsDocument,
  NodeDocument,
} from "./testkit/gql/graphql.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import {
  completeVisit,
  requestedVisit,
  requestVisit,
  scheduleVisit,
  visited,
} from "./testkit/home-visits.js";
import { buildPerson, importPeople, type TestPerson } from "./testkit/people.js";
import { keyOf, readMessages, readRecords } from "./testkit/records.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

let sandbox: SandboxServer;
let bank: GraphQLClient;
let haidian: GraphQLClient;
let chaoyang: GraphQLClient;
let city: GraphQLClient;
let staff: GraphQLClient;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-06-01T02:00:00Z" });
  bank = await sandbox.signIn("ICBC_APP");
  haidian = await sandbox.signIn("sandbox-street-service-center-110108");
  chaoyang = await sandbox.signIn("sandbox-street-service-center-110105");
  city = await sandbox.signIn("STREET_SERVICE_CENTER");
  staff = await sandbox.signIn("sandbox-staff");
});

afterAll(() => sandbox[Symbol.asyncDispose]());

async function importOverdue(overrides: Partial<TestPerson> = {}): Promise<TestPerson> {
  const person = buildPerson({ phone: "13911110001", lastCertifiedOn: "2025-02-11", ...overrides });
  await importPeople(sandbox.app, [person]);
  return person;
}

async function decline(client: GraphQLClient, homeVisitId: string, reason = "不在本辖区居住") {
  const input = { idempotencyKey: randomUUID(), homeVisitId, reason };
  return (await client.request(HomeVisitDeclineDocument, { input })).homeVisitDecline;
}

async function cancel(client: GraphQLClient, homeVisitId: string, reason?: string) {
  const input = { idempotencyKey: randomUUID(), homeVisitId, ...(reason ? { reason } : {}) };
  return (await client.request(HomeVisitCancelDocument, { input })).homeVisitCancel;
}

async function idsListed(client: GraphQLClient): Promise<string[]> {
  const { homeVisits } = await client.request(HomeVisitsDocument, { first: 100 });
  return homeVisits.nodes.map(({ id }) => id);
}

test("E5 from the family's wish to the certification", async () => {
  const person = await importOverdue();
  const asked = await requestVisit(bank, person);
  expect(asked).toMatchObject({
    homeVisit: { state: "REQUESTED", reason: "LIMITED_MOBILITY", visitOn: null, relation: "CHILD" },
    userErrors: [],
  });
  const id = asked.homeVisit?.id ?? "";

  const { homeVisits } = await haidian.request(HomeVisitsDocument, {
    filter: { state: "REQUESTED" },
    first: 100,
  });
  expect(homeVisits.nodes.find((visit) => visit.id === id)).toMatchObject({
    address: "海淀区示例路1号院2号楼301",
    contactName: "测试家属",
    contactPhone: "13877778888",
    visitorName: null,
    pensioner: { certificationStatus: { state: "OVERDUE" } },
  });

  const arranged = await scheduleVisit(haidian, id);
  expect(arranged.homeVisit).toMatchObject({
    state: "SCHEDULED",
    visitOn: "2026-06-03",
    visitorName: "王工",
  });
  const moved = await scheduleVisit(haidian, id, { visitOn: "2026-06-02", visitorName: "李工" });
  expect(moved.homeVisit).toMatchObject({ state: "SCHEDULED", visitOn: "2026-06-02", visitorName: "李工" });
  expect((await bank.request(NodeDocument, { id })).node).toMatchObject({
    visitState: "SCHEDULED",
    visitOn: "2026-06-02",
  });

  const done = await completeVisit(haidian, id);
  expect(done.userErrors).toEqual([]);
  expect(done.homeVisit).toMatchObject({
    state: "COMPLETED",
    certification: {
      state: "PASSED",
      channel: { code: "STREET_SERVICE_CENTER" },
      method: "HOME_VISIT",
      actor: "AGENCY",
      occurredAt: "2026-06-01T01:30:00.000Z",
      validThrough: "2027-06-30",
    },
    pensioner: {
      maskedPhone: "139****0001",
      certificationStatus: { state: "VALID", validThrough: "2027-06-30" },
      paymentStatus: { state: "PAYING", backPayMonths: ["2026-03", "2026-04", "2026-05", "2026-06"] },
    },
  });
  const status = await readStatus(bank, person);
  expect(status.certificationStatus).toMatchObject({ state: "VALID", lastCertifiedOn: "2026-06-01" });
  expect(await readMessages(sandbox.app, status.id)).toMatchObject([
    { kind: "CERTIFICATION_SUCCEEDED", phone: "13911110001", state: "QUEUED" },
  ]);
});

test("E5 a centre that goes at once need not schedule, and V4 is not asked", async () => {
  const person = await importOverdue({ lastCertifiedOn: "2026-05-20" });
  const id = await requestedVisit(haidian, person);
  expect((await completeVisit(haidian, id)).homeVisit).toMatchObject({
    state: "COMPLETED",
    certification: { state: "PASSED" },
  });
});

test("E5 the visitor's report is kept sealed, and so is all that the family said", async () => {
  const person = await importOverdue();
  const id = await requestedVisit(bank, person, { address: "海淀区 密封胡同9号" });
  await completeVisit(haidian, id);
  const key = keyOf((await readStatus(bank, person)).id);
  const { db } = sandbox.app.database;
  const [visit] = await db.select().from(homeVisit).where(eq(homeVisit.pensionerId, key.pensionerId));
  const kept = await db.select().from(evidence).where(eq(evidence.pensionerId, key.pensionerId));
  const { sealing } = sandbox.app;
  expect(kept.map(({ kind }) => kind)).toEqual(["HOME_VISIT"]);
  const [report] = kept;
  const facts =
    report?.factsSealed && sealing.open(report.factsSealed, places.evidenceFacts(report.certificationId, 0));
  expect(JSON.parse(facts ?? "")).toEqual({
    visitedAt: "2026-06-01T01:30:00Z",
    visitorName: "王工",
    note: "本人在家，神志清楚",
  });
  expect(visit && sealing.open(visit.addressSealed, places.homeVisitAddress(visit.id))).toBe(
    "海淀区 密封胡同9号",
  );
  const columns = JSON.stringify(visit, (_, value) =>
    Buffer.isBuffer(value) ? value.toString("latin1") : value,
  );
  for (const secret of ["密封胡同", "测试家属", "13877778888"]) expect(columns).not.toContain(secret);
});

describe("who sees what", () => {
  test("E5 another district's centre sees nothing of it, and is answered as if there were nothing", async () => {
    const id = await requestedVisit(bank, await importOverdue());
    expect(await idsListed(haidian)).toContain(id);
    expect(await idsListed(city)).toContain(id);
    expect(await idsListed(staff)).toContain(id);
    expect(await idsListed(chaoyang)).not.toContain(id);
    expect((await chaoyang.request(NodeDocument, { id })).node).toBeNull();
    expect((await (await sandbox.signIn("HUAXIA_APP")).request(NodeDocument, { id })).node).toBeNull();
    const unknown = await scheduleVisit(chaoyang, "visit_0");
    expect(unknown.userErrors).toMatchObject([{ code: "NOT_FOUND", path: ["input", "homeVisitId"] }]);
    expect(await scheduleVisit(chaoyang, id)).toEqual(unknown);
    expect((await completeVisit(chaoyang, id)).userErrors).toEqual(unknown.userErrors);
    expect((await decline(chaoyang, id)).userErrors).toEqual(unknown.userErrors);
    expect((await cancel(chaoyang, id)).userErrors).toEqual(unknown.userErrors);
  });

  test("E5 the client that asked for it sees the visit, not its address, and not the certification of another", async () => {
    const person = await importOverdue();
    const id = await requestedVisit(bank, person);
    await completeVisit(haidian, id);
    const query =
      "query($id: ID!) { node(id: $id) { ... on HomeVisit { state address contactName contactPhone visitorName relation certification { id } pensioner { maskedName } } } }";
    const ask = async (client: GraphQLClient) =>
      (await client.send<{ node: Record<string, unknown> }>({ query, variables: { id } })).data?.node;
    const nothing = { address: null, contactName: null, contactPhone: null, certification: null };
    expect(await ask(bank)).toMatchObject({ ...nothing, state: "COMPLETED", relation: "CHILD" });
    for (const client of [haidian, staff]) {
      expect(await ask(client)).toMatchObject({
        contactPhone: "13877778888",
        certification: { id: expect.any(String) },
      });
    }
    // The city's desk works on the visit; the certification is another client's.
    expect(await ask(city)).toMatchObject({ contactPhone: "13877778888", certification: null });
  });

  test("E5 a centre may ask for a visit in another district, and then sees it without working on it", async () => {
    const id = await requestedVisit(chaoyang, await importOverdue());
    expect(await idsListed(chaoyang)).toContain(id);
    expect((await scheduleVisit(chaoyang, id)).userErrors).toMatchObject([{ code: "CHANNEL_NOT_ALLOWED" }]);
    expect((await cancel(chaoyang, id)).homeVisit?.state).toBe("CANCELLED");
  });

  test("E5 staff and the city's desk do the centre's work anywhere", async () => {
    const [first, second] = [await importOverdue(), await importOverdue()];
    const inDistrict = { districtCode: "110117" };
    const done = await completeVisit(staff, await requestedVisit(bank, first, inDistrict));
    expect(done.homeVisit?.certification).toMatchObject({
      state: "PASSED",
      channel: { code: "STREET_SERVICE_CENTER" },
    });
    const { certifications } = await readRecords(sandbox.app, (await readStatus(bank, first)).id);
    expect(certifications).toMatchObject([{ clientId: "sandbox-staff", channel: "STREET_SERVICE_CENTER" }]);
    expect((await decline(city, await requestedVisit(bank, second, inDistrict))).homeVisit?.state).toBe(
      "DECLINED",
    );
  });
});

describe("a visit that does not take place", () => {
  test("E5 is declined with a reason that the family reads", async () => {
    const person = await importOverdue();
    const id = await requestedVisit(bank, person);
    expect((await decline(haidian, id, "可就近到窗口办理")).homeVisit?.state).toBe("DECLINED");
    expect((await bank.request(NodeDocument, { id })).node).toMatchObject({
      visitState: "DECLINED",
      closingReason: "可就近到窗口办理",
    });
    expect((await readStatus(bank, person)).certificationStatus.state).toBe("OVERDUE");
  });

  test.each([
    ["the client that asked for it", () => bank, undefined],
    ["the centre", () => haidian, "家属来电取消"],
    ["staff", () => staff, "家属来电取消"],
  ])("E5 is called off by %s", async (_, client, reason) => {
    const id = await requestedVisit(bank, await importOverdue());
    expect((await cancel(client(), id, reason)).homeVisit).toMatchObject({
      state: "CANCELLED",
      closingReason: reason ?? null,
    });
  });

  test("E5 WRONG_STATE: a closed visit stays as it is, and a new one may be asked for", async () => {
    const person = await importOverdue();
    const id = await requestedVisit(bank, person);
    await cancel(bank, id);
    const answers = [
      await scheduleVisit(haidian, id),
      await completeVisit(haidian, id),
      await decline(haidian, id),
      await cancel(bank, id),
    ];
    for (const answer of answers) expect(answer.userErrors).toMatchObject([{ code: "WRONG_STATE" }]);
    expect((await readStatus(bank, person)).certificationStatus.state).toBe("OVERDUE");
    expect((await requestVisit(bank, person)).homeVisit?.state).toBe("REQUESTED");
  });

  test("E5 WRONG_STATE: one visit a person is open, whoever asks", async () => {
    const person = await importOverdue();
    await requestedVisit(bank, person);
    for (const client of [bank, await sandbox.signIn("JINGTONG_WECHAT"), chaoyang]) {
      expect((await requestVisit(client, person)).userErrors).toMatchObject([{ code: "WRONG_STATE" }]);
    }
    // That there is one already is told of the person, and logged as a read like the visit itself.
    const { pensionerId } = keyOf((await readStatus(bank, person)).id);
    const { db } = sandbox.app.database;
    const reads = await db.select().from(accessLog).where(eq(accessLog.pensionerId, pensionerId));
    expect(reads.filter(({ operation }) => operation === "homeVisitRequest")).toHaveLength(4);
  });
});

describe("what is shown at the visit", () => {
  const document = (person: TestPerson, expiresOn: string) => ({
    identityDocument: { document: person.document, expiresOn },
  });

  test("E5, E8 an expired document gives REJECTED; the visit stays as it was and may be completed later", async () => {
    const person = await importOverdue();
    const id = await requestedVisit(bank, person);
    await scheduleVisit(haidian, id);
    const at = visited("2026-06-01T01:30:00.000Z");
    const failed = await completeVisit(haidian, id, { evidence: [at, document(person, "2026-05-31")] });
    expect(failed.userErrors).toEqual([]);
    expect(failed.homeVisit).toMatchObject({
      state: "SCHEDULED",
      certification: { state: "REJECTED", rejection: { code: "DOCUMENT_EXPIRED" }, validThrough: null },
      pensioner: { certificationStatus: { state: "OVERDUE" } },
    });
    const other = await importOverdue();
    const foreign = await completeVisit(haidian, id, { evidence: [at, document(other, "2030-01-01")] });
    expect(foreign.homeVisit?.certification?.rejection?.code).toBe("DOCUMENT_INVALID");
    const passed = await completeVisit(haidian, id, { evidence: [at, document(person, "2030-01-01")] });
    expect(passed.homeVisit).toMatchObject({ state: "COMPLETED", certification: { state: "PASSED" } });
  });

  test("E5 a document counts as of the day of the visit", async () => {
    const person = await importOverdue();
    const evidence = [visited("2026-05-28T02:00:00.000Z"), document(person, "2026-05-28")];
    const done = await completeVisit(haidian, await requestedVisit(bank, person), { evidence });
    expect(done.homeVisit?.certification).toMatchObject({ state: "PASSED", validThrough: "2027-05-31" });
  });

  test("E2, E5 a face may be added, made for this completion", async () => {
    const id = await requestedVisit(bank, await importOverdue());
    const at = visited(sandbox.app.services.now().toString());
    const withFace = async (challenge: string, outcome: string, idempotencyKey: string) => {
      const faceAssertion = await signAssertion(sandbox, buildClaims(sandbox, { challenge }, { outcome }));
      return completeVisit(haidian, id, { idempotencyKey, evidence: [at, { faceAssertion }] });
    };
    const [failing, passing] = [randomUUID(), randomUUID()];
    const foreign = await withFace(randomUUID(), "match", passing);
    expect(foreign.userErrors).toMatchObject([
      { code: "EVIDENCE_REJECTED", path: ["input", "evidence", "1", "faceAssertion"] },
    ]);
    const mismatch = await withFace(failing, "mismatch", failing);
    expect(mismatch.homeVisit).toMatchObject({
      state: "REQUESTED",
      certification: { rejection: { code: "FACE_MISMATCH" } },
    });
    expect((await withFace(passing, "match", passing)).homeVisit?.state).toBe("COMPLETED");
  });

  test("V6 its own time decides the month, up to seven days back", async () => {
    const person = await importOverdue();
    const evidence = [visited("2026-05-31T15:59:59.000Z")];
    const done = await completeVisit(haidian, await requestedVisit(bank, person), { evidence });
    expect(done.homeVisit?.certification).toMatchObject({ validThrough: "2027-05-31" });
  });

  test("V3 a late report takes nothing from someone who has certified since", async () => {
    const person = await importOverdue();
    const id = await requestedVisit(bank, person);
    await certify(bank, person);
    const evidence = [visited("2026-05-30T02:00:00.000Z")];
    const done = await completeVisit(haidian, id, { evidence });
    expect(done.homeVisit?.pensioner.certificationStatus.validThrough).toBe("2027-06-30");
  });
});

test("repeated with its key a write gives what it gave; another input under the key is refused", async () => {
  const person = await importOverdue();
  const keys = { request: randomUUID(), schedule: randomUUID(), complete: randomUUID() };
  const first = await requestVisit(bank, person, { idempotencyKey: keys.request });
  const again = await requestVisit(bank, person, { idempotencyKey: keys.request });
  expect(again.homeVisit?.id).toBe(first.homeVisit?.id);
  const id = first.homeVisit?.id ?? "";
  const idempotencyKey = keys.schedule;
  await scheduleVisit(haidian, id, { idempotencyKey });
  expect((await scheduleVisit(haidian, id, { idempotencyKey })).homeVisit?.state).toBe("SCHEDULED");
  const otherDay = { idempotencyKey, homeVisitId: id, visitOn: "2026-06-04", visitorName: "王工" };
  const { errors } = await haidian.refused(HomeVisitScheduleDocument, { input: otherDay });
  expect(errors[0]?.extensions.code).toBe("IDEMPOTENCY_KEY_REUSED");
  const done = await completeVisit(haidian, id, { idempotencyKey: keys.complete });
  const replayed = await completeVisit(haidian, id, { idempotencyKey: keys.complete });
  expect(replayed.homeVisit?.certification?.id).toBe(done.homeVisit?.certification?.id);
  const evidence = [visited("2026-06-01T01:31:00.000Z")];
  await expect(completeVisit(haidian, id, { idempotencyKey: keys.complete, evidence })).rejects.toThrow(
    "IDEMPOTENCY_KEY_REUSED",
  );
  const { certifications } = await readRecords(sandbox.app, (await readStatus(bank, person)).id);
  expect(certifications).toHaveLength(1);
});
