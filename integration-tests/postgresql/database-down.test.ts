import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPostgres } from "../../src/storage/database.js";
import { migratePostgres } from "../../src/storage/migrate.js";
import { certify, completeSession, startSession } from "../testkit/certify.js";
import { createPostgresDatabase, type PostgresDatabase } from "../testkit/database.js";
import { buildClaims, signAssertion } from "../testkit/face-assertions.js";
import { CertificationCompleteDocument, PensionerStatusDocument } from "../testkit/gql/graphql.js";
import type { GraphQLClient } from "../testkit/graphql-client.js";
import { expectGuarded, languages } from "../testkit/guarded-answer.js";
import { buildPerson, importPeople, subjectOf } from "../testkit/people.js";
import { type PostgresServer, startPostgresServer } from "../testkit/postgres-server.js";
import { type SandboxServer, startSandbox } from "../testkit/sandbox-server.js";
import { basic, requestToken } from "../testkit/token-requests.js";

const person = buildPerson();

let server: PostgresServer;
let created: PostgresDatabase;
let sandbox: SandboxServer;
let bank: GraphQLClient;

beforeAll(async () => {
  server = await startPostgresServer({ durable: true });
  created = await createPostgresDatabase(server.adminUrl);
  const database = openPostgres({ url: created.url, poolSize: 4 });
  await migratePostgres(database.pool);
  sandbox = await startSandbox({ database });
  await importPeople(sandbox.app, [person]);
  bank = await sandbox.signIn("ICBC_APP");
});

afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

describe("the database is down", () => {
  test("what needs it may be tried again; what does not goes on; and all is well when it is back", async () => {
    await certify(bank, person);
    await server.crash();

    for (const language of languages) {
      const answer = await bank.in(language).refused(PensionerStatusDocument, { subject: subjectOf(person) });
      expect(answer.errors[0]?.extensions).toMatchObject({ code: "UPSTREAM_UNAVAILABLE", retryable: true });
      expect(answer.data).toBeNull();
      expectGuarded(answer.raw, language, [person.name, person.document.number]);
    }
    const { address } = sandbox.server;
    expect((await fetch(`${address}/health/ready`)).status).toBe(503);
    expect((await fetch(`${address}/health/live`)).status).toBe(200);
    expect((await fetch(`${address}/metrics`)).status).toBe(200);
    expect((await fetch(`${address}/.well-known/jwks.json`)).status).toBe(200);

    const token = await requestToken(address, {}, basic("sandbox-huaxia-app", "sandbox"));
    expect(token.status).toBe(503);
    expect(token.headers.get("content-type")).toMatch(/^application\/problem\+json/);
    expect(token.body).toMatchObject({ status: 503, error: "server_error" });
    expectGuarded(token.raw, "en");

    // A client that is not remembered any more cannot be told from a disabled one: it is not turned away for good.
    await expect
      .poll(() => bank.send({ query: "{ viewer { name } }" }).then(({ status }) => status), {
        timeout: 8_000,
        interval: 500,
      })
      .toBe(503);
    const unknown = await bank.send({ query: "{ viewer { name } }" });
    expect(unknown.errors[0]?.extensions).toMatchObject({ code: "UPSTREAM_UNAVAILABLE", retryable: true });

    await server.start();
    await expect.poll(() => fetch(`${address}/health/ready`).then(({ status }) => status)).toBe(200);
    const { pensionerStatus } = await bank.request(PensionerStatusDocument, { subject: subjectOf(person) });
    expect(pensionerStatus.pensioner?.certificationStatus.lastCertifiedOn).not.toBeNull();
  });
});

describe("the person's row is locked for long", () => {
  test("a certification is told to try again with its key, and then passes", {
    timeout: 60_000,
  }, async () => {
    const session = await startSession(bank, person);
    const faceAssertion = await signAssertion(sandbox, buildClaims(sandbox, session));
    const input = { idempotencyKey: "the-same-key", sessionId: session.id, evidence: [{ faceAssertion }] };
    await using other = openPostgres({ url: created.url, poolSize: 1 });
    await other.transact(async (tx) => {
      await tx.execute(sql`set local idle_in_transaction_session_timeout = 0`);
      await tx.execute(sql`select 1 from pensioner for update`);
      const answer = await bank.refused(CertificationCompleteDocument, { input });
      expect(answer.errors[0]?.extensions).toMatchObject({ code: "CONFLICT", retryable: true });
      expectGuarded(answer.raw, "zh-CN");
    });
    const completed = await completeSession(bank, session.id, faceAssertion, "the-same-key");
    expect(completed.certification?.state).toBe("PASSED");
  });
});
