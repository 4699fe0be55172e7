import {
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  Kind,
  type OperationDefinitionNode,
  typeFromAST,
  valueFromASTUntyped,
} from "graphql";
import { sampleEvidence } from "./sample-evidence.js";
import type { ExplorerPerson } from "./settings.js";

/** What samples are made of. */
export interface SampleFacts {
  readonly people: readonly ExplorerPerson[];
  readonly today: Temporal.PlainDate;
}

/** The page puts what an earlier answer held in place of these. */
export const placeholders = {
  session: "sess_…",
  certification: "cert_…",
  pensioner: "pen_…",
  homeVisit: "visit_…",
  faceAssertion: "eyJ…",
} as const;

const PHONE = "13900000006";
/** Texts by the name of their field. */
const texts: Readonly<Record<string, string>> = {
  address: "海淀区示例路1号院2号楼301",
  contactName: "赵小梅",
  districtCode: "110108",
  employerCode: "SANDBOX-EMPLOYER-1",
  operator: "窗口07",
  reason: "核对无误",
  sourceReference: "SAMPLE-0001",
  visitorName: "李工作员",
};
const LIST_LENGTH = 3;
const PAGE = 20;

/** Inputs that are optional, and shown all the same. */
const shown = new Set(["contactPhone", "operator", "reason"]);

/**
 * Values for an operation's variables, by their types: whatever is required or has a default. A document written
 * tomorrow is filled as well.
 */
export function sampleVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  facts: SampleFacts,
): Readonly<Record<string, unknown>> {
  const rootField =
    operation.selectionSet.selections.find((node) => node.kind === Kind.FIELD)?.name.value ?? "";
  return Object.fromEntries(
    (operation.variableDefinitions ?? []).flatMap(({ variable, type: node, defaultValue }) => {
      const name = variable.name.value;
      if (defaultValue) return [[name, valueFromASTUntyped(defaultValue)]];
      const type = typeFromAST(schema, node) as GraphQLInputType | undefined;
      return type && isNonNullType(type) ? [[name, sampleOf(type, name, rootField, facts)]] : [];
    }),
  );
}

function sampleOf(type: GraphQLInputType, name: string, rootField: string, facts: SampleFacts): unknown {
  if (isNonNullType(type)) return sampleOf(type.ofType, name, rootField, facts);
  if (isListType(type)) return listOf(type.ofType, name, rootField, facts);
  const named = getNamedType(type);
  if (named.name === "SubjectInput") return subjectOf(facts.people[0]);
  if (named.name === "ActorInput") return { self: true };
  if (named.name === "CertificationMethod") return "IN_PERSON";
  if (named.name === "DataSource") return "INPATIENT_STAY";
  if (isEnumType(named)) return named.getValues()[0]?.name;
  if (isInputObjectType(named)) {
    const fields = Object.values(named.getFields()).filter(isShown);
    return Object.fromEntries(
      fields.map((field) => [
        field.name,
        field.defaultValue ?? sampleOf(field.type, field.name, rootField, facts),
      ]),
    );
  }
  return scalarOf(named.name, name, rootField, facts);
}

function isShown(field: GraphQLInputField): boolean {
  return isRequiredInputField(field) || field.defaultValue !== undefined || shown.has(field.name);
}

function listOf(
  item: GraphQLInputType,
  name: string,
  rootField: string,
  facts: SampleFacts,
): readonly unknown[] {
  switch (getNamedType(item).name) {
    case "SubjectInput":
      return facts.people.slice(0, LIST_LENGTH).map(subjectOf);
    case "EvidenceInput":
      return sampleEvidence(rootField, facts.people[0], morningOf(facts.today), placeholders.faceAssertion);
    default:
      return [sampleOf(item, name, rootField, facts)];
  }
}

function morningOf(day: Temporal.PlainDate): string {
  return `${day.toString()}T00:30:00+08:00`;
}

function subjectOf(person: ExplorerPerson | undefined) {
  return { name: person?.name ?? "", document: person?.document ?? { type: "RESIDENT_ID", number: "" } };
}

function scalarOf(type: string, name: string, rootField: string, { today, people }: SampleFacts): unknown {
  const month = today.toPlainYearMonth();
  switch (type) {
    case "YearMonth":
      return (name === "through" ? month.add({ months: 2 }) : month).toString();
    case "Date":
      return today.toString();
    case "DateTime":
      if (name === "eventAt") return morningOf(today);
      return `${month.add({ months: 1 }).toString()}-01T09:00:00+08:00`;
    case "Int":
      return PAGE;
    case "Boolean":
      return true;
    case "ID":
      return placeholderOf(`${rootField} ${name}`);
    default:
      if (/phone$/i.test(name)) return PHONE;
      return name === "name" ? (people[0]?.name ?? "") : (texts[name] ?? "");
  }
}

function placeholderOf(where: string): string {
  if (/session/i.test(where)) return placeholders.session;
  if (/homeVisit/.test(where)) return placeholders.homeVisit;
  return /certification/i.test(where) ? placeholders.certification : placeholders.pensioner;
}
