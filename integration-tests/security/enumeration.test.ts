import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { sandboxPeople } from "../../src/sandbox/sandbox-people.js";
import { ownedOpaqueId, parseOpaqueId } from "../../src/storage/ids.js";
import { type AttackedService, knownPerson, startAttackedService } from "../testkit/attacked-service.js";
import { certify, type Named, readStatus, startSession } from "../testkit/certify.js";
import type { GraphQLClient } from "../testkit/graphql-client.js";
import { expectGuarded } from "../testkit/guarded-answer.js";
import { buildPeople, buildPerson, importPeople, subjectOf } from "../testkit/people.js";
import { type SandboxServer, startSandbox } from "../testkit/sandbox-server.js";
import { statementsOf } from "../testkit/statements.js";
import { basic, requestToken } from "../testkit/token-requests.js";

/** Finding out who or what there is by trying, and by the time that an answer takes. */

const STATUS =
  "query($s: SubjectInput!) { pensionerStatus(subject: $s) { inScope notice { code message } } }";
const STATUSES = "query($s: [SubjectInput!]!) { pensionerStatuses(subjects: $s) { inScope } }";

describe("ids and cursors", () => {
  let service: AttackedService;
  let other: GraphQLClient;
  let staff: GraphQLClient;
  let certificationId: string;
  let sessionId: string;
  let pensionerId: string;

  beforeAll(async () => {
    service = await startAttackedService();
    other = await service.signIn("HUAXIA_APP");
    staff = await service.signIn("sandbox-staff");
    certificationId = (await certify(service.bank, knownPerson)).id;
    sessionId = (await startSession(service.bank, knownPerson)).id;
    pensionerId = (await readStatus(service.bank, knownPerson)).id;
  });

  afterAll(() => service[Symbol.asyncDispose]());
  afterEach(() => service.expectUnharmed());

  /** What is answered to an id that is none. */
  async function expectLikeNothing(client: GraphQLClient, id: string): Promise<void> {
    for (const field of ["node", "certification"]) {
      const query = `query($id: ID!) { ${field}(id: $id) { id __typename } }`;
      const answers = await Promise.all(
        [id, "cert_0"].map((asked) => client.send<unknown>({ query, variables: { id: asked } })),
      );
      const [asked, none] = answers.map(({ status, data, errors }) => ({ status, data, errors }));
      expect(asked).toEqual(none);
      expect(asked?.data).toEqual({ [field]: null });
    }
  }

  test("another channel's certification and session, and anyone's person, are like nothing", async () => {
    for (const id of [certificationId, sessionId, pensionerId]) await expectLikeNothing(other, id);
  });

  test("ids beside one that is known are like nothing, to channels and to staff", async () => {
    const key = parseOpaqueId(certificationId);
    if (key?.kind !== "certification") throw new Error("no certification");
    const last = Number.parseInt(key.id.slice(-6), 16);
    for (let step = -20; step <= 20; step += 1) {
      if (step === 0) continue;
      const beside = ((last + step + 0x1000000) % 0x1000000).toString(16).padStart(6, "0");
      const id = ownedOpaqueId("certification", { ...key, id: `${key.id.slice(0, -6)}${beside}` });
      await expectLikeNothing(service.bank, id);
      if (step % 10 === 0) await expectLikeNothing(staff, id);
    }
  });

  test("the id of one kind is not the id of another", async () => {
    const bare = certificationId.replace("cert_", "");
    for (const id of [`sess_${bare}`, `pen_${bare}`, sessionId.replace("sess_", "cert_"), `cert_${bare}0`])
      await expectLikeNothing(staff, id);
  });

  test("a name's and an id's letters in other cases, or in other characters, are like nothing", async () => {
    for (const id of [
      certificationId.toUpperCase(),
      `${certificationId} `,
      ` ${certificationId}`,
      `${certificationId}\n`,
    ])
      await expectLikeNothing(service.bank, id);
  });

  test("another channel's session can be neither completed nor cancelled, like one that there is not", async () => {
    for (const name of ["certificationCancel", "certificationComplete"] as const) {
      const type = name === "certificationCancel" ? "CertificationCancelInput" : "CertificationCompleteInput";
      const evidence = name === "certificationCancel" ? {} : { evidence: [{ faceAssertion: "x" }] };
      const answers = [];
      for (const id of [sessionId, `${sessionId.slice(0, -1)}0`, "sess_0"]) {
        const answer = await other.send<unknown>({
          query: `mutation($i: ${type}!) { ${name}(input: $i) { userErrors { code message path } } }`,
          variables: {
            i: { idempotencyKey: `try-${name}-${id.length}-${id.slice(-4)}`, sessionId: id, ...evidence },
          },
        });
        answers.push(JSON.stringify(answer.data));
      }
      expect(new Set(answers).size, answers.join("\n")).toBe(1);
      expect(answers[0]).toContain("NOT_FOUND");
    }
  });

  test("a cursor that was changed, or belongs to another list, is refused", async () => {
    const query = `query($f: ExpiryFilter!, $a: String) {
      expiringCertifications(filter: $f, first: 1, after: $a) { nodes { id } pageInfo { endCursor } }
    }`;
    const f = { from: "2024-01", through: "2028-12" };
    const page = await staff.send<{ expiringCertifications: { pageInfo: { endCursor: string } } }>({
      query,
      variables: { f },
    });
    const cursor = page.data?.expiringCertifications.pageInfo.endCursor ?? "";
    const parts = JSON.parse(Buffer.from(cursor, "base64url").toString()) as unknown[];
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const forged = [
      ...parts.map((_, at) => encode(parts.with(at, "' or 1=1 --"))),
      ...parts.map((_, at) => encode(parts.toSpliced(at, 1))),
      ...parts.map((_, at) => encode(parts.with(at, { $gt: "" }))),
      encode([...parts, "more"]),
      encode({ ...parts }),
      encode(parts.with(0, 2)),
      encode(null),
      `${"[".repeat(2_000)}`,
    ];
    for (const a of forged) {
      const answer = await staff.in("en").send({ query, variables: { f, a } });
      expect(answer.errors[0]?.extensions.code, answer.raw).toBe("BAD_USER_INPUT");
      expectGuarded(answer.raw, "en", [a]);
    }
    const elsewhere = { ...f, through: "2028-11" };
    const answer = await staff.send({ query, variables: { f: elsewhere, a: cursor } });
    expect(answer.errors[0]?.extensions.code).toBe("BAD_USER_INPUT");
  });

  test("a cursor holds nothing of a person", async () => {
    const query =
      "query($f: ExpiryFilter!) { expiringCertifications(filter: $f, first: 5) { edges { cursor } } }";
    const answer = await staff.send<{ expiringCertifications: { edges: { cursor: string }[] } }>({
      query,
      variables: { f: { from: "2024-01", through: "2028-12" } },
    });
    const told = (answer.data?.expiringCertifications.edges ?? [])
      .map(({ cursor }) => Buffer.from(cursor, "base64url").toString())
      .join("\n");
    expect(told).not.toBe("");
    for (const { name, documents } of sandboxPeople) {
      expect(told).not.toContain(name);
      for (const { number } of documents) expect(told).not.toContain(number);
    }
  });
});

describe("trying out numbers", () => {
  let service: AttackedService;

  beforeAll(async () => {
    service = await startAttackedService({ MISS_LIMIT: "50", MISS_LIMIT_PER_HOUR: "1" });
  });

  afterAll(() => service[Symbol.asyncDispose]());
  afterEach(() => service.expectUnharmed());

  const guesses = (count: number) => buildPeople(count).map(subjectOf);

  test("a list that is longer than what is left of the budget is not looked at, with whoever is in it", async () => {
    const guesser = await service.signIn("APP_12333");
    const answer = await guesser.send({
      query: STATUSES,
      variables: { s: [...guesses(59), subjectOf(knownPerson)] },
    });
    expect(answer.status).toBe(429);
    expect(answer.raw).not.toContain('"inScope":true');
  });

  test("many names for one question do not make the budget larger", async () => {
    const guesser = await service.signIn("JINGTONG_WECHAT");
    const people = guesses(90);
    const told = { missed: 0, refused: 0 };
    for (let from = 0; from < 90; from += 18) {
      const names = people.slice(from, from + 18);
      const query = `query(${names.map((_, n) => `$s${n}: SubjectInput!`)}) {
        ${names.map((_, n) => `a${n}: pensionerStatus(subject: $s${n}) { inScope }`).join(" ")}
      }`;
      const variables = Object.fromEntries(names.map((name, n) => [`s${n}`, name]));
      const answer = await guesser.send<Record<string, unknown>>({ query, variables });
      told.missed += (answer.raw.match(/"inScope":false/g) ?? []).length;
      told.refused += answer.errors.filter(({ extensions }) => extensions.code === "RATE_LIMITED").length;
    }
    expect(told.missed).toBeLessThanOrEqual(50);
    expect(told.refused).toBeGreaterThan(0);
  });

  test("many guesses at once are told no more misses than the budget holds", async () => {
    const guesser = await service.signIn("E_SOCIAL_SECURITY_CARD");
    const answers = await Promise.all(
      guesses(300).map((s) => guesser.send({ query: STATUS, variables: { s } })),
    );
    const told = answers.filter(({ raw }) => raw.includes('"inScope":false'));
    expect(told.length).toBeLessThanOrEqual(50);
    for (const { status } of answers) expect([200, 429]).toContain(status);
  });

  test("every way to name a person draws on one budget", async () => {
    const guesser = await service.signIn("NATIONAL_PLATFORM");
    const start = `mutation($i: CertificationStartInput!) { certificationStart(input: $i) { userErrors { code } } }`;
    const preview = "query($s: SubjectInput!) { certificationPreview(subject: $s) { inScope } }";
    let refused = 0;
    for (const [n, s] of guesses(60).entries()) {
      const input = { idempotencyKey: `guess-${n}`, subject: s, actor: { self: true } };
      const answer =
        n % 3 === 0
          ? await guesser.send({ query: start, variables: { i: input } })
          : await guesser.send({ query: n % 3 === 1 ? preview : STATUS, variables: { s } });
      if (answer.status === 429) refused += 1;
    }
    expect(refused).toBeGreaterThanOrEqual(10);
  });
});

/** Judged by the work that is done, which a busy machine does not change. */
describe("the time that an answer takes", () => {
  let sandbox: SandboxServer;
  let bank: GraphQLClient;
  const person = buildPerson();
  const stranger = buildPerson();

  beforeAll(async () => {
    sandbox = await startSandbox();
    await importPeople(sandbox.app, [person]);
    bank = await sandbox.signIn("ICBC_APP");
  });

  afterAll(() => sandbox[Symbol.asyncDispose]());

  /** Statements and keyed hashes, by what they are for. */
  async function workOf(work: () => Promise<unknown>): Promise<{ statements: string[]; hashes: string[] }> {
    const index = vi.spyOn(sandbox.app.sealing, "indexUnder");
    try {
      const statements = await statementsOf(sandbox.app.database, work);
      return { statements, hashes: index.mock.calls.map(([, purpose]) => purpose) };
    } finally {
      index.mockRestore();
    }
  }

  test("does not tell an unknown person, a wrong name and a wrong number apart", async () => {
    const ask = async (named: Named) => bank.send({ query: STATUS, variables: { s: subjectOf(named) } });
    await ask(person);
    const works = [];
    for (const named of [
      { ...person, name: stranger.name },
      { ...person, document: stranger.document },
      stranger,
    ])
      works.push(await workOf(() => ask(named)));
    expect(works[0]?.statements.length).toBeGreaterThan(0);
    expect(works[0]?.hashes).toEqual(["document", "name"]);
    for (const work of works) expect(work).toEqual(works[0]);
  });

  test("does not tell an unknown client and a wrong secret apart", async () => {
    const ask = (client: string) => requestToken(sandbox.server.address, {}, basic(client, "wrong"));
    await ask("sandbox-icbc-app");
    const wrongSecret = await workOf(() => ask("sandbox-icbc-app"));
    expect(wrongSecret.statements.length).toBeGreaterThan(0);
    expect(wrongSecret.hashes).toEqual(["client-secret"]);
    expect(await workOf(() => ask("nobody"))).toEqual(wrongSecret);
  });

  test("does not tell another channel's record from one that there is not", async () => {
    const { id } = await certify(bank, person);
    const other = await sandbox.signIn("HUAXIA_APP");
    const key = parseOpaqueId(id);
    if (key?.kind !== "certification") throw new Error("no certification");
    const none = ownedOpaqueId("certification", { ...key, id: key.id.replace(/^./, "f") });
    const ask = (asked: string) => async () =>
      other.send({ query: "query($id: ID!) { certification(id: $id) { id } }", variables: { id: asked } });
    await ask(id)();
    const work = await workOf(ask(id));
    expect(work.statements.length).toBeGreaterThan(0);
    expect(await workOf(ask(none))).toEqual(work);
  });
});
