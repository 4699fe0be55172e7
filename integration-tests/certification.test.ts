import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sandboxPeople } from "../src/sandbox/sandbox-people.js";
import { newId } from "../src/storage/ids.js";
import { certificationSession, paymentHold } from "../src/storage/tables.js";
import {
  buildStart,
  certify,
  faceAssertionFor,
  readStatus,
  showFace,
  startSession,
} from "./testkit/certify.js";
import {
  CertificationPreviewDocument,
  CertificationStartDocument,
  type ChannelCode,
} from "./testkit/gql/graphql.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { buildBenefit, buildPerson, importPeople, subjectOf, type TestPerson } from "./testkit/people.js";
import { countRows, keyOf, readMessages, readRecords } from "./testkit/records.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

let sandbox: SandboxServer;
let channel: GraphQLClient;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2024-06-12T02:00:00Z" });
  channel = await sandbox.signIn("JINGTONG_WECHAT");
});

afterAll(() => sandbox[Symbol.asyncDispose]());

async function imported(overrides: Partial<TestPerson> = {}): Promise<TestPerson> {
  const person = buildPerson(overrides);
  await importPeople(sandbox.app, [person]);
  return person;
}

const sessionChannels = [
  "JINGTONG_WECHAT",
  "JINGTONG_ALIPAY",
  "JINGTONG_BAIDU",
  "APP_12333",
  "NATIONAL_PLATFORM",
  "E_SOCIAL_SECURITY_CARD",
  "ICBC_APP",
  "HUAXIA_APP",
] as const satisfies readonly ChannelCode[];

const otherChannels = [
  "AGENCY_COUNTER",
  "PARTNER_BANK_COUNTER",
  "ICBC_KIOSK",
  "PSBC_KIOSK",
  "BOCOM_KIOSK",
  "EMPLOYER",
  "STREET_SERVICE_CENTER",
  "DATA_MATCH",
] as const satisfies readonly ChannelCode[];

function successText(name: string): string {
  return `【北京市人力社保局】尊敬的待遇领取人${name}, 您本次资格认证操作已成功, 有效期已延长至2025年06月月末。祝您生活愉快!`;
}

describe.each(sessionChannels)("through %s", (code) => {
  test.each(["SELF", "ON_BEHALF"] as const)("E2 C2 R4 someone due is certified, %s", async (kind) => {
    const client = await sandbox.signIn(code);
    const person = await imported({ phone: "13911110001", lastCertifiedOn: "2023-07-20" });
    const before = await readStatus(client, person);
    expect(before).toMatchObject({
      maskedPhone: "139****0001",
      certificationStatus: { state: "DUE_SOON", anchorMonth: "2023-07", validThrough: "2024-07-31" },
    });

    const { name, document } = buildPerson();
    const helper = { name, document, relation: "CHILD", consented: true } as const;
    const actor = kind === "SELF" ? { self: true } : { helper };
    const session = await startSession(client, person, { actor, contactPhone: "+86 138-2222-0002" });
    expect(session).toMatchObject({
      state: "OPEN",
      pensioner: { certificationStatus: { state: "DUE_SOON" } },
    });
    expect(session.challenge).toMatch(/^[\w-]{43}$/);
    const certification = await showFace(client, session.id);
    expect(certification).toMatchObject({
      state: "PASSED",
      channel: { code },
      method: "FACE",
      actor: kind,
      validThrough: "2025-06-30",
      rejection: null,
    });

    const after = await readStatus(client, person);
    expect(after).toEqual(certification.pensioner);
    expect(after).toMatchObject({
      version: before.version + 1,
      maskedPhone: "138****0002",
      certificationStatus: {
        state: "VALID",
        anchorMonth: "2024-06",
        validThrough: "2025-06-30",
        lastCertifiedOn: "2024-06-12",
      },
    });
    const told = kind === "SELF" ? [] : [{ kind: "CERTIFIED_ON_BEHALF", phone: "13911110001" }];
    expect(await readMessages(sandbox.app, after.id)).toMatchObject([
      ...told,
      {
        kind: "CERTIFICATION_SUCCEEDED",
        month: "2024-06",
        recipient: "PENSIONER",
        state: "QUEUED",
        phone: "13822220002",
        body: successText(person.name),
      },
    ]);
  });
});

test.each(otherChannels)("a session cannot be started through %s", async (code) => {
  const client = await sandbox.signIn(code);
  const person = await imported();
  const { certificationStart } = await client.request(CertificationStartDocument, {
    input: buildStart(person),
  });
  expect(certificationStart).toMatchObject({ session: null, userErrors: [{ code: "CHANNEL_NOT_ALLOWED" }] });
});

describe("the confirmation", () => {
  test("R4 goes to the register's phone when the flow captured none", async () => {
    const person = await imported({ phone: "13911110003" });
    const { pensioner } = await certify(channel, person);
    expect(pensioner.maskedPhone).toBe("139****0003");
    expect(await readMessages(sandbox.app, pensioner.id)).toMatchObject([
      { state: "QUEUED", phone: "13911110003", body: successText(person.name) },
    ]);
  });

  test("R4 is kept as NO_PHONE when there is no phone at all", async () => {
    const person = await imported({ phone: null });
    const { pensioner } = await certify(channel, person);
    expect(pensioner.maskedPhone).toBeNull();
    expect(await readMessages(sandbox.app, pensioner.id)).toMatchObject([
      { state: "NO_PHONE", phone: null, body: successText(person.name) },
    ]);
  });

  test("R2 C2 two pensioners with one phone get a text each, and each text names its own", async () => {
    const contactPhone = "13822220004";
    for (const person of [await imported(), await imported()]) {
      const { pensioner } = await certify(channel, person, { contactPhone });
      expect(await readMessages(sandbox.app, pensioner.id)).toMatchObject([
        { phone: contactPhone, body: expect.stringContaining(person.name) },
      ]);
    }
  });

  test("R7 is one a month, also when the person certifies twice", async () => {
    const person = await imported();
    await certify(channel, person);
    const { pensioner } = await certify(channel, person);
    expect(pensioner.version).toBe(3);
    expect(await readMessages(sandbox.app, pensioner.id)).toHaveLength(1);
  });

  test("C2 a phone captured in the flow outlives what a register says later", async () => {
    const person = await imported({ phone: "13911110005" });
    await certify(channel, person, { contactPhone: "13822220005" });
    await importPeople(sandbox.app, [{ ...person, phone: "13911110006" }]);
    expect((await readStatus(channel, person)).maskedPhone).toBe("138****0005");
  });
});

describe("someone who is still valid", () => {
  const question = "您上次认证时间为2024年4月9日，现在仍处于认证有效期内，是否再次进行认证？";

  test("V4 is asked first, and nothing is begun", async () => {
    const person = await imported({ lastCertifiedOn: "2024-04-09" });
    const { recertifyWhenValid: _, ...input } = buildStart(person);
    const before = await countRows(sandbox.app.database.db);
    const answer = await channel.request(CertificationStartDocument, { input });
    expect(answer.certificationStart).toEqual({
      session: null,
      userErrors: [{ code: "ALREADY_VALID", message: question, path: ["input", "recertifyWhenValid"] }],
    });
    const inEnglish = await channel.in("en").request(CertificationStartDocument, { input });
    expect(inEnglish.certificationStart.userErrors[0]?.message).toBe(
      "The last certification was on 9 April 2024 and is still valid. Certify again?",
    );
    // The question tells when the person certified, so asking it is a read of the person.
    const after = await countRows(sandbox.app.database.db);
    expect(after).toEqual({ ...before, accessLog: (before.accessLog ?? 0) + 2 });
  });

  test("V3 V4 certifies again when that is confirmed", async () => {
    const person = await imported({ lastCertifiedOn: "2024-04-09" });
    const certification = await certify(channel, person, { recertifyWhenValid: true });
    expect(certification).toMatchObject({ state: "PASSED", validThrough: "2025-06-30" });
  });

  test("V4 is asked in other words before the first certification", async () => {
    const person = await imported({ benefits: [buildBenefit({ approvedMonth: "2024-02" })] });
    const input = buildStart(person, { recertifyWhenValid: false });
    const { certificationStart } = await channel.request(CertificationStartDocument, { input });
    expect(certificationStart.userErrors).toMatchObject([
      {
        code: "ALREADY_VALID",
        message: "您尚未进行过认证，现在仍处于有效期内（至2025年2月28日），是否现在进行认证？",
      },
    ]);
  });

  test("V4 need not confirm once the deadline is past", async () => {
    const person = await imported({ lastCertifiedOn: "2023-05-31" });
    const certification = await certify(channel, person, { recertifyWhenValid: false });
    expect(certification).toMatchObject({ state: "PASSED", validThrough: "2025-06-30" });
  });
});

describe("a preview", () => {
  const preview = async (person: TestPerson) =>
    (await channel.request(CertificationPreviewDocument, { subject: subjectOf(person) }))
      .certificationPreview;

  test("V4 tells what a pass would give and what to ask, and writes nothing but the record of the read", async () => {
    const valid = await imported({ lastCertifiedOn: "2024-04-09" });
    const overdue = await imported({ lastCertifiedOn: "2022-04-09" });
    const unknown = buildPerson();
    const before = await countRows(sandbox.app.database.db);
    expect(await preview(valid)).toMatchObject({
      inScope: true,
      wouldBeValidThrough: "2025-06-30",
      needsConfirmation: true,
      notice: { code: "ALREADY_VALID", message: expect.stringContaining("2024年4月9日") },
    });
    expect(await preview(overdue)).toMatchObject({
      inScope: true,
      wouldBeValidThrough: "2025-06-30",
      needsConfirmation: false,
      notice: { code: "PAYMENT_SUSPENDED" },
    });
    expect(await preview(unknown)).toMatchObject({
      inScope: false,
      wouldBeValidThrough: null,
      needsConfirmation: false,
      notice: { code: "NOT_IN_SCOPE" },
    });
    const after = await countRows(sandbox.app.database.db);
    expect(after).toEqual({ ...before, accessLog: (before.accessLog ?? 0) + 2 });
    expect((await certify(channel, overdue)).validThrough).toBe("2025-06-30");
  });
});

describe("who is not in scope", () => {
  test("S2 gets one answer, whether the name or the number is wrong, and no session", async () => {
    const person = await imported();
    const wrongName = { ...person, name: buildPerson().name };
    const wrongNumber = { ...person, document: buildPerson().document };
    const answers = [];
    for (const each of [wrongName, wrongNumber]) {
      const { certificationStart } = await channel.request(CertificationStartDocument, {
        input: buildStart(each),
      });
      answers.push(certificationStart);
    }
    expect(answers[0]).toMatchObject({
      session: null,
      userErrors: [
        { code: "NOT_IN_SCOPE", message: expect.stringMatching(/^您不在本次认证范围内，无需进行认证！/) },
      ],
    });
    expect(answers[1]).toEqual(answers[0]);
  });
});

describe("a pass while a death is reported", () => {
  test("C5 P5 is recorded and restores nothing", async () => {
    const deceased = sandboxPeople.find(({ hold }) => hold?.reason === "DEATH_REPORTED");
    const document = deceased?.documents[0];
    if (!deceased || !document) throw new Error("the sandbox has no one reported dead");
    const person = { name: deceased.name, document };
    const before = await readStatus(channel, person);
    expect(before.paymentStatus).toMatchObject({ state: "SUSPENDED", reasons: ["DEATH_REPORTED"] });
    const certification = await certify(channel, person);
    expect(certification).toMatchObject({ state: "PASSED", validThrough: "2025-06-30" });
    const after = await readStatus(channel, person);
    expect(after.paymentStatus).toEqual(before.paymentStatus);
    const { holds, backPay } = await readRecords(sandbox.app, after.id);
    expect(holds).toMatchObject([{ reason: "DEATH_REPORTED", resumesMonth: null }]);
    expect(backPay).toEqual([]);
  });

  test("P4 P5 mends the missed deadline alone: no month is released for back-pay", async () => {
    const person = await imported({ lastCertifiedOn: "2023-03-15" });
    const { id } = await readStatus(channel, person);
    await sandbox.app.database.db.insert(paymentHold).values({
      ...keyOf(id),
      id: newId(),
      reason: "DEATH_REPORTED",
      fromMonth: "2024-05",
      openedAt: new Date(),
    });
    expect((await readStatus(channel, person)).paymentStatus).toMatchObject({
      state: "SUSPENDED",
      reasons: ["DEATH_REPORTED", "NOT_CERTIFIED"],
      unpaidMonths: ["2024-04", "2024-05", "2024-06"],
    });
    await certify(channel, person);
    expect((await readStatus(channel, person)).paymentStatus).toMatchObject({
      state: "SUSPENDED",
      reasons: ["DEATH_REPORTED"],
      unpaidMonths: ["2024-04", "2024-05", "2024-06"],
      resumesMonth: null,
      backPayMonths: [],
    });
    expect((await readRecords(sandbox.app, id)).backPay).toEqual([]);
  });
});

test("C2 a phone that is none is refused, and no session is begun", async () => {
  const person = await imported();
  const input = buildStart(person, { contactPhone: "12345" });
  const { certificationStart } = await channel.request(CertificationStartDocument, { input });
  expect(certificationStart).toMatchObject({
    session: null,
    userErrors: [{ code: "INVALID_INPUT", path: ["input", "contactPhone"] }],
  });
  const { pensionerId } = keyOf((await readStatus(channel, person)).id);
  const sessions = await sandbox.app.database.db.select().from(certificationSession);
  expect(sessions.filter((session) => session.pensionerId === pensionerId)).toEqual([]);
});

test("V1 two writes in one request: each answer shows the person as of its own write", async () => {
  const person = await imported({ lastCertifiedOn: "2022-04-09" });
  const session = await startSession(channel, person);
  const faceAssertion = await faceAssertionFor(channel, session.id);
  const query = `mutation ($start: CertificationStartInput!, $complete: CertificationCompleteInput!) {
    certificationStart(input: $start) { session { pensioner { version } } }
    certificationComplete(input: $complete) { certification { pensioner { version } } }
  }`;
  const complete = { idempotencyKey: "complete", sessionId: session.id, evidence: [{ faceAssertion }] };
  const { data } = await channel.send<unknown>({ query, variables: { start: buildStart(person), complete } });
  expect(data).toEqual({
    certificationStart: { session: { pensioner: { version: 1 } } },
    certificationComplete: { certification: { pensioner: { version: 2 } } },
  });
});
