import { request as httpRequest } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { ViewerDocument } from "./testkit/gql/graphql.js";
import type { GraphQLClient, GraphQLFault } from "./testkit/graphql-client.js";
import { expectGuarded, languages } from "./testkit/guarded-answer.js";
import { countRows } from "./testkit/records.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

const NUMBER = "110105194912310021";
const NAME = "王建国";
const VIEWER = JSON.stringify({ query: "{ viewer { name } }" });

let sandbox: SandboxServer;
let bank: GraphQLClient;
let rows: Record<string, number>;

beforeAll(async () => {
  sandbox = await startSandbox();
  bank = await sandbox.signIn("ICBC_APP");
  rows = await countRows(sandbox.app.database.db);
});

afterAll(() => sandbox[Symbol.asyncDispose]());

afterEach(async () => {
  expect(await countRows(sandbox.app.database.db)).toEqual(rows);
  expect((await bank.request(ViewerDocument, {})).viewer.sandbox).toBe(true);
});

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | URLSearchParams | FormData | Blob;
}

/** Sends it in both languages; the answers' status, after all that must hold of any answer. */
async function expectRefused(sent: Sent, code: string | RegExp): Promise<number> {
  let status = 0;
  for (const language of languages) {
    const response = await fetch(`${sandbox.server.address}${sent.path ?? "/graphql"}`, {
      method: sent.method ?? "POST",
      headers: {
        authorization: `Bearer ${bank.token}`,
        "accept-language": language,
        ...(sent.body instanceof FormData || sent.body instanceof URLSearchParams
          ? {}
          : { "content-type": "application/json" }),
        ...sent.headers,
      },
      ...(sent.body === undefined ? {} : { body: sent.body }),
    });
    const raw = await response.text();
    const { errors = [] } = JSON.parse(raw) as { errors?: GraphQLFault[] };
    expect(errors.length, raw).toBeGreaterThan(0);
    for (const { extensions } of errors) {
      expect(extensions.code, raw).toMatch(code);
      expect(extensions.requestId).toBe(response.headers.get("x-request-id"));
    }
    expect(response.headers.get("content-type")).toMatch(/^application\/(json|graphql-response\+json)/);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expectGuarded(raw, language, [NUMBER, NAME, bank.token]);
    status = response.status;
  }
  return status;
}

const GRAPHQL = /^GRAPHQL_VALIDATION_FAILED$/;
const INPUT = /^BAD_USER_INPUT$/;

describe("a body that is no GraphQL request", () => {
  test.each([
    ["cut off", `{"query": "{ viewer { name } }", "variables": {"n": "${NUMBER}`],
    ["not JSON", `query=${NAME}`],
    ["with a comment", `{"query": "{ viewer { name } }" /* ${NUMBER} */}`],
    ["NaN", "NaN"],
    ["empty", ""],
    ["a prototype in disguise", '{"query": "{ viewer { name } }", "__proto__": {"admin": true}}'],
    ["U+0000", "\0"],
  ])("%s: 400", async (_, body) => {
    expect(await expectRefused({ body }, INPUT)).toBe(400);
  });

  test.each([
    ["a batch", `[${VIEWER},${VIEWER}]`],
    ["an empty batch", "[]"],
    ["a text", `"${NUMBER}"`],
    ["a number", NUMBER],
    ["null", "null"],
    ["no query", `{"variables": {"n": "${NUMBER}"}}`],
    ["a query that is an object", `{"query": {"n": "${NUMBER}"}}`],
    ["an empty query", '{"query": ""}'],
    ["variables in a text", `{"query": "{ viewer { name } }", "variables": "{\\"n\\": \\"${NUMBER}\\"}"}`],
    ["an operation name that is a number", '{"query": "{ viewer { name } }", "operationName": 5}'],
  ])("%s: 400", async (_, body) => {
    expect(await expectRefused({ body }, GRAPHQL)).toBe(400);
  });

  test("a persisted query: 200, as its protocol has it", async () => {
    const persistedQuery = { version: 1, sha256Hash: NUMBER };
    expect(await expectRefused({ body: JSON.stringify({ extensions: { persistedQuery } }) }, GRAPHQL)).toBe(
      200,
    );
  });

  test("a prototype in variables is refused", async () => {
    expect(
      await expectRefused(
        { body: `{"query": "{ viewer { name } }", "variables": {"constructor": {"prototype": {"x": 1}}}}` },
        INPUT,
      ),
    ).toBe(400);
  });

  test("more than 256 KB: 413", async () => {
    const body = JSON.stringify({ query: "{ viewer { name } }", variables: { n: NUMBER.repeat(16_000) } });
    expect(await expectRefused({ body }, INPUT)).toBe(413);
  });

  test("more than 256 KB without saying so beforehand: 413", async () => {
    const { status, raw } = await sendChunks(300 * 1024);
    expect(status).toBe(413);
    expectGuarded(raw, "zh-CN");
  });
});

/** A request whose length is not announced. */
function sendChunks(bytes: number): Promise<{ readonly status: number; readonly raw: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      `${sandbox.server.address}/graphql`,
      {
        method: "POST",
        headers: {
          authorization: `Bearer ${bank.token}`,
          "content-type": "application/json",
          "transfer-encoding": "chunked",
        },
      },
      (response) => {
        let raw = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          raw += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, raw }));
      },
    );
    request.on("error", reject);
    request.write(`{"query": "`);
    request.end("x".repeat(bytes));
  });
}

describe("requests that a browser can be made to send (CSRF)", () => {
  test("GET", async () => {
    const path = `/graphql?query=${encodeURIComponent("{ viewer { name } }")}&n=${NUMBER}`;
    expect(await expectRefused({ method: "GET", path }, INPUT)).toBe(404);
  });

  test("a form", async () => {
    const body = new URLSearchParams({ query: "{ viewer { name } }", n: NUMBER });
    expect(await expectRefused({ body }, INPUT)).toBe(415);
  });

  test("a form with a file", async () => {
    const body = new FormData();
    body.set("operations", VIEWER);
    body.set("0", new Blob([NUMBER]), `${NAME}.txt`);
    expect(await expectRefused({ body }, INPUT)).toBe(415);
  });

  test.each(["text/plain", "text/plain;charset=UTF-8", "text/plain; application/json"])(
    "%s",
    async (type) => {
      expect(
        await expectRefused(
          { headers: { "content-type": type }, body: VIEWER },
          /^(GRAPHQL_VALIDATION_FAILED|BAD_USER_INPUT)$/,
        ),
      ).toBe(400);
    },
  );

  test.each(["application/xml", "application/octet-stream", "nonsense"])("%s", async (type) => {
    expect(await expectRefused({ headers: { "content-type": type }, body: VIEWER }, INPUT)).toBe(415);
  });

  test("without a type of content", async () => {
    expect(await expectRefused({ headers: { "content-type": "" }, body: new Blob([VIEWER]) }, INPUT)).toBe(
      415,
    );
  });

  test.each(["PUT", "PATCH", "DELETE"])("%s", async (method) => {
    expect(await expectRefused({ method, body: VIEWER }, INPUT)).toBe(404);
  });

  test("preflights are granted to no one", async () => {
    const response = await fetch(`${sandbox.server.address}/graphql`, {
      method: "OPTIONS",
      headers: { origin: "https://elsewhere.example", "access-control-request-method": "POST" },
    });
    expect(response.status).toBe(404);
    expect([...response.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  });
});

describe("a document that does not fit", () => {
  const send = (query: string, more: object = {}) =>
    expectRefused({ body: JSON.stringify({ query, ...more }) }, GRAPHQL);

  test.each([
    ["a syntax error", `{ viewer { name `],
    ["a stray literal", `{ viewer { name } } "${NUMBER}"`],
    ["an unknown character", `{ viewer { ${NAME} } }`],
    ["an unknown field", "{ viewer { password } }"],
    ["an unknown root field", "mutation { dropTable { ok } }"],
    ["a subscription", "subscription { viewer { name } }"],
    ["only a fragment", "fragment f on Viewer { name }"],
    ["a fragment that goes round", "{ viewer { ...f } } fragment f on Viewer { ...f }"],
    ["the same variable twice", `query($a: ID!, $a: ID!) { node(id: $a) { id } }`],
    ["several operations without a choice", "query a { viewer { name } } query b { viewer { kind } }"],
    ["defer", "{ viewer { ... @defer { name } } }"],
  ])("%s: 400", async (_, query) => {
    expect(await send(query)).toBe(400);
  });

  test("a choice that is not there: 400", async () => {
    expect(
      await send("query a { viewer { name } } query b { viewer { kind } }", { operationName: `c${NUMBER}` }),
    ).toBe(400);
  });

  test("a choice that is there, since one operation a document is served", async () => {
    expect(
      await send("query a { viewer { name } } query b { viewer { kind } }", { operationName: "b" }),
    ).toBe(400);
  });

  test("a required variable is missing: the place is told", async () => {
    const body = JSON.stringify({ query: "query($id: ID!) { node(id: $id) { id } }" });
    await expectRefused({ body }, INPUT);
    const answer = await bank.in("en").send(JSON.parse(body));
    expect(answer.errors[0]?.message).toBe("An input is not usable. ($id)");
  });
});

describe("a document that would cost too much", () => {
  const timely = async (body: string, code: RegExp) => {
    const startedAt = performance.now();
    const status = await expectRefused({ body }, code);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    return status;
  };
  const TOO_COMPLEX = /^QUERY_TOO_COMPLEX$/;

  test("very many tokens", async () => {
    const query = `{ viewer { ${"name ".repeat(20_000)} } }`;
    expect(await timely(JSON.stringify({ query }), GRAPHQL)).toBe(400);
  });

  test("the same field thousands of times", async () => {
    const query = `{ viewer { ${"name ".repeat(3_900)} } }`;
    expect(await timely(JSON.stringify({ query }), /^(QUERY_TOO_COMPLEX|GRAPHQL_VALIDATION_FAILED)$/)).toBe(
      400,
    );
  });

  test.each([
    ["braces", `${"{ a ".repeat(1_900)}${"}".repeat(1_900)}`],
    ["lists", `{ node(id: ${"[".repeat(1_900)}${"]".repeat(1_900)}) { id } }`],
    ["objects", `{ pensionerStatus(subject: ${"{name: ".repeat(1_000)}1${"}".repeat(1_000)}) { inScope } }`],
    ["inline fragments", `{ viewer { ${"... { ".repeat(1_900)} x ${"}".repeat(1_900)} } }`],
    ["types", `query($a: ${"[".repeat(1_900)}ID${"]".repeat(1_900)}) { viewer { name } }`],
  ])("%s nested a thousand deep are not even parsed", async (_, query) => {
    expect(await timely(JSON.stringify({ query }), TOO_COMPLEX)).toBe(400);
    const opened = query.slice(0, query.length / 2);
    expect(await timely(JSON.stringify({ query: opened }), TOO_COMPLEX)).toBe(400);
  });

  test("many brackets side by side are no nesting", async () => {
    const answer = await bank.send({ query: `{ viewer { name } } # ${"[]".repeat(500)}` });
    expect(answer.errors).toEqual([]);
  });

  test("variables nested a hundred thousand deep", async () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    await timely(
      `{"query": "query($s: [SubjectInput!]!) { pensionerStatuses(subjects: $s) { inScope } }", "variables": {"s": ${deep}}}`,
      TOO_COMPLEX,
    );
  });

  test("people within certifications within people", async () => {
    const nested = (levels: number): string =>
      levels === 0 ? "id" : `certifications(first: 100) { nodes { pensioner { ${nested(levels - 1)} } } }`;
    const query = `query($s: SubjectInput!) { pensionerStatus(subject: $s) { pensioner { ${nested(12)} } } }`;
    const variables = { s: { name: NAME, document: { type: "RESIDENT_ID", number: NUMBER } } };
    expect(await timely(JSON.stringify({ query, variables }), TOO_COMPLEX)).toBe(400);
  });

  test("one question two hundred times", async () => {
    const aliases = Array.from(
      { length: 200 },
      (_, i) => `a${i}: pensionerStatuses(subjects: $s) { inScope }`,
    );
    const s = Array.from({ length: 100 }, () => ({
      name: NAME,
      document: { type: "RESIDENT_ID", number: NUMBER },
    }));
    const query = `query($s: [SubjectInput!]!) { ${aliases.join(" ")} }`;
    expect(await timely(JSON.stringify({ query, variables: { s } }), TOO_COMPLEX)).toBe(400);
  });

  test("fragments that double and double", async () => {
    const fragments = Array.from(
      { length: 40 },
      (_, i) => `fragment f${i} on Viewer { channel { code } ...f${i + 1} ...f${i + 1} }`,
    );
    const query = `{ viewer { ...f0 } } ${fragments.join(" ")} fragment f40 on Viewer { name }`;
    expect(await timely(JSON.stringify({ query }), /^(QUERY_TOO_COMPLEX|GRAPHQL_VALIDATION_FAILED)$/)).toBe(
      400,
    );
  });

  test("introspection that goes round and round", async () => {
    const nested = (levels: number): string =>
      levels === 0 ? "name" : `fields { type { ${nested(levels - 1)} } }`;
    expect(await timely(JSON.stringify({ query: `{ __schema { types { ${nested(10)} } } }` }), GRAPHQL)).toBe(
      400,
    );
  });
});

describe("headers and addresses", () => {
  test("an answer in a form that is not offered: 406", async () => {
    expect(await expectRefused({ headers: { accept: "text/html" }, body: VIEWER }, GRAPHQL)).toBe(406);
  });

  test.each([`/${NUMBER}`, `/graphql/${NUMBER}`, "/admin", "/.env", "/graphql/", "//graphql"])(
    "%s: 404",
    async (path) => {
      expect(await expectRefused({ path, body: VIEWER }, INPUT)).toBe(404);
    },
  );

  test.each(["/%zz", `/%c0${NUMBER}`, "/graphql%"])("%s, which is no address: 400", async (path) => {
    expect(await expectRefused({ path, body: VIEWER }, INPUT)).toBe(400);
  });

  test("a request id or language of the sender's own does not come back", async () => {
    const response = await fetch(`${sandbox.server.address}/graphql`, {
      method: "POST",
      headers: { "x-request-id": NUMBER, "request-id": NUMBER, "accept-language": `${NUMBER}, en` },
      body: VIEWER,
    });
    const raw = await response.text();
    expect(response.status).toBe(401);
    expect(JSON.stringify([...response.headers])).not.toContain(NUMBER);
    expectGuarded(raw, "en", [NUMBER]);
  });
});
