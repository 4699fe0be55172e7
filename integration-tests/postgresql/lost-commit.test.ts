import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { openPostgres } from "../../src/storage/database.js";
import {
  buildStart,
  completeSession,
  faceAssertionFor,
  readStatus,
  startSession,
} from "../testkit/certify.js";
import { createPostgresDatabase, type PostgresDatabase } from "../testkit/database.js";
import { CertificationCompleteDocument, CertificationStartDocument } from "../testkit/gql/graphql.js";
import type { GraphQLClient } from "../testkit/graphql-client.js";
import { type LossyProxy, startLossyProxy } from "../testkit/lossy-proxy.js";
import { buildPerson, importPeople, type TestPerson } from "../testkit/people.js";
import { countRows, readRecords } from "../testkit/records.js";
import { type SandboxServer, startSandbox } from "../testkit/sandbox-server.js";

let created: PostgresDatabase;
let proxy: LossyProxy;
let sandbox: SandboxServer;
let channel: GraphQLClient;

beforeAll(async () => {
  const backend = inject("backend");
  if (backend.kind !== "postgresql") throw new Error("only PostgreSQL is reached through a network");
  created = await createPostgresDatabase(backend.adminUrl, backend.template);
  const url = new URL(created.url);
  proxy = await startLossyProxy(Number(url.port));
  url.port = String(proxy.port);
  const database = openPostgres({ url: url.href, poolSize: 5 });
  sandbox = await startSandbox({ clock: "2026-06-15T02:00:00Z", database });
  channel = await sandbox.signIn("JINGTONG_WECHAT");
});

afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
  await proxy[Symbol.asyncDispose]();
  await created[Symbol.asyncDispose]();
});

async function importOverdue(): Promise<TestPerson> {
  const person = buildPerson({ phone: "13911110001", lastCertifiedOn: "2025-02-11" });
  await importPeople(sandbox.app, [person]);
  return person;
}

async function losing(
  how: "lose the request" | "lose the answer",
  work: () => Promise<unknown>,
): Promise<void> {
  proxy.onCommit = how;
  await work().finally(() => {
    proxy.onCommit = "pass";
  });
}

const unavailable = [{ extensions: { code: "UPSTREAM_UNAVAILABLE", retryable: true } }];

describe.each(["lose the answer", "lose the request"] as const)(
  "when the network happens to %s of COMMIT",
  (how) => {
    test("certificationComplete says so, and a retry under the same key gives the one certification", async () => {
      const person = await importOverdue();
      const session = await startSession(channel, person);
      const faceAssertion = await faceAssertionFor(channel, session.id);
      const key = randomUUID();
      const input = { idempotencyKey: key, sessionId: session.id, evidence: [{ faceAssertion }] };
      const { id } = await readStatus(channel, person);
      await losing(how, async () => {
        const { errors } = await channel.refused(CertificationCompleteDocument, { input });
        expect(errors).toMatchObject(unavailable);
      });
      const stands = (await readRecords(sandbox.app, id)).certifications;
      expect(stands).toHaveLength(how === "lose the answer" ? 1 : 0);

      const { certification, userErrors } = await completeSession(channel, session.id, faceAssertion, key);
      expect(userErrors).toEqual([]);
      expect(certification).toMatchObject({ state: "PASSED", pensioner: { version: 2 } });
      const records = await readRecords(sandbox.app, id);
      expect(records.certifications).toHaveLength(1);
      expect(records.messages).toHaveLength(1);
      expect(records.backPay).toHaveLength(4);
      const again = await completeSession(channel, session.id, faceAssertion, key);
      expect(again.certification).toEqual(certification);
    });

    test("certificationStart says so, and a retry under the same key gives the one session", async () => {
      const input = buildStart(await importOverdue());
      const before = await countRows(sandbox.app.database.db);
      await losing(how, async () => {
        const { errors } = await channel.refused(CertificationStartDocument, { input });
        expect(errors).toMatchObject(unavailable);
      });
      const { certificationStart } = await channel.request(CertificationStartDocument, { input });
      expect(certificationStart).toMatchObject({ session: { state: "OPEN" }, userErrors: [] });
      const after = await countRows(sandbox.app.database.db);
      expect(after.certificationSession).toBe((before.certificationSession ?? 0) + 1);
      expect(after.idempotencyKey).toBe((before.idempotencyKey ?? 0) + 1);
    });
  },
);
