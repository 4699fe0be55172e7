import { randomUUID } from "node:crypto";
import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from "graphql";
import type { Canary } from "./canaries.js";
import { subjectOf } from "./people.js";
import { usableInputs } from "./usable-inputs.js";
import { wholeSelections } from "./whole-selection.js";

/** One question to one root field. */
export interface Probe {
  readonly field: string;
  readonly kind: "query" | "mutation";
  /** It asks by an id of one of the others. */
  readonly byId: boolean;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

const DEPTH = 4;
/** Filters that let everything through. */
const filters: Readonly<Record<string, object>> = {
  ExpiryFilter: { from: "2024-01", through: "2028-12" },
};

/** Every root field, asked for all it has, as a channel would that wants to know what others did. */
export function probesOf(schema: GraphQLSchema, own: Canary, others: readonly Canary[]): Probe[] {
  const queries = Object.values(schema.getQueryType()?.getFields() ?? {});
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
  return [
    ...queries.flatMap((field) => probes(schema, "query", field, queryVariables(field, own, others))),
    ...mutations.flatMap((field) => probes(schema, "mutation", field, mutationVariables(field, own, others))),
  ];
}

function probes(
  schema: GraphQLSchema,
  kind: Probe["kind"],
  field: GraphQLField<unknown, unknown>,
  given: readonly Variables[],
): Probe[] {
  const selections = wholeSelections(schema, getNamedType(field.type), DEPTH);
  return given.flatMap(({ variables, byId }) => {
    const used = field.args.filter(({ name }) => name in variables);
    const declared = used.map(({ name, type }) => `$${name}: ${type}`).join(", ");
    const passed = used.map(({ name }) => `${name}: $${name}`).join(", ");
    return selections.map((selection) => ({
      field: field.name,
      kind,
      byId,
      query:
        used.length > 0
          ? `${kind}(${declared}) { ${field.name}(${passed}) ${selection} }`
          : `${kind} { ${field.name} ${selection} }`,
      variables,
    }));
  });
}

interface Variables {
  readonly variables: Readonly<Record<string, unknown>>;
  readonly byId: boolean;
}

/** An own name with a foreign number, and the other way round: neither is the person. */
function mixedSubjects(own: Canary, other: Canary) {
  return [
    { name: own.person.name, document: other.person.document },
    { name: other.person.name, document: own.person.document },
  ];
}

function queryVariables(
  field: GraphQLField<unknown, unknown>,
  own: Canary,
  others: readonly Canary[],
): Variables[] {
  const types = new Map(field.args.map(({ name, type }) => [name, type.toString()]));
  const id = [...types].find(([, type]) => type.startsWith("ID"))?.[0];
  const fixed = Object.fromEntries(
    field.args.flatMap(({ name, type }) => {
      if (name === "first") return [[name, 20]];
      const filter = filters[getNamedType(type).name];
      if (filter) return [[name, filter]];
      return name !== id && isNonNullType(type) ? [[name, sampleOf(type)]] : [];
    }),
  );
  if (id) {
    const ids = others.flatMap((other) => other.ids);
    return ids.map((value) => ({ byId: true, variables: { ...fixed, [id]: value } }));
  }
  const asked = [...types].find(([, type]) => type.includes("SubjectInput"));
  if (!asked) return [{ byId: false, variables: fixed }];
  const [name, type] = asked;
  // Its own person, so that there is an answer to look through, and what is no one.
  const subjects = [subjectOf(own.person), ...others.flatMap((other) => mixedSubjects(own, other))];
  return subjects.map((subject) => ({
    byId: false,
    variables: { ...fixed, [name]: type.startsWith("[") ? [subject] : subject },
  }));
}

function mutationVariables(
  field: GraphQLField<unknown, unknown>,
  own: Canary,
  others: readonly Canary[],
): Variables[] {
  const usable = usableInputs(own.person)[field.name];
  if (!usable) throw new Error(`no usable input for ${field.name}`);
  const type = field.args[0]?.type;
  const named = type && getNamedType(type);
  if (!named || !isInputObjectType(named)) throw new Error(`${field.name} takes no input`);
  const fields = Object.values(named.getFields());
  const id = fields.find((each) => getNamedType(each.type).name === "ID")?.name;
  const fresh = () => {
    const input = usable.input();
    return "idempotencyKey" in input ? { ...input, idempotencyKey: randomUUID() } : input;
  };
  if (id) {
    const ids = others.flatMap((other) => other.ids);
    return ids.map((value) => ({ byId: true, variables: { input: { ...fresh(), [id]: value } } }));
  }
  if (!fields.some((each) => each.name === "subject"))
    return [{ byId: false, variables: { input: fresh() } }];
  return others.flatMap((other) =>
    mixedSubjects(own, other).map((subject) => ({
      byId: false,
      variables: { input: { ...fresh(), subject } },
    })),
  );
}

/** Something that fits a required argument of which nothing else is said. */
function sampleOf(type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return sampleOf(type.ofType);
  if (isListType(type)) return [sampleOf(type.ofType)];
  const named = getNamedType(type);
  if (isEnumType(named)) return named.getValues()[0]?.name;
  if (isInputObjectType(named)) {
    const required = Object.values(named.getFields()).filter(isRequiredInputField);
    return Object.fromEntries(required.map((each) => [each.name, sampleOf(each.type)]));
  }
  return named.name === "Int" ? 20 : "2026-06";
}
