import "reflect-metadata";
import { readFile } from "node:fs/promises";
import { CriticalityLevel, diff } from "@graphql-inspector/core";
import {
  buildSchema,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isNonNullType,
  isObjectType,
  isSpecifiedScalarType,
  lexicographicSortSchema,
  printSchema,
} from "graphql";
import { describe, expect, test } from "vitest";
import { buildPlainSchema } from "./schema.js";

const schema = buildPlainSchema();
const types = Object.values(schema.getTypeMap()).filter(
  (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
);
const file = (name: string) => readFile(new URL(`../../schema/${name}`, import.meta.url), "utf8");

type AnyField = GraphQLField<unknown, unknown> | GraphQLInputField;

function fieldsOf(type: GraphQLNamedType): AnyField[] {
  return isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)
    ? Object.values<AnyField>(type.getFields())
    : [];
}

/** Everything that can be described, by its coordinate. */
function elements(): { readonly name: string; readonly description: string }[] {
  return types.flatMap((type) => [
    { name: type.name, description: type.description ?? "" },
    ...fieldsOf(type).map((field) => ({
      name: `${type.name}.${field.name}`,
      description: field.description ?? "",
    })),
    ...fieldsOf(type).flatMap((field) =>
      ("args" in field ? field.args : []).map((argument) => ({
        name: `${type.name}.${field.name}(${argument.name}:)`,
        description: argument.description ?? "",
      })),
    ),
    ...(isEnumType(type) ? type.getValues() : []).map((value) => ({
      name: `${type.name}.${value.name}`,
      description: value.description ?? "",
    })),
  ]);
}

describe("the schema as a product", () => {
  test("describes every element", () => {
    expect(elements().filter(({ description }) => description.length < 5)).toEqual([]);
  });

  test("gives the Chinese term of every enum value and every root field", () => {
    const terms = elements().filter(({ name }) =>
      /^(Query|Mutation)\.\w+$|^[A-Z]\w+\.[A-Z][A-Z0-9_]+$/.test(name),
    );
    expect(terms.length).toBeGreaterThan(100);
    expect(
      terms.filter(({ description }) => !/\p{Script=Han}/u.test(description)).map(({ name }) => name),
    ).toEqual([]);
  });

  test("names things one way", () => {
    const wrong = [
      ...types.filter((type) => !/^[A-Z][A-Za-z0-9]*$/.test(type.name)).map((type) => type.name),
      ...types
        .filter((type) => isInputObjectType(type) && !/(Input|Filter)$/.test(type.name))
        .map((type) => type.name),
      ...types.flatMap((type) =>
        fieldsOf(type)
          .filter((field) => !/^[a-z][A-Za-z0-9]*$/.test(field.name) || /^get[A-Z]/.test(field.name))
          .map((field) => `${type.name}.${field.name}`),
      ),
      ...types.flatMap((type) =>
        isEnumType(type)
          ? type
              .getValues()
              .filter((value) => !/^[A-Z][A-Z0-9_]*$/.test(value.name))
              .map((value) => `${type.name}.${value.name}`)
          : [],
      ),
    ];
    expect(wrong).toEqual([]);
  });

  test("has lists without null in them", () => {
    const holed = types.flatMap((type) =>
      fieldsOf(type)
        .filter((field) => {
          const bare = isNonNullType(field.type) ? field.type.ofType : field.type;
          return isListType(bare) && !isNonNullType(bare.ofType);
        })
        .map((field) => `${type.name}.${field.name}`),
    );
    expect(holed).toEqual([]);
  });

  test("takes one input with an idempotency key for each write, and answers with userErrors", () => {
    for (const mutation of Object.values(schema.getMutationType()?.getFields() ?? {})) {
      expect(mutation.args.map((argument) => argument.name)).toEqual(["input"]);
      const [input] = mutation.args;
      const inputType = getNamedType(input?.type);
      const keys = isInputObjectType(inputType) ? Object.keys(inputType.getFields()) : [];
      // It signs, it writes nothing.
      if (mutation.name !== "sandboxFaceAssertion") expect(keys, mutation.name).toContain("idempotencyKey");
      const payload = getNamedType(mutation.type);
      expect(isObjectType(payload) && Object.keys(payload.getFields()), mutation.name).toContain(
        "userErrors",
      );
    }
  });

  test("comes out the same when it is built twice", () => {
    expect(printSchema(buildPlainSchema())).toBe(printSchema(schema));
  });

  test("takes exactly one field of each @oneOf input", () => {
    const oneOf = types.filter((type) => isInputObjectType(type) && type.isOneOf).map((type) => type.name);
    expect(oneOf.sort()).toEqual(["ActorInput", "EvidenceInput"]);
  });
});

describe("the gate", () => {
  test("no change breaks what was published; a dangerous one is in the changelog", async () => {
    const published = buildSchema(await file("published.graphql"));
    const changes = await diff(published, lexicographicSortSchema(schema));
    const breaking = changes.filter((change) => change.criticality.level === CriticalityLevel.Breaking);
    expect(breaking.map((change) => change.message)).toEqual([]);
    const changelog = await readFile(new URL("../../CHANGELOG.md", import.meta.url), "utf8");
    const dangerous = changes.filter((change) => change.criticality.level === CriticalityLevel.Dangerous);
    expect(
      dangerous.filter(({ path }) => path && !changelog.includes(path)).map(({ message }) => message),
    ).toEqual([]);
  });

  test("a removed field is seen as breaking", async () => {
    const text = await file("published.graphql");
    const without = text.replace(/\n {2}"""[^"]*"""\n {2}maskedPhone: String\n/, "\n");
    expect(without).not.toBe(text);
    const changes = await diff(buildSchema(text), buildSchema(without));
    expect(changes.map((change) => change.criticality.level)).toEqual([CriticalityLevel.Breaking]);
  });
});
