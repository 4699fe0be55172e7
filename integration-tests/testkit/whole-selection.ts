import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from "graphql";

/** Everything that can be selected of a type down to a depth: what a client sees that asks for all there is. */
export function wholeSelection(schema: GraphQLSchema, type: GraphQLNamedType, depth: number): string {
  return `{ __typename ${fieldsOf(schema, type, depth)} }`;
}

/** The same of each type that an interface stands for, one selection a type. */
export function wholeSelections(schema: GraphQLSchema, type: GraphQLNamedType, depth: number): string[] {
  if (!isInterfaceType(type)) return [wholeSelection(schema, type, depth)];
  return schema
    .getPossibleTypes(type)
    .map((possible) => `{ __typename ... on ${possible.name} { ${fieldsOf(schema, possible, depth)} } }`);
}

function fieldsOf(schema: GraphQLSchema, type: GraphQLNamedType, depth: number): string {
  if (!isObjectType(type)) return "";
  const fields = type.getFields();
  return Object.values(fields)
    .map((field) =>
      // What stands behind the edges stands in the nodes as well.
      field.name === "edges" && fields["nodes"] ? "edges { cursor }" : selectionOf(schema, field, depth),
    )
    .join(" ");
}

function selectionOf(schema: GraphQLSchema, field: GraphQLField<unknown, unknown>, depth: number): string {
  if (field.args.some((argument) => isRequiredArgument(argument))) return "";
  const paged = field.args.some(({ name }) => name === "first") ? `${field.name}(first: 1)` : field.name;
  const type = getNamedType(field.type);
  if (isLeafType(type)) return paged;
  return depth > 1 ? `${paged} ${wholeSelection(schema, type, depth - 1)}` : "";
}
