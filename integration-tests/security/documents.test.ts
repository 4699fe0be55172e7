import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type AttackedService, knownPerson, startAttackedService } from "../testkit/attacked-service.js";
import { readStatus } from "../testkit/certify.js";
import type { GraphQLAnswer } from "../testkit/graphql-client.js";
import { expectGuarded } from "../testkit/guarded-answer.js";

/** Documents and variables made to cost more than they look. Deep and doubling ones are in bad-requests.test.ts. */

let service: AttackedService;

beforeAll(async () => {
  service = await startAttackedService();
});

afterAll(() => service[Symbol.asyncDispose]());
afterEach(() => service.expectUnharmed());

/** Generous, for a machine that is busy; what the limits are for would take minutes or never end. */
const SOON_MS = 5_000;

async function sendInTime(body: string): Promise<GraphQLAnswer<unknown>> {
  const startedAt = performance.now();
  const response = await fetch(`${service.address}/graphql`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${service.bank.token}`,
      "content-type": "application/json",
      "accept-language": "en",
    },
    body,
  });
  const raw = await response.text();
  expect(performance.now() - startedAt).toBeLessThan(SOON_MS);
  const parsed = JSON.parse(raw) as { data?: unknown; errors?: GraphQLAnswer<unknown>["errors"] };
  return { status: response.status, data: parsed.data ?? null, errors: parsed.errors ?? [], raw };
}

async function expectRefused(body: object | string, code: RegExp, status = 400): Promise<void> {
  const answer = await sendInTime(typeof body === "string" ? body : JSON.stringify(body));
  expect(answer.status, answer.raw.slice(0, 500)).toBe(status);
  for (const { extensions } of answer.errors) expect(extensions.code).toMatch(code);
  expect(answer.errors.length).toBeGreaterThan(0);
  expect(answer.errors.length).toBeLessThanOrEqual(60);
  expectGuarded(answer.raw, "en");
}

/** Served, because it costs next to nothing. */
async function expectServed(body: object): Promise<void> {
  const answer = await sendInTime(JSON.stringify(body));
  expect(answer.status, answer.raw.slice(0, 500)).toBe(200);
  expect(answer.errors).toEqual([]);
}

const times = (count: number, part: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => part(n)).join(" ");
const DOCUMENT = /^(QUERY_TOO_COMPLEX|GRAPHQL_VALIDATION_FAILED)$/;

describe("floods within a document", () => {
  test.each([
    ["aliases", `{ ${times(31, (n) => `a${n}: viewer { name }`)} }`],
    ["aliases of __typename", `{ ${times(31, (n) => `a${n}: __typename`)} }`],
    ["fields in inline fragments", `{ viewer { ${times(501, () => "... on Viewer { name }")} } }`],
    ["fields in fragments", `{ viewer { ...f } } fragment f on Viewer { ${times(501, () => "name")} }`],
    ["one field ten thousand times", `{ viewer { ${times(10_000, () => "name")} } }`],
    ["fields that all have to be compared", `{ ${times(900, () => "viewer { channel { code } }")} }`],
    ["directives at one place", `{ viewer { name ${times(600, () => "@skip(if: false)")} } }`],
    ["directives that do not exist", `{ viewer { name ${times(1_900, (n) => `@d${n}`)} } }`],
    ["directives that go round", `{ viewer { name @include(if: $a) } }`],
    ["arguments", `{ node(${times(900, (n) => `a${n}: 1`)}) { id } }`],
    ["one argument again and again", `{ node(${times(900, () => 'id: "x"')}) { id } }`],
    ["fields of an input", `{ pensionerStatus(subject: { ${times(900, (n) => `f${n}: 1`)} }) { inScope } }`],
    ["items of a list", `{ pensionerStatuses(subjects: [${times(1_200, () => "{}")}]) { inScope } }`],
    ["variables", `query(${times(900, (n) => `$v${n}: ID`)}) { viewer { name } }`],
    ["one variable again and again", `query(${times(900, () => "$v: ID")}) { viewer { name } }`],
    ["operations", times(300, (n) => `query q${n} { viewer { name } }`)],
    ["type definitions", `{ viewer { name } } ${times(500, (n) => `type T${n} { a: Int }`)}`],
    [
      "fragments that are not used",
      `{ viewer { name } } ${times(400, (n) => `fragment f${n} on Viewer { name }`)}`,
    ],
    ["spreads of fragments that are not there", `{ viewer { ${times(1_200, (n) => `...f${n}`)} } }`],
  ])("%s: 400", async (_, query) => {
    await expectRefused({ query }, DOCUMENT);
  });

  test.each([
    ["a circle of three hundred fragments", 300, (n: number) => `...f${(n + 1) % 300}`],
    ["fragments that all spread all", 40, () => times(40, (n) => `...f${n}`)],
    ["a circle through inline fragments", 2, (n: number) => `... on Viewer { ... { ...f${1 - n} } }`],
  ])("%s: 400", async (_, count, spreads) => {
    const fragments = times(count, (n) => `fragment f${n} on Viewer { ${spreads(n)} }`);
    await expectRefused({ query: `{ viewer { ...f0 } } ${fragments}` }, DOCUMENT);
  });

  test("a circle that is closed by a variable: 400", async () => {
    const query =
      "query($a: Boolean = true) { viewer { ...f @include(if: $a) } } fragment f on Viewer { ...f @skip(if: $a) }";
    await expectRefused({ query, variables: { a: false } }, DOCUMENT);
  });

  test("fragments that reach the same one in 2^40 ways are measured once each", async () => {
    const fragments = times(
      40,
      (n) => `fragment f${n} on Viewer { ...f${n + 1} ...f${Math.min(40, n + 2)} }`,
    );
    await expectServed({ query: `{ viewer { ...f0 } } ${fragments} fragment f40 on Viewer { name }` });
  });

  test.each([
    ["comments", `{ viewer { name } }\n${"#\n".repeat(60_000)}`],
    ["one comment of 200,000 characters", `{ viewer { name } } #${"x".repeat(200_000)}`],
    ["blanks, commas and byte order marks", `{ viewer { name } }${" ,\ufeff".repeat(40_000)}`],
    ["a text of 200,000 characters", `{ node(id: "${"x".repeat(200_000)}") { id } }`],
    ["a block text whose indent is to be worked out", `{ node(id: """${"\n x".repeat(40_000)}""") { id } }`],
    ["a text of escapes", `{ node(id: "${"\\u{1F600}".repeat(20_000)}") { id } }`],
  ])("%s are passed over in time", async (_, query) => {
    await expectServed({ query });
  });

  test.each([
    ["a text that does not end", `{ node(id: "${"x".repeat(200_000)}`],
    ["a block text that does not end", `{ node(id: """${"x".repeat(200_000)}`],
    ["a name of 200,000 characters", `{ viewer { ${"a".repeat(200_000)} } }`],
    ["an integer of 100,000 digits", `{ node(id: "x", first: ${"9".repeat(100_000)}) { id } }`],
    ["a float with an exponent beyond all", `{ node(id: 1e${"9".repeat(1_000)}) { id } }`],
    ["a number cut off", `{ node(id: 1.) { id } }`],
    ["bytes that are no text", "{ viewer { name } } \u0000\u0007\uffff"],
  ])("%s: 400", async (_, query) => {
    await expectRefused({ query }, DOCUMENT);
  });
});

describe("introspection", () => {
  test.each([
    [
      "types of types of types",
      `{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }`,
    ],
    [
      "interfaces of types of interfaces",
      `{ __type(name: "Node") { ${"possibleTypes { interfaces { ".repeat(4)} name ${"} } ".repeat(4)} } }`,
    ],
    ["by many names", `{ ${times(31, (n) => `a${n}: __schema { types { name } }`)} }`],
  ])("%s: 400", async (_, query) => {
    await expectRefused({ query }, DOCUMENT);
  });

  test("of a type within a type within a type ends where types do", async () => {
    const query = `{ __schema { types { fields { type { ${"ofType { ".repeat(100)} name ${"}".repeat(100)} } } } } }`;
    await expectServed({ query });
  });
});

describe("variables", () => {
  const subjects = "query($s: [SubjectInput!]!) { pensionerStatuses(subjects: $s) { inScope } }";
  const subject = "query($s: SubjectInput!) { pensionerStatus(subject: $s) { inScope } }";
  const node = "query($id: ID!) { node(id: $id) { id } }";
  const page =
    'query($n: Int!) { expiringCertifications(first: $n, filter: { from: "2026-01", through: "2026-02" }) { nodes { id } } }';
  const wide = (fields: number) =>
    Object.fromEntries(Array.from({ length: fields }, (_, n) => [`field${n}`, 1]));
  const VARIABLES = /^(QUERY_TOO_COMPLEX|BAD_USER_INPUT)$/;

  test.each<[string, string, unknown]>([
    ["a list of a thousand and one", subjects, { s: Array.from({ length: 1_001 }, () => ({})) }],
    ["a list of a thousand that are nothing", subjects, { s: Array.from({ length: 1_000 }, () => null) }],
    ["a hundred persons with 150 fields", subjects, { s: Array.from({ length: 100 }, () => wide(150)) }],
    [
      "a hundred lists of nine hundred",
      subjects,
      { s: Array.from({ length: 100 }, () => Array.from({ length: 900 }, () => 1)) },
    ],
    ["a person with ten thousand fields", subjects, { s: [wide(10_000)] }],
    ["ten thousand variables that no one asked for", node, { id: "x", ...wide(10_000) }],
    ["thirteen levels", subject, { s: JSON.parse(`${'{"name":'.repeat(13)}1${"}".repeat(13)}`) }],
    [
      "a text of 200,000 characters for an enum",
      subject,
      { s: { name: "王", document: { type: "x".repeat(200_000), number: "1" } } },
    ],
  ])("%s: 400", async (_, query, variables) => {
    await expectRefused({ query, variables }, VARIABLES);
  });

  test.each([
    ["an integer of 200,000 digits for a page", page, "n", "9".repeat(200_000)],
    ["a number beyond all for a page", page, "n", "1e400"],
    ["a number below all for a page", page, "n", "-1e400"],
    ["2^31 for a page", page, "n", "2147483648"],
    ["an integer of 200,000 digits for an id", node, "id", "9".repeat(200_000)],
  ])("%s: 400", async (_, query, name, number) => {
    await expectRefused(
      `{"query": ${JSON.stringify(query)}, "variables": {"${name}": ${number}}}`,
      VARIABLES,
    );
  });

  test("a page whose size is a default beyond all limits: 400", async () => {
    const query = page.replace("$n: Int!", "$n: Int! = 2147483647");
    await expectRefused({ query }, VARIABLES);
  });

  test("a name of 80,000 characters, a number of 200,000 blanks: refused as what they are", async () => {
    for (const s of [
      { name: "王".repeat(80_000), document: { type: "PASSPORT", number: "E12345678" } },
      { name: `王${"·".repeat(80_000)}国`, document: { type: "PASSPORT", number: "E12345678" } },
      { name: `王${" ".repeat(200_000)}国`, document: { type: "PASSPORT", number: "E12345678" } },
      { name: "王建国", document: { type: "PASSPORT", number: `${" ".repeat(200_000)}x` } },
    ])
      await expectRefused({ query: subject, variables: { s } }, /^BAD_USER_INPUT$/, 200);
  });
});

describe("bodies", () => {
  const one = JSON.stringify({ query: "{ viewer { name } }" });

  test("a batch of a thousand requests is not begun: 400", async () => {
    await expectRefused(`[${times(1_000, () => `${one},`)}${one}]`, DOCUMENT);
  });

  test("JSON nested a hundred thousand deep where nothing is expected", async () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    for (const name of ["extensions", "operationName"])
      await expectRefused(`{"query": "{ viewer { name } }", "${name}": ${deep}}`, DOCUMENT);
  });

  test.each([
    ["Accept", "accept", "a/b,".repeat(3_500)],
    ["Accept with parameters", "accept", `text/html;${"q=".repeat(6_000)}`],
    ["Accept-Language", "accept-language", "zh;q=0.1,".repeat(1_500)],
    ["Content-Type with blanks", "content-type", `application/json;${" ".repeat(12_000)}x`],
    ["Authorization", "authorization", `Bearer ${"a.".repeat(6_000)}`],
    ["Authorization with signs at its end", "authorization", `Bearer ${"=".repeat(12_000)}x`],
  ])("a header %s that takes long to read does not", async (_, name, value) => {
    const startedAt = performance.now();
    const response = await fetch(`${service.address}/graphql`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${service.bank.token}`,
        "content-type": "application/json",
        [name]: value,
      },
      body: one,
    });
    await response.text();
    expect(response.status).toBeLessThan(500);
    expect(performance.now() - startedAt).toBeLessThan(SOON_MS);
  });
});

describe("again and again", () => {
  test("twelve hundred documents of 240 KB, each only once, are not all kept", async () => {
    const padding = "x".repeat(240 * 1024);
    for (let round = 0; round < 120; round += 1)
      await Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          expectServed({ query: `{ viewer { kind } } #${round}.${n}${padding}` }),
        ),
      );
  });

  test("while forty of the costliest are worked on, an honest client is served", async () => {
    const query = `{ ${times(249, () => "viewer { name }")} }`;
    const flood = Array.from({ length: 40 }, (_, n) => service.bank.send({ query: `${query} #${n}` }));
    const other = await service.signIn("HUAXIA_APP");
    expect((await readStatus(other, knownPerson)).id).toMatch(/^pen_/);
    const statuses = new Set((await Promise.all(flood)).map(({ status }) => status));
    for (const status of statuses) expect([200, 429]).toContain(status);
  });
});
