import { randomUUID } from "node:crypto";
import { and, desc, eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sandboxClientId } from "../src/sandbox/sandbox-clients.js";
import { sandboxPeople } from "../src/sandbox/sandbox-people.js";
import { accessLog } from "../src/storage/tables.js";
import { buildStart, certify, completeSession, faceAssertionFor, startSession } from "./testkit/certify.js";
import {
  CertificationCancelDocument,
  CertificationCompleteDocument,
  CertificationDocument,
  CertificationPreviewDocument,
  CertificationStartDocument,
  ExpiringCertificationsDocument,
  ExpiryCalendarDocument,
  NodeDocument,
  PensionerHistoryDocument,
  PensionerStatusDocument,
  PensionerStatusesDocument,
  SandboxFaceAssertionDocument,
  type TypedDocumentString,
} from "./testkit/gql/graphql.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { buildPeople, buildPerson, importPeople, subjectOf } from "./testkit/people.js";
import { keyOf } from "./testkit/records.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

let sandbox: SandboxServer;
let bank: GraphQLClient;
let otherBank: GraphQLClient;
let staff: GraphQLClient;

const person = buildPerson({ phone: "13911112222" });
const others = buildPeople(3, {
  benefits: [{ type: "OTHER", approvedMonth: "2025-09", agencyCode: "BJ-TEST", districtCode: "110199" }],
});
/** Valid numbers and names of people who are in no register. */
const stranger = buildPerson();

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-05-12T02:00:00Z" });
  await importPeople(sandbox.app, [person, ...others]);
  bank = await sandbox.signIn("ICBC_APP");
  otherBank = await sandbox.signIn("HUAXIA_APP");
  staff = await sandbox.signIn("sandbox-staff");
});

afterAll(() => sandbox[Symbol.asyncDispose]());

/** Sends it as a channel would, and gives the answer with the request id of its header. */
async function ask<R, V>(client: GraphQLClient, document: TypedDocumentString<R, V>, variables: V) {
  const response = await fetch(`${sandbox.server.address}/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${client.token}`, "content-type": "application/json" },
    body: JSON.stringify({ query: document.toString(), variables }),
  });
  const raw = await response.text();
  return {
    raw,
    requestId: response.headers.get("x-request-id") ?? "",
    data: (JSON.parse(raw) as { data: R }).data,
  };
}

async function accessesOf(requestId: string) {
  return sandbox.app.database.db.select().from(accessLog).where(eq(accessLog.requestId, requestId));
}

async function pensionerIdOf(named: typeof person): Promise<string> {
  const { pensionerStatus } = await bank.request(PensionerStatusDocument, { subject: subjectOf(named) });
  return pensionerStatus.pensioner?.id ?? "";
}

describe("S2 wrong name, wrong number and unknown person get one and the same answer", () => {
  const misses = [
    ["wrong name", { ...subjectOf(person), name: stranger.name }],
    ["wrong number", { ...subjectOf(person), document: stranger.document }],
    ["unknown person", subjectOf(stranger)],
    ["a name that only begins the same", { ...subjectOf(person), name: `${person.name}山` }],
    ["another person's number", { ...subjectOf(person), document: others[0]?.document ?? stranger.document }],
    [
      "the number as that of another document",
      { ...subjectOf(person), document: { ...person.document, type: "PASSPORT" } },
    ],
  ] as const;

  test.each(["zh-CN", "en"] as const)("in every query and in certificationStart (%s)", async (language) => {
    const client = bank.in(language);
    const answers = await Promise.all(
      misses.map(async ([, subject]) => {
        const send = (document: { toString(): string }, variables: unknown) =>
          client
            .send({ query: document.toString(), variables })
            .then(({ status, raw }) => `${status} ${raw.replace(/"remaining":\d+/, "")}`);
        return {
          status: await send(PensionerStatusDocument, { subject }),
          statuses: await send(PensionerStatusesDocument, { subjects: [subject] }),
          preview: await send(CertificationPreviewDocument, { subject }),
          history: await send(PensionerHistoryDocument, { subject }),
          start: await send(CertificationStartDocument, { input: { ...buildStart(person), subject } }),
        };
      }),
    );
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]?.status).toContain("NOT_IN_SCOPE");
    expect(answers[0]?.start).toContain("NOT_IN_SCOPE");
  });

  test.each(misses)("%s leaves no trace in anyone's access log", async (_, subject) => {
    const db = sandbox.app.database.db;
    const count = async () => (await db.select({ n: sql<number>`count(*)::int` }).from(accessLog))[0]?.n;
    const before = await count();
    await bank.request(PensionerStatusDocument, { subject });
    await bank.request(PensionerStatusesDocument, { subjects: [subject] });
    await bank.request(CertificationPreviewDocument, { subject });
    await bank.request(CertificationStartDocument, { input: { ...buildStart(person), subject } });
    expect(await count()).toBe(before);
  });
});

describe("whose row it is", () => {
  test("a channel does not find a pensioner by id, staff do", async () => {
    const id = await pensionerIdOf(person);
    expect((await bank.request(NodeDocument, { id })).node).toBeNull();
    expect((await staff.request(NodeDocument, { id })).node).toMatchObject({ __typename: "Pensioner", id });
  });

  test("a certification is its own client's and staff's; to others it does not exist", async () => {
    const { id } = await certify(bank, person);
    for (const client of [bank, staff]) {
      expect((await client.request(CertificationDocument, { id })).certification?.id).toBe(id);
      expect((await client.request(NodeDocument, { id })).node).toMatchObject({
        __typename: "Certification",
        id,
      });
    }
    expect((await otherBank.request(CertificationDocument, { id })).certification).toBeNull();
    expect((await otherBank.request(NodeDocument, { id })).node).toBeNull();
  });

  test("a session is its own client's alone", async () => {
    const { id } = await startSession(bank, person);
    expect((await bank.request(NodeDocument, { id })).node).toMatchObject({ sessionState: "OPEN", id });
    for (const client of [otherBank, staff])
      expect((await client.request(NodeDocument, { id })).node).toBeNull();
    expect((await bank.request(CertificationDocument, { id })).certification).toBeNull();
  });

  test("a person's certifications: a channel sees its own, staff see all", async () => {
    const [example] = sandboxPeople;
    const subject = { name: example?.name ?? "", document: example?.documents[0] ?? stranger.document };
    const channelsSeen = async (client: GraphQLClient) => {
      const { pensionerStatus } = await client.request(PensionerHistoryDocument, { subject, first: 20 });
      return pensionerStatus.pensioner?.certifications.nodes.map((node) => node.channel.code);
    };
    expect(await channelsSeen(bank)).toEqual(["ICBC_APP"]);
    expect(await channelsSeen(otherBank)).toEqual([]);
    expect(await channelsSeen(staff)).toEqual(["ICBC_APP", "JINGTONG_WECHAT"]);
  });

  test("a submission under review: shown to its client and to staff; that there is one, to all", async () => {
    const waiting = sandboxPeople.find((one) => one.underReview);
    const subject = { name: waiting?.name ?? "", document: waiting?.documents[0] ?? stranger.document };
    const seen = async (client: GraphQLClient) => {
      const { pensionerStatus } = await client.request(PensionerStatusDocument, { subject });
      return {
        notice: pensionerStatus.notice?.code,
        pending: pensionerStatus.pensioner?.certificationStatus.pending?.channel.code,
      };
    };
    expect(await seen(await sandbox.signIn("CHINA_CONSULAR_APP"))).toEqual({
      notice: "UNDER_REVIEW",
      pending: "CHINA_CONSULAR_APP",
    });
    expect(await seen(staff)).toEqual({ notice: "UNDER_REVIEW", pending: "CHINA_CONSULAR_APP" });
    expect(await seen(bank)).toEqual({ notice: "UNDER_REVIEW", pending: undefined });
  });
});

describe("every read of a person is logged, once, before the answer is given", () => {
  async function expectLogged(
    client: { readonly id: string; readonly operation: string; readonly pensionerIds: readonly string[] },
    requestId: string,
  ): Promise<void> {
    const rows = await accessesOf(requestId);
    expect(rows.map(({ bucket, pensionerId }) => ({ bucket, pensionerId }))).toHaveLength(
      client.pensionerIds.length,
    );
    expect(rows.map(({ bucket, pensionerId }) => ({ bucket, pensionerId }))).toEqual(
      expect.arrayContaining(client.pensionerIds.map(keyOf)),
    );
    for (const row of rows) {
      expect(row).toMatchObject({ clientId: client.id, operation: client.operation });
      expect(Math.abs(row.at.getTime() - sandbox.app.services.now().epochMilliseconds)).toBeLessThan(30_000);
    }
  }
  const ICBC = sandboxClientId("ICBC_APP");

  test("pensionerStatus, certificationPreview and a person's history", async () => {
    const subject = subjectOf(person);
    const pensionerIds = [await pensionerIdOf(person)];
    const status = await ask(bank, PensionerStatusDocument, { subject });
    await expectLogged({ id: ICBC, operation: "pensionerStatus", pensionerIds }, status.requestId);
    const preview = await ask(bank, CertificationPreviewDocument, { subject });
    await expectLogged({ id: ICBC, operation: "certificationPreview", pensionerIds }, preview.requestId);
    const history = await ask(staff, PensionerHistoryDocument, { subject, first: 20 });
    await expectLogged(
      { id: "sandbox-staff", operation: "pensionerStatus", pensionerIds },
      history.requestId,
    );
  });

  test("pensionerStatuses: each one found, none that is not", async () => {
    const [first, second] = others;
    if (!first || !second) throw new Error("no others");
    const pensionerIds = [await pensionerIdOf(first), await pensionerIdOf(second)];
    const subjects = [subjectOf(first), subjectOf(stranger), subjectOf(second)];
    const { requestId } = await ask(bank, PensionerStatusesDocument, { subjects });
    await expectLogged({ id: ICBC, operation: "pensionerStatuses", pensionerIds }, requestId);
  });

  test("node and certification", async () => {
    const pensionerIds = [await pensionerIdOf(person)];
    const certification = await certify(bank, person);
    const session = await startSession(bank, person);
    const byId = await ask(staff, CertificationDocument, { id: certification.id });
    await expectLogged({ id: "sandbox-staff", operation: "certification", pensionerIds }, byId.requestId);
    for (const [client, id, clientId] of [
      [staff, certification.id, "sandbox-staff"],
      [staff, pensionerIds[0] ?? "", "sandbox-staff"],
      [bank, session.id, ICBC],
    ] as const) {
      const { requestId } = await ask(client, NodeDocument, { id });
      await expectLogged({ id: clientId, operation: "node", pensionerIds }, requestId);
    }
  });

  test("what is not the caller's to see is not read: nothing is logged", async () => {
    const certification = await certify(bank, person);
    const session = await startSession(bank, person);
    for (const [client, id] of [
      [bank, await pensionerIdOf(person)],
      [otherBank, certification.id],
      [otherBank, session.id],
      [staff, session.id],
    ] as const) {
      expect(await accessesOf((await ask(client, NodeDocument, { id })).requestId)).toEqual([]);
      expect(
        await accessesOf((await ask(client, CertificationDocument, { id: "cert_0" })).requestId),
      ).toEqual([]);
    }
  });

  test("expiringCertifications: every person listed, not the one beyond the page", async () => {
    const filter = { from: "2026-09", through: "2026-09", districtCode: "110199" };
    const listed = await ask(staff, ExpiringCertificationsDocument, { filter, first: 2 });
    const ids = listed.data.expiringCertifications.nodes.map((node) => node.id);
    expect(ids).toHaveLength(2);
    expect(listed.data.expiringCertifications.pageInfo.hasNextPage).toBe(true);
    await expectLogged(
      { id: "sandbox-staff", operation: "expiringCertifications", pensionerIds: ids },
      listed.requestId,
    );
    const counted = await ask(staff, ExpiryCalendarDocument, { filter });
    expect(await accessesOf(counted.requestId)).toEqual([]);
  });

  test("certificationStart, certificationComplete and certificationCancel", async () => {
    const pensionerIds = [await pensionerIdOf(person)];
    const start = buildStart(person);
    const started = await ask(bank, CertificationStartDocument, { input: start });
    const logged = (operation: string) => ({ id: ICBC, operation, pensionerIds });
    await expectLogged(logged("certificationStart"), started.requestId);
    const replayed = await ask(bank, CertificationStartDocument, { input: start });
    await expectLogged(logged("certificationStart"), replayed.requestId);

    const sessionId = started.data.certificationStart.session?.id ?? "";
    const signed = await ask(bank, SandboxFaceAssertionDocument, {
      input: { sessionId, outcome: "MISMATCH" },
    });
    expect(await accessesOf(signed.requestId)).toEqual([]);
    const evidence = [{ faceAssertion: signed.data.sandboxFaceAssertion.faceAssertion ?? "" }];
    const input = { idempotencyKey: randomUUID(), sessionId, evidence };
    const completed = await ask(bank, CertificationCompleteDocument, { input });
    expect(completed.data.certificationComplete.certification?.state).toBe("REJECTED");
    await expectLogged(logged("certificationComplete"), completed.requestId);
    const refused = await ask(bank, CertificationCompleteDocument, {
      input: { ...input, idempotencyKey: randomUUID() },
    });
    expect(refused.data.certificationComplete.userErrors).toHaveLength(1);
    expect(await accessesOf(refused.requestId)).toEqual([]);

    const cancel = { input: { idempotencyKey: randomUUID(), sessionId } };
    const cancelled = await ask(bank, CertificationCancelDocument, cancel);
    await expectLogged(logged("certificationCancel"), cancelled.requestId);
  });

  test("V4 a start refused as still valid tells the day of the last certification: it is a read", async () => {
    await certify(bank, person);
    const input = buildStart(person, { recertifyWhenValid: false });
    const { raw, requestId } = await ask(bank, CertificationStartDocument, { input });
    expect(raw).toContain("2026年5月12日");
    await expectLogged(
      { id: ICBC, operation: "certificationStart", pensionerIds: [await pensionerIdOf(person)] },
      requestId,
    );
  });

  test("the same person twice in one request is read twice", async () => {
    const query = `query($s: SubjectInput!) { a: pensionerStatus(subject: $s) { inScope } b: pensionerStatus(subject: $s) { inScope } }`;
    const pensionerId = keyOf(await pensionerIdOf(person)).pensionerId;
    await bank.send({ query, variables: { s: subjectOf(person) } });
    const rows = await sandbox.app.database.db
      .select()
      .from(accessLog)
      .where(and(eq(accessLog.pensionerId, pensionerId), eq(accessLog.operation, "pensionerStatus")))
      .orderBy(desc(accessLog.id))
      .limit(2);
    expect(rows[0]?.requestId).toBe(rows[1]?.requestId);
  });
});

describe("when a read cannot be logged", () => {
  async function withoutAccessLog(audit: "strict" | "relaxed") {
    const other = await startSandbox({ environment: { AUDIT: audit } });
    await importPeople(other.app, [person]);
    await other.app.database.db.execute(sql`drop table access_log`);
    return other;
  }

  test("AUDIT=strict: it is not answered, and nothing of the person is told", async () => {
    await using other = await withoutAccessLog("strict");
    const client = await other.signIn("ICBC_APP");
    for (const [document, variables] of [
      [PensionerStatusDocument, { subject: subjectOf(person) }],
      [PensionerStatusesDocument, { subjects: [subjectOf(person)] }],
      [CertificationPreviewDocument, { subject: subjectOf(person) }],
    ] as const) {
      const answer = await client.send({ query: document.toString(), variables });
      expect(answer.errors[0]?.extensions).toMatchObject({ code: "INTERNAL_SERVER_ERROR", retryable: true });
      expect(answer.data).toBeNull();
    }
    const strangers = await client.request(PensionerStatusDocument, { subject: subjectOf(stranger) });
    expect(strangers.pensionerStatus.inScope).toBe(false);
  });

  test("AUDIT=relaxed: it is answered", async () => {
    await using other = await withoutAccessLog("relaxed");
    const client = await other.signIn("ICBC_APP");
    const { pensionerStatus } = await client.request(PensionerStatusDocument, { subject: subjectOf(person) });
    expect(pensionerStatus.inScope).toBe(true);
  });

  test("AUDIT=strict: a certification stands all the same, and its key brings the answer once reads are logged", async () => {
    await using other = await startSandbox();
    await importPeople(other.app, [person]);
    const client = await other.signIn("ICBC_APP");
    const session = await startSession(client, person);
    const assertion = await faceAssertionFor(client, session.id);
    await other.app.database.db.execute(sql`alter table access_log rename to away`);
    const key = randomUUID();
    await expect(completeSession(client, session.id, assertion, key)).rejects.toThrow(
      "INTERNAL_SERVER_ERROR",
    );
    await other.app.database.db.execute(sql`alter table away rename to access_log`);
    const { certification } = await completeSession(client, session.id, assertion, key);
    expect(certification?.state).toBe("PASSED");
  });
});
