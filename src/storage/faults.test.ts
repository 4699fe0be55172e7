import { DrizzleQueryError } from "drizzle-orm/errors";
import pg from "pg";
import { describe, expect, test } from "vitest";
import { isConnectionFault, isRetryable, sqlStateOf, UnknownCommit } from "./faults.js";

function serverError(state: string): Error {
  const error = new pg.DatabaseError("some sentence", 13, "error");
  error.code = state;
  return error;
}

function socketError(code: string): Error {
  return Object.assign(new Error(`read ${code}`), { code });
}

function wrapped(cause: Error): Error {
  return new DrizzleQueryError("select 1", [], cause);
}

describe("the SQLSTATE", () => {
  test.each(["40001", "23505", "57P01", "XX000", "P0001"])(
    "%s is read, also behind drizzle's error",
    (state) => {
      expect(sqlStateOf(serverError(state))).toBe(state);
      expect(sqlStateOf(wrapped(serverError(state)))).toBe(state);
    },
  );

  test.each(["EPIPE", "EPERM", "ECONNRESET"])("%s comes from a socket and is none", (code) => {
    expect(sqlStateOf(socketError(code))).toBeUndefined();
  });

  test("other values have none", () => {
    for (const value of [new Error("no"), "40001", null, undefined, { code: "40001" }]) {
      expect(sqlStateOf(value)).toBeUndefined();
    }
  });
});

const classification: readonly (readonly [string, Error, "retry" | "lost" | "neither"])[] = [
  ["serialization failure", serverError("40001"), "retry"],
  ["deadlock", serverError("40P01"), "retry"],
  ["lock time-out", serverError("55P03"), "retry"],
  ["connection exception", serverError("08006"), "lost"],
  ["administrator's shutdown", serverError("57P01"), "lost"],
  ["crash of another backend", serverError("57P02"), "lost"],
  ["server starting up", serverError("57P03"), "lost"],
  ["database dropped", serverError("57P04"), "lost"],
  ["idle-in-transaction time-out", serverError("25P03"), "lost"],
  ["transaction time-out", serverError("25P04"), "lost"],
  ["demoted primary", serverError("25006"), "lost"],
  ["reset", socketError("ECONNRESET"), "lost"],
  ["refused", socketError("ECONNREFUSED"), "lost"],
  ["broken pipe", socketError("EPIPE"), "lost"],
  ["time-out of the socket", socketError("ETIMEDOUT"), "lost"],
  ["unknown host", socketError("ENOTFOUND"), "lost"],
  ["name server not answering", socketError("EAI_AGAIN"), "lost"],
  ["host unreachable", socketError("EHOSTUNREACH"), "lost"],
  ["network unreachable", socketError("ENETUNREACH"), "lost"],
  ["pg's closed connection", new Error("Connection terminated unexpectedly"), "lost"],
  ["pg's broken client", new Error("Client has encountered a connection error and is not queryable"), "lost"],
  ["pg's ended client", new Error("Client was closed and is not queryable"), "lost"],
  ["no free client in time", new Error("timeout exceeded when trying to connect"), "lost"],
  ["an answer that never came", new Error("Query read timeout"), "lost"],
  ["COMMIT without an answer", new UnknownCommit(serverError("40001")), "lost"],
  ["unique violation", serverError("23505"), "neither"],
  ["statement time-out", serverError("57014"), "neither"],
  ["aborted transaction", serverError("25P02"), "neither"],
  ["a mistake in the code", new TypeError("x is not a function"), "neither"],
];

describe("classification", () => {
  test.each(classification)("%s", (_, error, expected) => {
    for (const seen of [error, wrapped(error)]) {
      expect(isRetryable(seen), "retryable").toBe(expected === "retry");
      expect(isConnectionFault(seen), "connection fault").toBe(expected === "lost");
    }
  });

  test("an unknown commit keeps its cause and is never retried", () => {
    const cause = socketError("ECONNRESET");
    expect(new UnknownCommit(cause)).toMatchObject({ name: "UnknownCommit", cause });
  });
});
