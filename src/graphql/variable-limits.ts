import { GraphQLError } from "graphql";

export const MAX_VARIABLE_DEPTH = 12;
export const MAX_LIST_LENGTH = 1_000;
/** No input has near so many fields; graphql-js looks for a likely name for each one that it does not know. */
export const MAX_OBJECT_FIELDS = 200;
export const MAX_VARIABLE_VALUES = 20_000;

/** Refuses variables that are nested or long beyond any honest use, before they are coerced. */
export function refuseLargeVariables(variables: Readonly<Record<string, unknown>>): void {
  let values = 0;
  const pending: { readonly value: unknown; readonly depth: number }[] = [{ value: variables, depth: 0 }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { value, depth } = next;
    values += 1;
    if (typeof value !== "object" || value === null) continue;
    const items = Array.isArray(value) ? value : Object.values(value);
    const tooLong = items.length > (Array.isArray(value) ? MAX_LIST_LENGTH : MAX_OBJECT_FIELDS);
    if (tooLong || depth >= MAX_VARIABLE_DEPTH || values + items.length > MAX_VARIABLE_VALUES)
      throw tooLarge();
    for (const item of items) pending.push({ value: item, depth: depth + 1 });
  }
}

function tooLarge(): GraphQLError {
  return new GraphQLError("variables too large", {
    extensions: { code: "QUERY_TOO_COMPLEX", http: { status: 400 } },
  });
}
