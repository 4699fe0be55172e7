import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from "graphql";

/** Objects that one request may ask for, counted by the sizes of its pages and lists. */
export const MAX_OBJECTS = 10_000;
export const MAX_DEPTH = 12;

interface Cost {
  readonly objects: number;
  readonly depth: number;
}

interface Asked {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Fragments may spread each other many times over: each is measured once. */
  readonly measured: Map<string, Cost>;
}

const nothing: Cost = { objects: 0, depth: 0 };

/**
 * What an operation costs: one, and one for each object it may give, so that a page inside a page multiplies. Refuses one
 * that asks for too much, before anything is read. Expects a document that has passed validation.
 */
export function costOfOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): number {
  const fragments = new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
    ),
  );
  const asked: Asked = { schema, operation, variables, fragments, measured: new Map() };
  const { objects, depth } = costOf(asked, operation.selectionSet, schema.getRootType(operation.operation));
  if (objects <= MAX_OBJECTS && depth <= MAX_DEPTH) return 1 + objects;
  throw new GraphQLError("too complex", { extensions: { code: "QUERY_TOO_COMPLEX", http: { status: 400 } } });
}

function costOf(asked: Asked, set: SelectionSetNode, type: GraphQLNamedType | null | undefined): Cost {
  let objects = 0;
  let depth = 0;
  for (const selection of set.selections) {
    const cost =
      selection.kind === Kind.FIELD
        ? fieldCost(asked, selection, type)
        : selection.kind === Kind.INLINE_FRAGMENT
          ? costOf(
              asked,
              selection.selectionSet,
              typeNamed(asked, selection.typeCondition?.name.value) ?? type,
            )
          : fragmentCost(asked, selection.name.value);
    objects += cost.objects;
    depth = Math.max(depth, cost.depth);
  }
  return { objects, depth };
}

function fragmentCost(asked: Asked, name: string): Cost {
  const known = asked.measured.get(name);
  if (known) return known;
  const fragment = asked.fragments.get(name);
  const cost = fragment
    ? costOf(asked, fragment.selectionSet, typeNamed(asked, fragment.typeCondition.name.value))
    : nothing;
  asked.measured.set(name, cost);
  return cost;
}

/** Introspection costs nothing here: graphql-js limits its depth, and it reads no one's data. */
function fieldCost(asked: Asked, node: FieldNode, parent: GraphQLNamedType | null | undefined): Cost {
  const field =
    isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
  if (!field || !node.selectionSet) return { objects: 0, depth: 1 };
  const type = getNamedType(field.type);
  const inner = isCompositeType(type) ? costOf(asked, node.selectionSet, type) : nothing;
  return { objects: sizeOf(asked, node, field) * (1 + inner.objects), depth: 1 + inner.depth };
}

/** How many a field gives: its page size, or the number of things that are asked about or handed in. */
function sizeOf(asked: Asked, node: FieldNode, field: GraphQLField<unknown, unknown>): number {
  let size = 1;
  for (const argument of field.args) {
    const given = node.arguments?.find(({ name }) => name.value === argument.name)?.value;
    const value = given ? argumentValue(asked, given) : argument.defaultValue;
    if (argument.name === "first" && typeof value === "number") size *= Math.max(1, value);
    const list = isBatch(value) ? value.items : value;
    if (Array.isArray(list)) size *= Math.max(1, list.length);
  }
  return size;
}

/** The input of a write for many at once. */
function isBatch(value: unknown): value is { readonly items: unknown } {
  return typeof value === "object" && value !== null && "items" in value;
}

function argumentValue(asked: Asked, node: ValueNode): unknown {
  switch (node.kind) {
    case Kind.VARIABLE: {
      const name = node.name.value;
      if (Object.hasOwn(asked.variables, name)) return asked.variables[name];
      const declared = asked.operation.variableDefinitions?.find(
        ({ variable }) => variable.name.value === name,
      );
      return declared?.defaultValue ? argumentValue(asked, declared.defaultValue) : undefined;
    }
    case Kind.INT:
      return Number(node.value);
    case Kind.LIST:
      return node.values;
    case Kind.OBJECT:
      return Object.fromEntries(
        node.fields.map(({ name, value }) => [name.value, argumentValue(asked, value)]),
      );
    default:
      return undefined;
  }
}

function typeNamed(asked: Asked, name: string | undefined): GraphQLNamedType | undefined {
  return name === undefined ? undefined : asked.schema.getType(name);
}
