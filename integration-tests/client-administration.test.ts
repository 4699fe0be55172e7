import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportJWK, generateKeyPair, type JWK } from "jose";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { runClient } from "../src/commands/client-command.js";
import { readConfig } from "../src/config.js";
import { EmbeddedDatabaseHeld } from "../src/storage/embedded-lock.js";
import { openStorage } from "../src/storage/open.js";
import { auditEntry, channelClient } from "../src/storage/tables.js";
import { recordCommand } from "./testkit/command-recorder.js";
import { ViewerDocument } from "./testkit/gql/graphql.js";
import { GraphQLClient } from "./testkit/graphql-client.js";
import { type ImportEnvironment, newImportEnvironment } from "./testkit/import-environment.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";
import {
  basic,
  byAssertion,
  type KeyClient,
  requestToken,
  signClientAssertion,
} from "./testkit/token-requests.js";

const ISSUER = "http://changqing.test";

let environment: ImportEnvironment;
let directory: string;

beforeAll(async () => {
  environment = await newImportEnvironment({ migrated: true });
  directory = await mkdtemp(join(tmpdir(), "changqing-clients-"));
});

afterAll(async () => {
  await environment[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

const client = (...args: string[]) => recordCommand((output) => runClient(args, environment.env, output));

async function created(...args: string[]): Promise<{ id: string; secret: string }> {
  const { exitCode, stdout, stderr } = await client("create", ...args);
  expect(exitCode, stderr).toBe(0);
  return credentialsIn(stdout);
}

function credentialsIn(stdout: string): { id: string; secret: string } {
  return {
    id: /^client id +(\S+)$/m.exec(stdout)?.[1] ?? "",
    secret: /^client secret +(\S+)$/m.exec(stdout)?.[1] ?? "",
  };
}

/** The service on the same database, with the command line's own keys. */
async function serving(): Promise<SandboxServer> {
  const { env } = environment;
  return startSandbox({ environment: { ...env }, database: await openStorage(readConfig(env)) });
}

async function viewer(server: SandboxServer, id: string, secret: string) {
  const { body } = await requestToken(server.server.address, {}, basic(id, secret));
  const asking = new GraphQLClient(server.server.address, body.access_token ?? "");
  return (await asking.request(ViewerDocument, {})).viewer;
}

const statusOf = async (server: SandboxServer, { id, secret }: { id: string; secret: string }) =>
  (await requestToken(server.server.address, {}, basic(id, secret))).status;

async function keyPair(): Promise<{ privateKey: KeyClient["privateKey"]; jwk: JWK; file: string }> {
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: "own-key", alg: "ES256", use: "sig" };
  const file = join(directory, `${jwk.x}.json`);
  await writeFile(file, JSON.stringify({ keys: [jwk] }));
  return { privateKey, jwk, file };
}

test("a client's life: registered, changed over, disabled and enabled, each written down", async () => {
  const bank = await created("--channel", "ICBC_APP", "--name", "工商银行", "--contact", "周工 010-1234");
  const portal = await created("--channel", "EMPLOYER", "--name", "单位网上申报", "--portal");
  const employer = await created("--channel", "EMPLOYER", "--name", "某单位", "--employer", "EMP-1");
  const centre = await created(
    ...["--channel", "STREET_SERVICE_CENTER", "--name", "海淀街道", "--district", "110108"],
  );
  const clerk = await created("--staff", "--roles", "OPERATOR,REVIEWER", "--name", "经办前台");
  const small = await created(
    ...["--channel", "HUAXIA_APP", "--name", "华夏银行", "--scopes", "status:read"],
    ...["--rate-points", "20", "--rate-points-per-second", "1"],
  );
  const pair = await keyPair();
  const { id: keyId } = await created("--channel", "APP_12333", "--name", "掌上12333", "--jwks", pair.file);
  expect(bank.id).toMatch(/^icbc-app-[0-9a-f]{10}$/);
  expect(bank.secret).toMatch(/^[\w-]{43}$/);
  expect(clerk.id).toMatch(/^staff-/);

  const tokenFor = (server: SandboxServer, key: KeyClient) =>
    signClientAssertion(key, ISSUER).then((assertion) =>
      requestToken(server.server.address, byAssertion(assertion)),
    );
  {
    await using server = await serving();
    expect(await viewer(server, bank.id, bank.secret)).toMatchObject({
      name: "工商银行",
      channel: { code: "ICBC_APP" },
      scopes: ["status:read", "certification:write", "contact:write", "webhook:write"],
      roles: [],
    });
    expect((await viewer(server, clerk.id, clerk.secret)).roles).toEqual(["OPERATOR", "REVIEWER"]);
    expect((await viewer(server, small.id, small.secret)).scopes).toEqual(["status:read"]);
    for (const each of [portal, employer, centre]) expect(await statusOf(server, each)).toBe(200);
    const key = { id: keyId, privateKey: pair.privateKey, publicJwk: pair.jwk };
    expect((await tokenFor(server, key)).status).toBe(200);
    await expectOwnBudget(server, small);
    await expectOthersKeptOut(bank.id);
  }

  const rotated = credentialsIn((await client("rotate", bank.id)).stdout);
  expect((await client("rotate", portal.id, "--overlap", "0")).exitCode).toBe(0);
  expect((await client("disable", employer.id)).exitCode).toBe(0);
  expect((await client("disable", centre.id)).exitCode).toBe(0);
  expect((await client("enable", centre.id)).exitCode).toBe(0);
  const nextPair = await keyPair();
  expect((await client("rotate", keyId, "--jwks", nextPair.file)).exitCode).toBe(0);
  const list = await client("list");
  expect(list.stdout).toMatch(
    new RegExp(`^${bank.id}\tICBC_APP\t工商银行\t-\tsecret, the one before until \\S+Z\tenabled\t周工`, "m"),
  );
  expect(list.stdout).toMatch(
    new RegExp(`^${employer.id}\tEMPLOYER\t某单位\tEMP-1\tsecret\tdisabled \\S+Z\t-$`, "m"),
  );
  expect(list.stdout).toMatch(new RegExp(`^${keyId}\tAPP_12333\t掌上12333\t-\tkeys\tenabled`, "m"));
  for (const { secret } of [bank, rotated]) expect(list.stdout).not.toContain(secret);
  {
    await using server = await serving();
    expect(rotated.id).toBe(bank.id);
    expect([await statusOf(server, bank), await statusOf(server, rotated)]).toEqual([200, 200]);
    expect(await statusOf(server, portal)).toBe(401);
    expect(await statusOf(server, employer)).toBe(401);
    expect(await statusOf(server, centre)).toBe(200);
    const old = { id: keyId, privateKey: pair.privateKey, publicJwk: pair.jwk };
    const fresh = { id: keyId, privateKey: nextPair.privateKey, publicJwk: nextPair.jwk };
    expect([(await tokenFor(server, old)).status, (await tokenFor(server, fresh)).status]).toEqual([
      401, 200,
    ]);
    const { db } = server.app.database;
    const rows = await db.select().from(channelClient);
    const stored = JSON.stringify(rows) + rows.map(({ secretIndex }) => secretIndex?.toString("utf8")).join();
    for (const { secret } of [bank, rotated, portal, clerk]) expect(stored).not.toContain(secret);
    const written = (await db.select().from(auditEntry)).map(({ entry }) => JSON.parse(entry));
    const outcomes = written.filter(({ subjectId }) => [bank.id, centre.id].includes(subjectId));
    expect(outcomes.map(({ clientId, operation, outcome }) => [clientId, operation, outcome])).toEqual([
      ["cli", "clientCreate", "CREATED"],
      ["cli", "clientCreate", "CREATED"],
      ["cli", "clientRotate", "ROTATED"],
      ["cli", "clientDisable", "DISABLED"],
      ["cli", "clientEnable", "ENABLED"],
    ]);
  }
  expect(await client("disable", employer.id)).toMatchObject({
    exitCode: 1,
    stderr: `client: ${employer.id} is disabled already\n`,
  });
});

async function expectOwnBudget(server: SandboxServer, small: { id: string; secret: string }): Promise<void> {
  const { body } = await requestToken(server.server.address, {}, basic(small.id, small.secret));
  const asking = new GraphQLClient(server.server.address, body.access_token ?? "");
  const statuses: number[] = [];
  for (let request = 0; request < 30; request += 1) {
    const answer = await asking.send({ query: "{ viewer { kind } }" });
    statuses.push(answer.status);
    if (answer.status === 200)
      expect((JSON.parse(answer.raw) as { extensions: { cost: object } }).extensions.cost).toMatchObject({
        limit: 20,
        restoredPerSecond: 1,
      });
  }
  expect(statuses).toContain(200);
  expect(statuses).toContain(429);
}

/** Who else may write while the service runs. */
async function expectOthersKeptOut(id: string): Promise<void> {
  if (inject("backend").kind === "embedded")
    await expect(client("list")).rejects.toThrow(EmbeddedDatabaseHeld);
  else expect((await client("list")).stdout).toContain(id);
}

describe("what does not fit is refused before anything is opened or written", () => {
  const named = ["--name", "x"];
  let before: number;

  beforeAll(async () => {
    before = await rows();
  });

  test.each<[readonly string[], RegExp]>([
    [["create", "--channel", "FAX", ...named], /there is no channel "FAX"/],
    [["create", "--channel", "icbc_app", ...named], /there is no channel/],
    [["create", "--channel", "ICBC_APP", "--name", " "], /--name must be 1 to 100 characters/],
    [["create", "--channel", "ICBC_APP", "--name", "a\u0007b"], /control characters/],
    [["create", "--channel", "ICBC_APP", "--name", "x".repeat(101)], /--name must be/],
    [["create", "--channel", "EMPLOYER", ...named], /EMPLOYER needs --employer CODE, or --portal/],
    [
      ["create", "--channel", "EMPLOYER", "--employer", "E", "--portal", ...named],
      /EMPLOYER needs --employer CODE, or/,
    ],
    [["create", "--channel", "STREET_SERVICE_CENTER", ...named], /needs --district CODE, or --portal/],
    [["create", "--channel", "STREET_SERVICE_CENTER", "--district", "1101", ...named], /six digits/],
    [["create", "--channel", "ICBC_APP", "--employer", "E", ...named], /--employer CODE is for EMPLOYER/],
    [["create", "--channel", "ICBC_APP", "--portal", ...named], /--portal is for/],
    [["create", "--channel", "ICBC_APP", "--roles", "OPERATOR", ...named], /roles are for staff/],
    [
      ["create", "--channel", "ICBC_APP", "--scopes", "review:write", ...named],
      /cannot be given review:write/,
    ],
    [["create", "--channel", "ICBC_APP", "--scopes", "all", ...named], /there is no scope "all"/],
    [["create", "--staff", ...named], /needs --roles/],
    [["create", "--staff", "--roles", "BOSS", ...named], /there is no role "BOSS"/],
    [["create", "--staff", "--roles", "OPERATOR,AUDITOR", ...named], /two clients, please/],
    [["create", "--staff", "--roles", "PAYROLL", "--scopes", "status:read", ...named], /no --scopes/],
    [["create", "--channel", "ICBC_APP", "--rate-points", "5", ...named], /given together/],
    [
      ["create", "--channel", "ICBC_APP", "--rate-points", "0", "--rate-points-per-second", "1", ...named],
      /--rate-points must be/,
    ],
    [["create", "--channel", "ICBC_APP", "--jwks", "absent.json", ...named], /not a readable JWK set/],
    [["rotate", "nobody-1"], /there is no client nobody-1/],
    [["rotate", "nobody-1", "--overlap", "721"], /--overlap must be/],
    [["disable", "nobody-1"], /there is no client/],
    [["enable", "nobody-1"], /there is no client/],
  ])("%j", async (args, message) => {
    const result = await client(...args);
    expect(result).toMatchObject({ exitCode: 1, stdout: "" });
    expect(result.stderr).toMatch(message);
  });

  test.each([
    ["a private key", (key: JWK) => ({ keys: [{ ...key, d: "AAAA" }] }), /private key/],
    ["a shared secret", () => ({ keys: [{ kty: "oct", k: "AAAA" }] }), /not a readable JWK set/],
    ["a point off the curve", (key: JWK) => ({ keys: [{ ...key, x: "AAAA" }] }), /cannot be used/],
    ["no key", () => ({ keys: [] }), /not a readable JWK set/],
  ])("a key file with %s", async (_, change, message) => {
    const { jwk } = await keyPair();
    const file = join(directory, "bad.json");
    await writeFile(file, JSON.stringify(change(jwk)));
    const result = await client("create", "--channel", "ICBC_APP", "--jwks", file, ...named);
    expect(result).toMatchObject({ exitCode: 1, stdout: "", stderr: expect.stringMatching(message) });
  });

  test.each([
    [[]],
    [["create"]],
    [["create", "--name", "x"]],
    [["create", "--channel", "ICBC_APP"]],
    [["create", "--channel", "ICBC_APP", "--staff", "--name", "x"]],
    [["create", "more", "--channel", "ICBC_APP", "--name", "x"]],
    [["rotate"]],
    [["rotate", "a", "b"]],
    [["rotate", "a", "--name", "x"]],
    [["rotate", "a", "--overlap", "1", "--jwks", "f"]],
    [["list", "a"]],
    [["delete", "a"]],
  ])("%j is no command", async (args) => {
    expect(await client(...args)).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/^usage/) });
  });

  test("and nothing was registered by any of these", async () => {
    expect(await rows()).toBe(before);
  });

  async function rows(): Promise<number> {
    await using database = await openStorage(readConfig(environment.env));
    return (await database.db.select().from(channelClient)).length;
  }
});
