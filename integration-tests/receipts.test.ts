import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, importJWK, jwtVerify, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RECEIPT_TYPE } from "../src/auth/receipts.js";
import { runKeys } from "../src/commands/keys-command.js";
import { runVerifyReceipt } from "../src/commands/verify-receipt-command.js";
import { writeKeyFileIfAbsent } from "../src/keys.js";
import { parseOpaqueId } from "../src/storage/ids.js";
import { certification } from "../src/storage/tables.js";
import { certify, showFace, startSession } from "./testkit/certify.js";
import { recordCommand } from "./testkit/command-recorder.js";
import { openTestDatabase } from "./testkit/database.js";
import { base64url } from "./testkit/face-assertions.js";
import { CertificationDocument, ViewerDocument } from "./testkit/gql/graphql.js";
import { GraphQLClient } from "./testkit/graphql-client.js";
import { buildPerson, importPeople, type TestPerson } from "./testkit/people.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

const ISSUER = "http://changqing.test";

let sandbox: SandboxServer;
let bank: GraphQLClient;
let directory: string;
let keySetFile: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "changqing-receipts-"));
  sandbox = await startSandbox({ clock: "2026-05-31T15:59:00Z" });
  bank = await sandbox.signIn("ICBC_APP");
  keySetFile = join(directory, "jwks.json");
  await writeFile(keySetFile, JSON.stringify(await publishedKeys(sandbox)));
});

afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

async function publishedKeys({ server }: SandboxServer) {
  const response = await fetch(`${server.address}/.well-known/jwks.json`);
  return (await response.json()) as { keys: { kid: string }[] };
}

async function imported(overrides: Partial<TestPerson> = {}): Promise<TestPerson> {
  const person = buildPerson({ lastCertifiedOn: "2025-02-11", phone: "13911110001", ...overrides });
  await importPeople(sandbox.app, [person]);
  return person;
}

async function receiptOf(client: GraphQLClient, id: string): Promise<string | null> {
  const { certification: found } = await client.request(CertificationDocument, { id });
  if (!found) throw new Error(`no certification ${id}`);
  return found.receipt ?? null;
}

async function passed(): Promise<{ id: string; pensionerId: string; receipt: string; person: TestPerson }> {
  const person = await imported();
  const { id, pensioner } = await certify(bank, person);
  const receipt = await receiptOf(bank, id);
  if (!receipt) throw new Error("no receipt");
  return { id, pensionerId: pensioner.id, receipt, person };
}

const verify = (...args: string[]) => recordCommand((output) => runVerifyReceipt(args, output));

describe("a passed certification's receipt", () => {
  test("V1, V2 is verified by any JOSE library against the published keys, and says what passed", async () => {
    const { id, pensionerId, receipt, person } = await passed();
    const keys = createLocalJWKSet((await publishedKeys(sandbox)) as never);
    const { payload } = await jwtVerify(receipt, keys, { issuer: ISSUER, typ: RECEIPT_TYPE });
    expect(payload).toEqual({
      iss: ISSUER,
      iat: expect.any(Number),
      jti: id,
      sub: pensionerId,
      channel: "ICBC_APP",
      month: "2026-05",
      validThrough: "2027-05-31",
    });
    expect(new Date((payload.iat ?? 0) * 1_000).toISOString()).toMatch(/^2026-05-31T/);
    const header = decodeProtectedHeader(receipt);
    expect(header).toEqual({ alg: "ES256", typ: RECEIPT_TYPE, kid: sandbox.keys.receiptSigning[0]?.kid });
    const shown = JSON.stringify([header, payload]);
    for (const secret of [
      person.name,
      person.document.number,
      person.document.number.slice(6, 14),
      "13911110001",
    ])
      expect(shown).not.toContain(secret);
  });

  test("asked for again is the same one, also by staff", async () => {
    const { id, receipt } = await passed();
    expect(await receiptOf(bank, id)).toBe(receipt);
    expect(await receiptOf(await sandbox.signIn("sandbox-staff"), id)).toBe(receipt);
  });

  test("is no access token, and a token is no receipt", async () => {
    const { receipt } = await passed();
    const answer = await fetch(`${sandbox.server.address}/graphql`, {
      method: "POST",
      headers: { authorization: `Bearer ${receipt}`, "content-type": "application/json" },
      body: JSON.stringify({ query: ViewerDocument.toString() }),
    });
    expect(answer.status).toBe(401);
    expect((await verify(bank.token, "--jwks", keySetFile)).exitCode).toBe(1);
  });

  test("is not given while another client asks, nor when it did not pass", async () => {
    const { id } = await passed();
    const other = await sandbox.signIn("HUAXIA_APP");
    expect((await other.request(CertificationDocument, { id })).certification).toBeNull();
    const session = await startSession(bank, await imported());
    const rejected = await showFace(bank, session.id, "MISMATCH");
    expect(await receiptOf(bank, rejected.id)).toBeNull();
  });

  test.each(["PENDING", "REVOKED"] as const)("there is none once it is %s", async (state) => {
    const { id } = await passed();
    const key = parseOpaqueId(id);
    if (key?.kind !== "certification") throw new Error("no id");
    await sandbox.app.database.db.update(certification).set({ state }).where(eq(certification.id, key.id));
    expect(await receiptOf(bank, id)).toBeNull();
  });
});

describe("verify-receipt", () => {
  test("tells what it proves, offline with a file and by an address", async () => {
    const { id, pensionerId, receipt } = await passed();
    const address = `${sandbox.server.address}/.well-known/jwks.json`;
    for (const place of [keySetFile, address]) {
      const { exitCode, stdout, stderr } = await verify(receipt, "--jwks", place, "--on", "2027-05-31");
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
      expect(stdout).toMatch(new RegExp(`^genuine +signed by ${ISSUER} with key receipt-[0-9a-f]+\n`));
      for (const fact of [id, pensionerId, "ICBC_APP", "2026-05\n", "2027-05-31\n", "on 2027-05-31  valid\n"])
        expect(stdout).toContain(fact);
    }
  });

  test("V2 after the last valid day it is genuine and no longer valid: exit code 1", async () => {
    const { receipt } = await passed();
    const { exitCode, stdout } = await verify(receipt, "--jwks", keySetFile, "--on", "2027-06-01");
    expect(exitCode).toBe(1);
    expect(stdout).toContain("on 2027-06-01  no longer valid\n");
  });

  test.each<[string, (receipt: string) => Promise<string> | string]>([
    [
      "other claims under the same signature",
      (receipt) => {
        const [head, , signature] = receipt.split(".");
        return `${head}.${base64url({ ...decodeJwt(receipt), validThrough: "2099-12-31" })}.${signature}`;
      },
    ],
    [
      "no signature",
      (receipt) => `${base64url({ alg: "none", typ: RECEIPT_TYPE })}.${receipt.split(".")[1]}.`,
    ],
    [
      "a public key as a shared secret",
      (receipt) => {
        const { d: _, ...publicKey } = sandbox.keys.receiptSigning[0] ?? {};
        return new SignJWT(decodeJwt(receipt))
          .setProtectedHeader({ alg: "HS256", typ: RECEIPT_TYPE, kid: String(publicKey.kid) })
          .sign(Buffer.from(JSON.stringify(publicKey)));
      },
    ],
    [
      "another type",
      async (receipt) => {
        const [key] = sandbox.keys.receiptSigning;
        return new SignJWT(decodeJwt(receipt))
          .setProtectedHeader({ alg: "ES256", typ: "JWT", kid: key?.kid ?? "" })
          .sign(await importJWK(key ?? {}, "ES256"));
      },
    ],
    [
      "the sandbox's verifier's key",
      async (receipt) =>
        new SignJWT(decodeJwt(receipt))
          .setProtectedHeader({ alg: "ES256", typ: RECEIPT_TYPE })
          .sign(await importJWK(sandbox.keys.sandboxFaceVerifier ?? {}, "ES256")),
    ],
    ["a text", () => "receipt"],
    ["100,000 characters", () => "a".repeat(100_000)],
  ])("%s proves nothing", async (_, forge) => {
    const { receipt } = await passed();
    const { exitCode, stdout, stderr } = await verify(await forge(receipt), "--jwks", keySetFile);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toMatch(/not a genuine receipt/);
  });

  test.each(["absent.json", "http://127.0.0.1:1/jwks.json"])("no keys at %s", async (place) => {
    expect(await verify("x.y.z", "--jwks", place)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/no key set/),
    });
  });

  test.each([
    [[]],
    [["x.y.z"]],
    [["x.y.z", "--jwks", "f", "--on", "yesterday"]],
    [["a", "b", "--jwks", "f"]],
  ])("%j is no command", async (args) => {
    expect(await verify(...args)).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/^usage/) });
  });
});

describe("after a rotation of the signing keys", () => {
  test("tokens and receipts of before are still good, and new ones are signed by the new keys", async () => {
    const KEYS_FILE = join(directory, "rotating.json");
    const environment = { KEYS_FILE };
    const rotating = (...args: string[]) => recordCommand((output) => runKeys(args, output));
    await writeKeyFileIfAbsent(KEYS_FILE, true);
    await using database = await openTestDatabase();
    const lent = { ...database, [Symbol.asyncDispose]: async () => undefined };

    await using before = await startSandbox({ environment, database: lent });
    const person = buildPerson({ lastCertifiedOn: "2025-02-11" });
    await importPeople(before.app, [person]);
    const client = await before.signIn("ICBC_APP");
    const { id } = await certify(client, person);
    const receipt = (await receiptOf(client, id)) ?? "";

    expect((await rotating("rotate-signing", KEYS_FILE)).exitCode).toBe(0);
    await using after = await startSandbox({ environment, database: lent });
    const [token, old] = after.keys.tokenSigning;
    expect(old?.kid).toBe(before.keys.tokenSigning[0]?.kid);
    const withOldToken = new GraphQLClient(after.server.address, client.token);
    expect((await withOldToken.request(ViewerDocument, {})).viewer.kind).toBe("CHANNEL");
    const fresh = await after.signIn("ICBC_APP");
    expect(decodeProtectedHeader(fresh.token).kid).toBe(token?.kid);
    const reissued = (await receiptOf(fresh, id)) ?? "";
    expect(decodeProtectedHeader(reissued).kid).toBe(after.keys.receiptSigning[0]?.kid);
    expect(decodeJwt(reissued)).toEqual(decodeJwt(receipt));
    const keys = join(directory, "overlap.json");
    await writeFile(keys, JSON.stringify(await publishedKeys(after)));
    for (const each of [receipt, reissued]) expect((await verify(each, "--jwks", keys)).exitCode).toBe(0);

    for (const kid of [old?.kid, after.keys.receiptSigning[1]?.kid])
      expect((await rotating("retire-signing", KEYS_FILE, kid ?? "")).exitCode).toBe(0);
    await using retired = await startSandbox({ environment, database: lent });
    await writeFile(keys, JSON.stringify(await publishedKeys(retired)));
    expect((await verify(receipt, "--jwks", keys)).exitCode).toBe(1);
    expect((await verify(reissued, "--jwks", keys)).exitCode).toBe(0);
    const refused = await new GraphQLClient(retired.server.address, client.token).refused(ViewerDocument, {});
    expect(refused.status).toBe(401);
  });
});
