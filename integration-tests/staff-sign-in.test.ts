import { eq } from "drizzle-orm";
import { generateKeyPair } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createLogger } from "../src/logging.js";
import { accessLog } from "../src/storage/tables.js";
import { readStatus } from "./testkit/certify.js";
import { base64url } from "./testkit/face-assertions.js";
import { AccessLogDocument, ExpiryCalendarDocument, ViewerDocument } from "./testkit/gql/graphql.js";
import { GraphQLClient } from "./testkit/graphql-client.js";
import { expectGuarded, languages } from "./testkit/guarded-answer.js";
import { buildPerson, importPeople } from "./testkit/people.js";
import { keyOf } from "./testkit/records.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";
import {
  type SigningParts,
  STAFF_AUDIENCE,
  STAFF_ISSUER,
  type StaffIssuer,
  startStaffIssuer,
} from "./testkit/staff-issuer.js";

const months = { filter: { from: "2026-01", through: "2026-02" } };

let issuer: StaffIssuer;
let sandbox: SandboxServer;
const logLines: string[] = [];

async function startWith(staffIssuer: StaffIssuer, environment: Record<string, string> = {}) {
  const logger = createLogger("debug", { write: (line) => logLines.push(line) });
  return startSandbox({
    logger,
    environment: {
      STAFF_ISSUER,
      STAFF_AUDIENCE,
      STAFF_JWKS_URI: staffIssuer.jwksUri,
      ...environment,
    },
  });
}

beforeAll(async () => {
  issuer = await startStaffIssuer();
  sandbox = await startWith(issuer);
});

afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
  await issuer[Symbol.asyncDispose]();
});

async function signedIn(
  claims: Record<string, unknown> = {},
  parts: SigningParts = {},
  server = sandbox,
): Promise<GraphQLClient> {
  return new GraphQLClient(server.server.address, await issuer.sign(claims, parts));
}

async function viewerOf(client: GraphQLClient) {
  return (await client.request(ViewerDocument, {})).viewer;
}

async function expectUnauthenticated(client: GraphQLClient): Promise<void> {
  for (const language of languages) {
    const answer = await client.in(language).refused(ViewerDocument, {});
    expect(answer.status, answer.raw).toBe(401);
    expect(answer.errors[0]?.extensions.code).toBe("UNAUTHENTICATED");
    expectGuarded(answer.raw, language, [client.token]);
  }
}

describe("a member of staff who signed in outside", () => {
  test("is known by name, roles and what follows from them", async () => {
    expect(await viewerOf(await signedIn())).toMatchObject({
      kind: "STAFF",
      name: "李经办",
      channel: null,
      roles: ["OPERATOR", "REVIEWER"],
      scopes: expect.arrayContaining(["expiry:read", "review:write", "identity:reveal"]),
    });
  });

  test.each(["ES256", "EdDSA", "RS256", "PS256"])("by a token of %s", async (alg) => {
    expect((await viewerOf(await signedIn({}, { alg }))).kind).toBe("STAFF");
  });

  test.each(["JWT", "jwt", "at+jwt", "application/at+jwt"])("of the type %s", async (typ) => {
    expect((await viewerOf(await signedIn({}, { header: { typ } }))).kind).toBe("STAFF");
  });

  test("may what the roles say and nothing else", async () => {
    const payroll = await signedIn({ roles: ["PAYROLL"] });
    expect((await payroll.request(ExpiryCalendarDocument, months)).expiryCalendar).toHaveLength(2);
    const answer = await payroll.refused(AccessLogDocument, { pensionerId: "pen_0", first: 1 });
    expect(answer.errors[0]?.extensions.code).toBe("FORBIDDEN");
  });

  test("stands in the access log by account number", async () => {
    const person = buildPerson({ lastCertifiedOn: "2026-01-20" });
    await importPeople(sandbox.app, [person]);
    const { id } = await readStatus(await signedIn({ sub: "u-0815" }), person);
    const { pensionerId } = keyOf(id);
    const rows = await sandbox.app.database.db
      .select()
      .from(accessLog)
      .where(eq(accessLog.pensionerId, pensionerId));
    expect(rows.map(({ clientId }) => clientId)).toEqual(["staff:u-0815"]);
    const auditor = await signedIn({ roles: ["AUDITOR"] });
    const { accessLog: log } = await auditor.request(AccessLogDocument, { pensionerId: id, first: 5 });
    expect(log.nodes).toMatchObject([{ clientId: "staff:u-0815", clientName: null }]);
  });

  test.each([
    ["other systems' roles besides", { roles: ["OPERATOR", "intranet-user", 7, null] }, ["OPERATOR"]],
    ["a role that is no list", { roles: "AUDITOR" }, ["AUDITOR"]],
  ])("with %s", async (_, claims, roles) => {
    expect((await viewerOf(await signedIn(claims))).roles).toEqual(roles);
  });

  test.each([
    ["no name", { name: undefined }, "staff:u-4711"],
    ["a name that is no text", { name: { a: 1 } }, "staff:u-4711"],
    ["a name with control characters", { name: "李\u0000\u202e经办" }, "李经办"],
    ["a name of 1,000 characters", { name: "李".repeat(1_000) }, "李".repeat(100)],
  ])("with %s", async (_, claims, name) => {
    expect((await viewerOf(await signedIn(claims))).name).toBe(name);
  });

  test("by roles in another claim, where it is configured", async () => {
    await using other = await startWith(issuer, { STAFF_ROLES_CLAIM: "https://agency.example/roles" });
    const claims = { roles: ["AUDITOR"], "https://agency.example/roles": ["PAYROLL"] };
    expect((await viewerOf(await signedIn(claims, {}, other))).roles).toEqual(["PAYROLL"]);
  });

  test("the service's own clients sign in as before", async () => {
    expect((await viewerOf(await sandbox.signIn("sandbox-staff"))).roles).toEqual([
      "OPERATOR",
      "REVIEWER",
      "SUPERVISOR",
    ]);
    expect((await viewerOf(await sandbox.signIn("ICBC_APP"))).roles).toEqual([]);
  });
});

describe("claims that do not fit", () => {
  const now = () => Math.floor(Date.now() / 1_000);
  test.each<[string, () => Record<string, unknown>]>([
    ["another audience", () => ({ aud: "changqing" })],
    ["no audience", () => ({ aud: undefined })],
    ["another issuer", () => ({ iss: "https://elsewhere.example" })],
    ["the service itself as issuer", () => ({ iss: "http://changqing.test", client_id: "sandbox-staff" })],
    ["expired", () => ({ exp: now() - 10 })],
    ["no expiry", () => ({ exp: undefined })],
    ["not yet valid", () => ({ nbf: now() + 60 })],
    ["no subject", () => ({ sub: undefined })],
    ["a mail address as subject", () => ({ sub: "li@agency.example" })],
    ["an ID number as subject", () => ({ sub: "11010519491231002X" })],
    ["a mobile number as subject", () => ({ sub: "13911110001" })],
    ["a subject of 100 characters", () => ({ sub: "u".repeat(100) })],
    ["U+0000 in the subject", () => ({ sub: "u\0" })],
    ["unknown roles alone", () => ({ roles: ["ADMIN", "operator"] })],
    ["no roles", () => ({ roles: undefined })],
    ["roles that act and watch", () => ({ roles: ["OPERATOR", "AUDITOR"] })],
  ])("%s", async (_, claims) => {
    await expectUnauthenticated(await signedIn(claims()));
  });
});

describe("signatures that do not fit", () => {
  test("another key under the issuer's key id", async () => {
    const { privateKey } = await generateKeyPair("ES256");
    await expectUnauthenticated(await signedIn({}, { key: privateKey }));
  });

  test("none, and a shared secret", async () => {
    const token = await issuer.sign({});
    for (const alg of ["none", "None"]) {
      const forged = `${base64url({ alg, typ: "at+jwt" })}.${token.split(".")[1]}.`;
      await expectUnauthenticated(new GraphQLClient(sandbox.server.address, forged));
    }
    const key = new TextEncoder().encode("0123456789abcdef0123456789abcdef");
    await expectUnauthenticated(await signedIn({}, { alg: "HS256", key }));
  });

  test("claims changed after signing", async () => {
    const [head, payload = "", signature] = (await issuer.sign({ roles: ["PAYROLL"] })).split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
    const changed = base64url({ ...claims, roles: ["OPERATOR"] });
    await expectUnauthenticated(new GraphQLClient(sandbox.server.address, `${head}.${changed}.${signature}`));
  });

  test.each(["id_token+jwt", "certification-receipt+jwt", "", undefined])("the type %s", async (typ) => {
    await expectUnauthenticated(await signedIn({}, { header: { typ } }));
  });

  test("the service's own key does not sign for staff, nor theirs for the service", async () => {
    const own = await sandbox.signIn("sandbox-staff");
    const [head, payload = "", signature] = own.token.split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
    const changed = base64url({ ...claims, iss: STAFF_ISSUER, aud: STAFF_AUDIENCE, roles: ["OPERATOR"] });
    await expectUnauthenticated(new GraphQLClient(sandbox.server.address, `${head}.${changed}.${signature}`));
  });
});

describe("the issuer's keys", () => {
  test("are fetched once for many, and again when they have changed", async () => {
    await using own = await startStaffIssuer();
    await using server = await startWith(own);
    const ask = async () => {
      const client = new GraphQLClient(server.server.address, await own.sign({}));
      return (await client.send({ query: "{ viewer { kind } }" })).status;
    };
    const statuses = await Promise.all(Array.from({ length: 8 }, ask));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(own.fetches()).toBe(1);
    await own.rotate();
    // Whoever makes up key ids does not have the issuer asked each time.
    for (let attempt = 0; attempt < 5; attempt += 1) expect(await ask()).toBe(401);
    expect(own.fetches()).toBe(1);
    await expect.poll(ask, { timeout: 15_000, interval: 500 }).toBe(200);
    expect(own.fetches()).toBe(2);
  });

  test.each<[string, number | null, string | undefined]>([
    ["cuts the connection", null, undefined],
    ["answers 500", 500, undefined],
    ["answers with no JSON", 200, "<html>"],
    ["answers with no keys", 200, "{}"],
    ["redirects", 302, undefined],
  ])("an issuer that %s: 401, logged, and well again later", async (_, status, body) => {
    await using own = await startStaffIssuer();
    own.answer(status, body);
    await using server = await startWith(own);
    logLines.length = 0;
    const ask = async () => {
      const client = new GraphQLClient(server.server.address, await own.sign({}));
      return (await client.send({ query: "{ viewer { kind } }" })).status;
    };
    for (let attempt = 0; attempt < 3; attempt += 1) expect(await ask()).toBe(401);
    expect(own.fetches()).toBe(1);
    const warnings = logLines.filter((line) => line.includes("keys-unavailable"));
    expect(warnings).toHaveLength(1);
    expect(JSON.parse(warnings[0] ?? "")).toMatchObject({ level: 40, err: { frames: expect.any(Array) } });
    const bank = await server.signIn("ICBC_APP");
    expect((await viewerOf(bank)).kind).toBe("CHANNEL");
    own.answer(200);
    await expect.poll(ask, { timeout: 15_000, interval: 500 }).toBe(200);
  });

  test("what is logged of refused tokens names no one", () => {
    const log = logLines.join("");
    for (const secret of ["u-4711", "李经办", "13911110001"]) expect(log).not.toContain(secret);
  });
});
