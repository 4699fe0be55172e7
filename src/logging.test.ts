import { readFileSync } from "node:fs";
import { DrizzleQueryError } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { createLogger, describeError, logFields } from "./logging.js";

const secrets = ["110108195203149012", "王建国", "13900000001"];

function logged(write: (logger: ReturnType<typeof createLogger>) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  write(createLogger("info", { write: (line) => lines.push(line) }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

function expectNoSecret(value: unknown): void {
  const text = JSON.stringify(value);
  for (const secret of secrets) expect(text).not.toContain(secret);
}

describe("an error is described", () => {
  const driverError = Object.assign(new Error(`Key (blind_index)=(${secrets[0]}) already exists.`), {
    code: "23505",
    constraint: "identity_document_pk",
    detail: secrets[1],
  });
  const queryError = new DrizzleQueryError("insert into pensioner values ($1, $2)", secrets, driverError);

  test("by kind, SQLSTATE, constraint and frames", () => {
    expect(describeError(queryError)).toMatchObject({
      kind: "DrizzleQueryError",
      sqlState: "23505",
      constraint: "identity_document_pk",
      cause: "Error",
      frames: expect.arrayContaining([expect.stringMatching(/^at .*logging\.test/)]),
    });
  });

  test("without statement, parameters and message", () => {
    expectNoSecret(describeError(queryError));
    expect(JSON.stringify(describeError(queryError))).not.toContain("insert into");
  });

  test("also when a line of the message looks like a frame", () => {
    expectNoSecret(describeError(new Error(`first line\n    at ${secrets[0]}\n    at ${secrets[1]}`)));
  });

  test.each([["a text"], [{ name: "王建国" }], [null], [undefined], [42]])(
    "%o, which is no error",
    (thrown) => {
      expect(describeError(thrown)).toEqual({ kind: typeof thrown });
    },
  );

  test("with at most twelve frames", () => {
    const error = new Error("deep");
    error.stack = `Error: deep\n${"    at somewhere\n".repeat(40)}`;
    expect(describeError(error).frames).toHaveLength(12);
  });
});

describe("the log", () => {
  test("is one JSON object a line, with a time that people can read", () => {
    const [line] = logged((logger) => logger.info({ requestId: "r-1" }, "request"));
    expect(line).toMatchObject({ level: 30, service: "changqing", requestId: "r-1", msg: "request" });
    expect(line?.time).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
  });

  test("describes errors by itself", () => {
    const [line] = logged((logger) =>
      logger.error({ err: new Error(secrets[0]), requestId: "r-1" }, "failed"),
    );
    expect(line).toMatchObject({ err: { kind: "Error" }, requestId: "r-1" });
    expectNoSecret(line);
  });

  test("blots out personal fields, should one be logged by mistake", () => {
    const subject = {
      name: secrets[1],
      number: secrets[0],
      phone: secrets[2],
      document: { number: secrets[0] },
    };
    // @ts-expect-error: no such field is listed.
    const [line] = logged((logger) => logger.info({ subject }, "by mistake"));
    expectNoSecret(line);
    expect(line?.subject).toMatchObject({ name: "[redacted]" });
  });

  test("is explained to operators field by field", () => {
    const guide = readFileSync(new URL("../deploy/README.md", import.meta.url), "utf8");
    const table = guide.slice(guide.indexOf("<!-- log fields -->")).split("\n\n")[0] ?? "";
    const rows = [...table.matchAll(/^\| `(\w+)` \| (.+) \|$/gm)].map(([, name, meaning]) => [name, meaning]);
    expect(rows).toEqual(Object.entries(logFields));
    for (const part of Object.keys(describeError(new Error("x")))) expect(logFields.err).toContain(part);
  });

  test("keeps below its level silent", () => {
    expect(logged((logger) => logger.debug("details"))).toEqual([]);
  });
});
