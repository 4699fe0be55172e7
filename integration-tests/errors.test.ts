import { randomUUID } from "node:crypto";
import { DrizzleQueryError } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type ErrorCode, errorCodes } from "../src/graphql/errors.js";
import { createLogger } from "../src/logging.js";
import { UnknownCommit } from "../src/storage/faults.js";
import { buildStart } from "./testkit/certify.js";
import {
  CertificationStartDocument,
  ExpiryCalendarDocument,
  PensionerStatusDocument,
  ViewerDocument,
} from "./testkit/gql/graphql.js";
import { GraphQLClient, type GraphQLFault } from "./testkit/graphql-client.js";
import { type AnswerLanguage, expectGuarded, languages } from "./testkit/guarded-answer.js";
import { buildPerson, importPeople, subjectOf } from "./testkit/people.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

const person = buildPerson({ phone: "13911112222" });
const NUMBER = person.document.number;
const SECRETS = [NUMBER, person.name, "13911112222", "insert into"];
const SQL = `insert into pensioner (name) values ('${person.name}') -- ${NUMBER} 13911112222`;

const lines: string[] = [];
let sandbox: SandboxServer;
let bank: GraphQLClient;

beforeAll(async () => {
  sandbox = await startSandbox({ logger: createLogger("info", { write: (line) => lines.push(line) }) });
  await importPeople(sandbox.app, [person]);
  bank = await sandbox.signIn("ICBC_APP");
});

afterAll(() => sandbox[Symbol.asyncDispose]());

beforeEach(() => {
  lines.length = 0;
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** From now on reading a person ends in this. */
function failWith(thrown: unknown): void {
  vi.spyOn(sandbox.app.services.accessLog, "record").mockRejectedValue(thrown);
}

/** Log lines about a request; the one that says "request" comes with the end of the answer. */
async function linesAbout(requestId: string): Promise<Record<string, unknown>[]> {
  const about = () =>
    lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((line) => line["requestId"] === requestId);
  await expect.poll(() => about().map((line) => line["msg"])).toContain("request");
  return about();
}

function sqlError(code: string): Error {
  const driver = Object.assign(new Error(`${SQL} at character 8`), {
    code,
    detail: NUMBER,
    constraint: "pensioner_pk",
  });
  return new DrizzleQueryError(SQL, [person.name, NUMBER], driver);
}

describe("an error that no one foresaw", () => {
  test.each<[string, () => unknown, string | undefined]>([
    [
      "with a statement and a number in its message",
      () => new Error(`Failed query: ${SQL}\nparams: ${NUMBER}`),
      undefined,
    ],
    ["by the database", () => sqlError("23505"), "23505"],
    ["with another one inside", () => new Error(NUMBER, { cause: new TypeError(SQL) }), undefined],
    ["whose message looks like a stack", () => new Error(`x\n    at ${NUMBER} (${person.name})`), undefined],
    ["that is a text", () => `${SQL} ${NUMBER}`, undefined],
    ["that is an object", () => ({ name: person.name, number: NUMBER }), undefined],
    ["that is nothing", () => undefined, undefined],
  ])(
    "%s is told as an internal error with a request id, and logged without a word of it",
    async (_, thrown, sqlState) => {
      failWith(thrown());
      for (const language of languages) {
        const answer = await bank
          .in(language)
          .refused(PensionerStatusDocument, { subject: subjectOf(person) });
        expect(answer.data).toBeNull();
        expect(answer.errors).toHaveLength(1);
        const [error] = answer.errors;
        expect(error?.message).toBe(errorCodes.INTERNAL_SERVER_ERROR[language]);
        expect(error?.path?.[0]).toBe("pensionerStatus");
        const requestId = error?.extensions.requestId ?? "";
        expect(error?.extensions).toEqual({ code: "INTERNAL_SERVER_ERROR", requestId, retryable: true });
        expectGuarded(answer.raw, language, SECRETS);

        const logged = await linesAbout(requestId);
        const failure = logged.find((line) => line["msg"] === "a request failed");
        expect(failure).toMatchObject({
          level: 50,
          code: "INTERNAL_SERVER_ERROR",
          err: { kind: expect.any(String) },
        });
        const described = failure?.["err"] as { readonly sqlState?: string } | undefined;
        expect(described?.sqlState).toBe(sqlState);
      }
      for (const secret of SECRETS) expect(lines.join("")).not.toContain(secret);
    },
  );

  test("outside GraphQL: 500, coded, with a request id that stands in the log", async () => {
    vi.spyOn(sandbox.app.services, "now").mockImplementation(() => {
      throw new Error(SQL);
    });
    for (const language of languages) {
      const answer = await bank.in(language).refused(ViewerDocument, {});
      expect(answer.status).toBe(500);
      expect(answer.errors[0]?.message).toBe(errorCodes.INTERNAL_SERVER_ERROR[language]);
      expectGuarded(answer.raw, language, SECRETS);
      const logged = await linesAbout(answer.errors[0]?.extensions.requestId ?? "");
      expect(logged.map((line) => line["level"])).toContain(50);
    }
    for (const secret of SECRETS) expect(lines.join("")).not.toContain(secret);
  });
});

describe("an error that has a code of its own", () => {
  test.each<[string, () => unknown, ErrorCode, number | undefined]>([
    ["a lock that was not granted", () => sqlError("55P03"), "CONFLICT", undefined],
    ["a deadlock", () => sqlError("40P01"), "CONFLICT", undefined],
    ["a serialization failure", () => sqlError("40001"), "CONFLICT", undefined],
    [
      "a connection that was refused",
      () => Object.assign(new Error(SQL), { code: "ECONNREFUSED" }),
      "UPSTREAM_UNAVAILABLE",
      40,
    ],
    ["a server that is shutting down", () => sqlError("57P01"), "UPSTREAM_UNAVAILABLE", 40],
    [
      "a commit of which nothing is known",
      () => new UnknownCommit(new Error(SQL)),
      "UPSTREAM_UNAVAILABLE",
      40,
    ],
  ])("%s may be tried again", async (_, thrown, code, level) => {
    failWith(thrown());
    for (const language of languages) {
      const answer = await bank.in(language).refused(PensionerStatusDocument, { subject: subjectOf(person) });
      const [error] = answer.errors;
      expect(error?.message).toBe(errorCodes[code][language]);
      expect(error?.extensions).toMatchObject({ code, retryable: true });
      expectGuarded(answer.raw, language, SECRETS);
      const logged = await linesAbout(error?.extensions.requestId ?? "");
      const above = logged.filter((line) => line["msg"] !== "request").map((line) => line["level"]);
      expect(above).toEqual(level === undefined ? [] : [level]);
    }
    for (const secret of SECRETS) expect(lines.join("")).not.toContain(secret);
  });
});

describe("every code that can occur speaks both languages", () => {
  const send = async (
    client: GraphQLClient,
    language: AnswerLanguage,
    query: string,
    variables: object = {},
  ) => (await client.in(language).send({ query, variables })).errors;

  const occasions: Readonly<
    Partial<Record<ErrorCode, (language: AnswerLanguage) => Promise<readonly GraphQLFault[]>>>
  > = {
    UNAUTHENTICATED: (language) =>
      send(new GraphQLClient(bank.address, "x"), language, "{ viewer { name } }"),
    FORBIDDEN: (language) => {
      const filter = { from: "2026-01", through: "2026-02" };
      return bank
        .in(language)
        .refused(ExpiryCalendarDocument, { filter })
        .then(({ errors }) => errors);
    },
    BAD_USER_INPUT: (language) => send(bank, language, "query($id: ID!) { node(id: $id) { id } }"),
    GRAPHQL_VALIDATION_FAILED: (language) => send(bank, language, "{ nothing }"),
    QUERY_TOO_COMPLEX: async (language) => {
      const aliases = Array.from(
        { length: 150 },
        (_, i) => `a${i}: pensionerStatuses(subjects: $s) { inScope }`,
      );
      const s = Array.from({ length: 100 }, () => subjectOf(person));
      return send(bank, language, `query($s: [SubjectInput!]!) { ${aliases.join(" ")} }`, { s });
    },
    IDEMPOTENCY_KEY_REUSED: async (language) => {
      const idempotencyKey = randomUUID();
      await bank.request(CertificationStartDocument, { input: buildStart(person, { idempotencyKey }) });
      const other = buildStart(person, { idempotencyKey, contactPhone: "13911112222" });
      return (await bank.in(language).refused(CertificationStartDocument, { input: other })).errors;
    },
    CONFLICT: async (language) => {
      failWith(sqlError("55P03"));
      return (await bank.in(language).refused(PensionerStatusDocument, { subject: subjectOf(person) }))
        .errors;
    },
    UPSTREAM_UNAVAILABLE: async (language) => {
      failWith(sqlError("57P01"));
      return (await bank.in(language).refused(PensionerStatusDocument, { subject: subjectOf(person) }))
        .errors;
    },
    INTERNAL_SERVER_ERROR: async (language) => {
      failWith(new Error("a bug"));
      return (await bank.in(language).refused(PensionerStatusDocument, { subject: subjectOf(person) }))
        .errors;
    },
  };

  test.each(Object.entries(occasions))("%s", async (code, occasion) => {
    const row = errorCodes[code as ErrorCode];
    for (const language of languages) {
      const [error] = await occasion(language);
      expect(error?.message.startsWith(row[language]), error?.message).toBe(true);
      expect(error?.extensions).toMatchObject({
        code,
        retryable: row.retryable,
        requestId: expect.any(String),
      });
    }
  });

  test("without a preference, the answer is in Chinese", async () => {
    const response = await fetch(`${bank.address}/graphql`, { method: "POST" });
    const { errors } = (await response.json()) as { errors: GraphQLFault[] };
    expect(errors[0]?.message).toBe(errorCodes.UNAUTHENTICATED["zh-CN"]);
  });
});
