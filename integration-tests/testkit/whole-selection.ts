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
  if (isInterfaceType(type)) {
    const kinds = schema.getPossibleTypes(type).map((possible) => {
      // Fields of one name have different types on different kinds.
      const fields = fieldsOf(schema, possible, depth, `${possible.name}_`);
      return `... on ${possible.name} { ${fields} }`;
    });
    return `{ __typename ${kinds.join(" ")} }`;
  }
  return `{ __typename ${fieldsOf(schema, type, depth, "")} }`;
}

function fieldsOf(schema: GraphQLSchema, type: GraphQLNamedType, depth: number, prefix: string): string {
  if (!isObjectType(type)) return "";
  return Object.values(type.getFields())
    .map((field) => selectionOf(schema, field, depth, prefix))
    .join(" ");
}

function selectionOf(
  schema: GraphQLSchema,
  field: GraphQLField<unknown, unknown>,
  depth: number,
  prefix: string,
): string {
  if (field.args.some((argument) => isRequiredArgument(argument))) return "";
  const paged = field.args.some(({ name }) => name === "first") ? "(first: 3)" : "";
  const named = prefix ? `${prefix}${field.name}: ${field.name}${paged}` : `${field.name}${paged}`;
  const type = getNamedType(field.type);
  if (isLeafType(type)) return named;
  return depth > 1 ? `${named} ${wholeSelection(schema, type, depth - 1)}` : "";
}
