import { randomUUID } from "node:crypto";
import { exportJWK, generateKeyPair, importJWK, SignJWT } from "jose";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { FACE_ASSERTION_TYPE } from "../src/auth/face-verifiers.js";
import {
  advanceClock,
  completeSession,
  faceAssertionFor,
  type StartedSession,
  startSession,
} from "./testkit/certify.js";
import {
  base64url,
  buildClaims,
  type Claims,
  secondsNow,
  signAssertion,
  verifierKey,
} from "./testkit/face-assertions.js";
import { CertificationCompleteDocument, SandboxFaceAssertionDocument } from "./testkit/gql/graphql.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { expectGuarded, languages } from "./testkit/guarded-answer.js";
import { buildPerson, importPeople } from "./testkit/people.js";
import { countRows } from "./testkit/records.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

const person = buildPerson();
const other = buildPerson();

let sandbox: SandboxServer;
let bank: GraphQLClient;
/** Open throughout: nothing that is refused may close it. */
let session: StartedSession;
let before: Record<string, number>;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-05-12T02:00:00Z" });
  await importPeople(sandbox.app, [person, other]);
  bank = await sandbox.signIn("ICBC_APP");
});

afterAll(() => sandbox[Symbol.asyncDispose]());

beforeEach(async () => {
  session = await startSession(bank, person);
  before = await rowsWritten();
});

/** A refusal writes nothing, and the session still takes what is right. */
afterEach(async () => {
  expect(await rowsWritten()).toEqual(before);
  const assertion = await signAssertion(sandbox, buildClaims(sandbox, session));
  const { certification } = await completeSession(bank, session.id, assertion);
  expect(certification?.state).toBe("PASSED");
});

async function rowsWritten(): Promise<Record<string, number>> {
  const { accessLog: _, ...rest } = await countRows(sandbox.app.database.db);
  return rest;
}

async function expectRefused(
  evidence: unknown,
  code: string,
  secrets: readonly string[] = [],
): Promise<void> {
  for (const language of languages) {
    const query = CertificationCompleteDocument.toString();
    const input = { idempotencyKey: randomUUID(), sessionId: session.id, evidence };
    const answer = await bank.in(language).send<Completed>({ query, variables: { input } });
    expect(answer.errors, answer.raw).toEqual([]);
    expect(answer.data?.certificationComplete.userErrors.map((error) => error.code)).toEqual([code]);
    expect(answer.data?.certificationComplete.certification).toBeNull();
    expectGuarded(answer.raw, language, secrets);
  }
}

interface Completed {
  readonly certificationComplete: {
    readonly certification: unknown;
    readonly userErrors: { readonly code: string }[];
  };
}

const rejected = (faceAssertion: string) =>
  expectRefused([{ faceAssertion }], "EVIDENCE_REJECTED", [faceAssertion]);

describe("E2 claims that do not fit", () => {
  test.each<[string, (now: number) => Claims]>([
    ["another audience", () => ({ aud: "elsewhere" })],
    ["no audience", () => ({ aud: undefined })],
    ["an issuer that is not registered", () => ({ iss: "https://verifier.example" })],
    ["no issuer", () => ({ iss: undefined })],
    ["no id", () => ({ jti: undefined })],
    ["no challenge", () => ({ challenge: undefined })],
    ["a challenge of its own", () => ({ challenge: "of its own" })],
    ["no outcome", () => ({ outcome: undefined })],
    ["an outcome that does not exist", () => ({ outcome: "maybe" })],
    ["no time of issue", () => ({ iat: undefined })],
    ["no expiry", () => ({ exp: undefined })],
    ["a life of ten minutes and a second", (now) => ({ iat: now, exp: now + 601 })],
    ["a life without end", (now) => ({ iat: now, exp: now + 1_000_000_000 })],
    ["a life that is over", (now) => ({ iat: now - 20, exp: now - 1 })],
    ["a life that ends before it begins", (now) => ({ iat: now, exp: now - 60 })],
    ["an issue in the future", (now) => ({ iat: now + 60, exp: now + 120 })],
    ["an issue before the session began", (now) => ({ iat: now - 120, exp: now + 60 })],
    [
      "times of the real clock",
      () => ({ iat: Math.floor(Date.now() / 1_000), exp: Math.floor(Date.now() / 1_000) + 300 }),
    ],
  ])("%s", async (_, change) => {
    const claims = buildClaims(sandbox, session, change(secondsNow(sandbox)));
    await rejected(await signAssertion(sandbox, claims));
  });

  test("a life of exactly ten minutes is not among them", async () => {
    const now = secondsNow(sandbox);
    const second = await startSession(bank, other);
    const claims = buildClaims(sandbox, second, { iat: now, exp: now + 600 });
    const { certification } = await completeSession(bank, second.id, await signAssertion(sandbox, claims));
    expect(certification?.state).toBe("PASSED");
    before = await rowsWritten();
  });
});

describe("E2 signatures that do not fit", () => {
  test("another key under the verifier's key id", async () => {
    const { privateKey } = await generateKeyPair("ES256");
    await rejected(await signAssertion(sandbox, buildClaims(sandbox, session), { key: privateKey }));
  });

  test("the service's own key for access tokens", async () => {
    const [own] = sandbox.keys.tokenSigning;
    if (!own) throw new Error("no key");
    const header = { kid: own.kid };
    const key = await importJWK(own, "ES256");
    await rejected(await signAssertion(sandbox, buildClaims(sandbox, session), { key, header }));
  });

  test("a key that the assertion brings along", async () => {
    const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
    const header = { jwk: await exportJWK(publicKey), kid: undefined };
    await rejected(await signAssertion(sandbox, buildClaims(sandbox, session), { key: privateKey, header }));
  });

  test("none (alg none)", async () => {
    const claims = base64url(buildClaims(sandbox, session));
    for (const alg of ["none", "None", "NONE"]) {
      await rejected(`${base64url({ alg, typ: FACE_ASSERTION_TYPE })}.${claims}.`);
    }
  });

  test("HS256 with the public key as the secret", async () => {
    const { d: _, ...publicKey } = verifierKey(sandbox);
    for (const secret of [JSON.stringify(publicKey), String(publicKey.x)]) {
      const forged = new SignJWT({ ...buildClaims(sandbox, session) })
        .setProtectedHeader({ alg: "HS256", typ: FACE_ASSERTION_TYPE, kid: publicKey.kid ?? "" })
        .sign(Buffer.from(secret));
      await rejected(await forged);
    }
  });

  test("claims changed after signing", async () => {
    const claims = buildClaims(sandbox, session, { outcome: "mismatch" });
    const [head, , signature] = (await signAssertion(sandbox, claims)).split(".");
    await rejected(`${head}.${base64url({ ...claims, outcome: "match" })}.${signature}`);
  });

  test("a signature changed or cut off", async () => {
    const assertion = await signAssertion(sandbox, buildClaims(sandbox, session));
    const [head = "", body = "", signature = ""] = assertion.split(".");
    const changed = signature.startsWith("A") ? `B${signature.slice(1)}` : `A${signature.slice(1)}`;
    for (const wrong of [changed, signature.slice(0, 40), ""]) await rejected(`${head}.${body}.${wrong}`);
  });

  test.each(["JWT", "at+jwt", "secevent+jwt"])("the type %s", async (typ) => {
    await rejected(await signAssertion(sandbox, buildClaims(sandbox, session), { header: { typ } }));
  });
});

describe("E2 an assertion counts once, in one session", () => {
  test("another session's", async () => {
    const second = await startSession(bank, other);
    before = await rowsWritten();
    await rejected(await faceAssertionFor(bank, second.id));
  });

  test("used before, by the same client for the same person", async () => {
    const first = await startSession(bank, person);
    const claims = buildClaims(sandbox, first);
    await completeSession(bank, first.id, await signAssertion(sandbox, claims));
    before = await rowsWritten();
    await rejected(await signAssertion(sandbox, { ...claims, challenge: session.challenge }));
  });

  test("used before, for a face that did not match", async () => {
    const claims = buildClaims(sandbox, session, { outcome: "mismatch" });
    const { certification } = await completeSession(bank, session.id, await signAssertion(sandbox, claims));
    expect(certification?.state).toBe("REJECTED");
    before = await rowsWritten();
    await rejected(await signAssertion(sandbox, { ...claims, outcome: "match" }));
  });

  test("refused once does not use it up", async () => {
    const claims = buildClaims(sandbox, session, { jti: randomUUID(), challenge: "another" });
    await rejected(await signAssertion(sandbox, claims));
    const second = await startSession(bank, other);
    const assertion = await signAssertion(sandbox, { ...claims, challenge: second.challenge });
    expect((await completeSession(bank, second.id, assertion)).certification?.state).toBe("PASSED");
    before = await rowsWritten();
  });
});

describe("E2 what is no assertion at all", () => {
  test.each([
    ["empty", ""],
    ["a text", "王建国 110105194912310021"],
    ["dots", "....."],
    ["U+0000", "a\0.b\0.c\0"],
    ["an emoji", "👵.👴.🧓"],
    ["200,000 characters", "a".repeat(200_000)],
    ["a picture", `data:image/png;base64,${"A".repeat(1_000)}`],
  ])("%s", async (_, faceAssertion) => {
    await rejected(faceAssertion);
  });

  test("an honest one with too much in it", async () => {
    await rejected(
      await signAssertion(sandbox, buildClaims(sandbox, session, { image: "A".repeat(10_000) })),
    );
  });
});

describe("evidence of another number or kind", () => {
  const document = { type: "RESIDENT_ID", number: person.document.number };

  test("none at all", () => expectRefused([], "EVIDENCE_REQUIRED"));

  test("two assertions, although both would do", async () => {
    const both = await Promise.all([1, 2].map(() => signAssertion(sandbox, buildClaims(sandbox, session))));
    await expectRefused(
      both.map((faceAssertion) => ({ faceAssertion })),
      "EVIDENCE_REQUIRED",
      both,
    );
  });

  test("a thousand", () =>
    expectRefused(
      Array.from({ length: 1_000 }, () => ({ faceAssertion: "x" })),
      "EVIDENCE_REQUIRED",
    ));

  test.each<[string, object]>([
    ["an identity document (E3)", { identityDocument: { document } }],
    ["a photo (E4)", { document: { kind: "HOLDING_ID_PHOTO", sha256: "0".repeat(64), shows: ["FACE"] } }],
    ["a home visit (E5)", { homeVisit: { visitedAt: "2026-05-12T00:00:00Z", visitorName: "张三" } }],
    [
      "a visit to the doctor (E1)",
      { dataSource: { source: "OUTPATIENT_VISIT", eventAt: "2026-05-12T00:00:00Z", sourceReference: "1" } },
    ],
    [
      "medicine (E1)",
      { dataSource: { source: "PHARMACY_PURCHASE", eventAt: "2026-05-12T00:00:00Z", sourceReference: "1" } },
    ],
    ["a null for an assertion", { identityDocument: { document, expiresOn: null } }],
  ])("%s is not admissible in an app", async (_, evidence) => {
    await expectRefused([evidence], "EVIDENCE_NOT_ADMISSIBLE", [person.document.number, "张三"]);
  });

  test.each<[string, unknown]>([
    ["two kinds in one", { faceAssertion: "x", identityDocument: { document } }],
    ["no kind", {}],
    ["a null", { faceAssertion: null }],
    ["an assertion that is a number", { faceAssertion: 110105194912310 }],
    ["an assertion that is an object", { faceAssertion: { jws: person.document.number } }],
    ["an unknown kind", { image: person.document.number }],
    ["an expiry that does not exist", { identityDocument: { document, expiresOn: "2026-02-30" } }],
    [
      "an unknown source",
      { dataSource: { source: "HOROSCOPE", eventAt: "2026-05-12T00:00:00Z", sourceReference: "1" } },
    ],
    ["a text", person.document.number],
  ])("%s does not fit the schema", async (_, evidence) => {
    for (const language of languages) {
      const input = { idempotencyKey: randomUUID(), sessionId: session.id, evidence: [evidence] };
      const answer = await bank.in(language).refused(CertificationCompleteDocument, { input });
      for (const { extensions } of answer.errors) expect(extensions.code).toBe("BAD_USER_INPUT");
      expectGuarded(answer.raw, language, [person.document.number, "110105194912310", "HOROSCOPE"]);
    }
  });

  test.each(["MAYBE", 1, {}])("the sandbox's verifier finds no %j", async (outcome) => {
    for (const language of languages) {
      const variables = { input: { sessionId: session.id, outcome } };
      const answer = await bank.in(language).refused(SandboxFaceAssertionDocument, variables);
      expect(answer.errors[0]?.extensions.code).toBe("BAD_USER_INPUT");
      expectGuarded(answer.raw, language, ["MAYBE"]);
    }
  });
});

describe("last of all, since the clock does not go back", () => {
  test("an expired session takes nothing, and is not signed for", async () => {
    const old = session;
    const assertion = await signAssertion(sandbox, buildClaims(sandbox, old));
    await advanceClock(bank, sandbox.app.services.now().add({ minutes: 31 }).toString());
    session = await startSession(bank, person);
    before = await rowsWritten();
    const { userErrors } = await completeSession(bank, old.id, assertion);
    expect(userErrors.map((error) => error.code)).toEqual(["SESSION_EXPIRED"]);
    const signed = await bank.request(SandboxFaceAssertionDocument, {
      input: { sessionId: old.id, outcome: "MATCH" },
    });
    expect(signed.sandboxFaceAssertion.userErrors.map((error) => error.code)).toEqual(["SESSION_EXPIRED"]);
  });
});
