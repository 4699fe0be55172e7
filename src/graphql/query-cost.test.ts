import "reflect-metadata";
import { readdir, readFile } from "node:fs/promises";
import { getIntrospectionQuery, Kind, parse, validate } from "graphql";
import { describe, expect, test } from "vitest";
import { costOfOperation, MAX_DEPTH, MAX_OBJECTS } from "./query-cost.js";
import { buildPlainSchema } from "./schema.js";

const schema = buildPlainSchema();

function ask(text: string, variables: Readonly<Record<string, unknown>> = {}): () => number {
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  if (!operation) throw new Error("no operation");
  return () => costOfOperation(schema, document, operation, variables);
}

const TOO_COMPLEX = expect.objectContaining({
  extensions: expect.objectContaining({ code: "QUERY_TOO_COMPLEX" }),
});

function nested(levels: number, first: number): string {
  if (levels === 0) return "id";
  return `certifications(first: ${first}) { nodes { pensioner { ${nested(levels - 1, first)} } } }`;
}

const subject = '{name: "x", document: {type: PASSPORT, number: "x"}}';

describe("an honest request is served", () => {
  test("every document that channels copy, at its largest", async () => {
    const folder = new URL("../../schema/operations/", import.meta.url);
    const texts = await Promise.all(
      (await readdir(folder)).map(
        async (name) => [name, await readFile(new URL(name, folder), "utf8")] as const,
      ),
    );
    const fragments = parse(texts.find(([name]) => name === "_fragments.graphql")?.[1] ?? "");
    for (const [name, text] of texts.filter(([name]) => name !== "_fragments.graphql")) {
      const document = { ...fragments, definitions: [...parse(text).definitions, ...fragments.definitions] };
      const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
      if (!operation) throw new Error(`no operation in ${name}`);
      const first = name === "expiring-certifications.graphql" ? 500 : 100;
      const variables = { first, subjects: Array.from({ length: 100 }, () => ({})) };
      expect(() => costOfOperation(schema, document, operation, variables), name).not.toThrow();
    }
  });

  test("introspection as tools ask for it", () => {
    expect(ask(getIntrospectionQuery())).not.toThrow();
  });

  test("fields alone, however many", () => {
    expect(
      ask(`{ viewer { ${Array.from({ length: 900 }, (_, i) => `a${i}: name`).join(" ")} } }`),
    ).not.toThrow();
  });
});

describe("a batch", () => {
  const text = `mutation($input: EmployerCertificationsSubmitInput!) {
    employerCertificationsSubmit(input: $input) { results { certification { id } } userErrors { code } } }`;

  test("costs what its items may give, by variable and in the document itself", () => {
    const items = Array.from({ length: 200 }, () => ({}));
    expect(ask(text, { input: { items } })()).toBe(1 + 200 * (1 + 2 + 1));
    expect(ask(text, { input: {} })()).toBe(1 + 4);
    const literal = text
      .replace("($input: EmployerCertificationsSubmitInput!)", "")
      .replace(
        "$input",
        `{idempotencyKey: "k", employerCode: "E", items: [${Array(3).fill(`{subject: ${subject}, evidence: []}`)}]}`,
      );
    expect(ask(literal)()).toBe(1 + 3 * 4);
  });

  test("that would give too much is refused", () => {
    const items = Array.from({ length: 200 }, () => ({}));
    const large = text.replace(
      "certification { id }",
      "certification { pensioner { certifications(first: 100) { nodes { id } } } }",
    );
    expect(ask(large, { input: { items } })).toThrow(TOO_COMPLEX);
  });
});

describe("a request that asks for too much is refused", () => {
  test("a page in a page in a page", () => {
    expect(ask(`{ pensionerStatus(subject: ${subject}) { pensioner { ${nested(1, 100)} } } }`)).not.toThrow();
    expect(ask(`{ pensionerStatus(subject: ${subject}) { pensioner { ${nested(3, 100)} } } }`)).toThrow(
      TOO_COMPLEX,
    );
  });

  test("deep, though each page is small", () => {
    expect(ask(`{ pensionerStatus(subject: ${subject}) { pensioner { ${nested(MAX_DEPTH, 1)} } } }`)).toThrow(
      TOO_COMPLEX,
    );
  });

  test("the same many times over under other names", () => {
    const aliases = (count: number) =>
      `query($s: [SubjectInput!]!) { ${Array.from({ length: count }, (_, i) => `a${i}: pensionerStatuses(subjects: $s) { inScope }`).join(" ")} }`;
    const variables = { s: Array.from({ length: 100 }, () => ({})) };
    expect(ask(aliases(MAX_OBJECTS / 100), variables)).not.toThrow();
    expect(ask(aliases(MAX_OBJECTS / 100 + 1), variables)).toThrow(TOO_COMPLEX);
  });

  test("page sizes that come by variable, by its default, or by the schema's default", () => {
    const text = (declared: string, given: string) =>
      `query($s: SubjectInput!${declared}) { pensionerStatus(subject: $s) { pensioner { certifications${given} { nodes { pensioner { certifications${given} { nodes { pensioner { certifications${given} { nodes { id } } } } } } } } } } }`;
    expect(ask(text(", $n: Int!", "(first: $n)"), { n: 5 })).not.toThrow();
    expect(ask(text(", $n: Int!", "(first: $n)"), { n: 100 })).toThrow(TOO_COMPLEX);
    expect(ask(text(", $n: Int! = 5", "(first: $n)"))).not.toThrow();
    expect(ask(text(", $n: Int! = 100", "(first: $n)"))).toThrow(TOO_COMPLEX);
    expect(ask(text("", ""))).toThrow(TOO_COMPLEX);
  });

  test("through fragments and inline fragments", () => {
    const text = `query { node(id: "x") { ... on Pensioner { ...one } } }
      fragment one on Pensioner { certifications(first: 100) { nodes { pensioner { ...two } } } }
      fragment two on Pensioner { certifications(first: 100) { nodes { id } } }`;
    expect(ask(text)).toThrow(TOO_COMPLEX);
  });

  test("fragments that double thirty times are measured in no time", () => {
    const doubling = Array.from(
      { length: 30 },
      (_, i) => `fragment f${i} on Viewer { a: channel { code } ...f${i + 1} ...f${i + 1} }`,
    );
    const startedAt = performance.now();
    expect(ask(`{ viewer { ...f0 } } ${doubling.join(" ")} fragment f30 on Viewer { name }`)).toThrow(
      TOO_COMPLEX,
    );
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  test.each([["a text"], [null], [-5], [{}]])("a page size of %o counts as one and is refused later", (n) => {
    const text =
      "query($s: SubjectInput!, $n: Int!) { pensionerStatus(subject: $s) { pensioner { certifications(first: $n) { nodes { id } } } } }";
    expect(ask(text, { n })).not.toThrow();
  });
});
