import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportJWK, generateKeyPair, importJWK, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type App, createApp } from "../src/app.js";
import { FACE_ASSERTION_TYPE } from "../src/auth/face-verifiers.js";
import { readConfig } from "../src/config.js";
import { loadKeys, writeKeyFileIfAbsent } from "../src/keys.js";
import { createLogger } from "../src/logging.js";
import { SANDBOX_SECRET, sandboxClients } from "../src/sandbox/sandbox-clients.js";
import { sandboxPeople } from "../src/sandbox/sandbox-people.js";
import { type Server, startServer } from "../src/server.js";
import { clientSecretIndex, upsertClients } from "../src/storage/channel-clients.js";
import type { Database } from "../src/storage/database.js";
import { WrongKeys } from "../src/storage/key-versions.js";
import { certify, completeSession, readStatus, startSession } from "./testkit/certify.js";
import { openTestDatabase } from "./testkit/database.js";
import {
  PensionerStatusDocument,
  SandboxClockAdvanceDocument,
  SandboxFaceAssertionDocument,
  ViewerDocument,
} from "./testkit/gql/graphql.js";
import { GraphQLClient } from "./testkit/graphql-client.js";
import { buildPerson, importPeople, subjectOf } from "./testkit/people.js";
import { countRows } from "./testkit/records.js";
import { signIn, startSandbox } from "./testkit/sandbox-server.js";
import { basic, requestToken } from "./testkit/token-requests.js";

const PUBLIC_URL = "https://api.example";
const VERIFIER = "https://verifier.example";
const person = buildPerson();

/** A database that the application under test does not close. */
async function keptOpen(database: Database): Promise<Database> {
  return { ...database, [Symbol.asyncDispose]: async () => undefined };
}

describe("production", () => {
  let directory: string;
  let database: Database;
  let app: App;
  let server: Server;
  let bank: GraphQLClient;
  let verifierKey: CryptoKey;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "changqing-production-"));
    const keysFile = join(directory, "keys.json");
    await writeKeyFileIfAbsent(keysFile, false);
    const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
    verifierKey = privateKey;
    const verifiersFile = join(directory, "verifiers.json");
    const jwk = { ...(await exportJWK(publicKey)), kid: "verifier-1", alg: "ES256" };
    await writeFile(verifiersFile, JSON.stringify({ [VERIFIER]: { keys: [jwk] } }));
    const config = readConfig({
      MODE: "production",
      PORT: "0",
      PUBLIC_URL,
      KEYS_FILE: keysFile,
      FACE_VERIFIERS_FILE: verifiersFile,
      ALLOW_EMBEDDED_DB: "true",
      LOG_LEVEL: "silent",
    });
    database = await openTestDatabase();
    app = await createApp(config, { database: await keptOpen(database), logger: createLogger("silent") });
    server = await startServer(app);
    await database.transact((tx) =>
      upsertClients(tx, [
        ...sandboxClients(app.sealing, new Date()),
        {
          id: "icbc-app",
          name: "工商银行",
          kind: "CHANNEL",
          channel: "ICBC_APP",
          scopes: ["status:read", "certification:write"],
          secretIndex: clientSecretIndex(app.sealing, "icbc-app", "a real secret"),
          sandbox: false,
          createdAt: new Date(),
        },
        {
          id: "staff",
          name: "经办人员",
          kind: "STAFF",
          channel: null,
          scopes: [],
          secretIndex: clientSecretIndex(app.sealing, "staff", "a real secret"),
          sandbox: false,
          createdAt: new Date(),
        },
      ]),
    );
    await importPeople(app, [person]);
    bank = await signIn(server.address, "icbc-app", "a real secret");
  });

  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
    await rm(directory, { recursive: true, force: true });
  });

  test("says so, and its clock is the real one", async () => {
    const { viewer } = await bank.request(ViewerDocument, {});
    expect(viewer.sandbox).toBe(false);
    expect(Math.abs(Date.parse(viewer.now) - Date.now())).toBeLessThan(10_000);
    expect(await (await fetch(`${server.address}/health/ready`)).json()).toMatchObject({
      mode: "production",
    });
  });

  test("gives sandbox clients no token, though they stand in the table: they are as unknown as any", async () => {
    const unknown = await requestToken(server.address, {}, basic("nobody", SANDBOX_SECRET));
    for (const id of ["sandbox-icbc-app", "sandbox-staff"]) {
      const answer = await requestToken(server.address, {}, basic(id, SANDBOX_SECRET));
      expect({ status: answer.status, raw: answer.raw }).toEqual({ status: 401, raw: unknown.raw });
    }
  });

  test("gives no page of a browser a token, nor tells it which clients there are", async () => {
    for (const origin of [server.address, "https://elsewhere.example", "null"]) {
      const answers = await Promise.all(
        [basic("icbc-app", "a real secret"), basic("icbc-app", "wrong"), basic("nobody", "wrong")].map(
          (headers) => requestToken(server.address, {}, { ...headers, origin }),
        ),
      );
      for (const { status, headers } of answers) {
        expect(status).toBe(400);
        expect(headers.get("access-control-allow-origin")).toBeNull();
      }
      expect(new Set(answers.map(({ raw }) => raw)).size).toBe(1);
    }
  });

  test("takes no token of a sandbox client, though its own key signed it", async () => {
    const keys = await loadKeys(app.config);
    const [jwk] = keys.tokenSigning;
    if (!jwk) throw new Error("no key");
    const now = Math.floor(Date.now() / 1_000);
    const sign = async (client_id: string) =>
      new SignJWT({ iss: PUBLIC_URL, aud: "changqing", client_id, iat: now, exp: now + 60 })
        .setProtectedHeader({ alg: "ES256", typ: "at+jwt", kid: jwk.kid ?? "" })
        .sign(await importJWK(jwk, "ES256"));
    const status = async (client: string) =>
      (await new GraphQLClient(server.address, await sign(client)).send({ query: "{ viewer { name } }" }))
        .status;
    expect(await status("icbc-app")).toBe(200);
    expect(await status("sandbox-icbc-app")).toBe(401);
    expect(await status("sandbox-staff")).toBe(401);
  });

  test("has no sandbox people", async () => {
    for (const { name, documents } of sandboxPeople) {
      for (const document of documents) {
        const { pensionerStatus } = await bank.request(PensionerStatusDocument, {
          subject: { name, document },
        });
        expect(pensionerStatus.inScope).toBe(false);
      }
    }
  });

  test("denies what only a sandbox may", async () => {
    const session = await startSession(bank, person);
    const before = await countRows(database.db);
    const to = new Date(Date.now() + 86_400_000).toISOString();
    const moved = await bank.refused(SandboxClockAdvanceDocument, {
      input: { idempotencyKey: randomUUID(), to },
    });
    expect(moved.errors.map((error) => error.extensions.code)).toEqual(["FORBIDDEN"]);
    const signed = await bank.refused(SandboxFaceAssertionDocument, {
      input: { sessionId: session.id, outcome: "MATCH" },
    });
    expect(signed.errors.map((error) => error.extensions.code)).toEqual(["FORBIDDEN"]);
    expect(await countRows(database.db)).toEqual(before);
  });

  test.each(["{ __schema { types { name } } }", '{ __type(name: "Pensioner") { fields { name } } }'])(
    "describes itself to staff, not to channels: %s",
    async (query) => {
      const answer = await bank.send({ query });
      expect(answer.status).toBe(400);
      expect(answer.errors.map((error) => error.extensions.code)).toEqual(["FORBIDDEN"]);
      expect(answer.raw).not.toContain("Pensioner");
      const staff = await signIn(server.address, "staff", "a real secret");
      expect((await staff.send({ query })).errors).toEqual([]);
    },
  );

  test("does not help to guess: no field is suggested", async () => {
    const answer = await bank.in("en").send({ query: "{ pensionerStatu { inScope } }" });
    expect(answer.raw).not.toContain("pensionerStatus");
    expect(answer.raw).not.toMatch(/did you mean/i);
  });

  test("certifies by an assertion of a registered verifier, and by no other", async () => {
    const session = await startSession(bank, person);
    const now = Math.floor(Date.now() / 1_000);
    const sign = (issuer: string) =>
      new SignJWT({
        iss: issuer,
        aud: "changqing",
        jti: randomUUID(),
        challenge: session.challenge,
        outcome: "match",
        iat: now,
        exp: now + 300,
      })
        .setProtectedHeader({ alg: "ES256", typ: FACE_ASSERTION_TYPE, kid: "verifier-1" })
        .sign(verifierKey);
    const refused = await completeSession(
      bank,
      session.id,
      await sign("https://verifier.sandbox.changqing.example"),
    );
    expect(refused.userErrors.map((error) => error.code)).toEqual(["EVIDENCE_REJECTED"]);
    const { certification } = await completeSession(bank, session.id, await sign(VERIFIER));
    expect(certification?.state).toBe("PASSED");
  });

  test("does not open a database whose data other keys have sealed, and leaves it as it is", async () => {
    const otherKeys = join(directory, "other-keys.json");
    await writeKeyFileIfAbsent(otherKeys, false);
    const before = await countRows(database.db);
    const attempt = createApp(
      { ...app.config, keysFile: otherKeys },
      { database: await keptOpen(database), logger: createLogger("silent") },
    );
    await expect(attempt).rejects.toThrow(WrongKeys);
    expect(await countRows(database.db)).toEqual(before);
  });

  test("does not start with a sandbox's keys", async () => {
    const sandboxKeys = join(directory, "sandbox-keys.json");
    await writeKeyFileIfAbsent(sandboxKeys, true);
    const attempt = createApp(
      { ...app.config, keysFile: sandboxKeys },
      { database: await keptOpen(database) },
    );
    await expect(attempt).rejects.toThrow(/holds sandbox keys/);
  });
});

describe("a sandbox", () => {
  test("describes itself", async () => {
    await using sandbox = await startSandbox();
    const client = await sandbox.signIn("ICBC_APP");
    const answer = await client.send<{ __schema: { types: { name: string }[] } }>({
      query: "{ __schema { types { name } } }",
    });
    expect(answer.data?.__schema.types.map((type) => type.name)).toContain("Pensioner");
  });

  test("starts its clock where it is told to, and a second start leaves clock and people as they are", async () => {
    const database = await openTestDatabase();
    await using kept = { database, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() };
    const directory = await mkdtemp(join(tmpdir(), "changqing-sandbox-"));
    const environment = { KEYS_FILE: join(directory, "keys.json") };
    await writeKeyFileIfAbsent(environment.KEYS_FILE, true);
    const start = async (clock: string) =>
      startSandbox({ clock, environment, database: await keptOpen(kept.database) });
    const [example] = sandboxPeople;
    const named = { name: example?.name ?? "", document: example?.documents[0] ?? person.document };
    {
      await using first = await start("2026-05-12T02:00:00Z");
      const client = await first.signIn("ICBC_APP");
      expect((await client.request(ViewerDocument, {})).viewer.now).toMatch(/^2026-05-12T02:0/);
      await certify(client, named);
    }
    const before = await countRows(database.db);
    await using second = await start("2030-01-01T00:00:00Z");
    const client = await second.signIn("ICBC_APP");
    const { viewer } = await client.request(ViewerDocument, {});
    expect(viewer).toMatchObject({ sandbox: true, now: expect.stringMatching(/^2026-05-12T02:/) });
    expect(await countRows(database.db)).toEqual(before);
    expect((await readStatus(client, named)).certificationStatus.lastCertifiedOn).toBe("2026-05-12");
    await rm(directory, { recursive: true, force: true });
  });

  test("does not know the people of another", async () => {
    await using sandbox = await startSandbox();
    const client = await sandbox.signIn("ICBC_APP");
    const { pensionerStatus } = await client.request(PensionerStatusDocument, { subject: subjectOf(person) });
    expect(pensionerStatus.inScope).toBe(false);
  });
});
