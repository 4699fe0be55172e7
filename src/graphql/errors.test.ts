import { DrizzleQueryError } from "drizzle-orm";
import { GraphQLError } from "graphql";
import { describe, expect, test } from "vitest";
import { type RefusalName, Refused, refusals } from "../domain/refusals.js";
import { IdempotencyKeyReused } from "../operations/operation.js";
import { UnknownCommit } from "../storage/faults.js";
import { errorCodes, publicError, toPublicError } from "./errors.js";

const NUMBER = "110108195203149012";
const zh = { language: "zh-CN", requestId: "r-1" } as const;
const en = { language: "en", requestId: "r-1" } as const;
const han = /\p{Script=Han}/u;

function told(cause: Error, apolloCode: unknown = "INTERNAL_SERVER_ERROR") {
  const error = new GraphQLError(cause.message, { originalError: cause, path: ["pensionerStatus"] });
  return toPublicError(error, apolloCode, en);
}

function sqlError(code: string): Error {
  return Object.assign(new Error(`${code} ${NUMBER}`), { code });
}

describe("the closed list of codes", () => {
  test.each(Object.entries(errorCodes))("%s has a text in Chinese and one in English", (code, row) => {
    expect(row["zh-CN"]).toMatch(han);
    expect(row.en).not.toMatch(han);
    expect(publicError(code as keyof typeof errorCodes, zh)).toEqual({
      message: row["zh-CN"],
      extensions: { code, requestId: "r-1", retryable: row.retryable },
    });
  });

  test.each(Object.entries(refusals))("the refusal %s has both too", (_, row) => {
    expect(row["zh-CN"]).toMatch(han);
    expect(row.en).not.toMatch(han);
  });
});

describe("what is told of an error", () => {
  test.each<[string, Error, string, boolean]>([
    ["a bug", new TypeError(`undefined is not ${NUMBER}`), "INTERNAL_SERVER_ERROR", true],
    [
      "a statement that failed",
      new DrizzleQueryError("insert into pensioner", [NUMBER], sqlError("23505")),
      "INTERNAL_SERVER_ERROR",
      true,
    ],
    [
      "a lock that was not granted",
      new DrizzleQueryError("select", [NUMBER], sqlError("55P03")),
      "CONFLICT",
      true,
    ],
    ["a deadlock", sqlError("40P01"), "CONFLICT", true],
    ["a serialization failure", sqlError("40001"), "CONFLICT", true],
    ["a lost connection", sqlError("ECONNRESET"), "UPSTREAM_UNAVAILABLE", true],
    ["a server that is shutting down", sqlError("57P01"), "UPSTREAM_UNAVAILABLE", true],
    [
      "a commit of which nothing is known",
      new UnknownCommit(sqlError("ECONNRESET")),
      "UPSTREAM_UNAVAILABLE",
      true,
    ],
    ["a key used twice", new IdempotencyKeyReused(NUMBER), "IDEMPOTENCY_KEY_REUSED", false],
    ["a rule that said no", new Error("FORBIDDEN"), "FORBIDDEN", false],
  ])("%s", (_, cause, code, retryable) => {
    const error = told(cause);
    expect(error.extensions).toEqual({ code, requestId: "r-1", retryable });
    expect(error.path).toEqual(["pensionerStatus"]);
    expect(JSON.stringify(error)).not.toContain(NUMBER);
  });

  test("a refusal: its own sentence, its code as the reason, and where", () => {
    const refused = new Refused("DOCUMENT_CHECK_DIGIT", ["subject", "document", "number"]);
    expect(told(refused)).toEqual({
      message: refusals.DOCUMENT_CHECK_DIGIT.en,
      path: ["pensionerStatus"],
      extensions: {
        code: "BAD_USER_INPUT",
        requestId: "r-1",
        retryable: false,
        reason: "INVALID_DOCUMENT",
        argument: ["subject", "document", "number"],
      },
    });
  });

  test.each(Object.keys(refusals) as RefusalName[])("the refusal %s as a query's error", (name) => {
    expect(told(new Refused(name)).extensions).toMatchObject({
      code: "BAD_USER_INPUT",
      reason: refusals[name].code,
    });
  });

  test("something that only calls itself FORBIDDEN but comes from the database", () => {
    expect(told(Object.assign(new Error("FORBIDDEN"), { code: "P0001" })).extensions.code).toBe(
      "INTERNAL_SERVER_ERROR",
    );
  });

  test("stack and extensions of the cause stay here", () => {
    const cause = new GraphQLError("inner", { extensions: { sql: NUMBER, stacktrace: [NUMBER] } });
    const error = toPublicError(
      new GraphQLError("outer", { originalError: cause, extensions: { sql: NUMBER } }),
      undefined,
      en,
    );
    expect(JSON.stringify(error)).not.toContain(NUMBER);
    expect(error.extensions.code).toBe("INTERNAL_SERVER_ERROR");
  });
});

describe("what is told of a request that does not fit", () => {
  const fault = (message: string, code = "GRAPHQL_VALIDATION_FAILED") =>
    toPublicError(new GraphQLError(message), code, en).message;
  const plain = errorCodes.GRAPHQL_VALIDATION_FAILED.en;

  test.each([
    'Cannot query field "certificates" on type "Pensioner".',
    'Unknown argument "id" on field "Query.viewer".',
    'Field "viewer" of type "Viewer!" must have a selection of subfields.',
    'Field "SubjectInput.name" of required type "String!" was not provided.',
    'Field "pensionerStatus" argument "subject" of type "SubjectInput!" is required, but it was not provided.',
    'Variable "$subject" is not defined by operation "Status".',
    'OneOf Input Object "ActorInput" must specify exactly one key.',
    "Must provide operation name if query contains multiple operations.",
    "Syntax Error: Unexpected <EOF>.",
  ])("%s is passed on", (message) => {
    expect(fault(message)).toBe(`${plain} ${message}`);
  });

  test.each([
    `String cannot represent a non string value: ${NUMBER}`,
    `Syntax Error: Expected Name, found Int "${NUMBER}".`,
    `Expected value of type "String!", found ${NUMBER}.`,
    `Cannot query field "A${NUMBER}" on type "Query".`,
    `Field "A${NUMBER}" is not defined by type "SubjectInput".`,
    `Variable "$A${NUMBER}" is not defined.`,
    `Unknown operation named "A${NUMBER}".`,
    `Unexpected character: "王".`,
    "anything that graphql-js may say some day",
  ])("%s is kept back", (message) => {
    expect(fault(message)).toBe(plain);
  });

  test("an unknown value of an enum: the enum is named, not the value", () => {
    expect(fault('Value "EA0000012" does not exist in "DocumentType" enum.')).toBe(`${plain} (DocumentType)`);
  });

  test.each([
    [
      `Variable "$s" got invalid value "${NUMBER}" at "s.document.type"; Value "${NUMBER}" does not exist in "DocumentType" enum.`,
      "(s.document.type)",
    ],
    [
      `Variable "$s" got invalid value { name: "王建国" }; Field "document" of required type "DocumentInput!" was not provided.`,
      "($s)",
    ],
    [`Variable "$s" got invalid value "a\n at b" at "s.list[3].name"; no.`, "(s.list[3].name)"],
    ['Variable "$s" of required type "SubjectInput!" was not provided.', "($s)"],
  ])("variables: only the place is told (%#)", (message, place) => {
    expect(fault(message, "BAD_USER_INPUT")).toBe(`${errorCodes.BAD_USER_INPUT.en} ${place}`);
  });

  test("a variable named after a number is not told", () => {
    expect(
      fault(`Variable "$A${NUMBER}" of required type "String!" was not provided.`, "BAD_USER_INPUT"),
    ).toBe(errorCodes.BAD_USER_INPUT.en);
  });

  test("too complex", () => {
    expect(toPublicError(new GraphQLError("x"), "QUERY_TOO_COMPLEX", zh)).toMatchObject({
      message: errorCodes.QUERY_TOO_COMPLEX["zh-CN"],
      extensions: { code: "QUERY_TOO_COMPLEX", retryable: false },
    });
  });
});
